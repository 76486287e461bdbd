"""What Kuma before 2.0 spelled otherwise, read into the present spelling.

Source: Kuma's UPGRADE.md from 0.4 to 1.2, and recordings of 0.7.3 and 1.1.6.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from gateway.model.changes import JSONObject
from gateway.model.kinds import Kind, Noun
from gateway.model.versions import Version

SERVICE: Final = "kuma.io/service"
PREFIXED: Final = {name: f"kuma.io/{name}" for name in ("service", "protocol", "zone")}
"""The tags that are Kuma's own, by their names before 0.7."""
SELECTORS: Final = ("sources", "destinations", "selectors")
CA: Final = "ca-1"
PROMETHEUS: Final = "prom-1"
"""What UPGRADE.md calls the backends that had no names."""
PURPOSES: Final = (("logging", ("file", "tcp")), ("tracing", ("zipkin",)))
"""What backends of a mesh are for, and their types."""
INTERFACE: Final = re.compile(r"(\[[^\]]*\]|[^:]*):(\d{1,5})(?::(\d{1,5}))?")
"""An address, which may be left out, the port, and of an inbound the workload's port."""


class Spelling(msgspec.Struct, frozen=True):
    """How bodies may be spelled in versions before `until`; `read` turns one into the present way.

    One of `marks` stands in each body of it.
    """

    of: str
    """A kind, or a noun for all of its kinds."""
    until: tuple[int, int]
    read: Callable[[JSONObject], None]
    marks: tuple[bytes, ...]


def objects(value: Any, *path: str) -> Iterator[JSONObject]:
    """The objects at the end of a path, through each element of the lists on its way."""
    if isinstance(value, list):
        for one in value:
            yield from objects(one, *path)
    elif isinstance(value, dict):
        if path:
            yield from objects(value.get(path[0]), *path[1:])
        else:
            yield value


def networks(body: JSONObject) -> Iterator[JSONObject]:
    """The networking of a dataplane, by itself or in an overview."""
    yield from objects(body, "networking")
    yield from objects(body, "dataplane", "networking")


def interfaces(body: JSONObject) -> None:
    """0.4: `interface: ip:port:port` became address, port and servicePort; `service` a tag."""
    for network in networks(body):
        for inbound in objects(network, "inbound"):
            address = _opened(inbound, "servicePort")
            if address and network.setdefault("address", address) != address:
                inbound["address"] = address
        for outbound in objects(network, "outbound"):
            address = _opened(outbound, None)
            if address:
                outbound["address"] = address
            if isinstance(outbound.get("service"), str):
                tags = outbound.get("tags")
                named = {SERVICE: outbound.pop("service")}
                outbound["tags"] = named | tags if isinstance(tags, dict) else named


def _opened(holder: JSONObject, behind: str | None) -> str:
    """Take an interface apart in its place, but for its address, which is returned."""
    found = INTERFACE.fullmatch(str(holder.get("interface")))
    if found is None:
        return ""
    del holder["interface"]
    holder["port"] = int(found[2])
    if behind and found[3]:
        holder[behind] = int(found[3])
    return found[1].strip("[]")


def dataplane_tags(body: JSONObject) -> None:
    """0.7: Kuma's own tags of dataplanes were prefixed."""
    for network in networks(body):
        for part in ("inbound", "outbound", "gateway"):
            for holder in objects(network, part):
                _prefix(holder, "tags")


def selector_tags(body: JSONObject) -> None:
    """0.7: Kuma's own tags in policies were prefixed."""
    for part in SELECTORS:
        for selector in objects(body, part):
            _prefix(selector, "match")
    for split in objects(body, "conf", "split"):
        _prefix(split, "destination")


def _prefix(holder: JSONObject, member: str) -> None:
    tags = holder.get(member)
    # Once there is the new name, the old one is a tag like any other.
    if isinstance(tags, dict) and SERVICE not in tags:
        holder[member] = {PREFIXED.get(key, key): value for key, value in tags.items()}


def mesh_backends(body: JSONObject) -> None:
    """0.5: what a mesh may have but one of became a list of backends with names and types."""
    for mtls in objects(body, "mtls"):
        enabled, authority = mtls.pop("enabled", None), mtls.pop("ca", None)
        if enabled or authority:
            given = authority if isinstance(authority, dict) and authority else {"builtin": {}}
            mtls["backends"] = [_backend(CA, *next(iter(given.items())))]
        if enabled:
            mtls["enabledBackend"] = CA
    for purpose, kinds in PURPOSES:
        for backend in objects(body, purpose, "backends"):
            for kind in kinds:
                if kind in backend:
                    backend |= {"type": kind, "conf": backend.pop(kind)}
    for metrics in objects(body, "metrics"):
        if "prometheus" in metrics:
            backend = _backend(PROMETHEUS, "prometheus", metrics.pop("prometheus"))
            metrics |= {"enabledBackend": PROMETHEUS, "backends": [backend]}


def _backend(name: str, kind: str, conf: Any) -> JSONObject:
    return {"name": name, "type": kind} | ({"conf": conf} if conf else {})


def active_checks(body: JSONObject) -> None:
    """0.6: a health check's conf is what its `activeChecks` were."""
    for conf in objects(body, "conf"):
        for checks in objects(conf.pop("activeChecks", None)):
            conf |= checks


def split(body: JSONObject) -> None:
    """1.0: a route's conf became an object whose `split` is the list that it was."""
    if isinstance(body.get("conf"), list):
        body["conf"] = {"split": body["conf"]}


_TAGS: Final = tuple(f'"{name}"'.encode() for name in PREFIXED)
_BACKENDS: Final = (b'"ca"', b'"enabled"', b'"file"', b'"tcp"', b'"zipkin"', b'"prometheus"')

SPELLINGS: Final = (
    Spelling("Dataplane", (2, 0), interfaces, (b'"interface"', b'"service"')),
    Spelling("Dataplane", (2, 0), dataplane_tags, (b'"service"',)),
    Spelling("Mesh", (1, 0), mesh_backends, _BACKENDS),
    Spelling("HealthCheck", (0, 7), active_checks, (b'"activeChecks"',)),
    Spelling("TrafficRoute", (1, 0), split, (b'"conf"',)),
    Spelling(Noun.POLICY.value, (0, 7), selector_tags, _TAGS),
)
"""From the oldest to the newest change of each kind, in the order in which they are read."""


def spellings(kind: Kind, version: Version | None, raw: bytes | msgspec.Raw) -> list[Spelling]:
    """In which old ways a body, or any in a list of them, may be spelled."""
    if version is None or version >= (2, 0):
        return []
    body = bytes(raw)
    return [
        row
        for row in SPELLINGS
        if row.of in (kind.name, kind.noun)
        and version < row.until
        and any(mark in body for mark in row.marks)
    ]


def present(kind: Kind, version: Version | None, raw: bytes | msgspec.Raw) -> bytes | None:
    """A body in the present spelling; None where it is spelled so as it stands.

    Raises msgspec.DecodeError and RecursionError where it is no JSON.
    """
    rows = spellings(kind, version, raw)
    if not rows:
        return None
    body, before = msgspec.json.decode(raw), msgspec.json.decode(raw)
    if not isinstance(body, dict):
        return None
    for row in rows:
        row.read(body)
    return None if body == before else msgspec.json.encode(body)
