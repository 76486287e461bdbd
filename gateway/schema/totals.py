"""What adds up across meshes and control planes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import strawberry

from gateway.errors import MeshgateError
from gateway.model import insights as model
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.status import ZoneStatus, zone_status
from gateway.model.zones import Zone
from gateway.schema import counting
from gateway.schema.collecting import collection, every
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.failures import Failure, failure
from gateway.schema.insights import (
    KindCount,
    ServiceTotals,
    StatusCounts,
    VersionCount,
    kind_counts,
    status_counts,
    version_counts,
)
from gateway.schema.scalars import DateTime, as_int, moment
from gateway.upstreams import KINDS
from gateway.upstreams.base import Adapter

T = TypeVar("T")


@described
@strawberry.type
class Insight:
    """Totals over meshes and control planes; what could not be counted is null, never zero."""

    dataplanes: StatusCounts | None = strawberry.field(description="The dataplanes.")
    services: ServiceTotals | None = strawberry.field(
        description="The services, of the control planes that count them."
    )
    zones: StatusCounts | None = strawberry.field(
        description="The zones; a disabled one is in the total alone."
    )
    policies: list[KindCount] | None = strawberry.field(description="The policies by kind.")
    resources: list[KindCount] | None = strawberry.field(
        description="The resources by kind, of the control planes that count them (Kuma 2.9)."
    )
    versions: list[VersionCount] | None = strawberry.field(
        description="The dataplanes by the versions they run."
    )
    as_of: DateTime | None = strawberry.field(
        description="When the oldest of the counts was computed."
    )
    failures: list[Failure] = strawberry.field(
        description="The control planes that are not counted, and why."
    )


async def insight(info: Info, upstreams: Sequence[Adapter], mesh: str | None) -> Insight:
    """The totals of what these upstreams count, of one mesh or of all."""

    async def meshes(upstream: Adapter) -> list[Counts]:
        known = await upstream.control_plane(info.context.operation)
        if known.insight is None:
            one, lacking = await counting.counted(info, upstream, mesh)
            if lacking is not None:
                failures[upstream.name] = failure(lacking, upstream.name, info)
            return [one]
        [page] = await collection(info, upstream, known.insight)
        _whole(page)
        return [row.content for row in page.rows if mesh in (None, row.content.name)]

    async def zones(upstream: Adapter) -> list[Zone] | None:
        known = await upstream.control_plane(info.context.operation)
        if not known.of(Noun.ZONE):
            return None
        pages = await every(info, upstream, Noun.ZONE, overview=True)
        for page in pages:
            _whole(page)
        return [row.content for page in pages for row in page.rows]

    failures: dict[str, Failure] = {}
    counted, zoned = await asyncio.gather(
        answered(info, upstreams, meshes, failures),
        answered(info, upstreams if mesh is None else (), zones, failures),
    )
    found = counted or []
    return Insight(
        dataplanes=_add([one.dataplanes for one in found if one.dataplanes is not None]),
        services=_services([one.services for one in found if one.services]),
        zones=_zones(zoned) if zoned is not None else None,
        policies=_kinds(policies(one) for one in found),
        resources=_kinds(one.resources for one in found if one.resources),
        versions=_versions([one.dp_versions for one in found if one.dp_versions is not None]),
        as_of=moment(min((t for one in found if (t := one.modification_time)), default=None)),
        failures=list(failures.values()),
    )


def _whole(page: Page) -> None:
    """Raise what is broken of a page: a sum without it would be wrong."""
    if page.broken:
        raise page.broken[0]


async def answered(
    info: Info,
    upstreams: Sequence[Adapter],
    ask: Callable[[Adapter], Awaitable[list[T] | None]],
    failures: dict[str, Failure],
) -> list[T] | None:
    """What all of the upstreams gave, None where none did; those that failed are named once.

    One that has nothing of the sort gives None.
    """
    asked = await asyncio.gather(*map(ask, upstreams), return_exceptions=True)
    given: list[T] | None = None
    for upstream, found in zip(upstreams, asked, strict=True):
        if isinstance(found, MeshgateError):
            if upstream.name not in failures:
                failures[upstream.name] = failure(found, upstream.name, info)
        elif isinstance(found, BaseException):
            raise found
        elif found is not None:
            given = [*(given or ()), *found]
    return given


_OTHERS = frozenset(kind.name for kind in KINDS if kind.noun is not Noun.POLICY)


Counts = model.MeshInsight | counting.Counted


def policies(found: Counts) -> dict[str, model.KindTotal]:
    """The counts of policies alone: Kuma 1.x puts other kinds among them."""
    return {kind: count for kind, count in found.policies.items() if kind not in _OTHERS}


def _add(counts: Sequence[model.Counts]) -> StatusCounts | None:
    return status_counts(sum(counts, model.Counts())) if counts else None


def _services(found: Sequence[model.ServiceTotals]) -> ServiceTotals | None:
    if not found:
        return None
    return ServiceTotals(
        total=as_int(sum(one.total for one in found)),
        internal=as_int(sum(one.internal for one in found)),
        external=as_int(sum(one.external for one in found)),
    )


def _zones(found: Sequence[Zone]) -> StatusCounts:
    states = [zone_status(one) for one in found]
    return StatusCounts(
        total=len(states),
        online=states.count(ZoneStatus.ONLINE),
        offline=states.count(ZoneStatus.OFFLINE),
        partially_degraded=0,
    )


def _kinds(found: Iterable[dict[str, model.KindTotal]]) -> list[KindCount] | None:
    totals: dict[str, int] = {}
    for one in found:
        for kind, count in one.items():
            totals[kind] = totals.get(kind, 0) + count.total
    return kind_counts({kind: model.KindTotal(total) for kind, total in totals.items()}) or None


def _versions(found: Sequence[model.DpVersions]) -> list[VersionCount] | None:
    if not found:
        return None
    kuma_dp: dict[str, model.Counts] = {}
    envoy: dict[str, model.Counts] = {}
    for one in found:
        for into, counts in ((kuma_dp, one.kuma_dp), (envoy, one.envoy)):
            for version, count in counts.items():
                into[version] = into.get(version, model.Counts()) + count
    return version_counts(model.DpVersions(kuma_dp, envoy))
