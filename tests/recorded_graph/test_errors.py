"""What control planes were recorded to refuse, as a client of the graph is told."""

from typing import Any

import msgspec
import pytest

from gateway.model.kinds import Kind, Noun, Scope
from gateway.model.resources import ResourceKey
from gateway.model.versions import Version, parse
from gateway.schema.ids import node_id
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.recorded import Exchange, recording
from tests.recorded_graph.stories import apart

AREAS = ("04-errors", "05-access", "10-multizone")
APPLIED = {"0.7.3": 11, "1.1.6": 14, "1.8.8": 14, "2.14.3": 43, "3.0.0-dev": 13}
"""How many recorded PUTs a client can cause by applyResource."""
DELETED = {"0.7.3": 2, "1.1.6": 3, "1.8.8": 3, "2.14.3": 12, "3.0.0-dev": 0}
"""How many recorded DELETEs it can cause."""
ABSENT = {"0.7.3": 3, "1.1.6": 3, "1.8.8": 3, "2.14.3": 6, "3.0.0-dev": 3}
"""How many recorded GETs found nothing."""
CODES = {
    400: "BAD_USER_INPUT",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "READ_ONLY",
    409: "CONFLICT",
    500: "UPSTREAM_UNAVAILABLE",
}
RESPELLED = {("0.7.3", "traffic-route-split-conf")}
"""What 0.7 was recorded to refuse and is sent in its own spelling."""
RETRYABLE = {"CONFLICT", "UPSTREAM_UNAVAILABLE"}
PATHS = {kind.path: kind for kind in KINDS.values()}


def exchanges(version: str, method: str) -> list[Exchange]:
    """The exchanges of one method that come about as we ask."""
    return [
        one
        for one in recording(version).area(*AREAS)
        if one.method == method
        and one.request_headers.get("Content-Type", "application/json") == "application/json"
    ]


def target(body: dict[str, Any]) -> str | None:
    """The path to which we PUT a body; None for one that does not say what it is."""
    kind = KINDS.get(body.get("type", ""))
    if kind is None or "name" not in body or kind.noun is Noun.SECRET:
        return None
    if kind.scope is Scope.GLOBAL:
        return f"/{kind.path}/{body['name']}"
    return f"/meshes/{body['mesh']}/{kind.path}/{body['name']}" if "mesh" in body else None


def key(path: str) -> ResourceKey | None:
    """The resource whose path it is."""
    words = path.removesuffix("/_overview").strip("/").split("/")
    mesh = words[1] if words[0] == "meshes" and len(words) > 2 else None
    path, *names = words[2:] if mesh else words
    if path not in PATHS or len(names) != 1 or PATHS[path].noun is Noun.SECRET:
        return None
    return ResourceKey("cp", PATHS[path].name, mesh, names[0])


def applied(version: str) -> list[Exchange]:
    """The recorded PUTs that a client can cause."""
    return [
        one
        for one in exchanges(version, "PUT")
        if isinstance(one.request_body, dict)
        and target(one.request_body) == one.target
        and KINDS[one.request_body["type"]].served_by(at(version))
        and (version, one.name) not in RESPELLED
    ]


def with_paths(version: str, method: str) -> list[Exchange]:
    """The recorded GETs or DELETEs of one resource."""
    return [
        one
        for one in exchanges(version, method)
        for found in [key(one.target)]
        if found and KINDS[found.kind].served_by(at(version))
    ]


def at(version: str) -> Version:
    """A version by its numbers."""
    found = parse(version)
    assert found is not None
    return found


def absent(version: str) -> list[Exchange]:
    """The recorded GETs that found nothing."""
    found = [one for one in with_paths(version, "GET") if one.area == "04-errors"]
    return [one for one in found if one.status == 404]


def cases(found: Any) -> list[Any]:
    """A parameter for each exchange of each version."""
    return [
        pytest.param(version, one, id=f"{version}-{one.area}/{one.name}")
        for version in APPLIED
        for one in found(version)
    ]


def deletes(version: str) -> list[Exchange]:
    return with_paths(version, "DELETE")


@pytest.mark.parametrize("version", APPLIED)
def test_every_refusal_that_a_client_can_cause_is_tried(version: str) -> None:
    assert len(applied(version)) == APPLIED[version]
    assert len(deletes(version)) == DELETED[version]
    assert len(absent(version)) == ABSENT[version]
    assert len(policies(version)) == POLICIES[version]


def extensions(one: Exchange, place: Any = lambda field: field) -> dict[str, Any]:
    """The extensions of the error that a recorded refusal becomes."""
    said = one.body if isinstance(one.body, dict) else None
    detail = said and (said.get("detail") or said.get("details"))
    code = "NOT_FOUND" if detail == "Mesh is not found" else CODES[one.status or 0]
    found: dict[str, Any] = {
        "code": code,
        "retryable": code in RETRYABLE,
        "upstream": "cp",
        "status": one.status,
    }
    if said is None:
        return found
    violations = said.get("invalid_parameters") or said.get("causes") or ()
    problem = {
        "type": said.get("type", "about:blank"),
        "title": said["title"],
        "status": one.status,
        "detail": detail,
        "invalidParameters": [
            {"field": place(each["field"]), "reason": each.get("reason") or each["message"]}
            for each in violations
        ],
    }
    return found | {"problem": {word: value for word, value in problem.items() if value}}


def in_resource(field: str) -> str:
    """A path into a body as a path into the input of applyResource."""
    return f"resource.{field}" if field else "resource"


APPLY = """mutation ($body: JSON!) {
  done: applyResource(input: {resource: $body}) { outcome warnings }
}"""


@pytest.mark.parametrize(("version", "recorded"), cases(applied))
async def test_a_write_is_answered_as_recorded(version: str, recorded: Exchange) -> None:
    async with graph({"cp": apart(version, recorded)}) as one:
        answer = await one.answer(APPLY, body=recorded.request_body)
        assert [str(sent) for sent in one.sent()] == [f"PUT {recorded.target}"]
    assert_answer(answer, recorded, "CREATED" if recorded.status == 201 else "UPDATED", in_resource)


def assert_answer(
    answer: dict[str, Any], recorded: Exchange, outcome: str, place: Any = lambda field: field
) -> None:
    """The answer to a write is the recorded one: its outcome, or an error and null."""
    if recorded.status in {200, 201}:
        warnings = (recorded.body or {}).get("warnings", [])
        assert answer == {"data": {"done": {"outcome": outcome, "warnings": warnings}}}
        return
    assert answer["data"] == {"done": None}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]) == (["done"], extensions(recorded, place))
    assert error["message"].startswith("cp: ")


DELETE = """mutation ($kind: String!, $name: String!, $mesh: String) {
  done: deleteResource(input: {kind: $kind, name: $name, mesh: $mesh}) { outcome warnings }
}"""


@pytest.mark.parametrize(("version", "recorded"), cases(deletes))
async def test_a_delete_is_answered_as_recorded(version: str, recorded: Exchange) -> None:
    place = key(recorded.target)
    assert place is not None
    async with graph({"cp": apart(version, recorded)}) as one:
        answer = await one.answer(DELETE, kind=place.kind, name=place.name, mesh=place.mesh)
    assert_answer(answer, recorded, "DELETED")


@pytest.mark.parametrize(("version", "recorded"), cases(absent))
async def test_what_is_not_there_is_null_without_an_error(version: str, recorded: Exchange) -> None:
    place = key(recorded.target)
    assert place is not None
    fields = "... on Dataplane { status }" if recorded.target.endswith("_overview") else "id"
    query = f"query ($id: ID!) {{ node(id: $id) {{ {fields} }} }}"
    async with graph({"cp": apart(version, recorded)}) as one:
        assert await one.data(query, id=node_id(place)) == {"node": None}
        assert [str(sent) for sent in one.sent()] == [f"GET {recorded.target}"]


def policies(version: str) -> list[Exchange]:
    """The recorded PUTs of policies whose bodies applyPolicy spells as well."""
    members = {"type", "mesh", "name", "labels", "spec"}
    return [
        one
        for one in applied(version)
        for body in [one.request_body]
        for kind in [KINDS[body["type"]]]
        if kind.family and (not kind.plugin or ("spec" in body and set(body) <= members))
    ]


POLICIES = {"0.7.3": 7, "1.1.6": 8, "1.8.8": 8, "2.14.3": 21, "3.0.0-dev": 7}
"""How many of them there are."""
APPLY_POLICY = """mutation ($input: ApplyPolicyInput!) {
  done: applyPolicy(input: $input) { outcome warnings }
}"""


def in_policy(field: str) -> str:
    """A path into a body as a path into the input of applyPolicy."""
    head = field.replace("[", ".").split(".")[0]
    return field if head in {"", "spec", "labels", "name", "mesh"} else f"spec.{field}"


@pytest.mark.parametrize(("version", "recorded"), cases(policies))
async def test_complaints_about_a_policy_are_paths_into_its_input(
    version: str, recorded: Exchange
) -> None:
    body = recorded.request_body
    kind = KINDS[body["type"]]
    labels = [{"key": name, "value": value} for name, value in body.get("labels", {}).items()]
    given = {"kind": kind.name, "mesh": body["mesh"], "name": body["name"]}
    meta = {"type", "mesh", "name", "labels"}
    bare = {name: value for name, value in body.items() if name not in meta}
    rest = body["spec"] if kind.plugin else bare
    given |= {"spec": rest} | ({"labels": labels} if labels else {})
    async with graph({"cp": apart(version, recorded)}) as one:
        answer = await one.answer(APPLY_POLICY, input=given)
    outcome = "CREATED" if recorded.status == 201 else "UPDATED"
    assert_answer(answer, recorded, outcome, in_policy)


@pytest.mark.parametrize("version", ["0.7.3", "1.1.6", "1.8.8", "2.14.3"])
async def test_complaints_about_a_dataplane_are_paths_into_its_input(version: str) -> None:
    recorded = recording(version).one("04-errors/dataplane-validation")
    network = dict(recorded.request_body["networking"])
    network["inbounds"] = [
        {**one, "tags": [{"key": key, "value": value} for key, value in one["tags"].items()]}
        for one in network.pop("inbound")
    ]
    place = {key: recorded.request_body[key] for key in ("mesh", "name")}
    query = """mutation ($input: ApplyDataplaneInput!) {
      done: applyDataplane(input: $input) { outcome }
    }"""
    async with graph({"cp": apart(version, recorded)}) as one:
        answer = await one.answer(query, input={**place, "networking": network})
    [error] = answer["errors"]
    fields = [each["field"] for each in error["extensions"]["problem"]["invalidParameters"]]
    causes = recorded.body["causes"]
    assert fields == [
        each["field"].replace("networking.inbound[", "networking.inbounds[") for each in causes
    ]
    assert "networking.inbounds[0].port" in fields


READ_ONLY = [("1.8.8", "MeshInsight"), ("2.14.3", "MeshInsight"), ("2.14.3", "ZoneInsight")]


@pytest.mark.parametrize(("version", "kind"), READ_ONLY)
async def test_what_the_control_plane_computes_is_read_only(version: str, kind: str) -> None:
    body = {"type": kind, "name": "default"}
    recorded = msgspec.structs.replace(
        recording(version).one("04-errors/read-only-mesh-insight"),
        target=f"/{KINDS[kind].path}/default",
        request_body=body,
    )
    async with graph({"cp": apart(version, recorded)}) as one:
        assert_answer(await one.answer(APPLY, body=body), recorded, "", in_resource)


async def test_insights_of_1_1_can_be_written_as_recorded() -> None:
    names = ("read-only-mesh-insight", "read-only-service-insight", "write-dataplane-insight")
    recorded = [recording("1.1.6").one(f"04-errors/{name}") for name in names]
    assert {one.name for one in recorded} <= {one.name for one in applied("1.1.6")}
    assert [one.status for one in recorded] == [200, 201, 201]


LACKING = {"0.7.3": 40, "1.1.6": 33, "1.8.8": 25, "2.14.3": 0, "3.0.0-dev": 19}
"""How many of our kinds a version does not have."""


def lacking(version: str) -> list[str]:
    return [kind.name for kind in KINDS.values() if not kind.served_by(at(version))]


def told_of(kind: Kind, version: str) -> str:
    """Why a version lacks a kind."""
    here = f"this control plane is {version}"
    if kind.until and at(version) >= kind.until:
        return f"cp: {kind.name} was dropped by Kuma 3.0; {here}"
    return f"cp: {kind.name} needs Kuma {'.'.join(map(str, kind.since))} or later; {here}"


@pytest.mark.parametrize(("version", "count"), LACKING.items())
async def test_a_kind_that_a_version_lacks_is_unsupported(version: str, count: int) -> None:
    kinds = lacking(version)
    assert len(kinds) == count
    asked = "".join(
        f'{kind}: resources(kind: "{kind}") {{ totalCount failures {{ code message }} }}'
        for kind in kinds
    )
    async with graph({"cp": apart(version)}) as one:
        found = await one.data(f"{{ meshesAsked: __typename {asked} }}")
        for kind in kinds:
            told = told_of(KINDS[kind], version)
            assert found[kind] == {
                "totalCount": 0,
                "failures": [{"code": "UNSUPPORTED", "message": told}],
            }
            body = {"type": kind, "name": "a", "mesh": "default", "spec": {}}
            [error] = (await one.answer(APPLY, body=body))["errors"]
            assert (error["extensions"]["code"], error["message"]) == ("UNSUPPORTED", told)
        assert one.sent() == []
