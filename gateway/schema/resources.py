"""What everything is: a node, and a resource that a control plane stores under a name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.model import resources as model
from gateway.model.kinds import Noun, Scope
from gateway.model.origins import DISPLAY_NAME, TELLING, Made, made
from gateway.schema import masks
from gateway.schema.context import Info, reads
from gateway.schema.described import described
from gateway.schema.hops import alone, loaded, reading, together
from gateway.schema.ids import node_id
from gateway.schema.kubernetes import kubernetes
from gateway.schema.origins import Origin
from gateway.schema.scalars import JSON, DateTime, moment
from gateway.schema.views import VIEWS, shows
from gateway.upstreams import KINDS

if TYPE_CHECKING:
    from gateway.schema.control_planes import ControlPlane
    from gateway.schema.meshes import Mesh


@described
@strawberry.interface
class Node:
    """Anything that has an id of its own."""

    @strawberry.field
    def id(self) -> strawberry.ID:
        """The id under which `node` finds it again."""
        raise NotImplementedError


@described
@strawberry.type
class Label:
    """A label: a name for people and machines to choose by."""

    key: str = strawberry.field(description="The label's key.")
    value: str = strawberry.field(description="The label's value.")


@described
@strawberry.type
class Tag:
    """A tag of a dataplane: what service it is, and of what sort."""

    key: str = strawberry.field(description="The tag's key, such as `kuma.io/service`.")
    value: str = strawberry.field(description="The tag's value; in selectors `*` is any.")


def tags(found: dict[str, str]) -> list[Tag]:
    """Tags in the order of their keys."""
    return [Tag(key=key, value=found[key]) for key in sorted(found)]


@described
@strawberry.interface
class Resource(Node):
    """Something a control plane stores under a name."""

    resource: strawberry.Private[model.Resource]

    @property
    def content(self) -> Any:
        """The Struct that its kind's bodies are read into."""
        return self.resource.content

    @strawberry.field
    def id(self) -> strawberry.ID:
        """The id under which `node` finds it again."""
        return node_id(self.resource.key)

    @strawberry.field
    def kind(self) -> str:
        """The upstream's own word: Mesh, Dataplane, TrafficRoute, MeshTimeout, …"""
        return self.resource.kind.name

    @strawberry.field
    def name(self) -> str:
        """The name under which it is stored."""
        return self.content.name  # type: ignore[no-any-return]

    @strawberry.field
    def display_name(self) -> str:
        """The name that people gave it, where synchronisation stores it under another."""
        return self.content.labels.get(DISPLAY_NAME) or self.content.name  # type: ignore[no-any-return]

    @strawberry.field
    def control_plane(
        self, info: Info
    ) -> Annotated["ControlPlane", strawberry.lazy("gateway.schema.control_planes")]:
        """The control plane that stores it."""
        from gateway.schema.control_planes import ControlPlane

        return ControlPlane(upstream=info.context.upstream(self.resource.upstream))

    @strawberry.field
    def labels(self) -> list[Label]:
        """Its labels, in the order of their keys."""
        found = self.content.labels
        return [Label(key=key, value=found[key]) for key in sorted(found)]

    @strawberry.field
    @reading(*TELLING)
    def origin(self, info: Info) -> Origin | None:
        """Where it was made: at a Global or in a zone. Null where nothing tells."""
        return self.made(info).origin

    @strawberry.field
    @reading(*TELLING)
    def origin_zone(self, info: Info) -> str | None:
        """The zone in which it was made; null where it was made in none, or nothing tells."""
        return self.made(info).zone

    @strawberry.field
    def created_at(self) -> DateTime | None:
        """When it was first stored."""
        return moment(self.content.creation_time)

    @strawberry.field
    def modified_at(self) -> DateTime | None:
        """When it was last stored; a write of equal content counts too."""
        return moment(self.content.modification_time)

    @strawberry.field
    def raw(self) -> JSON:
        """What the upstream answered, untouched but for secrets and private keys."""
        return JSON(masks.raw(self.resource))

    @strawberry.field
    async def kubernetes(self, info: Info) -> JSON | None:
        """It as the Kubernetes object that it would be: a call for each.

        Null before Kuma 2.3, and for secrets; private keys are masked.
        """
        return await kubernetes(self.resource, info)

    def made(self, info: Info) -> Made:
        """Where it was made, as far as it or its control plane tells."""
        upstream = info.context.upstream(self.resource.upstream)
        return made(self.content, upstream.known(info.context.operation.viewer))


async def meshes_of(resources: Sequence[Resource], info: Info) -> list[Any]:
    """The mesh in which each stands."""
    places = [(it.upstream, it.mesh) for it in (one.resource for one in resources)]
    keys = {place: info.context.key(place[0], Noun.MESH, place[1]) for place in set(places)}
    return await loaded(info, [keys[place] for place in places], reads=reads(info))


@described
@strawberry.interface
class MeshScoped(Resource):
    """A resource that stands in a mesh."""

    @strawberry.field
    @together(meshes_of)
    async def mesh(
        self, info: Info
    ) -> Annotated["Mesh", strawberry.lazy("gateway.schema.meshes")] | None:
        """The mesh in which it stands."""
        return await alone(meshes_of, self, info)  # type: ignore[no-any-return]


@described
@strawberry.interface
class Specified(Resource):
    """A resource whose content is shown as it is."""

    @strawberry.field
    def spec(self) -> JSON:
        """The body without the meta, spelled alike for every kind; private keys are masked."""
        return JSON(masks.spec(self.resource))


@shows("UnknownResource")
@described
@strawberry.type
class UnknownResource(Specified, MeshScoped):
    """A kind that the control plane lists and this version of the gateway does not know."""


def resource_types() -> tuple[type, ...]:
    """A type for each kind that belongs to no noun and has none of its own: alike but for its name
    and summary."""
    made = []
    for kind in KINDS:
        if kind.noun in {Noun.RESOURCE, Noun.INSIGHT} and kind.type_name not in VIEWS:
            bases = (Specified, MeshScoped) if kind.scope is Scope.MESH else (Specified,)
            cls = strawberry.type(type(kind.type_name, bases, {"__doc__": kind.summary}))
            made.append(shows(kind.type_name)(described(cls)))
    return (UnknownResource, *made)
