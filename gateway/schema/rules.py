"""Rules: what policies make of a proxy, and which policies made them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.errors import MeshgateError
from gateway.model import inspection as model
from gateway.model.pages import Listing
from gateway.model.resources import ResourceKey
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.hops import alone, loaded, together
from gateway.schema.resources import Tag, tags
from gateway.schema.scalars import JSON
from gateway.schema.views import view

if TYPE_CHECKING:
    from gateway.schema.policies import Policy

RulePlace = enum(
    model.Place,
    "RulePlace",
    "Where in a proxy a rule holds.",
    {
        "PROXY": "For the proxy as a whole.",
        "INBOUND": "For traffic that an inbound takes.",
        "OUTBOUND": "For traffic that the proxy sends.",
    },
)


@described
@strawberry.type
class TagMatcher:
    """A tag of the other side of a connection."""

    key: str = strawberry.field(description="The tag's key.")
    value: str = strawberry.field(description="The tag's value.")
    negated: bool = strawberry.field(description="Whether the other side must not have it.")


@described
@strawberry.type
class RuleTarget:
    """What an outbound rule is for."""

    kind: str = strawberry.field(description="Mesh, MeshService, MeshExternalService, …")
    mesh: str | None = strawberry.field(description="Its mesh, where the control plane names it.")
    name: str | None = strawberry.field(description="Its name.")


async def policies_of(origins: Sequence["PolicyOrigin"], info: Info) -> list[Any]:
    """The policy that each is: by its name, or by its KRI from the list of its kind."""
    keys = [origin_key(one) for one in origins]
    by_name = await loaded(info, keys)
    found = []
    for one, policy in zip(origins, by_name, strict=True):
        if one.content.kri is not None:
            try:
                policy = await by_kri(info, one)
            except MeshgateError as error:
                policy = error
        found.append(policy)
    return found


def origin_key(origin: "PolicyOrigin") -> ResourceKey | None:
    """Where a policy is that is named."""
    content = origin.content
    if content.name is None:
        return None
    key = origin.proxy
    return ResourceKey(key.upstream, content.kind, content.mesh or key.mesh, content.name)


async def by_kri(info: Info, origin: "PolicyOrigin") -> Any:
    """The view of the policy of a KRI, from the list of its kind in the proxy's mesh."""
    key, content = origin.proxy, origin.content
    page = await info.context.loaders.page(Listing(key.upstream, content.kind, key.mesh))
    return next((view(row) for row in page.rows if row.content.kri == content.kri), None)


@described
@strawberry.type
class PolicyOrigin:
    """A policy that a rule was made of."""

    content: strawberry.Private[model.Origin]
    proxy: strawberry.Private[ResourceKey]

    @strawberry.field
    def kind(self) -> str:
        """The policy's kind."""
        return self.content.kind

    @strawberry.field
    def name(self) -> str | None:
        """Its name, where the control plane tells it."""
        return self.content.name

    @strawberry.field
    def kri(self) -> str | None:
        """Its KRI, where the control plane tells that."""
        return self.content.kri

    @strawberry.field
    def rule_index(self) -> int | None:
        """Which of the policy's own rules it is, where the control plane tells."""
        return self.content.rule

    @strawberry.field
    @together(policies_of)
    async def policy(
        self, info: Info
    ) -> Annotated["Policy", strawberry.lazy("gateway.schema.policies")] | None:
        """The policy; null where it is gone."""
        return await alone(policies_of, self, info)  # type: ignore[no-any-return]


@described
@strawberry.type
class PolicyRule:
    """What policies of one kind say for one place in a proxy."""

    content: strawberry.Private[model.Rule]
    proxy: strawberry.Private[ResourceKey]

    @strawberry.field
    def kind(self) -> str:
        """The kind of the policies."""
        return self.content.kind

    @strawberry.field
    def place(self) -> RulePlace:  # type: ignore[valid-type]
        """Where in the proxy it holds."""
        return self.content.place

    @strawberry.field
    def section(self) -> str | None:
        """What matched, in the control plane's own word: `service`, `toRules`, `from[0]`, …"""
        return self.content.section

    @strawberry.field
    def name(self) -> str | None:
        """The inbound's or outbound's name; in old versions its address and ports."""
        return self.content.name

    @strawberry.field
    def port(self) -> int | None:
        """The port, where the control plane tells it."""
        return self.content.port

    @strawberry.field
    def service(self) -> str | None:
        """The inbound's service, or the one that the outbound leads to."""
        return self.content.service

    @strawberry.field
    def tags(self) -> list[Tag]:
        """The inbound's tags, or those by which an outbound is meant."""
        return tags(self.content.tags)

    @strawberry.field
    def target(self) -> RuleTarget | None:
        """What an outbound rule is for, where that is a resource."""
        found = self.content.target
        return RuleTarget(kind=found.kind, mesh=found.mesh, name=found.name) if found else None

    @strawberry.field
    def matchers(self) -> list[TagMatcher]:
        """The tags that the other side has to have, or must not have; empty means any."""
        found = self.content.matchers
        return [TagMatcher(key=one.key, value=one.value, negated=one.negated) for one in found]

    @strawberry.field
    def match(self) -> JSON | None:
        """What the rule matches of the traffic, where it says."""
        return self.content.match  # type: ignore[return-value]

    @strawberry.field
    def confs(self) -> list[JSON]:
        """What the policies say together: one where they are merged, none where it is not told."""
        return list(self.content.confs)  # type: ignore[arg-type]

    @strawberry.field
    def origins(self) -> list[PolicyOrigin]:
        """The policies that it was made of, in the order in which they were merged."""
        return [PolicyOrigin(content=one, proxy=self.proxy) for one in self.content.origins]

    @strawberry.field
    def reason(self) -> str:
        """Where it holds and for what, in words."""
        return model.reason(self.content)


def rules(found: Sequence[model.Rule], proxy: ResourceKey) -> list[PolicyRule]:
    """Rules as clients see them."""
    return [PolicyRule(content=one, proxy=proxy) for one in found]


@described
@strawberry.type
class ProxyRules:
    """The rules of a proxy, of all kinds of policies."""

    content: strawberry.Private[model.Rules]
    proxy: strawberry.Private[ResourceKey]

    @strawberry.field
    def rules(self) -> list[PolicyRule]:
        """The rules, as the control plane orders them."""
        return rules(self.content.rules, self.proxy)

    @strawberry.field
    def warnings(self) -> list[str]:
        """What the control plane finds odd about them."""
        return list(self.content.warnings)
