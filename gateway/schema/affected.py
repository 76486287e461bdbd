"""Which dataplanes a policy is for, and why."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import strawberry

from gateway.errors import MeshgateError, Unsupported
from gateway.model import inspection as model
from gateway.model.inspection import Affected, Inspection, View
from gateway.model.kinds import Family, Noun
from gateway.model.pages import Page
from gateway.model.resources import Resource, ResourceKey
from gateway.model.targets import sections, selecting
from gateway.schema import worked_out
from gateway.schema.collecting import every
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info, asks
from gateway.schema.dataplanes import NEED_INSIGHT, Dataplane
from gateway.schema.described import described
from gateway.schema.hops import loaded
from gateway.schema.ordering import USUAL
from gateway.schema.rules import PolicyRule, rules
from gateway.schema.views import view
from gateway.upstreams import batching
from gateway.upstreams.base import Adapter

Why = Mapping[str, Affected]
"""What is known of each dataplane, by its name."""


@described
@strawberry.type
class AffectedDataplaneEdge:
    """A dataplane that a policy is for."""

    row: strawberry.Private[Resource]
    policy: strawberry.Private[Resource]
    why: strawberry.Private[Affected]

    @strawberry.field
    def node(self) -> Dataplane:
        """The dataplane."""
        return view(self.row)  # type: ignore[no-any-return]

    @strawberry.field
    def cursor(self) -> str:
        """The place in the list."""
        return USUAL.cursor(self.row)

    @strawberry.field
    def rules(self) -> list[PolicyRule]:
        """Where in the dataplane it holds; as the policy's own sections say in some versions."""
        return rules(matched(self.policy, self.why), self.row.key)

    @strawberry.field
    def reasons(self) -> list[str]:
        """Why it is for this dataplane, in words."""
        found = [model.reason(one) for one in matched(self.policy, self.why)]
        if self.policy.kind.family is not Family.TARGET_REF:
            return found
        chosen = selecting(self.policy)
        return [f"{chosen}: {one}" for one in found] or [chosen]


def matched(policy: Resource, why: Affected) -> tuple[model.Rule, ...]:
    """The places that the control plane tells, or those of which the policy itself speaks."""
    if policy.kind.family is Family.TARGET_REF:
        return sections(policy) or why.rules
    return tuple(msgspec.structs.replace(one, kind=policy.kind.name) for one in why.rules)


@described
@strawberry.type
class AffectedDataplaneConnection(Connection[Dataplane]):
    """The dataplanes that a policy is for, and why each of them."""

    policy: strawberry.Private[Resource]
    why: strawberry.Private[Why]

    @strawberry.field
    def edges(self) -> list[AffectedDataplaneEdge]:
        """What is on this page, each with its cursor and the reasons."""
        return [
            AffectedDataplaneEdge(row=row, policy=self.policy, why=self.why[row.content.name])
            for row in self.rows
        ]


async def affected_dataplanes(
    info: Info, policy: Resource, first: int | None, after: str | None
) -> Any:
    """The dataplanes that a policy is for: whom the control plane names, from their one list."""
    why: dict[str, Affected] = {}

    async def ask(upstream: Adapter) -> list[Page]:
        touched, pages = await dataplanes_of(info, upstream, policy)
        why.update({one.name: one for one in touched})
        return pages

    upstreams = info.context.chosen(policy.upstream)
    found = await connection(
        info,
        upstreams,
        ask,
        keep=lambda row: row.content.name in why,
        first=first,
        after=after,
    )
    return AffectedDataplaneConnection(
        rows=found.rows,
        more=found.more,
        preceded=found.preceded,
        order=found.order,
        total_count=found.total_count,
        failures=found.failures,
        policy=policy,
        why=why,
    )


async def dataplanes_of(
    info: Info, upstream: Adapter, policy: Resource
) -> tuple[Sequence[Affected], list[Page]]:
    """Whom a policy is for, and the list of its mesh; or those few alone where that is long."""
    overview, mesh = asks(info, NEED_INSIGHT), policy.mesh
    known = upstream.known(info.context.operation.viewer)
    rows = known.counts.get(("Dataplane", mesh)) if known else None
    if rows is None or rows <= batching.PAGE:
        listing = every(info, upstream, Noun.DATAPLANE, mesh, overview=overview)
        named, pages = await asyncio.gather(touched(info, policy), listing)
        if isinstance(named, Unsupported):
            named = await worked_out.affected(info, policy, pages, named)
        return named, pages
    named = await touched(info, policy)
    if isinstance(named, Unsupported) or batching.worth_listing(len(named), rows):
        pages = await every(info, upstream, Noun.DATAPLANE, mesh, overview=overview)
        if isinstance(named, Unsupported):
            named = await worked_out.affected(info, policy, pages, named)
        return named, pages
    keys = [ResourceKey(upstream.name, "Dataplane", one.mesh, one.name) for one in named]
    found = await loaded(info, keys, overview=overview, show=lambda row: row)
    return named, [
        Page(
            rows=tuple(one for one in found if isinstance(one, Resource)),
            broken=tuple(one for one in found if isinstance(one, MeshgateError)),
        )
    ]


async def touched(info: Info, policy: Resource) -> Sequence[Affected] | Unsupported:
    """Whom the control plane says a policy is for, or that it does not say so."""
    asked = Inspection(View.AFFECTED, policy.key)
    try:
        return await info.context.loaders.inspections.found(asked) or ()
    except Unsupported as untold:
        return untold
