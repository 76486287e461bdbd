import json
from typing import Any

import msgspec
import pytest

from gateway.errors import BadResponse
from gateway.model.inspection import Matcher, Origin, Place, Rules
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import inspection
from tests.recorded import recording
from tests.upstreams.kuma.canned import said


def recorded(version: str, name: str) -> Answer:
    return recording(version).one(f"09-inspect/{name}").answer()


def rules(version: str, name: str) -> Rules:
    reader = inspection.READERS[
        {"policies": "policies", "rules": "rules", "rules-merged": "_rules"}[name.split("/")[1]]
    ]
    found: Rules = reader("prod", recorded(version, name))
    return found


def test_the_oldest_generation_tells_policies_by_attachment() -> None:
    found = rules("1.8.8", "shop-backend-01/policies").rules
    assert len(found) == 17
    assert {(one.kind, one.place, one.name, one.service) for one in found} >= {
        ("TrafficTrace", Place.PROXY, None, None),
        ("TrafficPermission", Place.INBOUND, "10.20.0.8:8080:80", "backend"),
        ("TrafficRoute", Place.OUTBOUND, "127.0.0.1:21001", "catalog"),
        ("TrafficLog", Place.OUTBOUND, "pass_through", "pass_through"),
    }
    assert found[0].origins == (Origin("ProxyTemplate", "shop", "proxytemplate-a"),)


def test_the_second_generation_tells_rules_by_the_other_side() -> None:
    found = rules("2.14.3", "shop-backend-01/rules").rules
    permissions = [one for one in found if one.kind == "MeshTrafficPermission"]
    assert [one.matchers for one in permissions] == [
        (Matcher("kuma.io/zone", "z1"),),
        (Matcher("kuma.io/zone", "z1", negated=True),),
    ]
    assert {one.place for one in permissions} == {Place.INBOUND}
    assert permissions[0].name == "10.20.0.8:8080"
    assert list(map(msgspec.json.decode, permissions[0].confs)) == [
        {"action": "AllowWithShadowDeny"}
    ]
    places = {one.kind: one.place for one in found}
    assert places["MeshTrace"] is Place.PROXY
    assert places["MeshRetry"] is Place.OUTBOUND


def test_the_third_generation_tells_merged_rules() -> None:
    found = rules("2.14.3", "bank-accounts-01/rules-merged").rules
    timeouts = [one for one in found if one.kind == "MeshTimeout"]
    assert [(one.place, one.section, one.name) for one in timeouts] == [
        (Place.OUTBOUND, "toResourceRules", None),
        (Place.OUTBOUND, "toResourceRules", "main"),
        (Place.INBOUND, "inboundRules", "main"),
    ]
    assert timeouts[1].target == Origin("MeshService", "bank", "ledger")
    assert [one.name for one in timeouts[1].origins] == ["mesh-timeout-all-bank", "ledger-timeouts"]
    assert [one.rule for one in timeouts[1].origins] == [0, 0]


@pytest.mark.parametrize("version", ["2.14.3", "3.0.0-dev"])
def test_rules_of_one_place_are_told_once_where_two_words_tell_them(version: str) -> None:
    found = rules(version, "shop-backend-01/rules-merged").rules
    limits = [one for one in found if one.kind == "MeshRateLimit"]
    assert [(one.section, one.port) for one in limits] == [("inboundRules", 8080)]


def test_what_one_endpoint_merely_names_another_tells_in_full() -> None:
    named = rules("2.14.3", "bank-accounts-01/policies")
    told = rules("2.14.3", "bank-accounts-01/rules-merged")
    found = inspection.together({"policies": named, "_rules": told})
    first = [(one.kind, one.section) for one in found.rules[:3]]
    assert first == [
        ("MeshCircuitBreaker", "targetRef"),
        ("MeshRetry", "targetRef"),
        ("MeshTimeout", "targetRef"),
    ]
    assert found.rules[3:] == told.rules
    assert inspection.together({"policies": named}).rules == named.rules


def test_warnings_are_told_with_their_kind() -> None:
    body = {"rules": [{"type": "MeshRetry", "warnings": ["odd", "old"]}]}
    found = inspection.merged_rules("prod", said(body))
    assert found.warnings == ("MeshRetry: odd", "MeshRetry: old")


GATEWAY = {
    "kind": "MeshGatewayDataplane",
    "gateway": {"mesh": "default", "name": "elastic"},
    "listeners": [
        {
            "port": 80,
            "hosts": [
                {
                    "hostName": "*",
                    "routes": [
                        {
                            "route": "route-1",
                            "destinations": [
                                {
                                    "tags": {"kuma.io/service": "redis"},
                                    "policies": {
                                        "Timeout": {
                                            "type": "Timeout",
                                            "mesh": "default",
                                            "name": "t-1",
                                        }
                                    },
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    ],
    "policies": {"TrafficLog": {"type": "TrafficLog", "mesh": "default", "name": "tl-1"}},
}
"""From the golden files of 2.14.3."""


def test_a_builtin_gateway_tells_policies_by_route() -> None:
    found = inspection.matched("prod", said(GATEWAY)).rules
    assert [(one.kind, one.place, one.name, one.port, one.service) for one in found] == [
        ("TrafficLog", Place.PROXY, None, None, None),
        ("Timeout", Place.OUTBOUND, "route-1", 80, "redis"),
    ]
    assert found[1].origins == (Origin("Timeout", "default", "t-1"),)


def test_a_policy_tells_the_routes_of_a_builtin_gateway() -> None:
    routes = [{"route": "route-1", "destinations": [{"kuma.io/service": "redis"}]}]
    listener = {"port": 80, "hosts": [{"hostName": "*", "routes": routes}]}
    dataplane = {"mesh": "mesh-1", "name": "gw-1"}
    item = {"kind": "MeshGatewayDataplane", "dataplane": dataplane, "listeners": [listener]}
    [found], following = inspection.affected("prod", said({"total": 1, "items": [item]}))
    assert (found.mesh, found.name, following) == ("mesh-1", "gw-1", None)
    assert [(one.place, one.name, one.service) for one in found.rules] == [
        (Place.OUTBOUND, "route-1", "redis")
    ]


@pytest.mark.parametrize(
    ("version", "name", "count", "rules"),
    [
        ("1.8.8", "policies/Timeout-timeout-a-dataplanes", 6, 6),
        ("1.8.8", "policies/TrafficTrace-traffictrace-a-dataplanes", 43, 41),
        ("1.8.8", "policies/Retry-nope-dataplanes", 0, 0),
        ("2.14.3", "policies/shop-Retry-retry-a-dataplanes", 6, 6),
        ("2.14.3", "policies/shop-MeshTimeout-timeouts-backend-resources-dataplanes", 44, 0),
        ("3.0.0-dev", "policies/meshtimeout-_resources-dataplanes", 43, 0),
    ],
)
def test_a_policy_tells_its_dataplanes(version: str, name: str, count: int, rules: int) -> None:
    found, following = inspection.affected("prod", recorded(version, name))
    assert len(found) == count
    assert sum(len(one.rules) for one in found) == rules
    assert following is None


def test_a_layout_tells_ports_by_their_kris() -> None:
    found = inspection.layout("prod", recorded("2.14.3", "bank-accounts-01/layout"))
    assert [(one.kri, one.port) for one in found.inbounds] == [
        ("kri_dp_bank_default__accounts-01_main", 8080)
    ]
    assert len(found.outbounds) == 7
    assert found.spiffe_id is None


@pytest.mark.parametrize(
    ("name", "kinds", "rules"),
    [
        ("inbound-0-policies", ["MeshTimeout"], 1),
        (
            "outbound-3-policies",
            ["MeshHTTPRoute", "MeshAccessLog", "MeshTimeout", "MeshCircuitBreaker", "MeshRetry"],
            0,
        ),
        ("outbound-3-routes", ["MeshHTTPRoute"], 1),
        ("outbound-0-routes", [], 0),
        ("policies-by-kri", [], 0),
    ],
)
def test_a_port_tells_what_policies_make_of_it(name: str, kinds: list[str], rules: int) -> None:
    found = inspection.confs("prod", recorded("2.14.3", f"bank-accounts-01/{name}"))
    assert [one.kind for one in found] == kinds
    assert sum(len(one.rules) for one in found) == rules


def test_a_policy_that_is_told_twice_is_one_origin() -> None:
    origins = [{"kri": "kri_a"}, {"kri": "kri_a"}, {"kri": "kri_b"}]
    body = {"policies": [{"kind": "MeshTLS", "origins": origins, "conf": {"a": 1}}]}
    [found] = inspection.confs("prod", said(body))
    assert found.origins == ("kri_a", "kri_b")
    assert list(map(msgspec.json.decode, found.confs)) == [{"a": 1}]


@pytest.mark.parametrize("items", [None, [], [{"hostname": "a.mesh", "zones": [{"name": "z"}]}]])
def test_hostnames_may_be_null(items: Any) -> None:
    found = inspection.hostnames("prod", said({"items": items, "total": 0}))
    assert [(one.hostname, one.zones) for one in found] == ([("a.mesh", ("z",))] if items else [])


def test_a_configuration_may_come_with_what_shadow_policies_change() -> None:
    alone = inspection.config("prod", recorded("2.14.3", "bank-accounts-01/config"))
    assert alone.diff is None
    name = "bank-accounts-01/config-shadow-true-include-diff"
    both = inspection.config("prod", recorded("2.14.3", name))
    assert both.diff == msgspec.Raw(b"[]")
    assert json.loads(bytes(both.xds)) == json.loads(bytes(alone.xds))


@pytest.mark.parametrize("last", inspection.READERS)
def test_another_body_than_was_asked_for_is_a_bad_response(last: str) -> None:
    with pytest.raises(BadResponse):
        inspection.READERS[last]("prod", said(b'\xff{"items": 3, "rules": 3, "policies": 3'))
