"""From a resource to the GraphQL type that shows it: a table that each type enters itself."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from gateway.model.kinds import Kind, Noun
from gateway.model.resources import Resource

T = TypeVar("T", bound=type)

VIEWS: Final[dict[str, type]] = {}
"""The types by the names that the kinds' rows give them; filled as the types are imported."""


def shows(type_name: str) -> Callable[[T], T]:
    """Enter a type as the view of the kinds whose rows name it."""

    def enter(cls: T) -> T:
        VIEWS[type_name] = cls
        return cls

    return enter


def view(resource: Resource) -> Any:
    """The view of a resource; a kind that no row declares has the view of unknown ones."""
    return (VIEWS.get(resource.kind.type_name) or unknown(resource.kind))(resource=resource)


def unknown(kind: Kind) -> type:
    """The view of a kind that no row declares."""
    return VIEWS["UnknownPolicy" if kind.noun is Noun.POLICY else "UnknownResource"]
