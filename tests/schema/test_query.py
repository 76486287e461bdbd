import json
from typing import Any

import pytest

from gateway.model.resources import ResourceKey
from gateway.schema.ids import node_id
from gateway.upstreams.kuma.fake import FakeKuma, populate
from tests.graph import graph
from tests.upstreams.kuma.canned import ABSENT as NOT_THERE
from tests.upstreams.kuma.canned import Canned, listed

ABSENT = [
    '{ mesh(name: "none") { name } }',
    '{ dataplane(mesh: "default", name: "none") { name } }',
    '{ dataplane(mesh: "none", name: "none") { name } }',
    '{ service(mesh: "default", name: "none") { name } }',
    '{ policy(kind: "MeshRetry", mesh: "default", name: "none") { name } }',
    '{ zone(name: "none") { name } }',
    '{ controlPlane(name: "none") { name } }',
]


@pytest.mark.parametrize("query", ABSENT)
@pytest.mark.parametrize("version", ["1.8.8", "2.14.3"])
async def test_what_is_not_there_is_null(query: str, version: str) -> None:
    if version == "1.8.8":
        query = query.replace("MeshRetry", "Retry")
    async with graph({"cp": FakeKuma(version).transport()}) as one:
        found = await one.data(query)
    assert list(found.values()) == [None]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ dataplane(name: "x") { name } }', "BAD_USER_INPUT"),
        ('{ service(name: "x") { name } }', "BAD_USER_INPUT"),
        ('{ mesh(name: "") { name } }', "BAD_USER_INPUT"),
        ('{ mesh(name: "../x?y#z") { name } }', "BAD_USER_INPUT"),
        ('{ mesh(name: "x", controlPlane: "none") { name } }', "BAD_USER_INPUT"),
        ('{ policy(kind: "Dataplane", mesh: "default", name: "x") { name } }', "BAD_USER_INPUT"),
        ('{ policy(kind: "Levitation", mesh: "default", name: "x") { name } }', "UNSUPPORTED"),
        ('{ node(id: "garbage") { id } }', "BAD_USER_INPUT"),
        ('{ zones(after: "garbage") { totalCount } }', "BAD_USER_INPUT"),
        ("{ policies(first: -1) { totalCount } }", "BAD_USER_INPUT"),
    ],
)
async def test_what_cannot_be_meant_is_an_error_at_its_place(query: str, code: str) -> None:
    fake = FakeKuma("2.14.3")
    fake.put("Dataplane", "x", {"networking": {"address": "10.0.0.1"}}, "default")
    async with graph({"cp": fake.transport()}) as one:
        found = await one.answer(query)
    [error] = found["errors"]
    assert error["extensions"]["code"] == code
    assert error["path"]
    assert error["locations"]


async def test_a_lookup_among_several_control_planes_says_which() -> None:
    planes = {name: FakeKuma("2.14.3").transport() for name in "ab"}
    query = (
        'query ($cp: String) { mesh(name: "default", controlPlane: $cp) { controlPlane { name } } }'
    )
    async with graph(planes) as one:
        found = await one.answer(query)
        chosen = await one.data(query, cp="b")
    assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert chosen["mesh"] == {"controlPlane": {"name": "b"}}


SERVICE = '{ service(mesh: "m", name: "web") { __typename name } }'


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        ({"service-insights", "meshservices"}, "KumaMeshService"),
        ({"service-insights", "external-services"}, "KumaExternalService"),
        ({"service-insights"}, "KumaService"),
        ({"meshmultizoneservices"}, "KumaMeshMultiZoneService"),
        ({"meshexternalservices"}, "KumaMeshExternalService"),
    ],
)
async def test_a_service_is_found_in_whichever_generation_it_is(
    there: set[str], shown: str
) -> None:
    row = {"mesh": "m", "name": "web", "status": "online"}
    answers: dict[str, Any] = {}
    for path in there:
        spelled = row if path == "service-insights" else {"mesh": "m", "name": "web"}
        answers |= {f"/meshes/m/{path}/web": spelled, f"/meshes/m/{path}": listed([spelled])}
    transport = Canned(answers)
    for path in (
        *("service-insights", "meshservices", "external-services"),
        *("meshmultizoneservices", "meshexternalservices"),
    ):
        transport.answers.setdefault(f"/meshes/m/{path}/web", NOT_THERE)
    async with graph({"cp": transport}) as one:
        found = await one.data(SERVICE)
    assert found["service"] == {"__typename": shown, "name": "web"}


async def test_control_planes_are_listed_whether_they_answer_or_not() -> None:
    query = "{ controlPlanes(product: KUMA) { name product version health { reachable } } }"
    planes = {"b": FakeKuma("2.14.3").transport(), "a": FakeKuma("1.8.8").transport()}
    async with graph(planes) as one:
        found = await one.data(query)
    assert [(one["name"], one["version"]) for one in found["controlPlanes"]] == [
        ("a", "1.8.8"),
        ("b", "2.14.3"),
    ]


async def test_secrets_are_listed_without_their_data() -> None:
    query = """{
      secrets { nodes { __typename name mesh { name } raw } }
      globalSecrets { nodes { __typename name raw } }
    }"""
    row = {"type": "Secret", "mesh": "m", "name": "s", "data": "c2VjcmV0"}
    transport = Canned({"/secrets": listed([row]), "/global-secrets": listed([row])})
    transport.answers["/meshes/m"] = {"name": "m"}
    async with graph({"cp": transport}) as one:
        found = await one.data(query)
    shown = {"type": "Secret", "mesh": "m", "name": "s"}
    assert found["secrets"]["nodes"] == [
        {"__typename": "KumaSecret", "name": "s", "mesh": {"name": "m"}, "raw": shown}
    ]
    assert found["globalSecrets"]["nodes"][0]["raw"] == shown


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8", "2.5.0", "2.14.3", "3.0.0"])
async def test_every_kind_that_a_version_has_is_listed_by_resources(version: str) -> None:
    query = "query ($kind: String!) { resources(kind: $kind) { nodes { __typename kind } } }"
    fake = FakeKuma(version)
    populate(fake, dataplanes=6)
    async with graph({"cp": fake.transport()}) as one:
        kinds = (await one.data("{ controlPlanes { kinds { name } } }"))["controlPlanes"][0][
            "kinds"
        ]
        seen = set()
        for kind in kinds:
            if not kind["name"].endswith("Secret"):
                found = await one.data(query, kind=kind["name"])
                seen |= {node["kind"] for node in found["resources"]["nodes"]}
    assert seen <= {kind["name"] for kind in kinds}
    assert len(seen) > 8


async def test_a_kind_that_no_row_declares_is_listed_as_an_unknown_one() -> None:
    query = """{
      resources(kind: "MeshLevitation") { nodes { __typename kind ... on UnknownPolicy { spec } } }
      policies(filter: {kind: "MeshLevitation"}) { nodes { __typename family } }
    }"""
    row = {"type": "MeshLevitation", "mesh": "m", "name": "up", "spec": {"height": 1}}
    policy = {"isTargetRef": True}
    kind = {"name": "MeshLevitation", "path": "meshlevitations", "scope": "Mesh", "policy": policy}
    transport = Canned({"/_resources": {"resources": [kind]}, "/meshlevitations": listed([row])})
    async with graph({"cp": transport}) as one:
        found = await one.data(query)
    assert found == {
        "resources": {
            "nodes": [
                {"__typename": "UnknownPolicy", "kind": "MeshLevitation", "spec": {"height": 1}}
            ]
        },
        "policies": {"nodes": [{"__typename": "UnknownPolicy", "family": "TARGET_REF"}]},
    }


@pytest.mark.parametrize("name", ["x?y#z", "a b", "100%", "größe", "a+b", "a&b=c", "%2e%2e"])
async def test_a_name_reaches_the_control_plane_as_that_name(name: str) -> None:
    fake = FakeKuma("2.14.3")
    fake.put("Mesh", name, {})
    query = "query ($name: String!) { mesh(name: $name) { name dataplanes { totalCount } } }"
    async with graph({"cp": fake.transport()}) as one:
        found = await one.data(query, name=name)
    assert found["mesh"] == {"name": name, "dataplanes": {"totalCount": 0}}


def mesh(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "Mesh", "name": name, **more}


def proxy(name: str) -> dict[str, Any]:
    return {"type": "Dataplane", "mesh": "a", "name": name, "networking": {"address": "10.0.0.1"}}


ALONE = {
    # What is read further down is read at once, and asked for once.
    """{ mesh(name: "a") { name dataplanes { nodes { name mesh { labels { key } } } } } }""": (
        ["/meshes/a", "/meshes/a/dataplanes"],
        {
            "mesh": {
                "name": "a",
                "dataplanes": {
                    "nodes": [
                        {"name": name, "mesh": {"labels": [{"key": "team"}]}} for name in "xyz"
                    ]
                },
            }
        },
    ),
    """{ mesh(name: "a") { name raw } }""": (
        ["/meshes/a"],
        {"mesh": {"name": "a", "raw": mesh("a", labels={"team": "t"})}},
    ),
    """{ meshes { nodes { name } } }""": (
        ["/meshes"],
        {"meshes": {"nodes": [{"name": name} for name in "abcdef"]}},
    ),
    # Side by side nothing is alone: many gets are one list.
    """{ a: mesh(name: "a") { name } b: mesh(name: "b") { name } c: mesh(name: "c") { name }
         d: mesh(name: "d") { name } e: mesh(name: "e") { name } f: mesh(name: "f") { name } }""": (
        ["/meshes"],
        {name: {"name": name} for name in "abcdef"},
    ),
    """{ nodes(ids: IDS) { ... on Mesh { name } } }""": (
        ["/meshes"],
        {"nodes": [{"name": name} for name in "abcdef"]},
    ),
}


@pytest.mark.parametrize("query", ALONE)
async def test_a_field_that_is_alone_asks_at_once_and_others_together(query: str) -> None:
    calls, data = ALONE[query]
    meshes = [mesh("a", labels={"team": "t"}), *map(mesh, "bcdef")]
    answers = {f"/meshes/{one['name']}": one for one in meshes}
    answers |= {"/meshes": listed(meshes), "/meshes/a/dataplanes": listed([*map(proxy, "xyz")])}
    canned = Canned(answers)
    ids = [node_id(ResourceKey("cp", "Mesh", None, name)) for name in "abcdef"]
    async with graph({"cp": canned}) as one:
        canned.paths()
        found = await one.data(query.replace("IDS", json.dumps(ids)))
        assert sorted(canned.paths()) == calls
    assert found == data
