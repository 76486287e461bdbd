"""Services and workloads, as services and dataplanes beside those of other products."""

from tests.schema.selections import everything
from tests.upstreams.nginx_service_mesh.canned import BASE, Canned
from tests.upstreams.nginx_service_mesh.edge import edge, shop
from tests.upstreams.nginx_service_mesh.recorded import fixture


async def test_a_service_is_shown_with_what_the_mesh_tells_of_it() -> None:
    transport = Canned({f"{BASE}/services": fixture("services.get.200.json")})
    async with edge(transport, kubernetes=False) as asked:
        found = await asked.data(
            """{ services(first: 2) { totalCount pageInfo { hasNextPage } nodes {
              name displayName status addresses ports { port protocol targetPort name }
              dataplanes { totalCount } dataplaneCounts { total } labels { key } createdAt raw
              ... on NginxMeshService { namespace serviceIp } } } }"""
        )
    services = found["services"]
    assert (services["totalCount"], services["pageInfo"]["hasNextPage"]) == (3, True)
    shown = fixture("services.get.200.json")[1]
    assert services["nodes"][0] == {
        "name": "default/details",
        "displayName": "details",
        "status": "UNKNOWN",
        "addresses": ["10.36.0.11"],
        "ports": [{"port": 9080, "protocol": "http", "targetPort": None, "name": None}],
        "dataplanes": None,
        "dataplaneCounts": None,
        "labels": [],
        "createdAt": None,
        "raw": shown,
        "namespace": "default",
        "serviceIp": "10.40.3.120",
    }


async def test_a_service_of_no_namespace_and_no_address_is_shown() -> None:
    transport = Canned({f"{BASE}/services": fixture("services.get.200.no-namespace.json")})
    async with edge(transport, kubernetes=False) as asked:
        query = "{ services { nodes { name ... on NginxMeshService { namespace serviceIp } } } }"
        found = await asked.data(query)
    assert found["services"]["nodes"] == [{"name": "legacy", "namespace": None, "serviceIp": None}]


async def test_workloads_are_dataplanes_of_unknown_status() -> None:
    transport = Canned({f"{BASE}/resources": fixture("resources.get.200.json")})
    async with edge(transport, kubernetes=False) as asked:
        found = await asked.data(
            """{ dataplanes { nodes { name displayName status statusReasons address
              tags { key } services { name } zone { name } versions { version } mesh { name }
              ... on NginxWorkload { namespace workloadKind } } failures { code } } }"""
        )
    assert found["dataplanes"]["failures"] == []
    assert found["dataplanes"]["nodes"][2] == {
        "name": "default/statefulsets/db",
        "displayName": "db",
        "status": "UNKNOWN",
        "statusReasons": ["NGINX Service Mesh does not tell how sidecars are doing"],
        "address": None,
        "tags": [],
        "services": [],
        "zone": None,
        "versions": [],
        "mesh": {"name": "nginx-mesh"},
        "namespace": "default",
        "workloadKind": "statefulsets",
    }


async def test_where_nobody_tells_what_is_injected_the_list_is_empty_and_says_so() -> None:
    async with edge(Canned(), kubernetes=False) as asked:
        found = await asked.data("{ dataplanes { totalCount failures { code } } }")
    assert found["dataplanes"] == {"totalCount": 0, "failures": [{"code": "UNSUPPORTED"}]}


async def test_filters_hold_for_workloads_too() -> None:
    async with edge(shop()) as asked:
        query = "query ($f: DataplaneFilter) { dataplanes(filter: $f) { totalCount } }"
        counts = [
            (await asked.data(query, f=given))["dataplanes"]["totalCount"]
            for given in (
                {"name": {"contains": "front"}},
                {"mesh": "nginx-mesh"},
                {"mesh": "default"},
                {"tags": [{"key": "kuma.io/service", "value": "web"}]},
                {"labels": [{"key": "a", "value": "b"}]},
            )
        ]
    assert counts == [1, 4, 0, 0, 0]


async def test_the_traffic_of_many_workloads_is_one_question() -> None:
    async with edge(shop(services=50)) as asked:
        traffic = everything("NginxTrafficMetrics")
        fields = f"... on NginxWorkload {{ trafficMetrics {traffic} }}"
        found = await asked.data(f"{{ dataplanes {{ nodes {{ {fields} }} }} }}")
        sent = [str(one) for one in asked.sent()]
    nodes = found["dataplanes"]["nodes"]
    assert [len(one["trafficMetrics"]) for one in nodes] == [1] * 50
    assert sent == [
        f"GET {BASE}/resources",
        "GET /apis/metrics.smi-spec.io/v1alpha1/namespaces/shop/deployments",
    ]


async def test_fifty_services_by_their_ids_are_one_list() -> None:
    async with edge(shop(services=50)) as asked:
        nodes = (await asked.data("{ services { nodes { id } } }"))["services"]["nodes"]
        asked.forget()
        ids = [one["id"] for one in nodes]
        found = await asked.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
        assert [str(one) for one in asked.sent()] == [f"GET {BASE}/services"]
    assert [one["id"] for one in found["nodes"]] == ids
