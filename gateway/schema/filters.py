"""Filters: the same meaning whatever the upstream's version could do by itself."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeAlias

import strawberry

from gateway.model.dataplanes import Dataplane
from gateway.model.resources import Resource
from gateway.schema.described import described

Keep = Callable[[Resource], bool]


@described
@strawberry.input
class NameFilter:
    """A condition on names; with several, all have to hold."""

    equals: str | None = strawberry.field(default=None, description="The whole name.")
    contains: str | None = strawberry.field(default=None, description="A part of it.")

    def keeps(self, name: str) -> bool:
        """Whether a name passes."""
        if self.equals is not None and name != self.equals:
            return False
        return self.contains is None or self.contains in name


@described
@strawberry.input
class LabelInput:
    """A label to match, or to write."""

    key: str = strawberry.field(description="The label's key.")
    value: str = strawberry.field(description="The label's value, exactly.")


@described
@strawberry.input
class TagInput:
    """A tag to match, or to write."""

    key: str = strawberry.field(description="The tag's key, such as `kuma.io/service`.")
    value: str = strawberry.field(description="The tag's value, exactly.")


def _control_plane() -> Any:
    return strawberry.field(default=None, description="Of the control plane of this name.")


def _mesh() -> Any:
    return strawberry.field(default=None, description="In the mesh of this name.")


def _name() -> Any:
    return strawberry.field(default=None, description="A condition on the name.")


def _labels() -> Any:
    return strawberry.field(default=None, description="Labels that all have to be there.")


@described
@strawberry.input
class MeshFilter:
    """Which meshes; with several conditions, all have to hold."""

    control_plane: str | None = _control_plane()
    name: NameFilter | None = _name()
    labels: list[LabelInput] | None = _labels()


@described
@strawberry.input
class ZoneFilter:
    """Which zones; with several conditions, all have to hold."""

    control_plane: str | None = _control_plane()
    name: NameFilter | None = _name()
    labels: list[LabelInput] | None = _labels()


@described
@strawberry.input
class DataplaneFilter:
    """Which dataplanes; with several conditions, all have to hold."""

    control_plane: str | None = _control_plane()
    mesh: str | None = _mesh()
    name: NameFilter | None = _name()
    labels: list[LabelInput] | None = _labels()
    tags: list[TagInput] | None = strawberry.field(
        default=None, description="Tags that one inbound, or the gateway, has all of."
    )


@described
@strawberry.input
class ServiceFilter:
    """Which services; with several conditions, all have to hold."""

    control_plane: str | None = _control_plane()
    mesh: str | None = _mesh()
    name: NameFilter | None = _name()
    labels: list[LabelInput] | None = _labels()


@described
@strawberry.input
class PolicyFilter:
    """Which policies; with several conditions, all have to hold."""

    control_plane: str | None = _control_plane()
    mesh: str | None = _mesh()
    kind: str | None = strawberry.field(
        default=None, description="Of this kind, by the upstream's own word: MeshTimeout, Retry, …"
    )
    name: NameFilter | None = _name()
    labels: list[LabelInput] | None = _labels()


_WHICH = strawberry.argument(description="Which of them; all if left out.")
WhichMeshes: TypeAlias = Annotated[MeshFilter | None, _WHICH]
WhichZones: TypeAlias = Annotated[ZoneFilter | None, _WHICH]
WhichDataplanes: TypeAlias = Annotated[DataplaneFilter | None, _WHICH]
WhichServices: TypeAlias = Annotated[ServiceFilter | None, _WHICH]
WhichPolicies: TypeAlias = Annotated[PolicyFilter | None, _WHICH]
Filter = MeshFilter | ZoneFilter | DataplaneFilter | ServiceFilter | PolicyFilter


def keeps(chosen: Filter | None) -> Keep:
    """The condition on one resource that a filter makes, beside mesh, kind and control plane."""
    if chosen is None:
        return lambda _: True
    name, labels = chosen.name, chosen.labels
    tags = chosen.tags if isinstance(chosen, DataplaneFilter) else None

    def keep(resource: Resource) -> bool:
        content = resource.content
        return (
            (name is None or name.keeps(content.name))
            and (labels is None or all(content.labels.get(one.key) == one.value for one in labels))
            and (tags is None or tagged(content, tags))
        )

    return keep


def tagged(dataplane: Dataplane, tags: Iterable[TagInput]) -> bool:
    """Whether one inbound of a dataplane, or its gateway, has all of the tags."""
    wanted = {(one.key, one.value) for one in tags}
    return any(wanted <= one.items() for one in dataplane.tag_sets)
