"""A believable shop for the demo and for trials: meshes, dataplanes, policies, zones."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from gateway.upstreams.kuma.fake.app import FakeKuma
from gateway.upstreams.kuma.fake.dialect import KRI, LABELS
from gateway.upstreams.kuma.fake.policies import policies
from gateway.upstreams.kuma.kinds import KINDS

JSONObject = dict[str, Any]


class Service(msgspec.Struct, frozen=True):
    """A service of the shop; `share` is how many of sixty dataplanes it has."""

    mesh: str
    name: str
    share: int
    port: int
    protocol: str = "http"
    admin_port: int | None = None


SERVICES: Final = (
    Service("shop", "frontend", 9, 8080, admin_port=9901),
    Service("shop", "catalog", 9, 8081, admin_port=9902),
    Service("shop", "cart", 7, 8082),
    Service("shop", "orders", 7, 8083, admin_port=9903),
    Service("shop", "search", 6, 8084),
    Service("shop", "recommendations", 4, 8085, protocol="grpc"),
    Service("payments", "payments", 8, 8090, admin_port=9904),
    Service("payments", "ledger", 6, 8091, protocol="grpc"),
    Service("payments", "fraud-check", 4, 8092, protocol="grpc"),
)
ZONES: Final = ("east", "west")
MESHES: Final = ("default", "shop", "payments")

_MTLS: Final = {"enabledBackend": "ca-1", "backends": [{"name": "ca-1", "type": "builtin"}]}
_LOGGING: Final = {
    "backends": [{"name": "file", "type": "file", "conf": {"path": "/var/log/access.log"}}]
}


def populate(fake: FakeKuma, *, meshes: Sequence[str] = MESHES, dataplanes: int = 60) -> None:
    """Fill a fake: on a Global the dataplanes are those that its zones sync up."""
    release = fake.control_plane.release
    for mesh in meshes:
        body: JSONObject = {"mtls": _MTLS, "logging": _LOGGING}
        if mesh == "payments" and release >= KRI:
            body["meshServices"] = {"mode": "Exclusive"}
        fake.put("Mesh", mesh, {} if mesh == "default" else body)
    if fake.control_plane.mode == "global":
        _zones(fake)
    for kind, mesh, name, content in policies(release):
        if mesh in meshes and KINDS[kind].served_by(release):
            fake.put(kind, name, content, mesh)
    for index, (service, number) in enumerate(_shares(meshes, dataplanes)):
        _dataplane(fake, service, number, index)
    if "shop" in meshes:
        _edges(fake)
    for service in SERVICES:
        if service.mesh in meshes:
            _service_resources(fake, service)
    fake.resync()


def _shares(meshes: Sequence[str], dataplanes: int) -> Iterator[tuple[Service, int]]:
    """Services and the numbers of their dataplanes, as many in all as were asked for."""
    chosen = [service for service in SERVICES if service.mesh in meshes]
    wheel = [service for service in chosen for _ in range(service.share)]
    counts: dict[str, int] = {}
    # A stride that shares no factor with the wheel spreads the services evenly.
    for turn in range(dataplanes if wheel else 0):
        service = wheel[(turn * 7) % len(wheel)]
        counts[service.name] = counts.get(service.name, 0) + 1
        yield service, counts[service.name]


def _dataplane(fake: FakeKuma, service: Service, number: int, index: int) -> None:
    tags = {"kuma.io/service": service.name, "kuma.io/protocol": service.protocol}
    tags["version"] = "v2" if number % 5 == 0 else "v1"
    inbound: list[JSONObject] = [{"port": service.port, "servicePort": 80, "tags": tags}]
    if service.admin_port:
        admin = {"kuma.io/service": f"{service.name}-admin", "kuma.io/protocol": "http"}
        inbound.append({"port": service.admin_port, "servicePort": 81, "tags": admin})
    address = f"10.{20 + index // 65025}.{index // 255 % 255}.{index % 255 + 1}"
    labels = {"app": service.name, "kuma.io/workload": service.name}
    name = _placed(
        fake,
        "Dataplane",
        f"{service.name}-{number:02}",
        {"networking": {"address": address, "inbound": inbound}},
        mesh=service.mesh,
        zone=ZONES[index % 2],
        labels=labels,
    )
    if index % 13 == 12:
        return
    fake.store.connect(service.mesh, name)
    if index % 11 == 10:
        fake.store.disconnect(service.mesh, name)
    elif index % 9 == 8:
        fake.store.degrade(service.mesh, name)


def _edges(fake: FakeKuma) -> None:
    gateway: JSONObject = {"tags": {"kuma.io/service": "edge"}}
    for number, zone in enumerate(ZONES, start=1):
        body: JSONObject = {"networking": {"address": f"10.19.0.{number}", "gateway": gateway}}
        name = _placed(fake, "Dataplane", f"edge-{number:02}", body, mesh="shop", zone=zone)
        fake.store.connect("shop", name)
    release = fake.control_plane.release
    tags = {"kuma.io/service": "card-network", "kuma.io/protocol": "tcp"}
    if KINDS["ExternalService"].served_by(release):
        body = {"tags": tags, "networking": {"address": "cards.example.com:443"}}
        fake.put("ExternalService", "card-network", body, "shop")
    if KINDS["MeshExternalService"].served_by(release):
        spec = {
            "match": {"type": "HostnameGenerator", "port": 443, "protocol": "tcp"},
            "endpoints": [{"address": "tax.example.com", "port": 443}],
        }
        fake.put("MeshExternalService", "tax-office", {"spec": spec}, "shop")


def _service_resources(fake: FakeKuma, service: Service) -> None:
    """What the control plane generates from dataplanes where a mesh has MeshServices."""
    release = fake.control_plane.release
    if release < KRI or (service.mesh != "payments" and release < (3, 0)):
        return
    spec = {
        "selector": {"dataplaneTags": {"kuma.io/service": service.name}},
        "ports": [
            {
                "name": "main",
                "port": service.port,
                "targetPort": service.port,
                "appProtocol": service.protocol,
            }
        ],
        "identities": [{"type": "ServiceTag", "value": service.name}],
    }
    for zone in ZONES if fake.control_plane.mode == "global" else ZONES[:1]:
        body: JSONObject = {"spec": spec}
        _placed(fake, "MeshService", service.name, body, mesh=service.mesh, zone=zone)
        _placed(fake, "Workload", service.name, {"spec": {}}, mesh=service.mesh, zone=zone)


def _zones(fake: FakeKuma) -> None:
    for zone in ZONES:
        fake.put("Zone", zone, {"enabled": True})
        fake.store.connect_global("Zone", zone)
        for kind, port in (("ZoneIngress", 10001), ("ZoneEgress", 10002)):
            if not KINDS[kind].served_by(fake.control_plane.release):
                continue
            networking: JSONObject = {"address": f"192.168.{port - 10000}.1", "port": port}
            if kind == "ZoneIngress":
                networking |= {"advertisedAddress": "203.0.113.9", "advertisedPort": 20001}
            body = {"zone": zone, "networking": networking}
            name = _placed(fake, kind, f"{kind[4:].lower()}-1", body, mesh=None, zone=zone)
            fake.store.connect_global(kind, name)
    fake.put("Zone", "north", {"enabled": True})


def _placed(
    fake: FakeKuma,
    kind: str,
    name: str,
    body: JSONObject,
    *,
    mesh: str | None,
    zone: str,
    labels: dict[str, str] | None = None,
) -> str:
    """Put a resource where it is; a Global has it under a hashed name, from one of its zones."""
    own = labels or {}
    release = fake.control_plane.release
    if fake.control_plane.mode != "global":
        fake.put(kind, name, {**body, "labels": own}, mesh)
        return name
    synced = {**own, "kuma.io/display-name": name, "kuma.io/env": "universal"}
    synced |= {"kuma.io/origin": "zone", "kuma.io/zone": zone}
    if mesh is not None:
        synced["kuma.io/mesh"] = mesh
    if kind == "Dataplane":
        synced["kuma.io/proxy-type"] = "sidecar"
        body = _in_zone(body, zone)
    digest = hashlib.sha256(f"{mesh}/{zone}/{name}".encode()).hexdigest()[:16]
    stored = f"{name}-{digest}" if release >= LABELS else f"{zone}.{name}"
    fake.put(kind, stored, {**body, "labels": synced}, mesh)
    return stored


def _in_zone(body: JSONObject, zone: str) -> JSONObject:
    networking = dict(body["networking"])
    networking["inbound"] = [
        {**one, "tags": {**one["tags"], "kuma.io/zone": zone}}
        for one in networking.get("inbound", [])
    ]
    return {**body, "networking": {key: value for key, value in networking.items() if value}}
