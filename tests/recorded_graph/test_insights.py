"""Statuses and counts: ours by the control plane's rule, and those that it counted itself."""

from collections import Counter
from typing import Any

import pytest

from tests.graph import graph
from tests.recorded import recording
from tests.replay import snapshot

VERSIONS = ("0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev")
COUNTING = {"1.1.6": 7, "1.8.8": 7, "2.14.3": 7, "3.0.0-dev": 5}
"""Those that count meshes, and how many they have."""
STATUSES = {
    "st-online": "ONLINE",
    "st-nack": "ONLINE",
    "st-gateway-delegated": "ONLINE",
    "st-gateway-builtin": "ONLINE",
    "st-ignored": "ONLINE",
    "st-partial": "PARTIALLY_DEGRADED",
    "st-partial-health": "PARTIALLY_DEGRADED",
    "st-listeners": "PARTIALLY_DEGRADED",
    "st-listener-ready": "PARTIALLY_DEGRADED",
    "st-none-ready": "OFFLINE",
    "st-health-empty": "OFFLINE",
    "st-never": "OFFLINE",
    "st-was-online": "OFFLINE",
    "st-gateway-offline": "OFFLINE",
    "st-offline-partial": "OFFLINE",
}
"""One dataplane for each way of doing, and how it does, where states of inbounds are known."""
WITHOUT_STATES = {"st-partial": "ONLINE", "st-none-ready": "ONLINE"}
"""What 1.x takes them for: it drops the state of an inbound."""
WITHOUT_HEALTH = {"st-partial-health": "ONLINE", "st-health-empty": "ONLINE"}
"""What 0.7 takes them for: it drops what a probe said as well."""
DROPPED = {
    "0.7.3": WITHOUT_STATES | WITHOUT_HEALTH,
    "1.1.6": WITHOUT_STATES,
    "1.8.8": WITHOUT_STATES,
}


def lists(version: str, of_global: bool = False) -> dict[str, Any]:
    """The recorded lists of a version by their paths."""
    recorded = recording(version)
    return recorded.snapshot_global if of_global else recorded.snapshot


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_dataplane_does_as_the_control_plane_says(version: str) -> None:
    query = """{ dataplanes(filter: {mesh: "shop", name: {contains: "st-"}}) {
      nodes { name status statusReasons }
    } }"""
    async with graph({"cp": snapshot(version)}) as one:
        found = (await one.data(query))["dataplanes"]["nodes"]
    expected = STATUSES | DROPPED.get(version, {})
    stored = {item["name"] for item in lists(version)["/dataplanes"]["items"]}
    assert {node["name"]: node["status"] for node in found} == {
        name: status for name, status in expected.items() if name in stored
    }
    assert len(found) == (14 if version == "2.14.3" else 13)
    assert all(bool(node["statusReasons"]) == (node["status"] != "ONLINE") for node in found)


@pytest.mark.parametrize(
    ("version", "of_global"),
    [*((version, False) for version in COUNTING), ("2.14.3", True)],
)
async def test_statuses_add_up_to_what_each_mesh_insight_counts(
    version: str, of_global: bool
) -> None:
    query = """{ meshes { nodes { name
      insight { dataplanes { total online offline partiallyDegraded } }
      dataplanes(first: 1000) { totalCount nodes { status } }
    } } }"""
    async with graph({"cp": snapshot(version, of_global=of_global)}) as one:
        found = (await one.data(query))["meshes"]["nodes"]
    assert len(found) == len(lists(version, of_global)["/meshes"]["items"])
    for mesh in found:
        statuses = Counter(node["status"] for node in mesh["dataplanes"]["nodes"])
        assert mesh["insight"]["dataplanes"] == {
            "total": mesh["dataplanes"]["totalCount"],
            "online": statuses["ONLINE"],
            "offline": statuses["OFFLINE"],
            "partiallyDegraded": statuses["PARTIALLY_DEGRADED"],
        }, mesh["name"]


def counts(found: dict[str, int] | None) -> dict[str, int]:
    """Recorded counts as the graph shows them: what is left out is zero."""
    found = found or {}
    words = ("total", "online", "offline", "partiallyDegraded")
    return {word: found.get(word, 0) for word in words}


def whole(found: dict[str, int]) -> dict[str, int]:
    """The same where the total leaves the partially degraded out."""
    made = counts(found)
    return {**made, "total": made["online"] + made["offline"] + made["partiallyDegraded"]}


def totals(found: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [{"kind": kind, "total": one["total"]} for kind, one in sorted((found or {}).items())]


INSIGHT = """{ meshes { nodes { name insight {
  dataplanes { ...All }
  dataplanesByType {
    standard { ...All } gateway { ...All } gatewayBuiltin { ...All } gatewayDelegated { ...All }
  }
  policies { kind total }
  resources { kind total }
  versions { component version counts { ...All } }
  issuedBackends { backend counts { ...All } }
  supportedBackends { backend counts { ...All } }
  services { total internal external }
  lastSync
  asOf
} } } }
fragment All on StatusCounts { total online offline partiallyDegraded }"""


def shown(recorded: dict[str, Any]) -> dict[str, Any]:
    """A recorded mesh insight as the graph shows it."""
    by_type = recorded.get("dataplanesByType")
    types = ("standard", "gateway", "gatewayBuiltin", "gatewayDelegated")
    services = recorded.get("services")
    mtls = recorded.get("mTLS", {})
    return {
        "dataplanes": counts(recorded.get("dataplanes")),
        "dataplanesByType": None
        if by_type is None
        else {one: counts(by_type.get(one)) for one in types},
        "policies": totals(recorded.get("policies")),
        "resources": totals(recorded.get("resources")),
        "versions": [
            {"component": component, "version": version, "counts": whole(one)}
            for component in ("kumaDp", "envoy")
            for version, one in sorted(recorded.get("dpVersions", {}).get(component, {}).items())
        ],
        **{
            member: [
                {"backend": backend, "counts": whole(one)}
                for backend, one in sorted(mtls.get(member, {}).items())
            ]
            for member in ("issuedBackends", "supportedBackends")
        },
        "services": None
        if services is None
        else {one: services.get(one, 0) for one in ("total", "internal", "external")},
        "lastSync": recorded.get("lastSync"),
        "asOf": recorded["modificationTime"],
    }


@pytest.mark.parametrize("version", COUNTING)
async def test_a_mesh_insight_is_what_the_control_plane_counted(version: str) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        found = (await one.data(INSIGHT))["meshes"]["nodes"]
        calls = sorted(str(sent) for sent in one.sent())
    assert calls == ["GET /mesh-insights?size=1000", "GET /meshes?size=1000"]
    recorded = {item["name"]: item for item in lists(version)["/mesh-insights"]["items"]}
    assert len(found) == COUNTING[version]
    assert {mesh["name"]: mesh["insight"] for mesh in found} == {
        mesh["name"]: shown(recorded[mesh["name"]]) for mesh in found
    }


SERVICE = """{ services(first: 1000) { nodes {
  kind name mesh { name } status addresses ports { port }
  dataplaneCounts { total online offline }
} } }"""
SERVICE_STATUS = {
    "online": "ONLINE",
    "offline": "OFFLINE",
    "partially_degraded": "PARTIALLY_DEGRADED",
    "not_available": "NOT_AVAILABLE",
}


def place(address_port: str | None) -> dict[str, Any]:
    """Where a service is found, from its address with a port."""
    if address_port is None:
        return {"addresses": [], "ports": []}
    address, _, port = address_port.rpartition(":")
    return {"addresses": [address], "ports": [{"port": int(port)}]}


@pytest.mark.parametrize(
    ("version", "services"), [("1.1.6", 18), ("1.8.8", 18), ("2.14.3", 18), ("3.0.0-dev", 0)]
)
async def test_a_service_does_as_its_insight_says(version: str, services: int) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        found = (await one.data(SERVICE))["services"]["nodes"]
    recorded = lists(version)["/service-insights"]["items"]
    assert len(recorded) == services
    assert [node for node in found if node["kind"] == "ServiceInsight"] == [
        {
            "kind": "ServiceInsight",
            "name": item["name"],
            "mesh": {"name": item["mesh"]},
            "status": SERVICE_STATUS[item["status"]],
            **place(item.get("addressPort")),
            "dataplaneCounts": None
            if item.get("serviceType") == "external"
            else {
                word: item.get("dataplanes", {}).get(word, 0)
                for word in ("total", "online", "offline")
            },
        }
        for item in recorded
    ]


@pytest.mark.parametrize(("version", "count"), [("2.14.3", 5), ("3.0.0-dev", 4)])
async def test_a_meshservice_does_as_its_status_says(version: str, count: int) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        found = (await one.data(SERVICE))["services"]["nodes"]
    recorded = lists(version)["/meshservices"]["items"]
    services = [node for node in found if node["kind"] == "MeshService"]
    assert len(recorded) == count
    for node, item in zip(services, recorded, strict=True):
        proxies = item["status"]["dataplaneProxies"]
        online = min(proxies.get("connected", 0), proxies.get("healthy", 0))
        total = proxies.get("total", 0)
        assert node["dataplaneCounts"] == {
            "total": total,
            "online": online,
            "offline": total - online,
        }
        assert node["ports"] == [{"port": port["port"]} for port in item["spec"]["ports"]]


async def test_a_zone_is_online_offline_or_switched_off() -> None:
    query = "{ zones { nodes { name status insight { subscriptions { id } } } } }"
    async with graph({"cp": snapshot("2.14.3", of_global=True)}) as one:
        found = (await one.data(query))["zones"]["nodes"]
    assert {zone["name"]: zone["status"] for zone in found} == {
        "zone-1": "ONLINE",
        "zone-2": "DISABLED",
        "zone-offline": "OFFLINE",
    }
    recorded = lists("2.14.3", of_global=True)["/zones/_overview"]["items"]
    assert [len(zone["insight"]["subscriptions"]) if zone["insight"] else 0 for zone in found] == [
        len(item.get("zoneInsight", {}).get("subscriptions", ())) for item in recorded
    ]
