"""What adds up across meshes and control planes."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec
import strawberry

from gateway.errors import MeshgateError, Unsupported
from gateway.model import insights as model
from gateway.model.confs.parts import Duration
from gateway.model.global_insight import GlobalInsight
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.zones import Zone
from gateway.schema import adding, counting
from gateway.schema.answering import Answering
from gateway.schema.arguments import First
from gateway.schema.certificates import ExpiringCertificates, expiring
from gateway.schema.collecting import collection, every
from gateway.schema.context import Info, asks
from gateway.schema.described import described
from gateway.schema.failures import Failure
from gateway.schema.insights import KindCount, ServiceTotals, StatusCounts, VersionCount
from gateway.schema.scalars import DateTime, moment
from gateway.schema.sources import CountSource, InsightSource
from gateway.schema.standing import global_insight
from gateway.upstreams.base import Adapter

T = TypeVar("T")

OF_MESHES = ("dataplanes", "services", "policies", "resources", "versions")
"""The fields that add up over meshes."""
OF_A_GLOBAL = frozenset(("global", None))
"""The modes of control planes that know how zones are doing; None does not tell its mode."""


class Part(msgspec.Struct, frozen=True):
    """One control plane's part of what adds up over meshes, and whence it comes."""

    insights: Sequence[adding.Counts]
    sources: Sequence[InsightSource] = ()
    resources: adding.Kinds | None = None


@described
@strawberry.type
class Insight:
    """Totals over meshes and control planes; what could not be counted is null, never zero.

    What a Global and its zones both store is counted once, at the Global.
    """

    upstreams: strawberry.Private[Sequence[Adapter]]
    mesh: strawberry.Private[str | None]
    dataplanes: StatusCounts | None = strawberry.field(description="The dataplanes.")
    services: ServiceTotals | None = strawberry.field(
        description="The services, of the control planes that count them."
    )
    zones: StatusCounts | None = strawberry.field(
        description="The zones, of Globals alone; a disabled one is in the total alone."
    )
    policies: list[KindCount] | None = strawberry.field(description="The policies by kind.")
    resources: list[KindCount] | None = strawberry.field(
        description="The resources by kind, of the control planes that count them: "
        "Kuma from 2.5 on, in one mesh from 2.9 on."
    )
    versions: list[VersionCount] | None = strawberry.field(
        description="The dataplanes by the versions they run."
    )
    as_of: DateTime | None = strawberry.field(
        description="When the oldest of the counts was computed."
    )
    sources: list[InsightSource] = strawberry.field(
        description="Whence the counts come, by control plane."
    )
    failures: list[Failure] = strawberry.field(
        description="The control planes that are not counted, and why."
    )

    @strawberry.field
    async def certificates_expiring(
        self,
        info: Info,
        within: Annotated[
            Duration, strawberry.argument(description="That end within this time, or have ended.")
        ],
        first: First = None,
    ) -> ExpiringCertificates | None:
        """The certificates of dataplanes that end soon; every dataplane is read for it."""
        return await expiring(info, self.upstreams, self.mesh, within, first)


async def insight(info: Info, upstreams: Sequence[Adapter], mesh: str | None) -> Insight:
    """The totals of what these upstreams count, of one mesh or of all."""
    totals = Totals(info, upstreams, mesh)
    return await totals.insight()


class Totals:
    """The totals of one field."""

    def __init__(self, info: Info, upstreams: Sequence[Adapter], mesh: str | None) -> None:
        self._info = info
        self._upstreams = upstreams
        self._mesh = mesh
        self._answering = Answering(info, upstreams)
        self._once = counting.Once(self._answering.federation)

    async def insight(self) -> Insight:
        """The totals."""
        answering = self._answering
        of_meshes = self._asks(*OF_MESHES, "asOf", "sources")
        of_zones = self._mesh is None and self._asks("zones")
        await answering.meet()
        parts, zoned = await asyncio.gather(
            answering.answers(self._part) if of_meshes else nothing(),
            answering.answers(self._zones) if of_zones else nothing(),
        )
        found = [one for part in parts.values() for one in part.insights]
        services = [some for one in found if (some := adding.services(one)) is not None]
        zones = [some for some in zoned.values() if some is not None]
        sources = [one for part in parts.values() for one in part.sources]
        sources += [listed(name, ["zones"]) for name in zoned if zoned[name] is not None]
        sources += [
            InsightSource(
                control_plane=name, source=CountSource.ITS_GLOBAL, counts=[], counted_by=above
            )
            for name, above in answering.elsewhere(parts, zoned).items()
        ]
        return Insight(
            upstreams=self._upstreams,
            mesh=self._mesh,
            dataplanes=adding.all_counts([one.dataplanes for one in found if one.dataplanes]),
            services=adding.all_services(services),
            zones=adding.all_zones([one for some in zones for one in some]) if zones else None,
            policies=adding.all_kinds(adding.policies(one) for one in found),
            resources=adding.all_kinds(kinds(part) for part in parts.values()),
            versions=adding.all_versions([one.dp_versions for one in found if one.dp_versions]),
            as_of=min((one.as_of for one in sources if one.as_of), default=None),
            sources=sorted(sources, key=lambda one: (one.control_plane, one.source)),
            failures=list(answering.failures.values()),
        )

    def _asks(self, *fields: str) -> bool:
        return asks(self._info, frozenset(fields))

    async def _part(self, upstream: Adapter) -> Part:
        info, mesh = self._info, self._mesh
        known = await upstream.control_plane(info.context.operation)
        if known.insight is None or known.federated:
            # A zone that belongs to a Global leaves it to that to count.
            one, lacking = await counting.counted(info, upstream, mesh, self._once)
            if lacking is not None:
                self._answering.fail(upstream, lacking)
            return Part((one,), [listed(upstream.name, one.fields)] if one.fields else ())
        [page] = await collection(info, upstream, known.insight)
        whole(page)
        found = [row.content for row in page.rows if mesh in (None, row.content.name)]
        oldest = min((at for one in found if (at := one.modification_time)), default=None)
        asked = [one for one in OF_MESHES if self._asks(one)] or OF_MESHES
        overall = await self._overall(upstream, found)
        if overall is None or not overall.resources:
            return Part(found, counted_there(upstream.name, asked if found else (), oldest))
        names = [one for one in asked if found and one != "resources"]
        total = InsightSource(
            control_plane=upstream.name,
            source=CountSource.GLOBAL_INSIGHT,
            counts=["resources"],
            as_of=moment(overall.created_at),
        )
        sources = [*counted_there(upstream.name, names, oldest), total]
        return Part(found, sources, overall.resources)

    async def _overall(
        self, upstream: Adapter, insights: Sequence[adding.Counts]
    ) -> GlobalInsight | None:
        """What an upstream counts beside its meshes; insights of meshes may have to do."""
        if self._mesh is not None or not self._asks("resources"):
            return None
        try:
            return await global_insight(self._info, upstream)
        except MeshgateError as error:
            lacking = isinstance(error, Unsupported)
            if not lacking and not any(one.resources for one in insights):
                self._answering.fail(upstream, error)
            return None

    async def _zones(self, upstream: Adapter) -> list[Zone] | None:
        known = await upstream.control_plane(self._info.context.operation)
        if known.mode not in OF_A_GLOBAL or not known.of(Noun.ZONE):
            return None
        pages = await every(self._info, upstream, Noun.ZONE, overview=True)
        for page in pages:
            whole(page)
        return [row.content for page in pages for row in page.rows]


async def nothing() -> dict[str, T]:
    """What is given where nobody is asked."""
    return {}


def whole(page: Page) -> None:
    """Raise what is broken of a page: a sum without it would be wrong."""
    if page.broken:
        raise page.broken[0]


def kinds(part: Part) -> adding.Kinds:
    """The resources of one part by kind."""
    if part.resources is not None:
        return part.resources
    found: adding.Kinds = {}
    for one in part.insights:
        for kind, count in one.resources.items():
            total = found.get(kind, model.KindTotal()).total
            found[kind] = model.KindTotal(total + count.total)
    return found


def listed(name: str, counts: list[str]) -> InsightSource:
    """That lists were counted."""
    return InsightSource(control_plane=name, source=CountSource.LISTED, counts=counts)


def counted_there(name: str, counts: Sequence[str], oldest: str | None) -> list[InsightSource]:
    """That insights of meshes were added up, if there are any."""
    source = InsightSource(
        control_plane=name,
        source=CountSource.MESH_INSIGHTS,
        counts=list(counts),
        as_of=moment(oldest),
    )
    return [source] if counts else []
