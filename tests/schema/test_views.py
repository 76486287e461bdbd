import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution.requests import GraphQLRequest
from gateway.model.kinds import Noun
from gateway.model.resources import Resource, Stored
from gateway.schema.views import VIEWS, view
from gateway.upstreams.base import Viewer
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import Graph, graph
from tests.replay import snapshot
from tests.schema.selections import SCHEMA, everything
from tests.upstreams.kuma import malformed
from tests.upstreams.kuma.canned import Canned, listed

SHOWN = [
    *("Mesh", "Dataplane", "Zone", "ServiceInsight", "MeshService", "MeshExternalService"),
    *("ExternalService", "MeshGateway", "MeshIdentity", "Secret", "Retry", "MeshHTTPRoute"),
]


def question(kind: str) -> str:
    """Everything of everything of a kind."""
    row = KINDS[kind]
    root = f'resources(kind: "{kind}")' if row.noun is not Noun.SECRET else "secrets"
    whole = everything(row.type_name)
    return f"{{ {root} {{ failures {{ code }} nodes {{ ... on {row.type_name} {whole} }} }} }}"


async def shown(one: Graph, query: str) -> dict[str, Any]:
    """The response to a query, whose errors are all of ours."""
    result = await one.gateway.run(GraphQLRequest(query), Viewer())
    response: dict[str, Any] = json.loads(result.encoded())
    codes = {error["extensions"]["code"] for error in response.get("errors", ())}
    assert not codes & {"INTERNAL_SERVER_ERROR", "GRAPHQL_VALIDATION_FAILED"}, response["errors"]
    assert response["data"] is not None
    return response


def control_plane(**lists: Any) -> Canned:
    """A control plane that has these lists, wherever they may be asked for, and none else."""
    answers = {}
    for kind, body in lists.items():
        for overview in (False, True):
            for path in malformed.paths(KINDS[kind], overview=overview):
                answers[path] = body
    made = Canned(answers)
    made.otherwise = listed(())
    return made


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_shown_by_the_type_that_its_row_names(kind: Any) -> None:
    found = view(Resource("prod", kind, Stored(name="x", mesh="m"), msgspec.Raw(b"{}")))
    assert type(found).__strawberry_definition__.name == kind.type_name
    assert kind.type_name in SCHEMA.type_map
    assert kind.type_name in VIEWS


@pytest.mark.parametrize(
    ("noun", "name"), [(Noun.POLICY, "UnknownPolicy"), (Noun.RESOURCE, "UnknownResource")]
)
def test_a_kind_that_no_row_declares_is_shown_as_unknown(noun: Noun, name: str) -> None:
    kind = msgspec.structs.replace(KINDS["Retry"], name="Levitation", noun=noun, type_name=name)
    found: Any = view(Resource("prod", kind, Stored(name="x", mesh="m"), msgspec.Raw(b"{}")))
    assert type(found).__name__ == name


@pytest.mark.parametrize("version", malformed.VERSIONS)
async def test_every_field_of_what_was_recorded_is_shown(version: str) -> None:
    seen = 0
    async with graph({"prod": snapshot(version)}) as one:
        kinds = await one.data("{ controlPlanes { kinds { name } } }")
        for kind in kinds["controlPlanes"][0]["kinds"]:
            if not kind["name"].endswith("Secret"):
                response = await shown(one, question(kind["name"]))
                codes = {error["extensions"]["code"] for error in response.get("errors", ())}
                # Before 1.0 there are no insights of meshes.
                assert codes <= ({"UNSUPPORTED"} if version == "0.7.3" else set()), kind
                seen += len(response["data"]["resources"]["nodes"])
    assert seen > 100


def broken() -> st.SearchStrategy[tuple[str, bytes, bytes]]:
    """A list of some kind and the mesh insights, both tampered with."""
    insights = malformed.items("MeshInsight")[-1:]

    def lists(kind: str) -> st.SearchStrategy[tuple[str, bytes, bytes]]:
        items = malformed.items(kind, overview=KINDS[kind].overview)
        richest = sorted(items, key=lambda item: len(json.dumps(item)))[-2:]
        return st.tuples(
            st.just(kind),
            malformed.tampered(listed(richest)),
            malformed.tampered(listed(insights)),
        )

    return st.sampled_from(SHOWN).flatmap(lists)


ROOTS = "{ insight %s meshes { nodes { insight %s } } }" % (  # noqa: UP031
    everything("Insight"),
    everything("MeshInsight"),
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(broken())
async def test_what_was_read_of_a_malformed_body_can_be_shown(
    case: tuple[str, bytes, bytes],
) -> None:
    kind, body, insights = case
    meshes = listed([{"name": "default"}, {"name": "shop"}, {"name": "bank"}])
    lists = {"Mesh": meshes, "MeshInsight": insights} | {kind: body}
    async with graph({"prod": control_plane(**lists)}, discovered=False) as one:
        await shown(one, question(kind))
        await shown(one, ROOTS)


DEPTHS = range(100, 1000, 25)


@pytest.mark.parametrize("kind", ["Mesh", "MeshIdentity", "Retry", "Secret"])
async def test_what_is_nested_deep_is_shown_or_named_as_broken(kind: str) -> None:
    row = KINDS[kind]
    for depth in DEPTHS:
        deep = b'{"a":' * depth + b"1" + b"}" * depth
        meta = b'{"name":"x","mesh":"m","mtls":%b,"spec":{"provider":%b}}' % (deep, deep)
        transport = control_plane(**{kind: b'{"items":[%b]}' % meta})
        async with graph({"prod": transport}, discovered=False) as one:
            whole = everything(row.type_name)
            query = question(kind) if whole else ""
            result = await one.gateway.run(GraphQLRequest(query), Viewer())
            codes = {error["extensions"]["code"] for error in result.errors}
            assert codes <= {"UPSTREAM_BAD_RESPONSE", "UNSUPPORTED", "NOT_FOUND", "FORBIDDEN"}, (
                depth
            )
            result.encoded()
