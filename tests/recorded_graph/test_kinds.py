"""Each kind with exchanges: made, read, changed and deleted through the graph as recorded."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gateway.model.kinds import Noun, Scope
from gateway.model.resources import ResourceKey
from gateway.schema.ids import node_id
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import Graph, graph
from tests.recorded import Exchange
from tests.recorded_graph.shown import WHOLE, shown, spec
from tests.recorded_graph.stories import VERSIONS, Story, of_nouns, stories
from tests.replay import exchanges

OPEN = of_nouns(*set(Noun) - {Noun.SECRET})
POLICIES = of_nouns(Noun.POLICY)


@pytest.mark.parametrize(("version", "count"), VERSIONS.items())
def test_every_kind_with_exchanges_is_tried(version: str, count: int) -> None:
    assert len(stories(version)) == count
    assert [one.step("1-create").status for one in stories(version)] == [201] * count


APPLY_RESOURCE = f"""
mutation ($body: JSON!) {{
  done: applyResource(input: {{resource: $body, clientMutationId: "m"}}) {{
    outcome warnings clientMutationId stored: resource {{ ...Whole }}
  }}
}} {WHOLE}"""


async def apply_resource(one: Graph, body: dict[str, Any]) -> dict[str, Any]:
    """What the mutation for any kind answers to a recorded body."""
    answer = await one.data(APPLY_RESOURCE, body=body)
    return dict(answer["done"])


def typed(mutation: str, type_name: str, member: str) -> str:
    """A mutation of a kind's own."""
    return f"""
    mutation ($input: {type_name}!) {{
      done: {mutation}(input: $input) {{
        outcome warnings clientMutationId stored: {member} {{ ...Whole }}
      }}
    }} {WHOLE}"""


def as_pairs(found: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in found.items()]


def port(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "tags": as_pairs(body["tags"])}


def dataplane_members(body: dict[str, Any]) -> dict[str, Any]:
    """What is typed of a dataplane.

    A probe's verdict has no member, and tags beside a `backendRef` are refused: these go by `spec`.
    """
    rest = dict(body)
    network = dict(rest.pop("networking"))
    if "admin" in network or any("backendRef" in one for one in network.get("outbound", ())):
        return {"spec": body}
    ports = {
        f"{key}s": [port(one) for one in network.pop(key, ())] for key in ("inbound", "outbound")
    }
    return {"networking": {**network, **ports}, "spec": rest or None}


def mesh_members(body: dict[str, Any]) -> dict[str, Any]:
    return {"spec": body}


def zone_members(body: dict[str, Any]) -> dict[str, Any]:
    rest = dict(body)
    return {"enabled": rest.pop("enabled", None), "spec": rest}


def external_service_members(body: dict[str, Any]) -> dict[str, Any]:
    rest = dict(body)
    return {"tags": as_pairs(rest.pop("tags")), "spec": rest}


Members = Callable[[dict[str, Any]], dict[str, Any]]
TYPED: dict[str, tuple[str, Members]] = {
    "Mesh": (typed("applyMesh", "ApplyMeshInput", "mesh"), mesh_members),
    "Dataplane": (
        typed("applyDataplane", "ApplyDataplaneInput", "dataplane"),
        dataplane_members,
    ),
    "Zone": (typed("applyZone", "ApplyZoneInput", "zone"), zone_members),
    "ExternalService": (
        typed("applyExternalService", "ApplyExternalServiceInput", "service"),
        external_service_members,
    ),
}
APPLY_POLICY = typed("applyPolicy", "ApplyPolicyInput", "policy")


async def apply_typed(one: Graph, body: dict[str, Any]) -> dict[str, Any]:
    """What the mutation of the kind's own answers to a recorded body."""
    kind = KINDS[body["type"]]
    place: dict[str, Any] = {key: body[key] for key in ("mesh", "name") if key in body}
    if "labels" in body:
        place["labels"] = as_pairs(body["labels"])
    common: dict[str, Any] = {**place, "clientMutationId": "m"}
    if kind.noun is Noun.POLICY:
        given = {"kind": kind.name, "spec": spec(kind, body)}
        answer = await one.data(APPLY_POLICY, input={**common, **given})
    else:
        mutation, members = TYPED[kind.name]
        answer = await one.data(mutation, input={**common, **members(spec(kind, body))})
    return dict(answer["done"])


WAYS = [
    *(pytest.param(one, apply_resource, id=f"{one}-applyResource") for one in OPEN),
    *(pytest.param(one, apply_typed, id=f"{one}-applyPolicy") for one in POLICIES),
    *(
        pytest.param(one, apply_typed, id=f"{one}-apply{one.kind}")
        for one in OPEN
        if one.kind in TYPED
    ),
]


def test_every_policy_and_every_typed_noun_is_applied_both_ways() -> None:
    assert (len(OPEN), len(POLICIES), len(WAYS)) == (81, 48, 81 + 48 + 17)


Apply = Callable[[Graph, dict[str, Any]], Any]


@pytest.mark.parametrize(("story", "apply"), WAYS)
async def test_a_kind_is_created_changed_and_deleted_as_recorded(
    story: Story, apply: Apply
) -> None:
    async with graph({"cp": exchanges(story.version, f"02-kinds/{story.kind}")}) as one:
        for put, get, outcome in (
            ("1-create", "2-get", "CREATED"),
            ("5-update", "6-get-after-update", "UPDATED"),
        ):
            one.forget()
            step = story.step(put)
            assert await apply(one, step.request_body) == {
                "outcome": outcome,
                "warnings": (step.body or {}).get("warnings", []),
                "clientMutationId": "m",
                "stored": shown(story.step(get).body),
            }
            sent, read = one.sent()
            assert (str(sent), str(read)) == (f"PUT {step.target}", f"GET {step.target}")
            assert sent.body is not None
            assert json.loads(sent.body) == step.request_body


LISTS = f"""
query ($kind: String!, $mesh: String) {{
  inMesh: resources(kind: $kind, mesh: $mesh) {{ ...Rows }}
  everywhere: resources(kind: $kind) {{ ...Rows }}
}}
fragment Rows on ResourceConnection {{
  totalCount failures {{ code }} pageInfo {{ hasNextPage }} nodes {{ id ...Whole }}
}} {WHOLE}"""


@pytest.mark.parametrize("story", OPEN, ids=str)
async def test_a_kind_is_listed_in_its_mesh_and_over_all_meshes_as_recorded(story: Story) -> None:
    async with graph({"cp": exchanges(story.version, f"02-kinds/{story.kind}")}) as one:
        await apply_resource(one, story.step("1-create").request_body)
        found = await one.data(LISTS, kind=story.kind, mesh=story.place["mesh"])
        scoped = KINDS[story.kind].scope is Scope.MESH
        for part, step in (
            ("inMesh", "3-list"),
            ("everywhere", "4-list-all-meshes" if scoped else "3-list"),
        ):
            assert without_ids(found[part]) == rows(story.step(step).body)
        if story.kind in OWN_ROOT or KINDS[story.kind].noun is Noun.POLICY:
            root = await one.data(own_root(story), **story.place)
            assert without_ids(root["found"]) == rows(story.step("3-list").body)
            assert root["one"] == shown(story.step("2-get").body)


def rows(body: dict[str, Any]) -> dict[str, Any]:
    """A recorded list as the graph shows it."""
    return {
        "totalCount": body["total"],
        "failures": [],
        "pageInfo": {"hasNextPage": False},
        "nodes": [shown(item) for item in body["items"]],
    }


def without_ids(found: dict[str, Any]) -> dict[str, Any]:
    """The same list, once its ids are seen to differ."""
    ids = {node["id"] for node in found["nodes"]}
    assert len(ids) == found["totalCount"]
    nodes = [{key: node[key] for key in node if key != "id"} for node in found["nodes"]]
    return {**found, "nodes": nodes}


OWN_ROOT = {
    "Mesh": ("meshes", "mesh(name: $name)", "MeshConnection"),
    "Dataplane": (
        "dataplanes(filter: {mesh: $mesh})",
        "dataplane(name: $name, mesh: $mesh)",
        "DataplaneConnection",
    ),
    "Zone": ("zones", "zone(name: $name)", "ZoneConnection"),
}


def own_root(story: Story) -> str:
    """A document that asks for a kind by its noun's own list and lookup."""
    many, single, connection = OWN_ROOT.get(story.kind) or (
        f'policies(filter: {{kind: "{story.kind}", mesh: $mesh}})',
        f'policy(kind: "{story.kind}", name: $name, mesh: $mesh)',
        "PolicyConnection",
    )
    variables = "$name: String!, $mesh: String!" if "$mesh" in many else "$name: String!"
    return f"""
    query ({variables}) {{
      found: {many} {{ ...Rows }}
      one: {single} {{ ...Whole }}
    }}
    fragment Rows on {connection} {{
      totalCount failures {{ code }} pageInfo {{ hasNextPage }} nodes {{ id ...Whole }}
    }} {WHOLE}"""


DELETE = """
mutation ($kind: String!, $name: String!, $mesh: String) {
  done: deleteResource(input: {kind: $kind, name: $name, mesh: $mesh}) { outcome warnings id }
}"""
BY_ID = f"query ($id: ID!) {{ node(id: $id) {{ ...Whole }} }} {WHOLE}"


@pytest.mark.parametrize("story", OPEN, ids=str)
async def test_a_kind_is_found_by_its_id_until_it_is_deleted(story: Story) -> None:
    async with graph({"cp": exchanges(story.version, f"02-kinds/{story.kind}")}) as one:
        await apply_resource(one, story.step("1-create").request_body)
        key = ResourceKey("cp", story.kind, story.place["mesh"], story.place["name"])
        found = await one.data(BY_ID, id=node_id(key))
        assert found["node"] == shown(story.step("2-get").body)

        one.forget()
        done = (await one.data(DELETE, kind=story.kind, **story.place))["done"]
        assert done == {"outcome": "DELETED", "warnings": [], "id": node_id(key)}
        assert list(map(str, one.sent())) == [f"DELETE {story.step('7-delete').target}"]
        assert await one.data(BY_ID, id=node_id(key)) == {"node": None}

        answer = await one.answer(DELETE, kind=story.kind, **story.place)
        assert answer["data"] == {"done": None}
        [error] = answer["errors"]
        assert error["path"] == ["done"]
        assert error["extensions"] == absent(story.step("9-delete-absent"))


def absent(step: Exchange) -> dict[str, Any]:
    """The extensions of the error to a delete of what is not there."""
    said = step.body
    return {
        "code": "NOT_FOUND",
        "retryable": False,
        "upstream": "cp",
        "status": 404,
        "problem": {
            "type": said.get("type", "about:blank"),
            "title": said["title"],
            "status": 404,
            "detail": said.get("detail") or said["details"],
        },
    }
