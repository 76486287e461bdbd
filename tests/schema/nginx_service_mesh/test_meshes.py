"""An install is a mesh among those of other products, and has what no other has."""

from typing import Any

import pytest

from tests.upstreams.nginx_service_mesh.canned import BASE, INSTALLED, Canned, said
from tests.upstreams.nginx_service_mesh.edge import edge, shop
from tests.upstreams.nginx_service_mesh.recorded import fixture


@pytest.mark.parametrize(
    ("config", "enabled"),
    [
        (INSTALLED, True),
        (INSTALLED | {"mtls": {"mode": "strict"}}, True),
        (INSTALLED | {"mtls": {"mode": "off"}}, False),
        ({"namespace": "m", "accessControlMode": "allow", "mtlsMode": "off"}, False),
        ({"namespace": "m", "accessControlMode": "allow"}, None),
    ],
)
async def test_a_mesh_says_whether_its_proxies_prove_who_they_are(
    config: Any, enabled: bool | None
) -> None:
    async with edge(Canned({f"{BASE}/config": config}), kubernetes=False) as asked:
        found = await asked.data("{ meshes { nodes { mtls { enabled enabledBackend } } } }")
    [node] = found["meshes"]["nodes"]
    assert (node["mtls"] and node["mtls"]["enabled"]) == enabled


async def test_a_mesh_leads_to_what_stands_in_it_and_back() -> None:
    async with edge(shop()) as asked:
        found = await asked.data(
            """{ meshes { nodes { id name insight { asOf }
              services { totalCount nodes { mesh { name } } }
              dataplanes { totalCount nodes { mesh { name } } }
              policies { totalCount nodes { mesh { name } } } } } }"""
        )
        [node] = found["meshes"]["nodes"]
        again = await asked.data("query ($id: ID!) { node(id: $id) { id } }", id=node["id"])
    assert node["name"] == "nginx-mesh"
    assert node["insight"] is None
    assert [node[key]["totalCount"] for key in ("services", "dataplanes", "policies")] == [4, 4, 6]
    names = {
        one["mesh"]["name"]
        for key in ("services", "dataplanes", "policies")
        for one in node[key]["nodes"]
    }
    assert names == {"nginx-mesh"}
    assert again["node"] == {"id": node["id"]}


INSTALL = """{ nginxServiceMesh { generation controlPlane { name product version readOnly }
  components { name versions } } }"""


@pytest.mark.parametrize(
    ("release", "generation"), [("1.2.1", "1.3"), ("1.7.0", "1.4"), ("2.0.0", "2.0")]
)
async def test_an_install_tells_what_it_is(release: str, generation: str) -> None:
    async with edge(shop(release)) as asked:
        found = (await asked.data(INSTALL))["nginxServiceMesh"]
    assert found["generation"] == generation
    assert found["controlPlane"]["product"] == "NGINX_SERVICE_MESH"
    newest = generation == "2.0"
    assert found["controlPlane"]["readOnly"] is newest
    assert found["controlPlane"]["version"] == (None if newest else release)
    assert len(found["components"]) == (0 if newest else 3)


TRAFFIC = """query ($ns: String, $kind: String, $name: String, $edges: Boolean! = false) {
  nginxServiceMesh {
    trafficMetrics(namespace: $ns, kind: $kind, name: $name, edges: $edges) {
      resource { kind namespace name } peer { name } direction window timestamp
      metrics { name unit value quantity }
    }
  }
}"""


async def test_traffic_has_numbers_for_quantities() -> None:
    path = "/apis/metrics.smi-spec.io/v1alpha1/namespaces/default/deployments/reviews-v3/edges"
    transport = Canned({path: fixture("smi-metrics.deployment-edges.get.200.json")})
    given = {"ns": "default", "kind": "deployments", "name": "reviews-v3", "edges": True}
    async with edge(transport) as asked:
        found = (await asked.data(TRAFFIC, **given))["nginxServiceMesh"]["trafficMetrics"]
    to, fro = found
    assert (to["direction"], to["peer"]["name"]) == ("to", "ratings-v1")
    assert (fro["direction"], fro["peer"]["name"]) == ("from", "productpage-v1")
    assert [one["value"] for one in to["metrics"]] == [2.969, 2.7, 1.499, 9.0, 0.0]
    assert [one["value"] for one in fro["metrics"]] == [29.6, 26.0, 13.333, 11.0, 0.0]
    assert to["metrics"][0] == {
        "name": "p99_response_latency",
        "unit": "ms",
        "value": 2.969,
        "quantity": "2969m",
    }
    assert to["timestamp"] == "2019-10-16T22:33:02Z"


async def test_traffic_without_kubernetes_is_not_to_be_had() -> None:
    async with edge(Canned(), kubernetes=False) as asked:
        found = await asked.answer(TRAFFIC)
    assert found["errors"][0]["extensions"]["code"] == "UNSUPPORTED"
    assert found["data"] == {"nginxServiceMesh": {"trafficMetrics": None}}


async def test_no_traffic_yet_is_an_empty_list() -> None:
    path = "/apis/metrics.smi-spec.io/v1alpha1/namespaces"
    async with edge(Canned({path: {"items": None}})) as asked:
        found = await asked.data(TRAFFIC)
    assert found == {"nginxServiceMesh": {"trafficMetrics": []}}


async def test_a_mesh_that_is_down_costs_its_answers_alone() -> None:
    async with edge(Canned({BASE: said(b"", 503)}), kubernetes=False) as asked:
        found = await asked.answer(
            "{ controlPlanes { name version health { reachable } } meshes { totalCount } }"
        )
    assert found["data"]["controlPlanes"][0]["version"] is None
    assert found["data"]["meshes"] == {"totalCount": 0}
    assert found["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
