from tests.graph import graph
from tests.replay import snapshot

LAYOUT = """layout {
  kri spiffeId
  policies { kind }
  listeners { type port }
  inbounds { kri port protocol proxyResourceName policies { kind confs rules { conf } } }
  outbounds {
    kri policies { kind confs origins { kri policy { name } } }
    routes { kind origins { kri } rules { matches conf policies { kind } } }
  }
}"""


async def test_the_ports_of_a_proxy_show_what_policies_make_of_them() -> None:
    query = f"""{{ dataplane(mesh: "bank", name: "accounts-01") {{
      ... on KumaDataplane {{ {LAYOUT} }} }} }}"""
    async with graph({"prod": snapshot("2.14.3")}, retries=0) as one:
        found = (await one.answer(query))["data"]["dataplane"]["layout"]
    [inbound] = found["inbounds"]
    assert (inbound["port"], inbound["protocol"]) == (8080, "http")
    assert inbound["policies"][0]["rules"][0]["conf"]["connectionTimeout"] == "10s"
    auth = next(one for one in found["outbounds"] if one["kri"].endswith("auth_main"))
    kinds = {one["kind"]: one for one in auth["policies"]}
    assert kinds["MeshTimeout"]["confs"] == [
        {
            "connectionTimeout": "5s",
            "idleTimeout": "1h0m0s",
            "http": {"requestTimeout": "15s", "streamIdleTimeout": "30m0s"},
        }
    ]
    assert kinds["MeshTimeout"]["origins"][0]["policy"] == {"name": "mesh-timeout-all-bank"}
    [route] = auth["routes"]
    assert route["kind"] == "MeshHTTPRoute"
    assert route["rules"][0]["matches"] == [{"path": {"value": "/login", "type": "PathPrefix"}}]
    assert {one["kind"] for one in route["rules"][0]["policies"]} >= {"MeshTimeout"}


async def test_a_layout_of_the_third_generation_has_the_same_shape() -> None:
    query = """{ dataplane(mesh: "shop", name: "backend-01") {
      ... on KumaDataplane { layout { policies { kind } inbounds { port protocol } } } } }"""
    async with graph({"prod": snapshot("3.0.0-dev")}) as one:
        found = (await one.data(query))["dataplane"]["layout"]
    assert [one["kind"] for one in found["policies"]] == ["MeshTrace", "MeshMetric"]
    assert found["inbounds"] == [{"port": 8080, "protocol": None}]
