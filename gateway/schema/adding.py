"""Counts of several meshes and control planes, added up."""

from collections.abc import Iterable, Sequence

from gateway.model import insights as model
from gateway.model.kinds import Noun
from gateway.model.status import ZoneStatus, zone_status
from gateway.model.zones import Zone
from gateway.schema.counting import Counted
from gateway.schema.insights import (
    KindCount,
    ServiceTotals,
    StatusCounts,
    VersionCount,
    kind_counts,
    status_counts,
    version_counts,
)
from gateway.schema.scalars import as_int
from gateway.upstreams import KINDS

Counts = model.MeshInsight | Counted
"""What a control plane counted of a mesh, or the gateway of a control plane."""
Kinds = dict[str, model.KindTotal]
_OTHERS = frozenset(kind.name for kind in KINDS if kind.noun is not Noun.POLICY)
_EXTERNAL = ("ExternalService", "MeshExternalService")


def policies(found: Counts) -> Kinds:
    """The counts of policies alone: Kuma 1.x puts other kinds among them."""
    return {kind: count for kind, count in found.policies.items() if kind not in _OTHERS}


def services(found: Counts) -> model.ServiceTotals | None:
    """A mesh's services; where MeshServices alone are services, as its resources are counted."""
    if found.services is not None or not found.resources:
        return found.services
    internal = found.resources.get("MeshService", model.KindTotal()).total
    external = sum(found.resources.get(one, model.KindTotal()).total for one in _EXTERNAL)
    return model.ServiceTotals(internal + external, internal, external)


def all_counts(counts: Sequence[model.Counts]) -> StatusCounts | None:
    """The sum of counts; None where there are none."""
    return status_counts(sum(counts, model.Counts())) if counts else None


def all_services(found: Sequence[model.ServiceTotals]) -> ServiceTotals | None:
    """The sum of services; None where there are no counts of any."""
    if not found:
        return None
    return ServiceTotals(
        total=as_int(sum(one.total for one in found)),
        internal=as_int(sum(one.internal for one in found)),
        external=as_int(sum(one.external for one in found)),
    )


def all_zones(found: Sequence[Zone]) -> StatusCounts:
    """Zones by how they are doing."""
    states = [zone_status(one) for one in found]
    return StatusCounts(
        total=len(states),
        online=states.count(ZoneStatus.ONLINE),
        offline=states.count(ZoneStatus.OFFLINE),
        partially_degraded=0,
    )


def all_kinds(found: Iterable[Kinds]) -> list[KindCount] | None:
    """The sums by kind; None where nothing is counted."""
    totals: dict[str, int] = {}
    for one in found:
        for kind, count in one.items():
            totals[kind] = totals.get(kind, 0) + count.total
    return kind_counts({kind: model.KindTotal(total) for kind, total in totals.items()}) or None


def all_versions(found: Sequence[model.DpVersions]) -> list[VersionCount] | None:
    """The sums by component and version; None where there are no counts of any."""
    if not found:
        return None
    totals = model.DpVersions({}, {}, {})
    for one in found:
        for name in model.DpVersions.__struct_fields__:
            into = getattr(totals, name)
            for version, count in getattr(one, name).items():
                into[version] = into.get(version, model.Counts()) + count
    return version_counts(totals)
