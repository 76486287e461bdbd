import json
from typing import Any

import pytest

from gateway.schema.masks import MASK
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import Graph, graph
from tests.upstreams.kuma.canned import Canned, said

RESOURCE = """mutation ($resource: JSON!) {
  applyResource(input: {resource: $resource, clientMutationId: "7"}) {
    outcome warnings clientMutationId resource { id kind name labels { key value } raw }
  }
}"""
DELETE = """mutation ($kind: String!, $mesh: String, $name: String!) {
  deleteResource(input: {kind: $kind, mesh: $mesh, name: $name}) { id outcome warnings }
}"""
POLICY = """mutation ($kind: String!, $spec: JSON) {
  applyPolicy(input: {kind: $kind, mesh: "default", name: "x", spec: $spec}) {
    outcome policy { __typename kind spec mesh { name } }
  }
}"""


def code(found: dict[str, Any]) -> str:
    [error] = found["errors"]
    given: str = error["extensions"]["code"]
    return given


def writes(one: Graph) -> list[str]:
    return [str(sent) for sent in one.sent() if sent.method != "GET"]


async def test_an_apply_creates_then_updates_and_a_delete_deletes() -> None:
    retry = {
        "type": "MeshRetry",
        "mesh": "default",
        "name": "x",
        "spec": {"targetRef": {"kind": "Mesh"}},
    }
    named = {"kind": "MeshRetry", "mesh": "default", "name": "x"}
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        made = (await one.data(RESOURCE, resource=retry))["applyResource"]
        again = (await one.data(RESOURCE, resource=retry))["applyResource"]
        gone = (await one.data(DELETE, **named))["deleteResource"]
        absent = await one.answer(DELETE, **named)
    assert [made["outcome"], again["outcome"], gone["outcome"]] == ["CREATED", "UPDATED", "DELETED"]
    assert made["clientMutationId"] == "7"
    assert made["resource"]["raw"]["spec"] == {"targetRef": {"kind": "Mesh"}}
    assert gone["id"] == made["resource"]["id"]
    assert code(absent) == "NOT_FOUND"


async def test_an_apply_is_one_put_and_is_read_only_where_the_document_asks() -> None:
    query = """mutation { applyMesh(input: {name: "m", spec: {routing: {zoneEgress: true}}}) {
      outcome %s
    } }"""
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        await one.data(query % "warnings")
        assert [str(sent) for sent in one.sent()] == ["PUT /meshes/m"]
        assert json.loads(one.sent()[0].body or b"") == {
            "type": "Mesh",
            "name": "m",
            "routing": {"zoneEgress": True},
        }
        one.forget()
        found = await one.data(query % "mesh { name ... on KumaMesh { routing { zoneEgress } } }")
        assert [str(sent) for sent in one.sent()] == ["PUT /meshes/m", "GET /meshes/m"]
    assert found["applyMesh"]["mesh"] == {"name": "m", "routing": {"zoneEgress": True}}


async def test_later_mutations_of_a_document_see_what_earlier_ones_wrote() -> None:
    document = """mutation {
      a: applyZone(input: {name: "z", enabled: true}) { outcome zone { ...Switch } }
      b: applyZone(input: {name: "z", enabled: false}) { outcome zone { ...Switch } }
      c: deleteZone(input: {name: "z"}) { outcome }
    }
    fragment Switch on KumaZone { enabled }"""
    async with graph({"cp": FakeKuma("2.14.3", mode="global").transport()}) as one:
        found = await one.data(document)
        assert [str(sent).split()[0] for sent in one.sent()] == [
            "PUT",
            "GET",
            "PUT",
            "GET",
            "DELETE",
        ]
    assert found == {
        "a": {"outcome": "CREATED", "zone": {"enabled": True}},
        "b": {"outcome": "UPDATED", "zone": {"enabled": False}},
        "c": {"outcome": "DELETED"},
    }


async def test_a_mutation_that_fails_leaves_the_others_answers() -> None:
    document = """mutation {
      bad: deleteMesh(input: {name: "no-mesh"}) { outcome }
      good: applyMesh(input: {name: "m"}) { outcome }
    }"""
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        found = await one.answer(document)
    assert found["data"] == {"bad": None, "good": {"outcome": "CREATED"}}
    assert found["errors"][0]["path"] == ["bad"]
    assert code(found) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("kind", "spec", "typename", "shown"),
    [
        (
            "MeshTimeout",
            {"targetRef": {"kind": "Mesh"}},
            "MeshTimeout",
            {"targetRef": {"kind": "Mesh"}},
        ),
        (
            "TrafficPermission",
            {
                "sources": [{"match": {"kuma.io/service": "*"}}],
                "destinations": [{"match": {"kuma.io/service": "*"}}],
            },
            "TrafficPermission",
            {
                "sources": [{"match": {"kuma.io/service": "*"}}],
                "destinations": [{"match": {"kuma.io/service": "*"}}],
            },
        ),
    ],
)
async def test_policies_of_both_worlds_are_written_alike(
    kind: str, spec: Any, typename: str, shown: Any
) -> None:
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        found = (await one.data(POLICY, kind=kind, spec=spec))["applyPolicy"]
    assert found["policy"] == {
        "__typename": typename,
        "kind": kind,
        "spec": shown,
        "mesh": {"name": "default"},
    }


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        (POLICY, {"kind": "Mesh", "spec": {}}, "BAD_USER_INPUT"),
        (POLICY, {"kind": "Secret", "spec": {}}, "BAD_USER_INPUT"),
        (POLICY, {"kind": "Levitation", "spec": {}}, "UNSUPPORTED"),
        (POLICY, {"kind": "MeshTimeout", "spec": []}, "BAD_USER_INPUT"),
        (POLICY, {"kind": "MeshTimeout", "spec": {"to": [MASK]}}, "BAD_USER_INPUT"),
        (
            RESOURCE,
            {"resource": {"type": "Secret", "mesh": "default", "name": "x"}},
            "BAD_USER_INPUT",
        ),
        (RESOURCE, {"resource": {"type": "GlobalSecret", "name": "x"}}, "BAD_USER_INPUT"),
        (RESOURCE, {"resource": {"type": "MeshRetry", "name": "x"}}, "BAD_USER_INPUT"),
        (RESOURCE, {"resource": {"type": "Mesh", "name": "x", "mesh": "m"}}, "BAD_USER_INPUT"),
        (RESOURCE, {"resource": {"type": "Mesh", "name": "../x?y#z"}}, "BAD_USER_INPUT"),
        (RESOURCE, {"resource": {"type": "Mesh", "name": ""}}, "BAD_USER_INPUT"),
        (RESOURCE, {"resource": "Mesh"}, "BAD_USER_INPUT"),
        (DELETE, {"kind": "Secret", "mesh": "default", "name": "x"}, "BAD_USER_INPUT"),
        (DELETE, {"kind": "MeshRetry", "name": "x"}, "BAD_USER_INPUT"),
        (DELETE, {"kind": "MeshRetry", "mesh": "", "name": "x"}, "BAD_USER_INPUT"),
        (DELETE, {"kind": "MeshRetry", "mesh": "..", "name": "x"}, "BAD_USER_INPUT"),
    ],
)
async def test_a_write_that_cannot_be_meant_is_not_sent(
    query: str, variables: dict[str, Any], expected: str
) -> None:
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        found = await one.answer(query, **variables)
        assert writes(one) == []
    assert code(found) == expected


async def test_what_is_written_deep_is_written_or_bad_input() -> None:
    request = POLICY.replace("policy { __typename kind spec mesh { name } }", "")
    for depth in (50, 400, 600, 900, 990, 5000):
        spec: Any = {}
        for _ in range(depth):
            spec = {"a": spec}
        async with graph({"cp": Canned({"/meshes/default/meshretries/x": {}})}) as one:
            found = await one.answer(request, kind="MeshRetry", spec=spec)
        assert ("errors" in found) is (depth > 500)
        assert "errors" not in found or code(found) == "BAD_USER_INPUT"


async def test_what_may_not_be_written_here_is_read_only() -> None:
    async with graph({"cp": FakeKuma("2.14.3", read_only=True).transport()}) as one:
        found = await one.answer(RESOURCE, resource={"type": "Mesh", "name": "x"})
    assert code(found) == "READ_ONLY"
    assert found["errors"][0]["extensions"]["status"] == 405


async def test_a_version_that_lacks_a_kind_says_which_has_it() -> None:
    async with graph({"cp": FakeKuma("1.8.8").transport()}) as one:
        found = await one.answer(POLICY, kind="MeshTLS", spec={})
        assert writes(one) == []
    assert code(found) == "UNSUPPORTED"
    assert (
        "MeshTLS needs Kuma 2.9 or later; this control plane is 1.8.8"
        in (found["errors"][0]["message"])
    )


async def test_a_write_is_never_sent_twice() -> None:
    down = said({"title": "Service Unavailable"}, 503)
    async with graph({"cp": Canned({"/meshes/x": down})}) as one:
        found = await one.answer(RESOURCE, resource={"type": "Mesh", "name": "x"})
        assert writes(one) == ["PUT /meshes/x"]
    assert code(found) == "UPSTREAM_UNAVAILABLE"


async def test_what_a_control_plane_warns_of_is_told() -> None:
    warned = said({"warnings": ["`from` is deprecated"]}, 201)
    query = 'mutation { applyMesh(input: {name: "x"}) { outcome warnings } }'
    async with graph({"cp": Canned({"/meshes/x": warned})}) as one:
        found = await one.data(query)
    assert found["applyMesh"] == {"outcome": "CREATED", "warnings": ["`from` is deprecated"]}


async def test_with_several_control_planes_a_write_says_which() -> None:
    planes = {name: FakeKuma("2.14.3") for name in "ab"}
    query = (
        'mutation ($cp: String) { applyMesh(input: {name: "m", controlPlane: $cp}) { outcome } }'
    )
    async with graph({name: one.transport() for name, one in planes.items()}) as one:
        assert code(await one.answer(query)) == "BAD_USER_INPUT"
        await one.data(query, cp="b")
    written = [[t for m, t in fake.requests if m == "PUT"] for fake in planes.values()]
    assert written == [[], ["/meshes/m"]]


async def test_an_external_service_is_written_with_its_tags() -> None:
    query = """mutation { applyExternalService(input: {
      mesh: "default", name: "x", tags: [{key: "kuma.io/service", value: "x"}],
      spec: {networking: {address: "x.example.com:443"}}
    }) {
      outcome service { addresses ports { port } ... on KumaExternalService { tags { value } } }
    } }"""
    gone = """mutation {
      deleteExternalService(input: {mesh: "default", name: "x"}) { outcome }
    }"""
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        found = (await one.data(query))["applyExternalService"]
        deleted = await one.data(gone)
    assert found == {
        "outcome": "CREATED",
        "service": {
            "addresses": ["x.example.com"],
            "ports": [{"port": 443}],
            "tags": [{"value": "x"}],
        },
    }
    assert deleted["deleteExternalService"]["outcome"] == "DELETED"


async def test_a_dataplane_is_written_and_read_back_with_its_status() -> None:
    query = """mutation { applyDataplane(input: {mesh: "default", name: "x", networking: {
      address: "10.0.0.1", inbounds: [{port: 80, tags: [{key: "kuma.io/service", value: "x"}]}]
    }}) { outcome dataplane { name status statusReasons address } } }"""
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        found = (await one.data(query))["applyDataplane"]
        assert [str(sent) for sent in one.sent()] == [
            "PUT /meshes/default/dataplanes/x",
            "GET /meshes/default/dataplanes/x/_overview",
        ]
    assert found["dataplane"] == {
        "name": "x",
        "status": "OFFLINE",
        "statusReasons": ["the proxy has never connected to the control plane"],
        "address": "10.0.0.1",
    }


@pytest.mark.parametrize(
    ("version", "write", "told"),
    [
        (
            "3.0.0",
            """applyMesh(input: {name: "m", mtls: {backends: []}})""",
            "`mtls` was dropped by Kuma 3.0",
        ),
        (
            "3.0.0",
            """applyDataplane(input: {mesh: "m", name: "dp", networking: {
                 address: "10.0.0.1", inbounds: [{port: 80, tags: []}]}})""",
            "`networking.inbounds.tags` was dropped by Kuma 3.0",
        ),
        (
            "1.8.8",
            """applyDataplane(input: {mesh: "m", name: "dp", networking: {
                 address: "10.0.0.1", inbounds: [{port: 80, name: "main"}]}})""",
            "`networking.inbounds.name` needs Kuma 2.8 or later",
        ),
    ],
)
async def test_a_typed_member_that_a_version_would_drop_is_refused(
    version: str, write: str, told: str
) -> None:
    async with graph({"prod": FakeKuma(version).transport()}) as one:
        found = await one.answer(f"mutation {{ it: {write} {{ outcome }} }}")
        assert one.sent() == []
    [error] = found["errors"]
    assert error["extensions"]["code"] == "UNSUPPORTED"
    assert error["message"] == f"prod: {told}; this control plane is {version}"
