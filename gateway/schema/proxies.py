"""The inside of a proxy: its rules and its layout, and what Envoy tells of itself."""

from typing import Annotated, Any, TypeAlias

import strawberry

from gateway.model import inspection as model
from gateway.model.inspection import DEAR, Inspection, View
from gateway.model.resources import Resource, ResourceKey
from gateway.schema import dumps
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.hops import dear, reading
from gateway.schema.layouts import ProxyLayout
from gateway.schema.matched import WORKED_OUT_BY, rules_of
from gateway.schema.rules import ProxyRules
from gateway.schema.scalars import JSON

Endpoints: TypeAlias = Annotated[
    bool, strawberry.argument(description="Whether the endpoints of clusters are dumped too.")
]
All: TypeAlias = Annotated[
    bool, strawberry.argument(description="Whether what was never counted is told too.")
]
Shadow: TypeAlias = Annotated[
    bool,
    strawberry.argument(description="Whether policies that are marked as shadow count as well."),
]


async def view_of(info: Info, key: ResourceKey, view: View, *options: str) -> Any:
    """What a view shows of a proxy."""
    asked = Inspection(view, key, options=options)
    return await info.context.loaders.inspections.found(asked)


@described
@strawberry.type
class ProxyConfig:
    """The configuration that the control plane renders for a proxy."""

    content: strawberry.Private[model.Config]

    @strawberry.field
    def xds(self) -> JSON:
        """Envoy's resources by type and name; keys and passwords are masked."""
        return JSON(dumps.shown(self.content.xds))

    @strawberry.field
    def diff(self) -> JSON | None:
        """What shadow policies change of it, as RFC 6902; null where they were not asked for."""
        return JSON(dumps.shown(self.content.diff)) if self.content.diff else None


@described
@strawberry.interface
class KumaProxy:
    """A proxy that can be looked into. What it tells itself is dear, and has a time of its own."""

    resource: strawberry.Private[Resource]

    @strawberry.field
    @reading()
    @dear(DEAR)
    async def xds(self, info: Info, endpoints: Endpoints = False) -> JSON | None:
        """What Envoy runs with, as it dumps it; keys and passwords are masked."""
        options = ("endpoints",) if endpoints else ()
        found = await view_of(info, self.resource.key, View.XDS, *options)
        return None if found is None else JSON(dumps.shown(found))

    @strawberry.field
    @reading()
    @dear(DEAR)
    async def stats(self, info: Info, all: All = False) -> str | None:
        """What Envoy counts, a line each."""
        options = ("all",) if all else ()
        return await view_of(info, self.resource.key, View.STATS, *options)  # type: ignore[no-any-return]

    @strawberry.field
    @reading()
    @dear(DEAR)
    async def clusters(self, info: Info) -> str | None:
        """The clusters that Envoy knows and how their endpoints do, a line each."""
        return await view_of(info, self.resource.key, View.CLUSTERS)  # type: ignore[no-any-return]


@described
@strawberry.interface
class InspectedProxy(KumaProxy):
    """A proxy whose rules, ports and configuration the control plane works out."""

    @strawberry.field
    @reading(*WORKED_OUT_BY)
    async def rules(self, info: Info) -> ProxyRules | None:
        """The rules that hold in it."""
        found = await rules_of(info, self.resource)
        return ProxyRules(content=found, proxy=self.resource.key) if found else None

    @strawberry.field
    @reading()
    async def layout(self, info: Info) -> ProxyLayout | None:
        """Its ports as the control plane lays them out, with what policies make of each."""
        found = await view_of(info, self.resource.key, View.LAYOUT)
        return ProxyLayout(content=found, proxy=self.resource.key) if found else None

    @strawberry.field
    @reading()
    async def config(self, info: Info, shadow: Shadow = False) -> ProxyConfig | None:
        """What the control plane renders for it; null while it has never connected."""
        options = ("shadow", "diff") if shadow else ()
        found = await view_of(info, self.resource.key, View.CONFIG, *options)
        return ProxyConfig(content=found) if found else None
