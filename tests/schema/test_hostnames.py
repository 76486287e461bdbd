from tests.graph import graph
from tests.replay import snapshot
from tests.upstreams.kuma.canned import Canned, listed

QUERY = """query ($name: String!) { service(mesh: "bank", name: $name) {
  kind ... on Hostnamed { hostnames { hostname zoneNames } } } }"""


async def test_a_service_tells_its_hostnames_and_their_zones() -> None:
    async with graph({"prod": snapshot("2.14.3")}) as one:
        ledger = await one.data(QUERY, name="ledger")
        outside = await one.data(QUERY, name="meshexternalservice-a")
    assert ledger["service"] == {
        "kind": "MeshService",
        "hostnames": [{"hostname": "ledger.svc.mesh.local", "zoneNames": ["default"]}],
    }
    assert outside["service"]["hostnames"] == [
        {"hostname": "meshexternalservice-a.extsvc.mesh.local", "zoneNames": ["default"]}
    ]


async def test_before_zones_are_told_the_status_has_the_hostnames() -> None:
    row = {
        "type": "MeshService",
        "mesh": "bank",
        "name": "web",
        "spec": {},
        "status": {"addresses": [{"hostname": "web.svc.mesh.local"}]},
    }
    transport = Canned({"/meshes/bank/meshservices": listed([row])}, version="2.9.0")
    query = """{ mesh(name: "bank") { name } services(filter: { mesh: "bank" }) { nodes {
      ... on Hostnamed { hostnames { hostname zoneNames } } } } }"""
    async with graph({"prod": transport}) as one:
        found = await one.answer(query)
    assert found["data"]["services"]["nodes"] == [
        {"hostnames": [{"hostname": "web.svc.mesh.local", "zoneNames": []}]}
    ]


async def test_one_name_for_several_services_leads_to_them() -> None:
    def service(name: str, display: str) -> dict[str, object]:
        labels = {"kuma.io/display-name": display}
        return {"type": "MeshService", "mesh": "bank", "name": name, "labels": labels, "spec": {}}

    selector = {"meshService": {"matchLabels": {"kuma.io/display-name": "web"}}}
    both = {
        "type": "MeshMultiZoneService",
        "mesh": "bank",
        "name": "web",
        "spec": {"selector": selector},
    }
    services = [service("web-a", "web"), service("web-b", "web"), service("api", "api")]
    transport = Canned(
        {
            "/meshmultizoneservices": listed([both]),
            "/meshes/bank/meshservices": listed(services),
        }
    )
    query = """{ resources(kind: "MeshMultiZoneService") { nodes {
      ... on KumaMeshMultiZoneService { services { nodes { name } } } } } }"""
    async with graph({"prod": transport}) as one:
        found = await one.data(query)
    [node] = found["resources"]["nodes"]
    assert node["services"]["nodes"] == [{"name": "web-a"}, {"name": "web-b"}]
