import pytest

from tests.graph import graph
from tests.replay import snapshot
from tests.upstreams.kuma.canned import Canned, listed

MESH = {"type": "Mesh", "name": "shop"}
IDENTITIES = [
    {
        "type": "MeshIdentity",
        "mesh": "shop",
        "name": name,
        "spec": {
            "selector": {"dataplane": {"matchLabels": labels}},
            "spiffeID": {"trustDomain": "shop.example.com", "path": "/workload/{{ .Workload }}"},
            "provider": {"type": "Bundled"},
        },
    }
    for name, labels in [("every", {}), ("web", {"app": "web"})]
]
DATAPLANES = [
    {"type": "Dataplane", "mesh": "shop", "name": name, "labels": {"app": app}, "networking": {}}
    for name, app in [("api-1", "api"), ("web-1", "web")]
]
TRUST = {
    "type": "MeshTrust",
    "mesh": "shop",
    "name": "t",
    "spec": {"trustDomain": "shop.example.com", "caBundles": [{"type": "Pem"}]},
}


async def test_a_mesh_leads_to_identities_trusts_and_their_dataplanes() -> None:
    transport = Canned(
        {
            "/meshes/shop": MESH,
            "/meshes/shop/meshidentities": listed(IDENTITIES),
            "/meshes/shop/meshtrusts": listed([TRUST]),
            "/meshes/shop/dataplanes": listed(DATAPLANES),
        }
    )
    query = """{ mesh(name: "shop") { ... on KumaMesh {
      identities { nodes { name provider trustDomain spiffePath dataplanes { nodes {
        name ... on KumaDataplane { identity { name } } } } } }
      trusts { nodes { name trustDomain bundles } }
    } } }"""
    async with graph({"prod": transport}) as one:
        transport.asked.clear()
        found = (await one.data(query))["mesh"]
    web = {"name": "web-1", "identity": {"name": "web"}}
    api = {"name": "api-1", "identity": {"name": "every"}}
    shared = {
        "provider": "Bundled",
        "trustDomain": "shop.example.com",
        "spiffePath": "/workload/{{ .Workload }}",
    }
    assert found["identities"]["nodes"] == [
        {"name": "every", **shared, "dataplanes": {"nodes": [api, web]}},
        {"name": "web", **shared, "dataplanes": {"nodes": [web]}},
    ]
    assert found["trusts"]["nodes"] == [
        {"name": "t", "trustDomain": "shop.example.com", "bundles": 1}
    ]
    assert sorted(transport.paths()) == [
        "/meshes/shop",
        "/meshes/shop/dataplanes",
        "/meshes/shop/meshidentities",
        "/meshes/shop/meshtrusts",
    ]


@pytest.mark.parametrize("version", ["2.14.3", "3.0.0-dev"])
async def test_recorded_identities_are_read(version: str) -> None:
    query = """{ mesh(name: "bank") { ... on KumaMesh { identities { nodes {
      provider trustDomain dataplanes { totalCount } } } } } }"""
    async with graph({"prod": snapshot(version)}) as one:
        found = (await one.data(query))["mesh"]["identities"]["nodes"]
    assert found == [
        {
            "provider": "Bundled",
            "trustDomain": "{{ .Mesh }}.{{ .Zone }}.mesh.local",
            "dataplanes": {"totalCount": 0},
        }
    ]


async def test_a_version_without_identities_gives_none() -> None:
    query = """{ dataplane(mesh: "shop", name: "backend-01") {
      ... on KumaDataplane { identity { name } } } }"""
    async with graph({"prod": snapshot("1.8.8")}) as one:
        assert await one.data(query) == {"dataplane": {"identity": None}}
