"""Which proxies the policies before targetRef are for, worked out where nobody tells.

Source: Kuma's own selection of connection and dataplane policies. An inbound takes the policy whose
destination fits it best, an outbound the one whose source and destination together do.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from gateway.model.dataplanes import Dataplane
from gateway.model.inspection import Origin, Place, Rule
from gateway.model.policies import Policy
from gateway.model.resources import Resource, Wire
from gateway.model.selectors import Tags, best, winner

SERVICE: Final = "kuma.io/service"
PLACES: Final = {
    "ProxyTemplate": Place.PROXY,
    "TrafficTrace": Place.PROXY,
    "FaultInjection": Place.INBOUND,
    "RateLimit": Place.INBOUND,
    "TrafficPermission": Place.INBOUND,
    "CircuitBreaker": Place.OUTBOUND,
    "HealthCheck": Place.OUTBOUND,
    "Retry": Place.OUTBOUND,
    "Timeout": Place.OUTBOUND,
    "TrafficLog": Place.OUTBOUND,
    "TrafficRoute": Place.OUTBOUND,
}
"""Where the kinds attach that can be worked out."""
PASS_THROUGH: Final = "pass_through"
"""What Kuma calls traffic to no service that it knows; of connection policies TrafficLogs alone
are for it (kumahq/kuma#630)."""
ALL: Final = frozenset({"FaultInjection", "RateLimit"})
"""The kinds of which every match counts, not the best alone."""
BY_SERVICE: Final = frozenset({"CircuitBreaker", "HealthCheck", "Retry", "TrafficLog"})
"""The kinds that are for the service behind an outbound, whichever outbound that is."""


class MetricsConf(Wire, frozen=True):
    """The port on which a proxy gives its metrics, and the tags that it has as an inbound."""

    port: int = 5670
    tags: dict[str, str] = msgspec.field(default_factory=lambda: {SERVICE: "dataplane-metrics"})


class MetricsBackend(Wire, frozen=True):
    """Who is given metrics."""

    name: str = ""
    conf: MetricsConf = MetricsConf()


class Metrics(Wire, frozen=True):
    """A mesh's metrics."""

    enabled_backend: str = ""
    backends: tuple[MetricsBackend, ...] = ()


class WithMetrics(Wire, frozen=True):
    """A mesh of which its metrics count alone."""

    metrics: Metrics | None = None


def metrics_of(mesh: Resource | None) -> MetricsConf | None:
    """The inbound that a mesh's metrics add to each proxy; None where they are off."""
    found = msgspec.json.decode(mesh.raw, type=WithMetrics).metrics if mesh else None
    if found is None:
        return None
    enabled = [one.conf for one in found.backends if one.name == found.enabled_backend]
    return enabled[0] if enabled else None


def rules(
    kind: str, policies: Sequence[Resource], dataplane: Dataplane, metrics: MetricsConf | None
) -> Iterator[Rule]:
    """The rules that the policies of one kind in its mesh make for a dataplane."""
    match PLACES[kind]:
        case Place.PROXY:
            sets = dataplane.tag_sets
            found = winner((one, best(selectors(one), sets)) for one in policies)
            yield from ruled(kind, "dataplane", found)
        case Place.INBOUND:
            for name, service, tags in inbounds(kind, dataplane, metrics):
                ranked = [(one, best(destinations(one), (tags,))) for one in policies]
                fitting = [one for one, how in ranked if how is not None]
                for found in fitting if kind in ALL else (winner(ranked),):
                    yield from ruled(kind, "inbound", found, name, service)
        case Place.OUTBOUND:
            sets = dataplane.tag_sets
            for name, service in outbounds(kind, dataplane):
                found = winner((one, between(one, sets, service)) for one in policies)
                section = "service" if kind in BY_SERVICE else "outbound"
                yield from ruled(kind, section, found, name, service)


def between(policy: Resource, sets: Sequence[Tags], service: str) -> tuple[int, int] | None:
    """How well a policy fits the connection from a dataplane to a service."""
    content: Policy = policy.content
    source = best((one.match for one in content.sources), sets)
    destination = best(destinations(policy), ({SERVICE: service},))
    if source is None or destination is None:
        return None
    return source[0] + destination[0], source[1] + destination[1]


def selectors(policy: Resource) -> Iterator[Tags]:
    """The tags of the dataplanes that a policy is for."""
    content: Policy = policy.content
    return (one.match for one in content.selectors)


def destinations(policy: Resource) -> Iterator[Tags]:
    """The tags of the destinations that a policy is for."""
    content: Policy = policy.content
    return (one.match for one in content.destinations)


def inbounds(
    kind: str, dataplane: Dataplane, metrics: MetricsConf | None
) -> Iterator[tuple[str, str | None, Tags]]:
    """Each inbound: as address and ports, its service, its tags."""
    network = dataplane.network
    if kind == "TrafficPermission" and metrics is not None:
        name = f"{network.address}:{metrics.port}:{metrics.port}"
        yield name, None, metrics.tags
    for one in network.inbound:
        name = f"{one.address or network.address}:{one.port}:{one.service_port or one.port}"
        yield name, one.tags.get(SERVICE), one.tags


def outbounds(kind: str, dataplane: Dataplane) -> Iterator[tuple[str, str]]:
    """Each outbound, as its address and port or once for its service, and the service."""
    found: dict[str, str] = {}
    for one in dataplane.network.outbound:
        service = one.tags.get(SERVICE, "")
        name = service if kind in BY_SERVICE else f"{one.address or '127.0.0.1'}:{one.port}"
        found.setdefault(name, service)
    if kind == "TrafficLog":
        found[PASS_THROUGH] = PASS_THROUGH
    yield from found.items()


def ruled(
    kind: str,
    section: str,
    policy: Resource | None,
    name: str | None = None,
    service: str | None = None,
) -> Iterable[Rule]:
    """The rule that a policy makes, where there is one."""
    if policy is None:
        return ()
    origin = Origin(kind, policy.mesh, policy.content.name)
    place = PLACES[kind]
    rule = Rule(
        kind=kind, place=place, section=section, name=name, service=service, origins=(origin,)
    )
    return (rule,)
