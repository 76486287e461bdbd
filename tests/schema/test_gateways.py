import pytest

from tests.graph import graph
from tests.replay import snapshot

QUERY = """{ mesh(name: "shop") { ... on KumaMesh { gateways { failures { code } nodes {
  name
  tags { key }
  listeners { hostname port protocol crossMesh tags { key value } }
  dataplanes { nodes { name status ... on KumaDataplane { gateway { name } } } }
  routes { nodes { kind name } }
} } } } }"""


@pytest.mark.parametrize(("version", "routes"), [("1.8.8", []), ("2.14.3", ["canary"])])
async def test_a_mesh_leads_to_its_gateways_their_dataplanes_and_routes(
    version: str, routes: list[str]
) -> None:
    async with graph({"prod": snapshot(version)}) as one:
        [found] = (await one.data(QUERY))["mesh"]["gateways"]["nodes"]
        lists = [sent.target for sent in one.sent() if "meshgateways" in sent.target]
    assert found["name"] == "meshgateway-a"
    assert found["listeners"] == [
        {
            "hostname": "shop.example.com",
            "port": 8080,
            "protocol": "HTTP",
            "crossMesh": False,
            "tags": [{"key": "port", "value": "http/8080"}],
        }
    ]
    # As `/meshgateways/meshgateway-a/dataplanes` is recorded to say.
    assert found["dataplanes"]["nodes"] == [
        {"name": name, "status": status, "gateway": {"name": "meshgateway-a"}}
        for name, status in [("st-gateway-builtin", "ONLINE"), ("st-gateway-offline", "OFFLINE")]
    ]
    assert [one["name"] for one in found["routes"]["nodes"]] == routes
    assert lists == ["/meshes/shop/meshgateways?size=1000"]


async def test_a_dataplane_that_carries_no_gateway_asks_for_none() -> None:
    query = """{ dataplane(mesh: "shop", name: "backend-01") {
      ... on KumaDataplane { gateway { name } } } }"""
    async with graph({"prod": snapshot("2.14.3")}) as one:
        assert await one.data(query) == {"dataplane": {"gateway": None}}
        assert len(one.sent()) == 1


async def test_a_version_without_gateways_says_so() -> None:
    query = """{ mesh(name: "shop") { ... on KumaMesh {
      gateways { nodes { name } failures { code } } } } }"""
    async with graph({"prod": snapshot("3.0.0-dev")}) as one:
        found = (await one.data(query))["mesh"]["gateways"]
    assert found == {"nodes": [], "failures": [{"code": "UNSUPPORTED"}]}
