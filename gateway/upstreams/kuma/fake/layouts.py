"""The ports of a proxy by their KRIs, where MeshServices have replaced service tags."""

from collections.abc import Iterator
from typing import Final

from gateway.upstreams.kuma.fake import rendering
from gateway.upstreams.kuma.fake.dialect import Failure
from gateway.upstreams.kuma.fake.ruling import is_exclusive
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored
from gateway.upstreams.kuma.kinds import KINDS

_SERVICES: Final = ("MeshExternalService", "MeshService", "MeshMultiZoneService")


def refuse(store: Store, mesh: str, path: str) -> None:
    """Raise the 400 of a mesh in which services are still tags."""
    if not is_exclusive(store, mesh):
        reason = f"bad request: can't use {path} endpoint without meshService enabled"
        raise Failure(400, "Bad Request", reason)


def layout(store: Store, dataplane: Stored) -> JSONObject:
    """The ports of a proxy: its inbounds, and an outbound for each port of each service."""
    own = rendering.kri(KINDS["Dataplane"], dataplane)
    networking = dataplane.content.get("networking", {})
    inbounds = []
    for one in networking.get("inbound", []):
        section = one.get("name") or str(one["port"])
        inbounds.append(
            {
                "kri": f"{own}{section}",
                "port": one["port"],
                "protocol": one.get("tags", {}).get("kuma.io/protocol", one.get("protocol", "")),
                "proxyResourceName": f"self_inbound_dp_{section}",
            }
        )
    outbounds = sorted(_outbounds(store, dataplane.mesh), key=lambda one: str(one["kri"]))
    return {
        "inbounds": inbounds,
        "kri": own,
        "labels": dataplane.labels,
        "listeners": [],
        "outbounds": outbounds,
    }


def _outbounds(store: Store, mesh: str | None) -> Iterator[JSONObject]:
    for name in _SERVICES:
        for row in store.rows(name, mesh):
            for section, port, protocol in _ports(row):
                kri = f"{rendering.kri(KINDS[name], row)}{section}"
                yield {"kri": kri, "port": port, "protocol": protocol, "proxyResourceName": kri}


def _ports(service: Stored) -> Iterator[tuple[str, int, str]]:
    spec = service.content.get("spec", {})
    if "match" in spec:
        port = spec["match"]["port"]
        yield str(port), port, spec["match"].get("protocol", "tcp")
    for one in spec.get("ports", []):
        name = one.get("name") or str(one["port"])
        yield name, one["port"], one.get("appProtocol", "tcp")
