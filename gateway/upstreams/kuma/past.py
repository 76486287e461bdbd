"""What is written to Kuma before 1.2, in the spelling that its version reads.

What that spelling cannot say is refused: a control plane drops what it does not know without a
word. Source: Kuma's UPGRADE.md from 0.4 to 1.2, and recordings of 0.7.3 and 1.1.6.
"""

import copy
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

import msgspec

from gateway.errors import Problem, Unsupported, Violation
from gateway.model.changes import JSONObject
from gateway.model.control_planes import ControlPlane
from gateway.model.kinds import Kind, Noun
from gateway.model.versions import Version
from gateway.upstreams.kuma.older import (
    PREFIXED,
    PURPOSES,
    SELECTORS,
    SERVICE,
    networks,
    objects,
)

Lacks = Iterator[str]
"""Paths of what could not be spelled."""


class Writing(msgspec.Struct, frozen=True):
    """How bodies are spelled for versions before `until`; `write` does it in place.

    It gives the paths of what takes `until` to say.
    """

    of: str
    """A kind, or a noun for all of its kinds."""
    until: tuple[int, int]
    write: Callable[[JSONObject], Lacks]


def http(body: JSONObject) -> Lacks:
    """1.2: a route's one destination need not be a split, and HTTP is routed by its requests."""
    conf = body.get("conf")
    if isinstance(conf, dict):
        if "destination" in conf:
            conf["split"] = [{"weight": 100, "destination": conf.pop("destination")}]
        if "http" in conf:
            yield "conf.http"


def split(body: JSONObject) -> Lacks:
    """1.0: a route's conf was the list that is its `split`."""
    conf = body.get("conf")
    if isinstance(conf, dict):
        yield from (f"conf.{key}" for key in conf if key not in ("split", "http"))
        body["conf"] = conf.get("split", [])


def enabled(body: JSONObject) -> Lacks:
    """1.1: a zone can be switched off."""
    if body.get("enabled") is False:
        yield "enabled"


_OLD: Final = {new: old for old, new in PREFIXED.items()}


def _bare(holder: JSONObject, member: str) -> None:
    tags = holder.get(member)
    if isinstance(tags, dict):
        holder[member] = {_OLD.get(key, key): value for key, value in tags.items()}


def dataplane_tags(body: JSONObject) -> Lacks:
    """0.7: Kuma's own tags had no prefix, and an outbound named a service alone."""
    for network in networks(body):
        for at, outbound in enumerate(objects(network, "outbound")):
            tags = outbound.get("tags")
            if isinstance(tags, dict):
                service = tags.get(SERVICE, tags.get("service"))
                if service is None or len(tags) > 1:
                    yield f"networking.outbound[{at}].tags"
                outbound["service"] = service
                del outbound["tags"]
        for part in ("inbound", "gateway"):
            for holder in objects(network, part):
                _bare(holder, "tags")


def selector_tags(body: JSONObject) -> Lacks:
    """0.7: Kuma's own tags in policies had no prefix."""
    for part in SELECTORS:
        for selector in objects(body, part):
            _bare(selector, "match")
    for one in objects(body, "conf"):
        _bare(one, "destination")
    yield from ()


_CHECKS: Final = ("interval", "timeout", "unhealthyThreshold", "healthyThreshold")


def active_checks(body: JSONObject) -> Lacks:
    """0.6: a health check's conf was its `activeChecks`."""
    for conf in objects(body, "conf"):
        if "activeChecks" not in conf and "passiveChecks" not in conf:
            yield from (f"conf.{key}" for key in conf if key not in _CHECKS)
            body["conf"] = {"activeChecks": conf}


def mesh_backends(body: JSONObject) -> Lacks:
    """0.5: a mesh had one authority without a name, and backends whose type was their member."""
    for mtls in objects(body, "mtls"):
        chosen, backends = mtls.pop("enabledBackend", None), mtls.pop("backends", None)
        if _only(backends, "builtin", {"name", "type"}, chosen):
            mtls |= {"ca": {"builtin": {}}, "enabled": bool(chosen)}
        elif backends is not None:
            yield "mtls.backends"
    for purpose, kinds in PURPOSES:
        for at, backend in enumerate(objects(body, purpose, "backends")):
            kind = backend.get("type")
            if kind in kinds:
                backend[backend.pop("type")] = backend.pop("conf", {})
            elif kind is not None:
                yield f"{purpose}.backends[{at}].type"
    for metrics in objects(body, "metrics"):
        chosen, backends = metrics.pop("enabledBackend", None), metrics.pop("backends", None)
        only = _only(backends, "prometheus", {"name", "type", "conf"}, chosen)
        if only and chosen:
            metrics["prometheus"] = only.get("conf", {})
        elif backends is not None:
            yield "metrics.backends"


def _only(backends: Any, kind: str, members: set[str], chosen: Any) -> JSONObject | None:
    """The one backend there is; None where there are others, or it is not such a one."""
    found = list(objects(backends))
    if len(found) != 1 or found[0].get("type") != kind or not set(found[0]) <= members:
        return None
    return found[0] if chosen in (None, "", found[0].get("name")) else None


def interfaces(body: JSONObject) -> Lacks:
    """0.4: an inbound was `interface: ip:port:port`, an outbound `interface: ip:port`."""
    for network in networks(body):
        address = network.pop("address", "")
        yield from (
            f"networking.{key}" for key in network if key not in ("inbound", "outbound", "gateway")
        )
        for at, inbound in enumerate(objects(network, "inbound")):
            path = f"networking.inbound[{at}]"
            if "interface" not in inbound:
                port = inbound.pop("port", 0)
                own = _bracketed(inbound.pop("address", address))
                inbound["interface"] = f"{own}:{port}:{inbound.pop('servicePort', port)}"
            yield from (f"{path}.{key}" for key in inbound if key not in ("interface", "tags"))
        for outbound in objects(network, "outbound"):
            if "interface" not in outbound:
                own = _bracketed(outbound.pop("address", ""))
                outbound["interface"] = f"{own}:{outbound.pop('port', 0)}"


def _bracketed(address: Any) -> str:
    return f"[{address}]" if ":" in str(address) else str(address)


WRITINGS: Final = (
    Writing("TrafficRoute", (1, 2), http),
    Writing("Zone", (1, 1), enabled),
    Writing("TrafficRoute", (1, 0), split),
    Writing("Dataplane", (0, 7), dataplane_tags),
    Writing(Noun.POLICY.value, (0, 7), selector_tags),
    Writing("HealthCheck", (0, 6), active_checks),
    Writing("Mesh", (0, 5), mesh_backends),
    Writing("Dataplane", (0, 4), interfaces),
)
"""From the newest change to the oldest, in the order in which they are undone."""


def body(kind: Kind, found: ControlPlane, given: JSONObject) -> JSONObject:
    """A body as the control plane's version reads it.

    Raises Unsupported with the path of each member that it cannot say, and the version that can.
    """
    rows = writings(kind.name, kind.noun, found.version)
    if not rows:
        return given
    made = copy.deepcopy(given)
    lacking = {path: row.until for row in rows for path in row.write(made)}
    if lacking:
        raise _unsupported(kind, found, lacking)
    return made


@lru_cache(maxsize=256)
def writings(kind: str, noun: Noun, version: Version | None) -> tuple[Writing, ...]:
    """What is undone in bodies of a kind for a version."""
    return tuple(
        row for row in WRITINGS if version and version < row.until and row.of in (kind, noun)
    )


def _unsupported(
    kind: Kind, found: ControlPlane, lacking: dict[str, tuple[int, int]]
) -> Unsupported:
    needed = {path: f"needs Kuma {'.'.join(map(str, since))}" for path, since in lacking.items()}
    told = "; ".join(f"{path} {needs} or later" for path, needs in needed.items())
    return Unsupported(
        f"{found.name}: of this {kind.name}, {told}; this control plane is {found.version_text}",
        upstream=found.name,
        problem=Problem(
            title="the version of the control plane cannot say this",
            invalid_parameters=tuple(
                Violation(path, f"{needs} or later") for path, needs in needed.items()
            ),
        ),
    )
