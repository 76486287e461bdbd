"""Members of bodies that not every version has: a row each.

Control planes drop what they do not know without a word, so that a typed input is looked at before
it is sent. Sources: the documents of each minor, recordings of bodies that came back with less than
was sent, UPGRADE.md, and kumahq/kuma #1402, #2042, #2116, #8445, #8663, #8772, #8868, #8896, #9653,
#10287, #10378, #12500, #15445. Where the minor is not certain, `since` is the first that may be.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from gateway.model.versions import Version


class Span(msgspec.Struct, frozen=True):
    """From which version on, and until which, a kind has a member; a path goes into lists."""

    kind: str
    path: str
    since: tuple[int, int] = (0, 0)
    until: tuple[int, int] | None = None

    def holds(self, version: Version) -> bool:
        """Whether that version has it."""
        return self.since <= version and (self.until is None or version < self.until)

    @property
    def reason(self) -> str:
        """Which versions have it, as the end of a sentence."""
        if self.until is not None:
            return f"was dropped by Kuma {self.until[0]}.{self.until[1]}"
        return f"needs Kuma {self.since[0]}.{self.since[1]} or later"


_V3: Final = (3, 0)

_REFS: Final = {
    "MeshTimeout": ("targetRef", "to.targetRef", "from.targetRef"),
    "MeshHTTPRoute": (
        "targetRef",
        "to.targetRef",
        "to.rules.default.backendRefs",
        "to.rules.default.filters.requestMirror.backendRef",
    ),
    "MeshTrafficPermission": ("targetRef", "from.targetRef"),
}
"""Where the kinds that have an input refer to something."""
_OF_REFS: Final = {
    "proxyTypes": (2, 6),
    "labels": (2, 8),
    "namespace": (2, 8),
    "sectionName": (2, 8),
}
"""Members of references, and since when there are such."""

SPANS: Final = (
    Span("Mesh", "mtls", until=_V3),
    Span("Dataplane", "networking.advertisedAddress", since=(1, 2)),
    Span("Dataplane", "networking.advertisedAddress", until=_V3),
    Span("Dataplane", "networking.inbound.tags", until=_V3),
    Span("Dataplane", "networking.inbound.state", since=(2, 6)),
    Span("Dataplane", "networking.inbound.name", since=(2, 8)),
    Span("Dataplane", "networking.inbound.protocol", since=(2, 14)),
    Span("Dataplane", "networking.outbound.tags", until=_V3),
    Span("Dataplane", "networking.outbound.backendRef", since=(2, 7)),
    Span("TrafficRoute", "conf.loadBalancer", since=(1, 1)),
    Span("TrafficRoute", "conf.http", since=(1, 2)),
    Span("HealthCheck", "conf.tcp", since=(1, 0)),
    Span("HealthCheck", "conf.http", since=(1, 0)),
    Span("HealthCheck", "conf.initialJitter", since=(1, 1)),
    Span("HealthCheck", "conf.intervalJitter", since=(1, 1)),
    Span("HealthCheck", "conf.intervalJitterPercent", since=(1, 1)),
    Span("HealthCheck", "conf.healthyPanicThreshold", since=(1, 1)),
    Span("HealthCheck", "conf.failTrafficOnPanic", since=(1, 1)),
    Span("HealthCheck", "conf.eventLogPath", since=(1, 1)),
    Span("HealthCheck", "conf.alwaysLogHealthCheckFailures", since=(1, 1)),
    Span("HealthCheck", "conf.noTrafficInterval", since=(1, 1)),
    Span("HealthCheck", "conf.reuseConnection", since=(1, 1)),
    Span("MeshTimeout", "to.default.http.requestHeadersTimeout", since=(2, 6)),
    Span("MeshTimeout", "from.default.http.requestHeadersTimeout", since=(2, 6)),
    Span("MeshTimeout", "rules", since=(2, 10)),
    Span("MeshTimeout", "from", until=_V3),
    Span("MeshHTTPRoute", "to.hostnames", since=(2, 6)),
    Span("MeshHTTPRoute", "to.rules.default.backendRefs.port", since=(2, 7)),
    Span("MeshHTTPRoute", "to.rules.default.filters.requestMirror", since=(2, 3)),
    Span(
        "MeshHTTPRoute",
        "to.rules.default.filters.urlRewrite.hostToBackendHostname",
        since=(2, 6),
    ),
    Span("MeshTrafficPermission", "rules", since=(2, 12)),
    Span("MeshTrafficPermission", "from", until=_V3),
    *(
        Span(kind, f"{place}.{member}", since=since)
        for kind, places in _REFS.items()
        for place in places
        for member, since in _OF_REFS.items()
    ),
)


def lacking(kind: str, body: Mapping[str, Any], version: Version | None) -> Span | None:
    """The first member of a body that a version does not have; an unknown one has them all."""
    if version is None:
        return None
    for row in absent(kind, version):
        if any(_at(body, row.path.split("."))):
            return row
    return None


@lru_cache(maxsize=256)
def absent(kind: str, version: Version) -> tuple[Span, ...]:
    """The members of a kind that a version does not have."""
    return tuple(row for row in SPANS if row.kind == kind and not row.holds(version))


def _at(value: Any, path: list[str]) -> Iterator[bool]:
    """True for each place of a body that a path leads to."""
    if not path:
        yield True
    elif isinstance(value, list):
        for one in value:
            yield from _at(one, path)
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
