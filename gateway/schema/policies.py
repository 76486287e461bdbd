"""Policies: one interface for all, one type per kind from one row per kind."""

from typing import Any

import strawberry

from gateway.model import kinds as rows
from gateway.model import policies as model
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.schema.affected import AffectedDataplaneConnection, affected_dataplanes
from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within, every, of_kind, scoped
from gateway.schema.confs.bodies import Bodied, typed
from gateway.schema.confs.shown import shape
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.filters import PolicyFilter, narrowing
from gateway.schema.ordering import PolicyOrder, order
from gateway.schema.resources import MeshScoped, Specified
from gateway.schema.roles import PolicyRole, role
from gateway.schema.views import VIEWS, shows
from gateway.upstreams import KINDS
from gateway.upstreams.base import Adapter

PolicyFamily = enum(
    rows.Family,
    "PolicyFamily",
    "How a policy says what it is for.",
    {
        "SOURCE_DESTINATION": "By the tags of sources and destinations.",
        "SELECTOR": "By the tags of dataplanes.",
        "TARGET_REF": "By references to a mesh, to dataplanes or to services.",
        "CONFIGURATION": "In none of these ways, or in one that is not known.",
    },
)


TagSelector = shape(model.TagSelector)
TargetRef = shape(model.TargetRef)


@described
@strawberry.interface
class Policy(MeshScoped, Specified):
    """A rule for dataplanes or for the traffic between them."""

    @strawberry.field
    def family(self) -> PolicyFamily:  # type: ignore[valid-type]
        """How it says what it is for."""
        return self.resource.kind.family

    @strawberry.field
    def sources(self) -> list[TagSelector]:  # type: ignore[valid-type]
        """Whose outgoing traffic it is for; of the family SOURCE_DESTINATION."""
        return self.content.sources  # type: ignore[no-any-return]

    @strawberry.field
    def destinations(self) -> list[TagSelector]:  # type: ignore[valid-type]
        """Traffic to whom it is for; of the family SOURCE_DESTINATION."""
        return self.content.destinations  # type: ignore[no-any-return]

    @strawberry.field
    def selectors(self) -> list[TagSelector]:  # type: ignore[valid-type]
        """Which dataplanes it is for; of the family SELECTOR."""
        return self.content.selectors  # type: ignore[no-any-return]

    @strawberry.field
    def target_ref(self) -> TargetRef | None:  # type: ignore[valid-type]
        """Which proxies it is for; of the family TARGET_REF, where null means the whole mesh."""
        return self.content.spec.target_ref  # type: ignore[no-any-return]

    @strawberry.field
    def role(self) -> PolicyRole | None:  # type: ignore[valid-type]
        """Who it speaks for, where the control plane says so."""
        return role(self.content.labels)

    @strawberry.field
    async def affected_dataplanes(
        self, info: Info, first: First = None, after: After = None
    ) -> AffectedDataplaneConnection | None:
        """The dataplanes that it is for, and why each of them."""
        return await affected_dataplanes(info, self.resource, first, after)  # type: ignore[no-any-return]


@shows("UnknownPolicy")
@described
@strawberry.type
class UnknownPolicy(Policy):
    """A policy of a kind that the control plane lists and this gateway does not know."""


def policy_types() -> tuple[type, ...]:
    """A type for each kind of policy: alike but for name, summary and what its row types."""
    made: list[type] = [UnknownPolicy]
    for kind in KINDS:
        if kind.noun is Noun.POLICY and kind.type_name not in VIEWS:
            bases = (Policy, Bodied) if kind.body else (Policy,)
            base = type(kind.type_name, bases, {"__doc__": kind.summary, **typed(kind.body)})
            made.append(shows(kind.type_name)(described(strawberry.type(base))))
    return tuple(made)


async def policies(
    info: Info,
    filter: PolicyFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
    order_by: PolicyOrder | None = None,
) -> Any:
    """The policies of all control planes, or within one of them or one of its meshes."""
    scope = scoped(info, filter, within)
    kind, narrow = filter.kind if filter else None, narrowing(filter)

    async def ask(upstream: Adapter) -> list[Page]:
        if kind is not None:
            return await of_kind(info, upstream, kind, scope.mesh, narrow=narrow)
        return await every(info, upstream, Noun.POLICY, scope.mesh, narrow=narrow)

    keep = scope.keeps(filter, info)
    return await connection(
        info,
        scope.upstreams,
        ask,
        keep=lambda one: one.kind.noun is Noun.POLICY and keep(one),
        first=first,
        after=after,
        order=order(order_by),
    )


PolicyConnection = Connection[Policy]
