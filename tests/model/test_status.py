import json
from typing import Any

import pytest

from gateway.model.insights import Counts
from gateway.model.status import (
    DataplaneStatus,
    ServiceStatus,
    ZoneStatus,
    dataplane_status,
    service_counts,
    service_status,
    status_reasons,
    zone_status,
)
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import recording
from tests.upstreams.kuma import malformed

THEN = "2026-11-21T09:15:41Z"
OPEN = {"connectTime": THEN}
CLOSED = {"connectTime": THEN, "disconnectTime": THEN}
ONLINE, DEGRADED, OFFLINE = (
    DataplaneStatus.ONLINE,
    DataplaneStatus.PARTIALLY_DEGRADED,
    DataplaneStatus.OFFLINE,
)
READY: dict[str, Any] = {"port": 1}
SICK: dict[str, Any] = {"port": 2, "health": {}}


def read(kind: str, **members: Any) -> Any:
    body = json.dumps({"name": "x", "mesh": "m", **members}).encode()
    return responses.resource("prod", KINDS[kind], body).content


def dataplane(subscriptions: Any, **networking: Any) -> Any:
    insight = None if subscriptions is None else {"subscriptions": subscriptions}
    return read("Dataplane", dataplane={"networking": networking}, dataplaneInsight=insight)


@pytest.mark.parametrize(
    ("subscriptions", "networking", "status", "reasons"),
    [
        (
            None,
            {"inbound": [READY]},
            OFFLINE,
            ["the proxy has never connected to the control plane"],
        ),
        ([], {"inbound": [READY]}, OFFLINE, ["the proxy has never connected to the control plane"]),
        ([{}], {"inbound": [READY]}, OFFLINE, ["the proxy is not connected to the control plane"]),
        (
            [CLOSED, CLOSED],
            {"inbound": [READY]},
            OFFLINE,
            ["the proxy is not connected to the control plane"],
        ),
        ([OPEN, CLOSED], {"inbound": [READY]}, ONLINE, []),
        ([OPEN], {"inbound": [READY, READY]}, ONLINE, []),
        ([OPEN], {"inbound": [{"port": 1, "health": {"ready": True}}]}, ONLINE, []),
        ([OPEN], {"inbound": [{"port": 1, "state": "Ignored"}]}, ONLINE, []),
        ([OPEN], {"inbound": [{"port": 1, "state": "Levitating"}]}, ONLINE, []),
        (
            [OPEN],
            {"inbound": [READY, SICK]},
            DEGRADED,
            ["inbound on port 2 is not ready: its probe failed"],
        ),
        (
            [OPEN],
            {"inbound": [{"port": 1, "name": "http", "state": "NotReady"}]},
            OFFLINE,
            ["inbound http on port 1 is not ready: its state is NotReady"],
        ),
        ([OPEN], {}, OFFLINE, ["it has neither inbounds nor listeners"]),
        ([OPEN], {"gateway": {}}, ONLINE, []),
        ([OPEN], {"gateway": {"type": "BUILTIN"}, "inbound": [SICK]}, ONLINE, []),
        (
            [CLOSED],
            {"gateway": {}},
            OFFLINE,
            ["the proxy is not connected to the control plane"],
        ),
        ([OPEN], {"listeners": [{"port": 3}]}, ONLINE, []),
        (
            [OPEN],
            {"inbound": [READY], "listeners": [{"port": 3, "state": "NotReady"}]},
            DEGRADED,
            ["listener on port 3 is not ready: its state is NotReady"],
        ),
    ],
)
def test_a_dataplane_is_as_the_control_plane_has_it(
    subscriptions: Any, networking: Any, status: DataplaneStatus, reasons: list[str]
) -> None:
    found = dataplane(subscriptions, **networking)
    assert dataplane_status(found) is status
    assert status_reasons(found) == reasons


def test_every_recorded_dataplane_that_is_not_online_says_why() -> None:
    for item in malformed.items("Dataplane", overview=True):
        body = json.dumps(item).encode()
        found = responses.resource("prod", KINDS["Dataplane"], body).content
        assert (dataplane_status(found) is ONLINE) is (status_reasons(found) == [])


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8", "2.14.3", "3.0.0-dev"])
def test_dataplanes_add_up_to_what_the_control_plane_counts(version: str) -> None:
    recorded = recording(version).snapshot
    overviews = "/dataplanes+insights" if version[0] == "1" else "/dataplanes/_overview"
    for insight in recorded["/mesh-insights"]["items"]:
        counts = read("MeshInsight", **insight).dataplanes
        mine = [
            dataplane_status(
                responses.resource("p", KINDS["Dataplane"], json.dumps(one).encode()).content
            )
            for one in recorded[overviews]["items"]
            if one["mesh"] == insight["name"]
        ]
        assert Counts(len(mine), *map(mine.count, (ONLINE, OFFLINE, DEGRADED))) == counts


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"zone": {}, "zoneInsight": {"subscriptions": [OPEN]}}, ZoneStatus.ONLINE),
        (
            {"zone": {"enabled": True}, "zoneInsight": {"subscriptions": [CLOSED, OPEN]}},
            ZoneStatus.ONLINE,
        ),
        (
            {"zone": {"enabled": False}, "zoneInsight": {"subscriptions": [OPEN]}},
            ZoneStatus.DISABLED,
        ),
        ({"zone": {}, "zoneInsight": {"subscriptions": [CLOSED]}}, ZoneStatus.OFFLINE),
        ({"zone": {}, "zoneInsight": {}}, ZoneStatus.OFFLINE),
        ({"zone": {}}, ZoneStatus.OFFLINE),
        ({"enabled": False}, ZoneStatus.DISABLED),
    ],
)
def test_a_zone_is_online_where_it_is_enabled_and_connected(
    members: Any, status: ZoneStatus
) -> None:
    assert zone_status(read("Zone", **members)) is status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("online", ServiceStatus.ONLINE),
        ("offline", ServiceStatus.OFFLINE),
        ("partially_degraded", ServiceStatus.PARTIALLY_DEGRADED),
        ("not_available", ServiceStatus.NOT_AVAILABLE),
        ("levitating", ServiceStatus.UNKNOWN),
        ("", ServiceStatus.UNKNOWN),
    ],
)
def test_a_service_is_as_its_insight_says(word: str, status: ServiceStatus) -> None:
    assert service_status(read("ServiceInsight", status=word)) is status


@pytest.mark.parametrize(
    ("proxies", "status", "counts"),
    [
        ({"connected": 3, "healthy": 3, "total": 3}, ServiceStatus.ONLINE, (3, 3, 0)),
        (
            {"connected": 3, "healthy": 1, "total": 3},
            ServiceStatus.PARTIALLY_DEGRADED,
            (3, 1, 2),
        ),
        (
            {"connected": 1, "healthy": 3, "total": 3},
            ServiceStatus.PARTIALLY_DEGRADED,
            (3, 1, 2),
        ),
        ({"total": 3}, ServiceStatus.OFFLINE, (3, 0, 3)),
        ({}, ServiceStatus.OFFLINE, (0, 0, 0)),
    ],
)
def test_a_mesh_service_is_online_as_far_as_its_dataplanes_are_connected_and_healthy(
    proxies: Any, status: ServiceStatus, counts: tuple[int, int, int]
) -> None:
    found = read("MeshService", status={"dataplaneProxies": proxies})
    assert service_status(found) is status
    assert service_counts(found) == Counts(*counts)


@pytest.mark.parametrize(
    ("kind", "members", "status", "counts"),
    [
        ("MeshService", {}, ServiceStatus.UNKNOWN, None),
        ("MeshMultiZoneService", {"spec": {"ports": []}}, ServiceStatus.UNKNOWN, None),
        ("MeshExternalService", {"spec": {"match": {}}}, ServiceStatus.NOT_AVAILABLE, None),
        ("ExternalService", {}, ServiceStatus.NOT_AVAILABLE, None),
        (
            "ServiceInsight",
            {"status": "not_available", "serviceType": "external", "dataplanes": {"total": 1}},
            ServiceStatus.NOT_AVAILABLE,
            None,
        ),
        ("ServiceInsight", {"status": "online"}, ServiceStatus.ONLINE, Counts()),
    ],
)
def test_what_nobody_counts_has_no_counts(
    kind: str, members: Any, status: ServiceStatus, counts: Counts | None
) -> None:
    found = read(kind, **members)
    assert service_status(found) is status
    assert service_counts(found) == counts


def test_every_recorded_service_adds_up_to_its_status() -> None:
    for item in malformed.items("ServiceInsight"):
        found = read("ServiceInsight", **item)
        counts = service_counts(found)
        if counts is not None:
            assert (service_status(found) is ServiceStatus.ONLINE) is (
                counts.online == counts.total > 0
            )
