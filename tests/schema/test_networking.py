from typing import Any

import pytest

from tests.schema.shown import shown

NETWORKING = """networking {
  address advertisedAddress
  inbounds { name address port serviceAddress servicePort protocol state ready tags { key value } }
  outbounds { address port tags { key } backendRef { kind name port labels { key } } }
  gateway { type tags { key value } }
  listeners { type name address port state }
}"""


async def networking(**members: Any) -> Any:
    return (await shown("Dataplane", NETWORKING, networking=members))["networking"]


@pytest.mark.parametrize(
    ("inbound", "expected"),
    [
        ({"port": 80}, {"port": 80, "state": "Ready", "ready": True, "tags": []}),
        (
            {
                "port": 80,
                "servicePort": 8080,
                "address": "10.0.0.2",
                "serviceAddress": "127.0.0.1",
                "name": "http",
                "protocol": "http",
            },
            {
                "servicePort": 8080,
                "address": "10.0.0.2",
                "serviceAddress": "127.0.0.1",
                "name": "http",
                "protocol": "http",
            },
        ),
        ({"tags": {"kuma.io/protocol": "grpc"}}, {"protocol": "grpc", "port": 0}),
        ({"protocol": "http", "tags": {"kuma.io/protocol": "grpc"}}, {"protocol": "http"}),
        ({"health": {}}, {"state": "Ready", "ready": False}),
        ({"state": "NotReady"}, {"state": "NotReady", "ready": False}),
        ({"state": "Ignored"}, {"state": "Ignored", "ready": True}),
        (
            {"tags": {"b": "2", "a": "1"}},
            {"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]},
        ),
    ],
)
async def test_an_inbound_is_shown_with_what_is_left_out_of_it(
    inbound: Any, expected: dict[str, Any]
) -> None:
    found = (await networking(inbound=[inbound]))["inbounds"][0]
    assert {key: found[key] for key in expected} == expected


async def test_an_outbound_leads_to_tags_or_to_a_service() -> None:
    ref = {"kind": "MeshService", "name": "", "port": 80, "labels": {"a": "b"}}
    found = await networking(outbound=[{"port": 1, "tags": {"a": "b"}}, {"backendRef": ref}])
    assert found["outbounds"] == [
        {"address": None, "port": 1, "tags": [{"key": "a"}], "backendRef": None},
        {
            "address": None,
            "port": 0,
            "tags": [],
            "backendRef": {
                "kind": "MeshService",
                "name": None,
                "port": 80,
                "labels": [{"key": "a"}],
            },
        },
    ]


@pytest.mark.parametrize(
    ("gateway", "expected"),
    [
        (None, None),
        ({}, {"type": "DELEGATED", "tags": []}),
        ({"type": "BUILTIN"}, {"type": "BUILTIN", "tags": []}),
    ],
)
async def test_a_gateway_is_delegated_where_nothing_else_is_said(
    gateway: Any, expected: Any
) -> None:
    assert (await networking(gateway=gateway))["gateway"] == expected


async def test_a_listener_is_ready_where_nothing_else_is_said() -> None:
    found = await networking(listeners=[{"type": "ZoneIngress", "port": 10001}])
    assert found["listeners"] == [
        {"type": "ZoneIngress", "name": None, "address": None, "port": 10001, "state": "Ready"}
    ]


async def test_what_has_no_networking_is_shown_empty() -> None:
    assert await networking() == {
        "address": None,
        "advertisedAddress": None,
        "inbounds": [],
        "outbounds": [],
        "gateway": None,
        "listeners": [],
    }
