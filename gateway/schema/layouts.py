"""The ports of a proxy as its control plane lays them out, and what policies make of each."""

import strawberry

from gateway.model import inspection as model
from gateway.model.inspection import Inspection, View
from gateway.model.resources import ResourceKey
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.rules import PolicyOrigin
from gateway.schema.scalars import JSON


@described
@strawberry.type
class ConfRule:
    """What one rule of a policy says for a port."""

    content: strawberry.Private[model.RuleConf]
    kind: strawberry.Private[str]
    proxy: strawberry.Private[ResourceKey]

    @strawberry.field
    def origin(self) -> PolicyOrigin:
        """The policy that says so."""
        return PolicyOrigin(content=model.Origin(self.kind, kri=self.content.kri), proxy=self.proxy)

    @strawberry.field
    def conf(self) -> JSON | None:
        """What it says."""
        return self.content.conf  # type: ignore[return-value]

    @strawberry.field
    def matches(self) -> JSON | None:
        """Which requests it is for, where it is a route's."""
        return self.content.matches  # type: ignore[return-value]


@strawberry.type
class Merged:
    """What the policies of one kind make together."""

    content: strawberry.Private[model.PolicyConf]
    proxy: strawberry.Private[ResourceKey]

    @strawberry.field
    def kind(self) -> str:
        """The kind of the policies."""
        return self.content.kind

    @strawberry.field
    def origins(self) -> list[PolicyOrigin]:
        """The policies, in the order in which they were merged."""
        return [
            PolicyOrigin(content=model.Origin(self.content.kind, kri=kri), proxy=self.proxy)
            for kri in self.content.origins
        ]


@described
@strawberry.type
class EffectivePolicy(Merged):
    """What the policies of one kind make together for a proxy or for one of its ports."""

    @strawberry.field
    def confs(self) -> list[JSON]:
        """What they make together: one where they are merged, none where it is told by rules."""
        return list(self.content.confs)  # type: ignore[arg-type]

    @strawberry.field
    def rules(self) -> list[ConfRule]:
        """What is told rule by rule."""
        kind = self.content.kind
        return [ConfRule(content=one, kind=kind, proxy=self.proxy) for one in self.content.rules]


@described
@strawberry.interface
class ProxyPort:
    """A port of a proxy as the control plane lays it out."""

    content: strawberry.Private[model.Opening]
    proxy: strawberry.Private[ResourceKey]

    @strawberry.field
    def kri(self) -> str:
        """Its KRI."""
        return self.content.kri

    @strawberry.field
    def port(self) -> int:
        """The port."""
        return self.content.port

    @strawberry.field
    def protocol(self) -> str | None:
        """What is spoken on it."""
        return self.content.protocol or None

    @strawberry.field
    def proxy_resource_name(self) -> str | None:
        """What Envoy's configuration calls it, as in `xds` and `stats`."""
        return self.content.proxy_resource_name or None


async def policies_at(info: Info, asked: Inspection) -> list[EffectivePolicy] | None:
    """The merged policies of a place in a proxy; None where that is gone."""
    found = await info.context.loaders.inspections.found(asked)
    if found is None:
        return None
    return [EffectivePolicy(content=one, proxy=asked.key) for one in found]


@described
@strawberry.type
class ProxyInbound(ProxyPort):
    """A port on which a proxy takes traffic."""

    @strawberry.field
    async def policies(self, info: Info) -> list[EffectivePolicy] | None:
        """What policies make of it."""
        asked = Inspection(View.POLICIES, self.proxy, self.content.kri, inbound=True)
        return await policies_at(info, asked)


@described
@strawberry.type
class ProxyRoute(Merged):
    """Routes of an outbound that policies of one kind make."""

    outbound: strawberry.Private[str]

    @strawberry.field
    def rules(self) -> list["ProxyRouteRule"]:
        """The routes, in the order in which they are tried."""
        return [
            ProxyRouteRule(
                content=one, kind=self.content.kind, proxy=self.proxy, outbound=self.outbound
            )
            for one in self.content.rules
        ]


@described
@strawberry.type
class ProxyRouteRule(ConfRule):
    """One route of an outbound."""

    outbound: strawberry.Private[str]

    @strawberry.field
    async def policies(self, info: Info) -> list[EffectivePolicy] | None:
        """What policies make of what takes this route."""
        if self.content.kri is None:
            return None
        asked = Inspection(View.POLICIES, self.proxy, self.outbound, route=self.content.kri)
        return await policies_at(info, asked)


@described
@strawberry.type
class ProxyOutbound(ProxyPort):
    """A port through which a proxy sends traffic to a service."""

    @strawberry.field
    async def policies(self, info: Info) -> list[EffectivePolicy] | None:
        """What policies make of it."""
        asked = Inspection(View.POLICIES, self.proxy, self.content.kri)
        return await policies_at(info, asked)

    @strawberry.field
    async def routes(self, info: Info) -> list[ProxyRoute] | None:
        """The routes that policies make of it."""
        asked = Inspection(View.ROUTES, self.proxy, self.content.kri)
        found = await info.context.loaders.inspections.found(asked)
        return [
            ProxyRoute(content=one, proxy=self.proxy, outbound=self.content.kri)
            for one in found or ()
        ]


@described
@strawberry.type
class ProxyListener(ProxyPort):
    """A listener of a zone proxy."""

    @strawberry.field
    def type(self) -> str | None:
        """ZoneIngress or ZoneEgress."""
        return self.content.type or None


@described
@strawberry.type
class ProxyLayout:
    """The ports of a proxy by their KRIs, and its identity."""

    content: strawberry.Private[model.Layout]
    proxy: strawberry.Private[ResourceKey]

    @strawberry.field
    def kri(self) -> str:
        """The proxy's KRI."""
        return self.content.kri

    @strawberry.field
    def spiffe_id(self) -> str | None:
        """The identity in its certificate, where a MeshIdentity gives it one."""
        return self.content.spiffe_id

    @strawberry.field
    def inbounds(self) -> list[ProxyInbound]:
        """The ports on which it takes traffic."""
        return [ProxyInbound(content=one, proxy=self.proxy) for one in self.content.inbounds]

    @strawberry.field
    def outbounds(self) -> list[ProxyOutbound]:
        """The ports through which it sends traffic."""
        return [ProxyOutbound(content=one, proxy=self.proxy) for one in self.content.outbounds]

    @strawberry.field
    def listeners(self) -> list[ProxyListener]:
        """The listeners of a zone proxy."""
        return [ProxyListener(content=one, proxy=self.proxy) for one in self.content.listeners]

    @strawberry.field
    async def policies(self, info: Info) -> list[EffectivePolicy] | None:
        """What policies make of the proxy as a whole."""
        return await policies_at(info, Inspection(View.POLICIES, self.proxy))
