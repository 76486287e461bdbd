from typing import Any

import pytest

from gateway.upstreams.kuma.fake import FakeKuma, populate
from tests.graph import graph
from tests.replay import snapshot
from tests.upstreams.kuma.canned import Canned, said

QUERY = """query ($kind: String!, $name: String!, $mesh: String!) {
  policy(kind: $kind, name: $name, mesh: $mesh) {
    affectedDataplanes(first: 2) {
      totalCount
      failures { code message }
      pageInfo { hasNextPage endCursor }
      nodes { name }
      edges { cursor reasons node { name status } rules { place section name service } }
    }
  }
}"""


async def affected(version: str, kind: str, name: str, mesh: str = "shop") -> Any:
    async with graph({"prod": snapshot(version)}) as one:
        found = await one.data(QUERY, kind=kind, name=name, mesh=mesh)
        lists = [
            str(sent) for sent in one.sent() if "insights" in sent.target or "_over" in sent.target
        ]
    assert len(lists) == 1, lists
    return found["policy"]["affectedDataplanes"]


@pytest.mark.parametrize(
    ("version", "kind", "name", "mesh", "total", "reason"),
    [
        ("1.1.6", "Timeout", "timeout-a", "shop", 6, "outbound 127.0.0.1:21000 to backend"),
        ("1.1.6", "TrafficTrace", "traffictrace-a", "shop", 43, "the whole proxy"),
        ("1.8.8", "Timeout", "timeout-a", "shop", 6, "outbound 127.0.0.1:21000 to backend"),
        ("1.8.8", "TrafficPermission", "allow-all", "shop", 41, "inbound 10.20.0.8:5670:5670"),
        ("2.14.3", "Retry", "retry-a", "shop", 6, "outbound to backend"),
        (
            "2.14.3",
            "MeshTimeout",
            "timeouts-backend",
            "shop",
            44,
            "targetRef the whole mesh: outbound to MeshService backend",
        ),
        (
            "2.14.3",
            "MeshTimeout",
            "ledger-timeouts",
            "bank",
            8,
            "targetRef Dataplane app=accounts: outbound to MeshService ledger",
        ),
        (
            "3.0.0-dev",
            "MeshTimeout",
            "meshtimeout-a",
            "shop",
            43,
            "targetRef the whole mesh: outbound to MeshService kuma.io/display-name=backend",
        ),
    ],
)
async def test_a_policy_names_its_dataplanes_with_status_and_reasons_in_each_generation(
    version: str, kind: str, name: str, mesh: str, total: int, reason: str
) -> None:
    found = await affected(version, kind, name, mesh)
    assert (found["totalCount"], found["failures"]) == (total, [])
    assert len(found["edges"]) == 2
    assert found["edges"][0]["reasons"] == [reason]
    assert [edge["node"]["name"] for edge in found["edges"]] == [
        node["name"] for node in found["nodes"]
    ]
    assert {edge["node"]["status"] for edge in found["edges"]} <= {"ONLINE", "OFFLINE"}
    assert found["pageInfo"]["endCursor"] == found["edges"][-1]["cursor"]


async def test_what_cannot_be_told_is_a_reason_and_no_error() -> None:
    query = """{ policy(kind: "VirtualOutbound", mesh: "default", name: "vo") {
      affectedDataplanes { totalCount failures { code message } } } }"""
    fake = FakeKuma("1.4.1")
    fake.put(
        "VirtualOutbound", "vo", {"selectors": [{"match": {"kuma.io/service": "*"}}]}, "default"
    )
    async with graph({"prod": fake.transport()}) as one:
        found = (await one.data(query))["policy"]["affectedDataplanes"]
    assert found["totalCount"] == 0
    assert found["failures"] == [
        {
            "code": "UNSUPPORTED",
            "message": "prod: affectedDataplanes needs Kuma 1.5 or later; "
            "this control plane is 1.4.1",
        }
    ]


MANY = """{
  mesh(name: "shop") {
    policies(first: 1000) {
      totalCount
      nodes { affectedDataplanes(first: 1000) { nodes { status } failures { code } } }
    }
  }
}"""


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8", "2.14.3", "3.0.0"])
async def test_all_policies_of_a_mesh_cost_their_kinds_and_themselves(version: str) -> None:
    fake = FakeKuma(version)
    populate(fake, dataplanes=60)
    async with graph({"prod": fake.transport()}, retries=0) as one:
        found = (await one.data(MANY))["mesh"]["policies"]
        sent = [one.target.partition("?")[0] for one in one.sent()]
    kinds = {path for path in sent if path.count("/") == 3 and "dataplanes" not in path}
    asked = [path for path in sent if path.endswith("/dataplanes") and path.count("/") > 3]
    lists = [path for path in sent if path.startswith("/meshes/shop/dataplanes")]
    codes = {
        failure["code"]
        for node in found["nodes"]
        for failure in node["affectedDataplanes"]["failures"]
    }
    assert len(asked) == (found["totalCount"] if version != "1.1.6" else 0)
    assert len(sent) <= len(kinds) + found["totalCount"] + 4
    assert len(lists) == 1
    assert codes <= {"UNSUPPORTED"}
    assert any(node["affectedDataplanes"]["nodes"] for node in found["nodes"])


async def test_few_dataplanes_of_a_long_list_are_read_by_themselves() -> None:
    key = "/meshes/shop/meshretries/r"
    row = {"type": "MeshRetry", "mesh": "shop", "name": "r", "spec": {}}
    dataplane = {"type": "Dataplane", "mesh": "shop", "name": "web-1", "networking": {}}
    insight = {
        "type": "MeshInsight",
        "name": "shop",
        "dataplanes": {"total": 9000},
        "resources": {"Dataplane": {"total": 9000}},
    }
    transport = Canned(
        {
            key: row,
            f"{key}/_resources/dataplanes": {"items": [dataplane], "total": 1},
            "/meshes/shop/dataplanes/web-1": dataplane,
            "/mesh-insights": {"items": [insight], "total": 1, "next": None},
        }
    )
    query = """{ policy(kind: "MeshRetry", name: "r", mesh: "shop") {
      affectedDataplanes { nodes { name } } } }"""
    async with graph({"prod": transport}) as one:
        found = await one.data(query)
    assert found["policy"]["affectedDataplanes"]["nodes"] == [{"name": "web-1"}]
    assert "/meshes/shop/dataplanes" not in transport.paths()


async def test_a_fault_of_the_inspection_costs_its_own_field() -> None:
    row = {"type": "MeshRetry", "mesh": "shop", "name": "r", "spec": {}}
    transport = Canned(
        {
            "/meshes/shop/meshretries/r": row,
            "/meshes/shop/meshretries/r/_resources/dataplanes": said({"title": "Boom"}, 500),
            "/meshes/shop/dataplanes": {"items": [], "total": 0, "next": None},
        }
    )
    query = """{ policy(kind: "MeshRetry", name: "r", mesh: "shop") {
      name affectedDataplanes { failures { code } nodes { name } } } }"""
    async with graph({"prod": transport}, retries=0) as one:
        found = await one.answer(query)
    assert found["data"]["policy"] == {
        "name": "r",
        "affectedDataplanes": {"failures": [{"code": "UPSTREAM_UNAVAILABLE"}], "nodes": []},
    }
    assert [error["extensions"]["code"] for error in found["errors"]] == ["UPSTREAM_UNAVAILABLE"]
