"""Which policies hold for a dataplane, and where in it."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from gateway.errors import Unsupported
from gateway.model import inspection as model
from gateway.model.inspection import Inspection, View
from gateway.model.resources import Resource, ResourceKey
from gateway.schema import worked_out
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.filters import PolicyFilter, keeps
from gateway.schema.hops import alone, loaded, together
from gateway.schema.rules import PolicyRule, rules

if TYPE_CHECKING:
    from gateway.schema.policies import Policy


async def policies_of(found: Sequence["MatchedPolicy"], info: Info) -> list[Any]:
    """The policy that each speaks of."""
    return await loaded(info, [each.key for each in found])


@described
@strawberry.type
class MatchedPolicy:
    """A policy that holds for a dataplane, and where in it."""

    key: strawberry.Private[ResourceKey]
    proxy: strawberry.Private[ResourceKey]
    matched: strawberry.Private[Sequence[model.Rule]]

    @strawberry.field
    def kind(self) -> str:
        """The policy's kind."""
        return self.key.kind

    @strawberry.field
    def name(self) -> str:
        """The policy's name."""
        return self.key.name

    @strawberry.field
    @together(policies_of)
    async def policy(
        self, info: Info
    ) -> Annotated["Policy", strawberry.lazy("gateway.schema.policies")] | None:
        """The policy; null where it is gone."""
        return await alone(policies_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    def rules(self) -> list[PolicyRule]:
        """Where in the dataplane it holds, and what it says there together with others."""
        return rules(self.matched, self.proxy)

    @strawberry.field
    def reasons(self) -> list[str]:
        """Where in the dataplane it holds, in words."""
        return list(dict.fromkeys(map(model.reason, self.matched)))


WORKED_OUT_BY: Final = ("networking", "dataplane")
"""What of a dataplane its rules are worked out by, where the control plane does not tell them."""


async def rules_of(info: Info, dataplane: Resource) -> model.Rules | None:
    """The rules of a dataplane; None where it is gone."""
    asked = Inspection(View.RULES, dataplane.key)
    try:
        found: model.Rules | None = await info.context.loaders.inspections.found(asked)
    except Unsupported as untold:
        return await worked_out.rules(info, dataplane, untold)
    return found


NAMED: Final = frozenset(("control_plane", "mesh", "kind", "name"))
"""The conditions of a filter that need no policy to be read."""


def named(filter: PolicyFilter, key: ResourceKey) -> bool:
    """Whether a policy passes a filter as far as its name and kind go."""
    by_name = filter.name is None or filter.name.keeps(key.name)
    return by_name and filter.kind in (None, key.kind)


async def matched_policies(
    info: Info, dataplane: Resource, filter: PolicyFilter | None
) -> list[MatchedPolicy] | None:
    """The policies that hold for a dataplane; a filter by more than their names reads them."""
    if filter and filter.control_plane not in (None, dataplane.upstream):
        return []
    if filter and filter.mesh not in (None, dataplane.mesh):
        return []
    found = await rules_of(info, dataplane)
    if found is None:
        return None
    by_policy: defaultdict[ResourceKey, list[model.Rule]] = defaultdict(list)
    for rule in found.rules:
        for one in dict.fromkeys((one.kind, one.mesh, one.name or "") for one in rule.origins):
            kind, mesh, name = one
            key = ResourceKey(dataplane.upstream, kind, mesh or dataplane.mesh, name)
            by_policy[key].append(rule)
    wanted = [key for key in by_policy if filter is None or named(filter, key)]
    if filter and any(vars(filter)[name] is not None for name in vars(filter).keys() - NAMED):
        keep = keeps(filter)
        resources = await asyncio.gather(*map(info.context.loaders.resource, wanted))
        wanted = [one.key for one in resources if one is not None and keep(one)]
    return [
        MatchedPolicy(key=key, proxy=dataplane.key, matched=by_policy[key])
        for key in sorted(wanted, key=lambda one: (one.name, one.kind))
    ]
