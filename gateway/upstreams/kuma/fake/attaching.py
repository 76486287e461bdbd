"""Where the policies before targetRef attach: the best match for each place in a proxy."""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored

Tags = dict[str, str]
Sort = Literal["dataplane", "inbound", "outbound", "service"]

SERVICE: Final = "kuma.io/service"
KINDS: Final[dict[str, Sort]] = {
    "ProxyTemplate": "dataplane",
    "TrafficTrace": "dataplane",
    "FaultInjection": "inbound",
    "RateLimit": "inbound",
    "TrafficPermission": "inbound",
    "Timeout": "outbound",
    "TrafficRoute": "outbound",
    "CircuitBreaker": "service",
    "HealthCheck": "service",
    "Retry": "service",
    "TrafficLog": "service",
}
_EVERY_MATCH: Final = ("FaultInjection", "RateLimit")
_ORDER: Final = ("dataplane", "inbound", "outbound", "service")


class Attachment(msgspec.Struct, frozen=True):
    """A place in a proxy, and the policies of one kind there."""

    sort: Sort
    name: str
    service: str
    kind: str
    policies: tuple[Stored, ...]


def is_builtin(dataplane: Stored) -> bool:
    """Whether the control plane itself runs the dataplane as a gateway."""
    gateway = dataplane.content.get("networking", {}).get("gateway", {})
    return bool(gateway.get("type") == "BUILTIN")


def bearers(dataplane: Stored) -> list[Tags]:
    """The tags of each inbound and of the gateway."""
    networking = dataplane.content.get("networking", {})
    parts = [*networking.get("inbound", []), *filter(None, [networking.get("gateway")])]
    return [one.get("tags", {}) for one in parts]


def fits(wanted: Tags, tags: Tags) -> bool:
    """Whether tags have all that are wanted; `*` is any value."""
    return all(key in tags and value in ("*", tags[key]) for key, value in wanted.items())


def attachments(store: Store, dataplane: Stored) -> list[Attachment]:
    """All of a proxy, in the order in which they are listed."""
    found = [
        one
        for kind, sort in KINDS.items()
        for one in _of_kind(kind, sort, store, dataplane)
        if one.policies
    ]
    return sorted(found, key=lambda one: (_ORDER.index(one.sort), one.name, one.kind))


def may_attach(policy: Stored, dataplane: Stored) -> bool:
    """Whether a policy's own side fits any inbound of a dataplane, whatever fits better."""
    side = {"dataplane": "selectors", "inbound": "destinations"}.get(KINDS[policy.kind], "sources")
    wanted = [one["match"] for one in policy.content.get(side, [])]
    return any(fits(one, tags) for one in wanted for tags in bearers(dataplane))


def _of_kind(kind: str, sort: Sort, store: Store, dataplane: Stored) -> Iterator[Attachment]:
    policies = store.rows(kind, dataplane.mesh)
    if sort == "dataplane":
        chosen = _best(policies, lambda one: _rank(one, "selectors", bearers(dataplane)))
        yield Attachment(sort, "", "", kind, chosen[:1])
        return
    if is_builtin(dataplane):
        return
    if sort == "inbound":
        for name, tags in _inbounds(kind, store, dataplane):
            chosen = _best(policies, lambda one, tags=tags: _rank(one, "destinations", [tags]))
            service = "" if tags.get(SERVICE) == "dataplane-metrics" else tags.get(SERVICE, "")
            most = len(chosen) if kind in _EVERY_MATCH else 1
            yield Attachment(sort, name, service, kind, chosen[:most])
        return
    for name, service in _outbounds(kind, sort, dataplane):
        chosen = _best(policies, lambda one, to=service: _between(one, dataplane, to))
        yield Attachment(sort, name, service, kind, chosen[:1])


def _inbounds(kind: str, store: Store, dataplane: Stored) -> Iterator[tuple[str, Tags]]:
    networking = dataplane.content.get("networking", {})
    address = networking.get("address", "")
    mesh = store.get("Mesh", None, dataplane.mesh or "")
    metrics = mesh.content.get("metrics", {}) if mesh else {}
    for backend in metrics.get("backends", []) if kind == "TrafficPermission" else ():
        if backend["name"] == metrics.get("enabledBackend"):
            conf = backend.get("conf", {})
            port = conf.get("port", 5670)
            yield f"{address}:{port}:{port}", conf.get("tags", {SERVICE: "dataplane-metrics"})
    for one in networking.get("inbound", []):
        ports = f"{one['port']}:{one.get('servicePort', one['port'])}"
        yield f"{one.get('address', address)}:{ports}", one.get("tags", {})


def _outbounds(kind: str, sort: Sort, dataplane: Stored) -> Iterable[tuple[str, str]]:
    found = {}
    for one in dataplane.content.get("networking", {}).get("outbound", []):
        service = one.get("tags", {}).get(SERVICE, "")
        local = f"{one.get('address', '127.0.0.1')}:{one['port']}"
        found[service if sort == "service" else local] = service
    if kind == "TrafficLog":
        # What goes to no service of the mesh is logged as well.
        found["pass_through"] = "pass_through"
    return found.items()


def _rank(policy: Stored, side: str, sets: list[Tags]) -> tuple[int, int] | None:
    wanted = [one["match"] for one in policy.content.get(side, [])]
    fitting = [one for one in wanted for tags in sets if fits(one, tags)]
    return max(map(_specific, fitting), default=None)


def _specific(wanted: Tags) -> tuple[int, int]:
    return len(wanted), sum(value != "*" for value in wanted.values())


def _between(policy: Stored, dataplane: Stored, service: str) -> tuple[int, int] | None:
    source = _rank(policy, "sources", bearers(dataplane))
    to = _rank(policy, "destinations", [{SERVICE: service}])
    return None if source is None or to is None else (source[0] + to[0], source[1] + to[1])


def _best(policies: list[Stored], rank: object) -> tuple[Stored, ...]:
    assert callable(rank)
    fitting = [one for one in policies if rank(one) is not None]
    # Sorting is stable: of equals the newest comes first, and of those the first by name.
    fitting.sort(key=lambda one: one.created, reverse=True)
    return tuple(sorted(fitting, key=rank, reverse=True))


def gateway_of(store: Store, dataplane: Stored) -> JSONObject:
    """The gateway that a builtin gateway's proxy carries, as inspections name it."""
    for one in store.rows("MeshGateway", dataplane.mesh):
        if _rank(one, "selectors", bearers(dataplane)) is not None:
            return {"mesh": one.mesh, "name": one.name}
    return {"mesh": dataplane.mesh, "name": ""}
