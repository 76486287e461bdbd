"""Policies are typed, and say for what they are."""

from typing import Any

from gateway.upstreams.nginx_service_mesh.kinds import POLICIES
from tests.upstreams.nginx_service_mesh.canned import BASE, Canned
from tests.upstreams.nginx_service_mesh.edge import edge, shop
from tests.upstreams.nginx_service_mesh.recorded import fixture

QUERY = """query ($filter: PolicyFilter) { policies(filter: $filter) {
  nodes { __typename kind name displayName family mesh { name } spec raw createdAt
    sources { tags { key } } destinations { tags { key } } selectors { tags { key } } role
    targetRef { kind name namespace labels { key } proxyTypes }
    ... on NginxCircuitBreaker {
      namespace errors timeoutSeconds fallback { service port } destination { ...ref }
    }
    ... on NginxHTTPRouteGroup { matches { name methods pathRegex headers { name pattern } } }
    ... on NginxRateLimit {
      limitName rate burst delay destination { ...ref } sourceRefs { ...ref } rules { ...ref }
    }
    ... on NginxTrafficSplit { service backends { service weight } splits: matches { ...ref } }
    ... on NginxTrafficTarget {
      destination { ...ref } sourceRefs { ...ref } rules { ...ref }
    }
  } failures { code message }
} }
fragment ref on NginxReference { kind name namespace port matches }"""
LISTS = {
    f"/apis/{kind.path}": fixture(f"k8s.{kind.path.rpartition('/')[2]}.list.200.json")
    for kind in POLICIES
    if kind.name != "TCPRoute"
}


def ref(kind: str, name: str, namespace: str | None = None, *matches: str) -> dict[str, Any]:
    names = {"kind": kind, "name": name, "namespace": namespace}
    return {**names, "port": None, "matches": list(matches)}


async def test_every_kind_is_shown_with_its_own_members() -> None:
    none: dict[str, Any] = {"/apis/specs.smi-spec.io/v1alpha3/tcproutes": {"items": []}}
    async with edge(Canned(LISTS | none)) as asked:
        found = await asked.data(QUERY)
    assert found["policies"]["failures"] == []
    shown = {one["kind"]: one for one in found["policies"]["nodes"]}
    assert {kind: one["__typename"] for kind, one in shown.items()} == {
        kind.name: kind.type_name for kind in POLICIES if kind.name != "TCPRoute"
    }
    breaker = shown["CircuitBreaker"]
    assert (breaker["errors"], breaker["timeoutSeconds"]) == (3, 30)
    assert breaker["fallback"] == {"service": "default/target-backup", "port": 80}
    assert breaker["displayName"] == "circuit-breaker-example"
    limit = shown["RateLimit"]
    assert [limit[key] for key in ("limitName", "rate", "burst", "delay")] == [
        "10rm",
        "10r/m",
        None,
        None,
    ]
    assert limit["destination"] == ref("Service", "dest-svc", "default")
    assert limit["sourceRefs"][0] == ref("Deployment", "client-v1", "default")
    assert limit["rules"] == [ref("HTTPRouteGroup", "hrg", None, "get-only")]
    assert limit["targetRef"]["name"] == "dest-svc"
    split = shown["TrafficSplit"]
    assert split["backends"][1] == {"service": "target-v3-0", "weight": 100}
    assert split["splits"] == [ref("HTTPRouteGroup", "target-hrg")]
    group = shown["HTTPRouteGroup"]
    assert (group["family"], group["targetRef"]) == ("CONFIGURATION", None)
    assert group["matches"][3] == {
        "name": "v2-only",
        "methods": ["GET"],
        "pathRegex": "/configuration-v2",
        "headers": [{"name": "X-DEMO", "pattern": "^true$"}],
    }
    target = shown["TrafficTarget"]
    assert target["sourceRefs"] == [ref("ServiceAccount", "source-allowed-sa")]
    for one in shown.values():
        assert one["mesh"] == {"name": "nginx-mesh"}
        assert one["spec"] == one["raw"]["spec"]
        assert one["sources"] == one["destinations"] == one["selectors"] == []


async def test_one_kind_is_asked_for_by_itself() -> None:
    async with edge(shop()) as asked:
        found = await asked.data(QUERY, filter={"kind": "RateLimit"})
        assert [str(one) for one in asked.sent()] == [
            "GET /apis/specs.smi.nginx.com/v1alpha2/ratelimits",
            f"GET {BASE}/config",
        ]
    [node] = found["policies"]["nodes"]
    assert (node["burst"], node["delay"]) == (5, "nodelay")


async def test_without_kubernetes_the_list_is_empty_with_a_reason() -> None:
    async with edge(shop(), kubernetes=False) as asked:
        found = await asked.data(QUERY)
        assert asked.sent() == []
    [failure] = found["policies"]["failures"]
    assert found["policies"]["nodes"] == []
    assert failure["code"] == "UNSUPPORTED"
    assert "name that under kubernetes" in failure["message"]


async def test_a_kind_that_kubernetes_lacks_costs_its_own_part() -> None:
    async with edge(Canned(LISTS)) as asked:
        found = await asked.data(QUERY)
    assert len(found["policies"]["nodes"]) == 5
    assert [one["code"] for one in found["policies"]["failures"]] == ["UNSUPPORTED"]


async def test_one_policy_is_looked_up() -> None:
    query = """{ policy(kind: "RateLimit", name: "shop/payments", mesh: "nginx-mesh") {
      name ... on NginxRateLimit { rate } } }"""
    async with edge(shop()) as asked:
        assert (await asked.data(query))["policy"] == {"name": "shop/payments", "rate": "10r/m"}
