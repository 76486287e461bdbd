"""Stored resources as a release shows them: with labels, KRI, SNIs, status, and as overviews."""

from typing import Any, Final

import msgspec

from gateway.model.kinds import Kind, Noun
from gateway.upstreams.kuma.fake.connections import is_connected
from gateway.upstreams.kuma.fake.dialect import KRI, LABELS, SNI, V3, Mode
from gateway.upstreams.kuma.fake.status import is_ready
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored

DISPLAY_NAME: Final = "kuma.io/display-name"
ORIGIN: Final = "kuma.io/origin"
ZONE: Final = "kuma.io/zone"
IMMUTABLE: Final = (ORIGIN, ZONE, DISPLAY_NAME)

DESTINATIONS: Final = ("MeshService", "MeshExternalService", "MeshMultiZoneService")

PROXY_TYPES: Final = {
    "Dataplane": "sidecar",
    "ZoneIngress": "zoneingress",
    "ZoneEgress": "zoneegress",
}

EMPTY_STATUS: Final[dict[str, JSONObject]] = {
    "MeshAccessLog": {},
    "MeshMetric": {},
    "MeshTrace": {},
    "MeshIdentity": {},
    "MeshTrust": {},
    "MeshOpenTelemetryBackend": {},
    "MeshMultiZoneService": {},
    "MeshExternalService": {"vip": {}},
}
"""What the kinds with a status show before a controller has filled it."""


def computed_labels(
    kind: Kind, mode: Mode, zone: str, name: str, mesh: str | None, content: JSONObject
) -> dict[str, str]:
    """The labels that a control plane adds to what it stores."""
    labels: dict[str, str] = {}
    if kind.name == "Mesh":
        return labels
    if mesh is not None:
        labels["kuma.io/mesh"] = mesh
    if "Z" in kind.writable and mode == "zone":
        labels |= {"kuma.io/env": "universal", ORIGIN: "zone", ZONE: zone}
        if kind.name in PROXY_TYPES:
            gateway = content.get("networking", {}).get("gateway", {})
            builtin = gateway.get("type") == "BUILTIN"
            labels["kuma.io/proxy-type"] = "gateway" if builtin else PROXY_TYPES[kind.name]
    return labels


def kri(kind: Kind, row: Stored) -> str:
    """`kri_<short>_<mesh>_<zone>_<namespace>_<name>_<section>`."""
    name = row.labels.get(DISPLAY_NAME, row.name)
    return f"kri_{kind.short}_{row.mesh or ''}_{row.labels.get(ZONE, '')}__{name}_"


def meta(kind: Kind, row: Stored, release: tuple[int, ...], type_name: str | None) -> JSONObject:
    """What stands in front of every resource."""
    found: JSONObject = {"type": type_name or kind.name}
    if row.mesh is not None:
        found["mesh"] = row.mesh
    found |= {"name": row.name, "creationTime": row.created, "modificationTime": row.modified}
    if row.labels and release >= LABELS:
        found["labels"] = dict(sorted(row.labels.items()))
    if kind.short and release >= KRI:
        found["kri"] = kri(kind, row)
    return found


def resource(kind: Kind, row: Stored, store: Store) -> JSONObject:
    """A resource as `GET` shows it."""
    found = meta(kind, row, store.release, None)
    content = dict(row.content)
    if kind.name in DESTINATIONS and store.release >= SNI:
        found["snis"] = _snis(kind, row)
    status = _status(kind, row, store)
    if status is not None:
        content["status"] = status
    if kind.name == "MeshService":
        content["spec"] = {"state": _state(content.get("status", {})), **content.get("spec", {})}
    return found | content


def overview(kind: Kind, row: Stored, store: Store, *, alone: bool) -> JSONObject:
    """A resource with its insight.

    Where nothing ever connected a list leaves the insight out, and a single overview has it empty.
    """
    # Before 1.0 a zone was said to stand in a mesh as well.
    zone = kind.name == "Zone" and store.release < (1, 0)
    shown = msgspec.structs.replace(row, mesh="default") if zone else row
    found = meta(kind, shown, store.release, f"{kind.name}Overview")
    found[kind.name[0].lower() + kind.name[1:]] = row.content
    insight = store.get(f"{kind.name}Insight", row.mesh, row.name)
    if insight is not None or alone:
        content = insight.content if insight else {}
        found[f"{kind.name[0].lower()}{kind.name[1:]}Insight"] = content
    return found


def _snis(kind: Kind, row: Stored) -> list[JSONObject]:
    name = row.labels.get(DISPLAY_NAME, row.name)
    spec = row.content.get("spec", {})
    ports = spec.get("ports") or [spec.get("match", {})]
    place = [kind.short, row.mesh, row.labels.get(ZONE, ""), name]
    return [
        {
            "port": port.get("port"),
            "sni": ".".join(["sni", *filter(None, place), str(port.get("name", port.get("port")))]),
        }
        for port in ports
    ]


def _status(kind: Kind, row: Stored, store: Store) -> JSONObject | None:
    if kind.name == "MeshService":
        proxies = _proxies(row, store)
        return {"tls": {}, **row.content.get("status", {}), "dataplaneProxies": proxies}
    if kind.name == "Workload":
        none = {"connected": 0, "healthy": 0, "total": 0}
        return {"dataplaneProxies": none | _proxies(row, store)}
    if kind.name in EMPTY_STATUS and (kind.noun is not Noun.POLICY or store.release >= SNI):
        return {**EMPTY_STATUS[kind.name], **row.content.get("status", {})}
    return None


def _state(status: JSONObject) -> str:
    proxies = status.get("dataplaneProxies", {})
    return "Available" if proxies.get("healthy") else "Unavailable"


def _proxies(row: Stored, store: Store) -> JSONObject:
    """Counts of the dataplanes behind a MeshService or a Workload; zeroes are left out."""
    chosen = [one for one in store.rows("Dataplane", row.mesh) if _selects(row, one)]
    counts = {
        "connected": sum(1 for one in chosen if _connected(one, store)),
        "healthy": sum(1 for one in chosen if is_ready(one.content)),
        "total": len(chosen),
    }
    return {key: count for key, count in counts.items() if count}


def _selects(row: Stored, dataplane: Stored) -> bool:
    if row.kind == "Workload":
        return dataplane.labels.get("kuma.io/workload") == row.name
    selector: dict[str, Any] = row.content.get("spec", {}).get("selector", {})
    if "dataplaneRef" in selector:
        return bool(selector["dataplaneRef"].get("name") == dataplane.name)
    labels = selector.get("dataplaneLabels", {}).get("matchLabels")
    if labels is not None:
        return bool(labels.items() <= dataplane.labels.items())
    tags = selector.get("dataplaneTags")
    inbounds = dataplane.content.get("networking", {}).get("inbound", [])
    if not tags:
        return False
    return any(tags.items() <= one.get("tags", {}).items() for one in inbounds)


def _connected(dataplane: Stored, store: Store) -> bool:
    insight = store.get("DataplaneInsight", dataplane.mesh, dataplane.name)
    return insight is not None and is_connected(insight.content)


def with_computed(
    kind: Kind,
    mode: Mode,
    zone: str,
    row: tuple[str | None, str],
    content: JSONObject,
    given: dict[str, str],
    release: tuple[int, ...],
) -> tuple[dict[str, str], JSONObject]:
    """The labels and the content that are stored for what was put."""
    mesh, name = row
    if release < LABELS:
        return {}, content
    computed = computed_labels(kind, mode, zone, name, mesh, content)
    if given.get(ORIGIN, computed.get(ORIGIN)) != computed.get(ORIGIN):
        # Someone else's origin: the control plane leaves such a resource's labels alone.
        computed = {}
    if release >= V3:
        computed.pop("kuma.io/proxy-type", None)
        computed[DISPLAY_NAME] = name
        if mode == "zone":
            computed.setdefault(ORIGIN, "zone")
    if kind.name == "Dataplane" and mode == "zone":
        content = _zoned(content, zone)
    return {**computed, **given}, content


def _zoned(content: JSONObject, zone: str) -> JSONObject:
    """A dataplane whose tags name its zone."""
    networking = dict(content.get("networking", {}))
    if "inbound" in networking:
        networking["inbound"] = [
            {**one, "tags": {**one.get("tags", {}), ZONE: zone}} for one in networking["inbound"]
        ]
    if "tags" in networking.get("gateway", {}):
        gateway = networking["gateway"]
        networking["gateway"] = {**gateway, "tags": {**gateway["tags"], ZONE: zone}}
    return {**content, "networking": networking}
