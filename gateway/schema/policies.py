"""Policies: one interface for all, one type per kind from one row per kind."""

from typing import Any

import strawberry

from gateway.model import kinds as rows
from gateway.model import policies as model
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.schema.collecting import Within, every, of_kind, scoped
from gateway.schema.connections import Connection, connection
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.filters import PolicyFilter, keeps
from gateway.schema.resources import Label, MeshScoped, Specified, Tag, tags
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


@described
@strawberry.type
class TagSelector:
    """Tags that all have to match."""

    tags: list[Tag] = strawberry.field(description="The tags; the value `*` matches any.")


def selectors(found: tuple[model.TagSelector, ...]) -> list[TagSelector]:
    """Selectors as clients see them."""
    return [TagSelector(tags=tags(one.match)) for one in found]


@described
@strawberry.type
class TargetRef:
    """What a policy is for."""

    content: strawberry.Private[model.TargetRef]

    @strawberry.field
    def kind(self) -> str:
        """Mesh, Dataplane, MeshSubset, MeshService, … as the upstream says."""
        return self.content.kind

    @strawberry.field
    def name(self) -> str | None:
        """The name of what is meant."""
        return self.content.name

    @strawberry.field
    def namespace(self) -> str | None:
        """Its Kubernetes namespace."""
        return self.content.namespace

    @strawberry.field
    def mesh(self) -> str | None:
        """The name of its mesh, where that is another."""
        return self.content.mesh

    @strawberry.field
    def section_name(self) -> str | None:
        """The part of it that is meant: a port, a listener, an inbound."""
        return self.content.section_name

    @strawberry.field
    def labels(self) -> list[Label]:
        """Labels that choose it instead of a name."""
        return [Label(key=k, value=v) for k, v in sorted(self.content.labels.items())]

    @strawberry.field
    def tags(self) -> list[Tag]:
        """Tags that choose a part of it."""
        return tags(self.content.tags)

    @strawberry.field
    def proxy_types(self) -> list[str]:
        """Sidecar, Gateway or both; empty means both."""
        return list(self.content.proxy_types)


@described
@strawberry.interface
class Policy(MeshScoped, Specified):
    """A rule for dataplanes or for the traffic between them."""

    @strawberry.field
    def family(self) -> PolicyFamily:  # type: ignore[valid-type]
        """How it says what it is for."""
        return self.resource.kind.family

    @strawberry.field
    def sources(self) -> list[TagSelector]:
        """Whose outgoing traffic it is for; of the family SOURCE_DESTINATION."""
        return selectors(self.content.sources)

    @strawberry.field
    def destinations(self) -> list[TagSelector]:
        """Traffic to whom it is for; of the family SOURCE_DESTINATION."""
        return selectors(self.content.destinations)

    @strawberry.field
    def selectors(self) -> list[TagSelector]:
        """Which dataplanes it is for; of the family SELECTOR."""
        return selectors(self.content.selectors)

    @strawberry.field
    def target_ref(self) -> TargetRef | None:
        """Which proxies it is for; of the family TARGET_REF, where null means the whole mesh."""
        found = self.content.spec.target_ref
        return TargetRef(content=found) if found else None

    @strawberry.field
    def role(self) -> PolicyRole | None:  # type: ignore[valid-type]
        """Who it speaks for, where the control plane says so."""
        return role(self.content.labels)


@shows("UnknownPolicy")
@described
@strawberry.type
class UnknownPolicy(Policy):
    """A policy of a kind that the control plane lists and this gateway does not know."""


def policy_types() -> tuple[type, ...]:
    """A type for each kind of policy: alike but for its name and summary."""
    made: list[type] = [UnknownPolicy]
    for kind in KINDS:
        if kind.noun is Noun.POLICY and kind.type_name not in VIEWS:
            base = type(kind.type_name, (Policy,), {"__doc__": kind.summary})
            made.append(shows(kind.type_name)(described(strawberry.type(base))))
    return tuple(made)


async def policies(
    info: Info,
    filter: PolicyFilter | None,
    first: int | None,
    after: str | None,
    within: Within | None = None,
) -> Any:
    """The policies of all control planes, or within one of them or one of its meshes."""
    scope = scoped(info, filter, within)
    kind = filter.kind if filter else None

    async def ask(upstream: Adapter) -> list[Page]:
        if kind is not None:
            return await of_kind(info, upstream, kind, scope.mesh)
        return await every(info, upstream, Noun.POLICY, scope.mesh)

    keep = keeps(filter)
    return await connection(
        info,
        scope.upstreams,
        ask,
        keep=lambda one: one.kind.noun is Noun.POLICY and keep(one),
        first=first,
        after=after,
    )


PolicyConnection = Connection[Policy]
