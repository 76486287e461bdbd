"""Input that cannot be used is refused with its reason, and never becomes another path."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from gateway.model.resources import ResourceKey
from gateway.schema.ids import cursor, node_id
from gateway.upstreams.base import Answer, Transport
from tests.graph import Graph, Sent, graph
from tests.replay import snapshot


class Bare:
    """A control plane that has nothing but what it says of itself."""

    def __init__(self) -> None:
        self._known = snapshot("2.14.3")

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        path = urlsplit(url).path
        if path in {"/", "/config", "/_resources", "/mesh-insights"}:
            return await self._known.send(method, url, headers, body)
        return Answer(404, {"content-type": "application/json"}, b'{"title": "Not found"}')

    async def close(self) -> None:
        """Nothing is open."""


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


GARBAGE = [
    "",
    "x",
    "!!!",
    "é😀",
    "../../etc/passwd",
    "bm90IGpzb24=",
    encoded([]),
    encoded({}),
    encoded(None),
    encoded([1, "cp", "Mesh"]),
    encoded([2, "cp", "Mesh", None, "shop"]),
    encoded([1, "cp", "Mesh", None, "shop", "more"]),
    encoded([1, "cp", "Mesh", 5, "shop"]),
    encoded([1, None, "Mesh", None, "shop"]),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"[" * 2000).decode(),
    "A" * 20_000,
]


def refused(answer: dict[str, Any], code: str = "BAD_USER_INPUT") -> dict[str, Any]:
    """The only error of an answer, which tells the place and no more than there is to tell."""
    [error] = answer["errors"]
    assert error["extensions"]["code"] == code
    assert len(error["message"]) < 300
    assert error["locations"]
    found: dict[str, Any] = error
    return found


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
async def test_an_id_that_is_none_is_refused(text: str) -> None:
    async with graph({"cp": Bare()}) as one:
        answer = await one.answer("query ($id: ID!) { node(id: $id) { id } }", id=text)
        assert one.sent() == []
    assert refused(answer)["path"] == ["node"]
    assert answer["data"] == {"node": None}


async def test_of_many_ids_the_bad_ones_are_null_with_an_error_each() -> None:
    good = node_id(ResourceKey("cp", "Mesh", None, "shop"))
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    async with graph({"cp": snapshot("2.14.3")}) as one:
        answer = await one.answer(query, ids=["x", good, ""])
    assert answer["data"] == {"nodes": [None, {"id": good}, None]}
    assert [error["path"] for error in answer["errors"]] == [["nodes", 0], ["nodes", 2]]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
async def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    async with graph({"cp": Bare()}) as one:
        query = "query ($after: String!) { meshes(after: $after) { totalCount } }"
        assert refused(await one.answer(query, after=text))["path"] == ["meshes"]
        assert one.sent() == []


async def test_a_cursor_of_what_is_gone_is_still_a_place() -> None:
    after = cursor(("cp", "", "default-and-more", "Mesh"))
    query = "query ($after: String!) { meshes(after: $after) { nodes { name } } }"
    async with graph({"cp": snapshot("2.14.3")}) as one:
        found = await one.data(query, after=after)
    assert [node["name"] for node in found["meshes"]["nodes"]][:2] == ["mesh-1", "page-1"]


@pytest.mark.parametrize("first", [-1, 1001, 2**31 - 1, -(2**31)])
async def test_a_page_of_a_size_that_is_not_given_is_refused(first: int) -> None:
    async with graph({"cp": Bare()}) as one:
        query = "query ($first: Int!) { meshes(first: $first) { totalCount } }"
        error = refused(await one.answer(query, first=first))
        assert one.sent() == []
    assert error["message"] == f"`first` is from 0 to 1000, not {first}"


@pytest.mark.parametrize("first", [2**31, 1.5, "1", True, None, [1]])
async def test_a_number_that_is_none_is_refused_before_anything_runs(first: Any) -> None:
    async with graph({"cp": Bare()}) as one:
        query = "query ($first: Int!) { meshes(first: $first) { totalCount } }"
        answer = await one.answer(query, first=first)
        assert one.sent() == []
    refused(answer)
    assert "data" not in answer


NAMES = [
    "../x?y#z",
    "a/b",
    "/",
    "..",
    ".",
    "",
    " ",
    "a b",
    "a\\b",
    "%2e%2e",
    "%2F",
    "..%2f",
    "a?b=c",
    "a#b",
    "a&b;c",
    "*",
    "ünï",
    "名前",
    "😀",
    "a\nb",
    "a\x00b",
    "\x7f",
    "\u2028",
    "\ud800",
    "x" * 5000,
    "meshes",
    "_overview",
]
LISTS = {
    "resources": 'resources(kind: "Retry", mesh: $name) { totalCount }',
    "dataplanes": "dataplanes(filter: { mesh: $name }) { totalCount }",
    "policies": 'policies(filter: { mesh: $name, kind: "Retry" }) { totalCount }',
    "services": "services(filter: { mesh: $name }) { totalCount }",
    "secrets": "secrets(mesh: $name) { totalCount }",
}
LOOKUPS = {
    "mesh": "mesh(name: $name) { name }",
    "zone": "zone(name: $name) { status }",
    "dataplane": 'dataplane(mesh: "m", name: $name) { status }',
    "dataplane in": 'dataplane(mesh: $name, name: "n") { name }',
    "policy": 'policy(kind: "Retry", mesh: "m", name: $name) { name }',
    "policy in": 'policy(kind: "Retry", mesh: $name, name: "n") { name }',
    "service": 'service(mesh: "m", name: $name) { name }',
}
WRITES = {
    "applyMesh": "applyMesh(input: { name: $name }) { outcome }",
    "applyPolicy": 'applyPolicy(input: { kind: "Retry", mesh: "m", name: $name }) { outcome }',
    "applyPolicy in": 'applyPolicy(input: { kind: "Retry", mesh: $name, name: "n" }) { outcome }',
    "deleteMesh": "deleteMesh(input: { name: $name }) { outcome }",
    "deleteResource in": """
        deleteResource(input: { kind: "Retry", mesh: $name, name: "n" }) { outcome }""",
}
FIELDS = {**LISTS, **LOOKUPS, **WRITES}


def leads_to(sent: Sent, name: str) -> bool:
    """Whether a request is about that very name: one segment of its path is it, escaped."""
    path, _, query = sent.target.partition("?")
    segments = path.removeprefix("/").removesuffix("/_overview").split("/")
    plain = {"meshes", "m", "n", "zones", "dataplanes", "retries"}
    plain |= {"secrets", "service-insights", "external-services"}
    plain |= {"meshservices", "meshexternalservices", "meshmultizoneservices"}
    others = [segment for segment in segments if segment not in plain]
    told = [unquote(segment) for segment in others] or [name]
    return told == [name] and query in {"", "size=1000"} and "#" not in path


async def asked(one: Graph, field: str, name: str) -> dict[str, Any]:
    """The answer to a field that is given a name."""
    kind = "mutation" if field in WRITES else "query"
    return await one.answer(f"{kind} ($name: String!) {{ it: {FIELDS[field]} }}", name=name)


@pytest.mark.parametrize("field", FIELDS)
async def test_a_name_is_asked_for_as_it_is_or_refused(field: str) -> None:
    reached = 0
    async with graph({"cp": Bare()}) as one:
        for name in NAMES:
            one.forget()
            answer = await asked(one, field, name)
            sent = [each for each in one.sent() if not each.target.startswith("/mesh-insights")]
            assert all(leads_to(each, name) for each in sent), (name, list(map(str, sent)))
            codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
            assert codes <= {"BAD_USER_INPUT", "NOT_FOUND"}, (name, answer)
            assert bool(sent) == ("BAD_USER_INPUT" not in codes), (name, answer)
            reached += bool(sent)
    assert reached == len(NAMES) - len(UNUSABLE)


UNUSABLE = [
    name
    for name in NAMES
    if name in {"", ".", "..", "\ud800"} or "/" in name or any(ord(each) < 32 for each in name)
]


async def test_a_name_in_an_id_is_asked_for_as_it_is_or_refused() -> None:
    query = "query ($id: ID!) { node(id: $id) { id } }"
    async with graph({"cp": Bare()}) as one:
        for name in NAMES:
            if name == "\ud800":
                # No id can hold it.
                continue
            one.forget()
            answer = await one.answer(query, id=node_id(ResourceKey("cp", "Mesh", None, name)))
            assert answer["data"] == {"node": None}
            if name in UNUSABLE:
                refused(answer)
            assert len(one.sent()) == (name not in UNUSABLE)
            assert all(leads_to(each, name) for each in one.sent())


@pytest.mark.parametrize("field", ["mesh", "resources"])
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
async def test_an_unknown_control_plane_is_refused_by_its_name(field: str, name: str) -> None:
    fields = {
        "mesh": 'mesh(name: "m", controlPlane: $name) { name }',
        "resources": 'resources(kind: "Retry", controlPlane: $name) { totalCount }',
    }
    transports: dict[str, Transport] = {"one": Bare(), "other": Bare()}
    async with graph(transports) as both:
        query = f"query ($name: String!) {{ it: {fields[field]} }}"
        answer = await both.answer(query, name=name)
        assert both.sent() == []
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].endswith("there are: one, other")


async def test_a_kind_that_nobody_stores_is_unsupported() -> None:
    query = "query ($name: String!) { resources(kind: $name) { failures { code } } }"
    async with graph({"cp": Bare()}) as one:
        for name in NAMES:
            found = await one.data(query, name=name)
            assert found["resources"]["failures"] == [{"code": "UNSUPPORTED"}]
        assert one.sent() == []


async def test_where_several_could_be_meant_one_has_to_be_named() -> None:
    transports: dict[str, Transport] = {"one": Bare(), "other": Bare()}
    async with graph(transports) as both:
        answer = await both.answer('{ mesh(name: "m") { name } }')
        assert both.sent() == []
    assert refused(answer)["message"] == (
        "several control planes could be meant; name one of: one, other"
    )
