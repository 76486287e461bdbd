from typing import Any

import pytest

from tests.graph import graph
from tests.schema.shown import shown
from tests.upstreams.kuma.canned import ABSENT, Canned, listed

OPEN = {"connectTime": "2026-11-21T09:15:41Z", "version": {"kumaDp": {"version": "2.14.3"}}}
OLD = {"connectTime": "2026-11-20T09:15:41Z", "version": {"kumaDp": {"version": "2.13.0"}}}


@pytest.mark.parametrize(
    ("networking", "address"),
    [
        ({"address": "10.0.0.1"}, "10.0.0.1"),
        ({"address": "10.0.0.1", "advertisedAddress": "192.168.0.1"}, "192.168.0.1"),
        ({}, None),
        (None, None),
    ],
)
async def test_a_dataplane_is_reached_where_it_advertises(
    networking: Any, address: str | None
) -> None:
    assert await shown("Dataplane", "address", networking=networking) == {"address": address}


async def test_the_tags_of_all_inbounds_are_told_once_each() -> None:
    inbound = [{"tags": {"b": "2", "a": "1"}}, {"tags": {"a": "1"}}, {"tags": {"a": "0"}}]
    found = await shown("Dataplane", "tags { key value }", networking={"inbound": inbound})
    assert [(tag["key"], tag["value"]) for tag in found["tags"]] == [
        ("a", "0"),
        ("a", "1"),
        ("b", "2"),
    ]


async def test_versions_are_those_of_the_latest_connection() -> None:
    body = {"dataplane": {}, "dataplaneInsight": {"subscriptions": [OLD, OPEN]}}
    found = await shown("Dataplane", "versions { component version }", **body)
    assert found["versions"] == [{"component": "kumaDp", "version": "2.14.3"}]
    assert await shown("Dataplane", "versions { version }", dataplane={}) == {"versions": []}


@pytest.mark.parametrize(
    ("insight", "expected"),
    [
        (None, None),
        ({}, {"subscriptions": [], "mtls": None}),
        (
            {"mTLS": {"issuedBackend": "ca-1", "certificateRegenerations": 3}},
            {
                "subscriptions": [],
                "mtls": {
                    "issuedBackend": "ca-1",
                    "certificateRegenerations": 3,
                    "certificateExpirationTime": None,
                    "supportedBackends": [],
                },
            },
        ),
    ],
)
async def test_an_insight_has_connections_and_a_certificate(insight: Any, expected: Any) -> None:
    selection = """insight { subscriptions { id } mtls {
      issuedBackend certificateRegenerations certificateExpirationTime supportedBackends
    } }"""
    found = await shown("Dataplane", selection, dataplane={}, dataplaneInsight=insight)
    assert found["insight"] == expected


def plane(**members: Any) -> Canned:
    row = {"type": "Dataplane", "mesh": "m", "name": "x"} | members
    lists = {f"/dataplanes{end}": listed([row]) for end in ("", "/_overview")}
    transport = Canned(lists)
    transport.otherwise = ABSENT
    return transport


async def asked(transport: Canned, selection: str) -> tuple[Any, list[str]]:
    async with graph({"cp": transport}) as one:
        transport.asked.clear()
        found = await one.data(f"{{ dataplanes {{ nodes {{ {selection} }} }} }}")
    return found["dataplanes"]["nodes"][0], transport.paths()


@pytest.mark.parametrize(
    ("selection", "path"),
    [
        ("name tags { key }", "/dataplanes"),
        ("status", "/dataplanes/_overview"),
        ("statusReasons", "/dataplanes/_overview"),
        ("versions { version }", "/dataplanes/_overview"),
        ("... on KumaDataplane { insight { mtls { issuedBackend } } }", "/dataplanes/_overview"),
    ],
)
async def test_a_dataplane_is_read_with_its_insight_where_a_field_needs_it(
    selection: str, path: str
) -> None:
    _, paths = await asked(plane(dataplane={"networking": {}}), selection)
    assert paths == [path]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"labels": {"kuma.io/zone": "east"}}, "/zones/east"),
        ({"networking": {"inbound": [{"tags": {"kuma.io/zone": "west"}}]}}, "/zones/west"),
        (
            {
                "labels": {"kuma.io/zone": "east"},
                "networking": {"gateway": {"tags": {"kuma.io/zone": "west"}}},
            },
            "/zones/east",
        ),
        ({}, None),
    ],
)
async def test_a_dataplane_runs_in_the_zone_that_labels_or_tags_name(
    members: Any, path: str | None
) -> None:
    found, paths = await asked(plane(**members), "zone { name }")
    assert found == {"zone": None}
    assert paths == ["/dataplanes", *([path] if path else [])]


async def test_the_services_of_a_dataplane_are_those_that_are_listed() -> None:
    inbound = [{"tags": {"kuma.io/service": name}} for name in ("web", "api", "web")]
    transport = plane(networking={"inbound": inbound})
    service = {"type": "ServiceInsight", "mesh": "m", "name": "web", "status": "online"}
    transport.answers["/meshes/m/service-insights"] = listed([service])
    transport.answers["/meshes/m/service-insights/web"] = service
    found, _ = await asked(transport, "services { name status }")
    assert found == {"services": [{"name": "web", "status": "ONLINE"}]}
