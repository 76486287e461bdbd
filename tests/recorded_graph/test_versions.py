"""Control planes of every age behind one graph: what a version lacks costs its own part alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Transport
from tests.documented import Documented
from tests.graph import Graph, graph
from tests.recorded import recording
from tests.replay import snapshot

VERSIONS = ("0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev")
ROOTS = ("meshes", "dataplanes", "policies", "services", "zones")
PARTS = "totalCount nodes { id name controlPlane { version } } failures { controlPlane code }"
EVERYTHING = "".join(f"{root}(first: 1000) {{ {PARTS} }} " for root in ROOTS)


def plane(version: str) -> str:
    """What a control plane of a version is called here."""
    return f"kuma-{version}"


def planes(*versions: str) -> dict[str, Transport]:
    return {plane(version): snapshot(version) for version in versions}


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_root_is_answered_by_every_version(version: str) -> None:
    async with graph(planes(version)) as one:
        found = await one.data(f"{{ {EVERYTHING} }}")
    lacking = {"services"} if version == "0.7.3" else set()
    failure = {"controlPlane": plane(version), "code": "UNSUPPORTED"}
    for root in ROOTS:
        assert found[root]["failures"] == ([failure] if root in lacking else [])
        assert bool(found[root]["nodes"]) is (root not in lacking)


async def test_all_versions_together_give_what_each_gives_alone() -> None:
    alone: dict[str, list[Any]] = {root: [] for root in ROOTS}
    for version in VERSIONS:
        async with graph(planes(version)) as one:
            found = await one.data(f"{{ {EVERYTHING} }}")
            for root in ROOTS:
                alone[root] += found[root]["nodes"]
    async with graph(planes(*VERSIONS)) as one:
        found = await one.data(f"{{ {EVERYTHING} }}")
    for root in ROOTS:
        assert sorted(node["id"] for node in found[root]["nodes"]) == sorted(
            node["id"] for node in alone[root]
        )
        assert found[root]["totalCount"] == len(alone[root])


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [
        ("TrafficRoute", {"3.0.0-dev": "dropped by Kuma 3.0"}),
        ("MeshTimeout", dict.fromkeys(["0.7.3", "1.1.6", "1.8.8"], "needs Kuma 2.1 or later")),
        (
            "Retry",
            {"0.7.3": "needs Kuma 1.1 or later", "3.0.0-dev": "dropped by Kuma 3.0"},
        ),
    ],
)
async def test_a_kind_that_some_versions_lack_is_listed_by_the_others(
    kind: str, lacking: dict[str, str]
) -> None:
    query = f"""{{ policies(filter: {{kind: "{kind}"}}, first: 1000) {{
      totalCount nodes {{ controlPlane {{ name }} }} failures {{ controlPlane code message }}
    }} }}"""
    async with graph(planes(*VERSIONS)) as one:
        found = (await one.data(query))["policies"]
    assert {failure["controlPlane"] for failure in found["failures"]} == set(map(plane, lacking))
    for failure in found["failures"]:
        version = failure["controlPlane"].removeprefix("kuma-")
        assert failure["code"] == "UNSUPPORTED"
        assert lacking[version] in failure["message"]
    having = {node["controlPlane"]["name"] for node in found["nodes"]}
    assert having == {plane(version) for version in VERSIONS if version not in lacking}


@pytest.mark.parametrize(("version", "services"), [("0.7.3", 0), ("1.1.6", 17), ("3.0.0-dev", 4)])
async def test_dataplanes_name_the_services_that_their_control_plane_lists(
    version: str, services: int
) -> None:
    query = "{ dataplanes(first: 1000) { nodes { services { name } } } }"
    async with graph(planes(version)) as one:
        found = (await one.data(query))["dataplanes"]["nodes"]
    assert len({each["name"] for node in found for each in node["services"]}) == services


@pytest.mark.parametrize("version", ["0.7.3", "1.1.6", "1.8.8"])
async def test_a_zone_is_online_where_the_control_plane_calls_it_active(version: str) -> None:
    said = recording(version).snapshot["/status/zones"]
    async with graph(planes(version)) as one:
        found = (await one.data("{ zones { nodes { name status } } }"))["zones"]["nodes"]
    assert {zone["name"]: zone["status"] == "ONLINE" for zone in found} == {
        zone["name"]: zone["active"] for zone in said or ()
    }
    assert len(found) == {"0.7.3": 3, "1.1.6": 4, "1.8.8": 2}[version]


class Dropping:
    """A control plane that drops the connection of requests to some paths; the rest is answered."""

    def __init__(self, inner: Transport, *ends: str) -> None:
        self._inner = inner
        self._ends = ends

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        if url.partition("?")[0].endswith(self._ends):
            raise faults.CLOSED.error()
        return await self._inner.send(method, url, headers, body)

    async def close(self) -> None:
        await self._inner.close()


def dropping(version: str, *ends: str) -> dict[str, Transport]:
    return {"cp": Dropping(snapshot(version), *ends)}


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_dropped_connection_costs_its_field_alone(version: str) -> None:
    query = """{
      meshes { totalCount failures { code } }
      dataplanes { totalCount nodes { name } failures { code message } }
      lost: dataplane(mesh: "shop", name: "st-online") { name }
      kept: mesh(name: "shop") { name }
    }"""
    async with graph(dropping(version, "/dataplanes", "/st-online")) as one:
        answer = await one.answer(query)
        calls = [str(sent) for sent in one.sent()]
    data = answer["data"]
    assert data["meshes"]["failures"] == []
    assert data["kept"] == {"name": "shop"}
    told = "cp: it closed the connection without an answer"
    assert data["dataplanes"] == {
        "totalCount": 0,
        "nodes": [],
        "failures": [{"code": "UPSTREAM_BAD_RESPONSE", "message": told}],
    }
    assert data["lost"] is None
    codes = {error["path"][0]: error["extensions"] for error in answer["errors"]}
    assert set(codes) == {"dataplanes", "lost"}
    for found in codes.values():
        assert (found["code"], found["retryable"]) == ("UPSTREAM_BAD_RESPONSE", False)
    # A read is made once more, and no more.
    assert calls.count("GET /dataplanes?size=1000") == 2


APPLY = "mutation ($body: JSON!) { done: applyResource(input: {resource: $body}) { outcome } }"


async def writes(one: Graph, body: dict[str, Any]) -> list[str]:
    """What is sent for a write whose connection is dropped."""
    answer = await one.answer(APPLY, body=body)
    assert answer["data"] == {"done": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UPSTREAM_BAD_RESPONSE"]
    return [str(sent) for sent in one.sent()]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_write_whose_connection_is_dropped_is_not_sent_again(version: str) -> None:
    body = {"type": "Mesh", "name": "new"}
    async with graph(dropping(version, "/meshes/new")) as one:
        assert await writes(one, body) == ["PUT /meshes/new"]


APPLY_DATAPLANE = """mutation ($input: ApplyDataplaneInput!) {
  done: applyDataplane(input: $input) { outcome }
}"""


async def test_what_a_typed_input_cannot_say_to_a_version_is_named_by_its_path() -> None:
    tags = [{"key": "kuma.io/service", "value": "db"}, {"key": "version", "value": "1"}]
    network = {"address": "10.0.0.1", "outbounds": [{"port": 1, "tags": tags}]}
    given = {"mesh": "default", "name": "web-1", "networking": network}
    async with graph({"cp": Documented("0.6.0", ())}) as one:
        answer = await one.answer(APPLY_DATAPLANE, input=given)
        assert one.sent() == []
    [error] = answer["errors"]
    assert error["message"] == (
        "cp: of this Dataplane, networking.outbound[0].tags needs Kuma 0.7 or later; "
        "this control plane is 0.6.0"
    )
    assert error["extensions"] == {
        "code": "UNSUPPORTED",
        "retryable": False,
        "upstream": "cp",
        "problem": {
            "title": "the version of the control plane cannot say this",
            "invalidParameters": [
                {"field": "networking.outbounds[0].tags", "reason": "needs Kuma 0.7 or later"}
            ],
        },
    }


@pytest.mark.parametrize("resource", [None, [], "null", 7, {}, {"type": "MeshTimeout"}])
@pytest.mark.parametrize("version", ["2.14.3", "3.0.0-dev"])
async def test_a_body_that_crashes_a_control_plane_is_refused_before_it_is_sent(
    version: str, resource: Any
) -> None:
    async with graph(planes(version)) as one:
        answer = await one.answer(APPLY, body=resource)
        assert one.sent() == []
    [error] = answer["errors"]
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
