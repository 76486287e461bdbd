"""What each generation of Kuma tells of proxies, policies and services, and under which paths.

Source: the routes of each minor's last patch; section a.3 of what is known of them.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.errors import Unsupported
from gateway.model.inspection import Inspection, View
from gateway.model.kinds import Family, Kind
from gateway.model.versions import Version
from gateway.upstreams.paths import segment

NEVER: Final = (1_000, 0)
LEGACY: Final = frozenset({Family.SOURCE_DESTINATION, Family.SELECTOR})
"""The families of which only the oldest endpoint tells where they attach."""


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """How a view is asked for, from `since` until the next row of the same view.

    Each of `paths` is one call, and an answer is read by what its path ends with. Where no path is
    given, the view is gone. `families` are the policies that a row is for; none means all.
    """

    view: View
    since: tuple[int, int]
    paths: tuple[str, ...] = ()
    families: frozenset[Family] = frozenset()
    kinds: tuple[str, ...] = ()
    """The kinds of which the view is told; none means all."""
    options: Mapping[str, tuple[tuple[int, int], str]] = {}
    """Options by their names: since when they are known, and the parameter that sets each."""
    refusals: Mapping[int, str] = {}
    """What a status means here, where it is no fault but a thing not to be had."""
    dear: bool = False
    """Whether the proxy itself is asked, through its control plane."""


_PROXIES: Final = ("Dataplane", "ZoneIngress", "ZoneEgress")
_SERVICES: Final = ("MeshService", "MeshExternalService", "MeshMultiZoneService")
_EXCLUSIVE: Final = {
    400: "this is told of meshes whose MeshServices are Exclusive alone, before Kuma 3",
}
_NOT_ON_GLOBAL: Final = {405: "a Global renders nothing; ask the control plane of the zone"}
_EDS: Final = {"endpoints": ((2, 7), "include_eds=true")}

# fmt: off
GENERATIONS: Final = (
    Generation(view=View.AFFECTED, since=(1, 5), paths=("dataplanes",)),
    Generation(view=View.AFFECTED, since=(2, 5), paths=("_resources/dataplanes",), families=frozenset(Family) - LEGACY),
    Generation(view=View.RULES, since=(1, 5), paths=("policies",), kinds=("Dataplane",)),
    Generation(view=View.RULES, since=(2, 0), paths=("policies", "rules"), kinds=("Dataplane",)),
    Generation(view=View.RULES, since=(2, 6), paths=("policies", "_rules"), kinds=("Dataplane",)),
    Generation(view=View.LAYOUT, since=(2, 12), paths=("_layout",), kinds=("Dataplane",), refusals=_EXCLUSIVE),
    Generation(view=View.POLICIES, since=(2, 12), paths=("_policies",), kinds=("Dataplane",), refusals=_EXCLUSIVE),
    Generation(view=View.ROUTES, since=(2, 12), paths=("_routes",), kinds=("Dataplane",), refusals=_EXCLUSIVE),
    Generation(view=View.HOSTNAMES, since=(2, 10), paths=("_hostnames",), kinds=_SERVICES),
    Generation(view=View.XDS, since=(1, 5), paths=("xds",), kinds=_PROXIES, options=_EDS, dear=True),
    Generation(view=View.STATS, since=(1, 8), paths=("stats",), kinds=_PROXIES, options={"all": ((2, 0), "usedonly=false")}, dear=True),
    Generation(view=View.CLUSTERS, since=(1, 8), paths=("clusters",), kinds=_PROXIES, dear=True),
    Generation(view=View.CONFIG, since=(2, 7), paths=("_config",), kinds=("Dataplane",), refusals=_NOT_ON_GLOBAL, options={"shadow": ((2, 7), "shadow=true"), "diff": ((2, 7), "include=diff")}),
)
# fmt: on


def generation(upstream: str, view: View, kind: Kind, version: Version | None) -> Generation:
    """How a version is asked for a view; one that gives no number is taken for the newest.

    Raises Unsupported naming the version that tells of it.
    """
    rows = [
        row
        for row in GENERATIONS
        if row.view is view
        and (not row.kinds or kind.name in row.kinds)
        and (not row.families or kind.family in row.families)
    ]
    known = [row for row in rows if version is None or row.since <= version]
    if known:
        return known[-1]
    if not rows:
        raise Unsupported(f"{upstream}: no version tells {view} of a {kind.name}")
    first = ".".join(map(str, rows[0].since))
    raise Unsupported(
        f"{upstream}: {view} needs Kuma {first} or later; this control plane is {version}",
        upstream=upstream,
    )


def options(
    upstream: str, asked: Inspection, generation: Generation, version: Version | None
) -> str:
    """The query that a view's options make; raises Unsupported for one that came later."""
    found = []
    for name in asked.options:
        since, parameter = generation.options[name]
        if version is not None and version < since:
            raise Unsupported(
                f"{upstream}: {asked.view} with {name} needs Kuma {since[0]}.{since[1]} or later; "
                f"this control plane is {version}",
                upstream=upstream,
            )
        found.append(parameter)
    return "&".join(found)


def below(asked: Inspection) -> str:
    """Where in a resource a view is, as the part of the path between the two."""
    if asked.part is None:
        return ""
    side = "_inbounds" if asked.inbound else "_outbounds"
    route = f"/_routes/{segment(asked.route)}" if asked.route else ""
    return f"/{side}/{segment(asked.part)}{route}"
