from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import graph
from tests.replay import snapshot

QUERY = """query ($kind: String!, $name: String!, $mesh: String!) {
  policy(kind: $kind, name: $name, mesh: $mesh) {
    affectedDataplanes { nodes { name } failures { code message } }
  }
}"""


async def test_outbounds_that_nobody_wrote_cannot_be_worked_out() -> None:
    async with graph({"prod": (fake := FakeKuma("1.1.6")).transport()}) as one:
        policy = {"sources": [{"match": {"kuma.io/service": "*"}}], "destinations": []}
        fake.put("Timeout", "t", policy, "default")
        fake.put("TrafficPermission", "p", policy, "default")
        network = {"address": "10.0.0.1", "transparentProxying": {"redirectPortInbound": 15006}}
        fake.put("Dataplane", "dp", {"networking": network}, "default")
        told = await one.data(QUERY, kind="TrafficPermission", name="p", mesh="default")
        untold = await one.data(QUERY, kind="Timeout", name="t", mesh="default")
    assert told["policy"]["affectedDataplanes"]["failures"] == []
    [failure] = untold["policy"]["affectedDataplanes"]["failures"]
    assert "where proxies are transparent" in failure["message"]


async def test_rules_of_all_kinds_are_worked_out() -> None:
    query = """{ dataplane(mesh: "shop", name: "backend-01") {
      ... on KumaDataplane { rules { warnings rules { kind reason } } } } }"""
    async with graph({"prod": snapshot("1.1.6")}) as one:
        found = (await one.data(query))["dataplane"]["rules"]
    assert found["warnings"] == []
    assert {"kind": "ProxyTemplate", "reason": "the whole proxy"} in found["rules"]
    assert {"kind": "TrafficLog", "reason": "outbound to pass_through"} in found["rules"]


async def test_what_would_be_worked_out_wrongly_is_left_out_of_a_dataplane() -> None:
    query = """{ dataplane(mesh: "default", name: "dp") {
      policies { name } ... on KumaDataplane { rules { warnings } } } }"""
    async with graph({"prod": (fake := FakeKuma("1.1.6")).transport()}) as one:
        selector = {"match": {"kuma.io/service": "*"}}
        fake.put("TrafficTrace", "trace", {"selectors": [selector]}, "default")
        fake.put("Timeout", "t", {"sources": [selector], "destinations": [selector]}, "default")
        network = {
            "address": "10.0.0.1",
            "inbound": [{"port": 80, "tags": {"kuma.io/service": "web"}}],
            "transparentProxying": {"redirectPortInbound": 15006},
        }
        fake.put("Dataplane", "dp", {"networking": network}, "default")
        fake.resync()
        found = (await one.data(query))["dataplane"]
    assert {"name": "trace"} in found["policies"]
    assert {"name": "t"} not in found["policies"]
    assert (
        "Timeout: told of transparent proxies from Kuma 1.5 on alone" in found["rules"]["warnings"]
    )


async def test_rules_are_worked_out_of_a_list_that_shows_nothing_else() -> None:
    query = "{ dataplanes { nodes { ... on KumaDataplane { rules { rules { kind } } } } } }"
    async with graph({"prod": snapshot("1.1.6")}) as one:
        found = (await one.data(query))["dataplanes"]["nodes"]
    kinds = {rule["kind"] for row in found for rule in row["rules"]["rules"]}
    assert kinds >= {"TrafficPermission", "TrafficLog"}
