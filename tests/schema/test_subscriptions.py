from typing import Any

import msgspec
import pytest

from gateway.schema.subscriptions import inner
from tests.schema.shown import shown


async def connection(selection: str, **members: Any) -> Any:
    insight = {"subscriptions": [members]}
    found = await shown(
        "Zone", f"insight {{ subscriptions {{ {selection} }} }}", zone={}, zoneInsight=insight
    )
    return found["insight"]["subscriptions"][0]


@pytest.mark.parametrize(
    ("members", "instance"),
    [
        ({"controlPlaneInstanceId": "a"}, "a"),
        ({"globalInstanceId": "b"}, "b"),
        ({"controlPlaneInstanceId": "a", "globalInstanceId": "b"}, "a"),
        ({}, None),
    ],
)
async def test_a_connection_leads_to_an_instance(members: Any, instance: str | None) -> None:
    assert (await connection("instance", **members))["instance"] == instance


async def test_counters_of_64_bits_are_texts_and_absent_ones_are_zero() -> None:
    selection = """status {
      total { responsesSent responsesAcknowledged responsesRejected }
      kinds { kind counts { responsesSent } }
    }"""
    total = {"responsesSent": str(2**63 - 1), "responsesRejected": 3}
    stat = {"Mesh": {"responsesSent": "2"}, "Dataplane": {}}
    found = await connection(selection, status={"total": total, "stat": stat})
    assert found["status"] == {
        "total": {
            "responsesSent": "9223372036854775807",
            "responsesAcknowledged": "0",
            "responsesRejected": "3",
        },
        "kinds": [
            {"kind": "Dataplane", "counts": {"responsesSent": "0"}},
            {"kind": "Mesh", "counts": {"responsesSent": "2"}},
        ],
    }


async def test_the_components_are_named_with_how_they_were_built() -> None:
    version = {
        "kumaCp": {"version": "2.14.3", "gitTag": "v2.14.3", "gitCommit": ""},
        "dependencies": {"coredns": "1.11"},
    }
    found = await connection("versions { component version gitTag gitCommit }", version=version)
    assert found["versions"] == [
        {"component": "kumaCp", "version": "2.14.3", "gitTag": "v2.14.3", "gitCommit": None},
        {"component": "coredns", "version": "1.11", "gitTag": None, "gitCommit": None},
    ]


async def test_a_time_of_zero_is_none() -> None:
    zero = {"connectTime": "2026-11-21T09:15:41Z", "disconnectTime": "0001-01-01T00:00:00Z"}
    assert await connection("connectTime disconnectTime", **zero) == {
        "connectTime": "2026-11-21T09:15:41Z",
        "disconnectTime": None,
    }


@pytest.mark.parametrize(
    ("members", "configuration"),
    [
        ({"config": '{"mode":"zone"}'}, {"mode": "zone"}),
        ({"config": "no json"}, "no json"),
        ({"config": ""}, ""),
        ({"config": None}, None),
        ({"config": {"mode": "zone"}}, {"mode": "zone"}),
        ({}, None),
    ],
)
async def test_a_zones_configuration_is_json_in_a_text(members: Any, configuration: Any) -> None:
    assert (await connection("configuration", **members))["configuration"] == configuration


@pytest.mark.parametrize(
    "text",
    [b"1e999", b"1" + b"0" * 5000, b'"' + b"[" * 9999 + b'"', b"[" * 990 + b"]" * 990, b'"1e999"'],
    ids=["too large", "too long", "open", "deep", "too large within"],
)
def test_a_configuration_that_cannot_be_read_is_shown_as_it_is(text: bytes) -> None:
    found = inner(msgspec.Raw(text))
    assert isinstance(found, msgspec.Raw)
    assert bytes(found) == text
