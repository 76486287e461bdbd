from tests.graph import graph
from tests.replay import snapshot

AT = 'dataplane(mesh: "%s", name: "%s") { ... on KumaDataplane { %s } }'
RULES = """rules { rules {
  kind place section name port service reason
  tags { key value } target { kind mesh name } matchers { key value negated }
  match confs origins { kind name kri ruleIndex policy { name } }
} }"""


async def test_a_rule_shows_where_it_holds_for_whom_and_what_made_it() -> None:
    query = "{ %s }" % AT % ("shop", "backend-01", RULES)  # noqa: UP031
    async with graph({"prod": snapshot("2.14.3")}) as one:
        found = (await one.data(query))["dataplane"]["rules"]["rules"]
    [allowed, denied] = [rule for rule in found if rule["kind"] == "MeshTrafficPermission"]
    assert allowed["matchers"] == [{"key": "kuma.io/zone", "value": "z1", "negated": False}]
    assert denied == {
        "kind": "MeshTrafficPermission",
        "place": "INBOUND",
        "section": "fromRules",
        "name": "main",
        "port": 8080,
        "service": "backend",
        "reason": "inbound main on port 8080 of backend from kuma.io/zone!=z1",
        "tags": [
            {"key": "kuma.io/protocol", "value": "http"},
            {"key": "kuma.io/service", "value": "backend"},
            {"key": "kuma.io/zone", "value": "default"},
            {"key": "version", "value": "2"},
        ],
        "target": None,
        "matchers": [{"key": "kuma.io/zone", "value": "z1", "negated": True}],
        "match": None,
        "confs": [{"action": "Deny"}],
        "origins": [
            {
                "kind": "MeshTrafficPermission",
                "name": "deny-some",
                "kri": None,
                "ruleIndex": None,
                "policy": {"name": "deny-some"},
            }
        ],
    }


async def test_a_rule_of_a_resource_names_it() -> None:
    query = "{ %s }" % AT % ("bank", "accounts-01", RULES)  # noqa: UP031
    async with graph({"prod": snapshot("2.14.3")}) as one:
        found = (await one.data(query))["dataplane"]["rules"]["rules"]
    [route] = [rule for rule in found if rule["kind"] == "MeshHTTPRoute"]
    assert route["target"] == {"kind": "MeshService", "mesh": "bank", "name": "auth"}
    assert route["origins"][0]["ruleIndex"] == 0


async def test_policies_that_are_named_by_kri_are_found_in_the_list_of_their_kind() -> None:
    inbound = "layout { inbounds { policies { rules { origin { kri policy { name } } } } } }"
    query = "{ %s }" % AT % ("bank", "accounts-01", inbound)  # noqa: UP031
    async with graph({"prod": snapshot("2.14.3")}) as one:
        found = (await one.data(query))["dataplane"]["layout"]["inbounds"]
        lists = [str(sent) for sent in one.sent() if "meshtimeouts" in sent.target]
    [rule] = found[0]["policies"][0]["rules"]
    assert rule["origin"]["policy"] == {"name": "mesh-timeout-all-bank"}
    assert lists == ["GET /meshes/bank/meshtimeouts?size=1000"]
