"""Which services a dataplane offers: those that its tags name, and those that choose it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Final

from gateway.errors import Unsupported
from gateway.model.origins import DISPLAY_NAME
from gateway.model.pages import Page
from gateway.model.resources import Resource, ResourceKey
from gateway.model.services import ServiceSelector
from gateway.model.tags import SERVICE, ZONE_BY
from gateway.schema.behind import behind
from gateway.schema.collecting import collection, pages
from gateway.schema.context import Info, reads
from gateway.schema.filters import Keep
from gateway.schema.hops import loaded
from gateway.schema.views import view
from gateway.upstreams.base import Adapter

CHOOSING: Final = "MeshService"
"""The kind of services that choose their dataplanes."""
OFFERS_BY: Final = ZONE_BY
"""By what of a dataplane its services are known."""

Choosers = Callable[[Resource], list[Any]]


async def services_of(dataplanes: Sequence[Any], info: Info) -> list[Any]:
    """The services of each; an error of one of them is that of all of its."""
    rows: list[Resource] = [one.resource for one in dataplanes]
    spots = [(row.upstream, row.mesh, service_names(row)) for row in rows]
    # Many dataplanes name the same.
    keys = {
        spot: [ResourceKey(spot[0], "ServiceInsight", spot[1], name) for name in spot[2]]
        for spot in dict.fromkeys(spots)
    }
    every = [key for some in keys.values() for key in some]
    loads, choosers = await asyncio.gather(
        loaded(info, every, reads=reads(info)), choosers_of(rows, info)
    )
    found = dict(zip(every, loads, strict=True))
    named = {spot: [found[key] for key in some] for spot, some in keys.items()}
    alone = {spot: views(some) for spot, some in named.items()}
    both = zip(rows, spots, strict=True)
    return [
        alone[spot]
        if (choose := choosers[spot[0], spot[1]]) is nobody
        else views([*named[spot], *choose(row)])
        for row, spot in both
    ]


def views(found: Sequence[Any]) -> Any:
    """The views that there are, or the first error; a version without the kind lists none."""
    listed = [one for one in found if not isinstance(one, Unsupported)]
    failed = next((one for one in listed if isinstance(one, Exception)), None)
    return failed or [one for one in listed if one is not None]


def service_names(dataplane: Resource) -> tuple[str, ...]:
    """The services that a dataplane's tags name."""
    sets = dataplane.content.tag_sets
    return tuple(sorted({tags[SERVICE] for tags in sets if SERVICE in tags}))


async def choosers_of(
    dataplanes: Iterable[Resource], info: Info
) -> dict[tuple[str, str | None], Choosers]:
    """For each place of dataplanes what chooses one of them, from one list of the place."""
    read = reads(info, "spec", "labels")
    places = dict.fromkeys((one.upstream, one.mesh) for one in dataplanes)
    listed = {
        (name, mesh): kind
        for name, mesh in places
        if (kind := info.context.type_name(ResourceKey(name, CHOOSING, mesh, "")))
    }
    asked = [
        collection(info, info.context.upstream(name), CHOOSING, mesh, reads=read(kind))
        for (name, mesh), kind in listed.items()
    ]
    found = zip(listed, map(choosers, await pages(asked)), strict=True)
    return dict.fromkeys(places, choosers(Page())) | dict(found)


def choosers(services: Page) -> Choosers:
    """What of some services chooses a dataplane, and what cannot be read and so might."""
    broken = [one for one in services.broken if not isinstance(one, Unsupported)]
    if not services.rows and not broken:
        return nobody
    index: defaultdict[Hashable, list[Resource]] = defaultdict(list)
    for one in services.rows:
        index[wanted(one.content.spec.selector)].append(one)

    def of(dataplane: Resource) -> list[Any]:
        found = {
            one.content.name: one
            for trait in traits(dataplane)
            for one in index.get(trait, ())
            if (fits := behind(one)) is not None and fits(dataplane)
        }
        return [*broken, *(view(found[name]) for name in sorted(found))]

    return of


def nobody(_dataplane: Resource) -> list[Any]:
    """What chooses a dataplane where nothing does."""
    return []


def wanted(selector: ServiceSelector) -> Hashable:
    """A trait of each dataplane that a selector chooses; None for one that any may have."""
    if selector.dataplane_ref is not None:
        return selector.dataplane_ref.name
    labels = selector.dataplane_labels
    pairs = labels.match_labels if labels is not None else selector.dataplane_tags
    return next(iter(pairs.items()), None)


def traits(dataplane: Resource) -> Iterator[Hashable]:
    """What a dataplane has by which it may be chosen."""
    content = dataplane.content
    yield None
    yield content.name
    yield from content.labels.items()
    for tags in content.tag_sets:
        yield from tags.items()


class Behind:
    """Who is behind the services of a name where no tags tell: whom MeshServices choose."""

    def __init__(self, info: Info, service: str | None, mesh: str | None) -> None:
        self._info = info
        self._service = service
        self._mesh = mesh
        self._chosen: dict[str, list[tuple[str | None, Keep]]] = {}

    def is_needed(self, upstream: Adapter) -> bool:
        """Whether MeshServices have to be read before dataplanes are held against a filter."""
        known = upstream.known(self._info.context.operation.viewer)
        return self._service is not None and known is not None and not known.tagged

    async def learn(self, upstream: Adapter) -> None:
        """Read the MeshServices of the name; raises MeshgateError."""
        await upstream.control_plane(self._info.context.operation)
        if not self.is_needed(upstream):
            return
        [page] = await collection(self._info, upstream, CHOOSING, self._mesh)
        if page.broken:
            raise page.broken[0]
        self._chosen[upstream.name] = [
            (row.mesh, keep)
            for row in page.rows
            if self._service in (row.content.name, row.content.labels.get(DISPLAY_NAME))
            and (keep := behind(row)) is not None
        ]

    def holds(self, dataplane: Resource) -> bool:
        """Whether one of them chooses a dataplane."""
        chosen = self._chosen.get(dataplane.upstream, ())
        return any(mesh == dataplane.mesh and keep(dataplane) for mesh, keep in chosen)
