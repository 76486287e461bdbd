"""Which lists a root of the graph asks of one upstream."""

from collections.abc import Awaitable, Iterable, Sequence
from typing import Any

import msgspec

from gateway.errors import (
    BadUserInput,
    BudgetExceeded,
    CircuitOpen,
    MeshgateError,
    RateLimited,
    Unauthenticated,
    Unsupported,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.model import kinds
from gateway.model.control_planes import ControlPlane
from gateway.model.insights import MeshInsight
from gateway.model.kinds import Kind, Noun
from gateway.model.pages import EVERYTHING, Listing, Narrowing, Page
from gateway.model.reads import Reads
from gateway.schema.context import Info, Reading, asks_alone
from gateway.schema.federation import Federation
from gateway.schema.filters import Filter, Keep, keeps, nothing
from gateway.schema.waiting import outcomes
from gateway.upstreams.base import Adapter


class Within(msgspec.Struct, frozen=True):
    """The control plane, and the mesh of it, to which a field of either is confined."""

    control_plane: str
    mesh: str | None = None


class Scope(msgspec.Struct, frozen=True):
    """The upstreams to ask, and the mesh of each; no upstream where nothing can match."""

    upstreams: Sequence[Any]
    mesh: str | None = None

    def is_alone(self, info: Info) -> bool:
        """Whether one upstream is asked, and by this field alone."""
        return len(self.upstreams) == 1 and asks_alone(info)

    def keeps(self, chosen: Filter | None, info: Info, behind: Keep = nothing) -> Keep:
        """The condition on one resource there that a filter makes; `behind` as `keeps` has it."""
        viewer = info.context.operation.viewer
        return keeps(chosen, federation=Federation(self.upstreams, viewer), behind=behind)


def scoped(info: Info, chosen: Filter | None, within: Within | None) -> Scope:
    """Where to look, by a filter and by the place of the field that has it."""
    name = chosen.control_plane if chosen else None
    mesh = getattr(chosen, "mesh", None)
    if within is not None:
        outside = name not in (None, within.control_plane)
        if outside or (within.mesh is not None and mesh not in (None, within.mesh)):
            return Scope(())
        name, mesh = within.control_plane, within.mesh or mesh
    product = chosen.product if chosen else None
    upstreams = info.context.chosen(name)
    return Scope([one for one in upstreams if product in (None, one.product)], mesh)


async def collection(
    info: Info,
    upstream: Adapter,
    kind: str,
    mesh: str | None = None,
    *,
    overview: bool = False,
    narrow: Narrowing = EVERYTHING,
    reads: Reads | None = None,
    alone: bool = False,
) -> list[Page]:
    """One kind, in one mesh or in all; at least what is in `narrow`, and maybe more.

    Of each row so much is read as `reads` says. It is asked for at once where it is `alone`.
    """
    listing = Listing(upstream.name, kind, mesh, overview, narrow, reads)
    if narrow is not EVERYTHING and narrow != EVERYTHING:
        listing = upstream.narrowed(await upstream.control_plane(info.context.operation), listing)
    return [await info.context.loaders.page(listing, alone=alone)]


def lone(
    info: Info,
    upstream: Adapter,
    wanted: Noun | str,
    mesh: str | None = None,
    *,
    overview: bool = False,
    narrow: Narrowing = EVERYTHING,
    reads: Reading | None = None,
) -> Listing | None:
    """The one list that brings a noun or a kind, where the upstream gives it in order.

    None while the upstream is not known, or where its version has nothing that fits.
    """
    known = upstream.known(info.context.operation.viewer)
    if known is None or not known.ordered:
        return None
    try:
        upstream.require(known, narrow)
    except Unsupported:
        return None
    if isinstance(wanted, Noun):
        kinds = known.of(wanted)
    else:
        kinds = (known.kinds[wanted].kind,) if wanted in known.kinds else ()
    if len(kinds) != 1 or kinds[0].noun is Noun.SECRET:
        return None
    [kind] = kinds
    shown, read = overview and kind.overview, reads(kind.type_name) if reads else None
    listing = Listing(upstream.name, kind.name, mesh, shown, narrow, read)
    return upstream.narrowed(known, listing) if narrow != EVERYTHING else listing


async def every(
    info: Info,
    upstream: Adapter,
    noun: Noun,
    mesh: str | None = None,
    *,
    overview: bool = False,
    narrow: Narrowing = EVERYTHING,
    reads: Reading | None = None,
    alone: bool = False,
) -> list[Page]:
    """All kinds of a noun that the control plane stores, but for those of which it counts none.

    `overview` asks for those that have insights together with them, and `alone` says that nothing
    else is asked for beside this. Raises Unsupported where the control plane stores no kind of the
    noun, or where its version has nothing that fits.
    """
    context = info.context
    found = upstream.known(context.operation.viewer)
    if found is None:
        found = await upstream.control_plane(context.operation)
    upstream.require(found, narrow)
    kinds = found.of(noun) or await context.kinds(upstream, noun)
    wanted = await present(info, upstream, found, kinds, mesh) if len(kinds) > 1 else kinds
    asked = [
        collection(
            info,
            upstream,
            kind.name,
            mesh,
            overview=overview and kind.overview,
            narrow=narrow,
            reads=reads(kind.type_name) if reads else None,
            alone=alone and len(wanted) == 1,
        )
        for kind in wanted
    ]
    return await asked[0] if len(asked) == 1 else await pages(asked)


async def pages(asked: Sequence[Awaitable[list[Page]]]) -> list[Page]:
    """The pages of several lists; of one that failed an empty one that names why it is empty."""
    found: list[Page] = []
    for one in await outcomes(asked):
        found += (Page(broken=(one,)),) if isinstance(one, MeshgateError) else one
    return found


async def present(
    info: Info, upstream: Adapter, found: ControlPlane, kinds: Iterable[Kind], mesh: str | None
) -> Sequence[Kind]:
    """The kinds of which there may be any, as the control plane counts them.

    What was written through us lately is always among them: insights trail by up to 20 s. Raises
    MeshgateError where it would not help to ask for the kinds themselves.
    """
    kinds = tuple(kinds)
    if len(kinds) < 2:
        return kinds
    countable = found.counted.intersection(kind.name for kind in kinds)
    if found.insight is None or len(countable) < 2:
        return kinds
    try:
        [page] = await collection(info, upstream, found.insight)
    except MeshgateError as error:
        if is_down(error):
            raise
        return kinds
    insights = [row.content for row in page.rows if mesh in (None, row.content.name)]
    if not insights or page.broken:
        return kinds
    counted = {name for one in insights for name in counts(one)}
    return [
        kind
        for kind in kinds
        if kind.name in counted or kind.name not in countable or upstream.written_lately(kind.name)
    ]


def is_down(error: MeshgateError) -> bool:
    """Whether an error is the whole control plane's and not one collection's."""
    alone = isinstance(error, UpstreamUnavailable) and error.status == 500
    return isinstance(error, DOWN) and not alone


DOWN = (
    UpstreamUnavailable,
    UpstreamTimeout,
    CircuitOpen,
    RateLimited,
    Unauthenticated,
    BudgetExceeded,
)
"""What meets every call alike; but a crash, 500, may be one collection's own."""


def counts(insight: MeshInsight) -> set[str]:
    """The kinds of which a mesh has any."""
    both = (*insight.policies.items(), *insight.resources.items())
    return {name for name, count in both if count.total}


async def of_kind(
    info: Info,
    upstream: Adapter,
    kind: str,
    mesh: str | None,
    *,
    overview: bool = False,
    narrow: Narrowing = EVERYTHING,
) -> list[Page]:
    """One kind asked for by name.

    Raises Unsupported where the control plane stores none such, or has nothing that fits.
    """
    found = await upstream.control_plane(info.context.operation)
    upstream.require(found, narrow)
    served = found.kinds.get(kind)
    if served is not None and served.kind.noun is Noun.SECRET:
        raise Unsupported(
            f"{upstream.name}: secrets are shown by `secrets` and `globalSecrets` alone",
            upstream=upstream.name,
        )
    if served is not None and served.kind.scope is kinds.Scope.GLOBAL and mesh is not None:
        raise BadUserInput(f"a {kind} stands in no mesh")
    return await collection(info, upstream, kind, mesh, overview=overview, narrow=narrow)
