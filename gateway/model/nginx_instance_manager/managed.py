"""What everything says of itself that Instance Manager keeps."""

from typing import TypeAlias

import msgspec

from gateway.model.resources import Wire


class Link(Wire, frozen=True):
    """Where something that belongs to a thing is, as a path on the same server."""

    rel: str = ""
    name: str = ""


Links: TypeAlias = tuple[Link, ...] | Link
"""Links as they are told: many of them, or one by itself."""


def linked(found: Links) -> tuple[Link, ...]:
    """Links as a list, however they are told."""
    return (found,) if isinstance(found, Link) else found


class Authored(Wire, frozen=True):
    """Something that its author calls by a name of their own, such as a commit."""

    external_id: str = ""
    external_id_type: str = ""


class Managed(Wire, frozen=True):
    """What everything says of itself that Instance Manager keeps; it stands in no mesh."""

    uid: str = ""
    display_name: str = ""
    description: str = ""

    @property
    def mesh(self) -> None:
        """The mesh in which it stands."""
        return None

    @property
    def name(self) -> str:
        """What its path ends with."""
        return self.uid

    @property
    def title(self) -> str:
        """The name that people gave it."""
        return self.display_name or self.name

    @property
    def labels(self) -> dict[str, str]:
        """Its labels; there are none."""
        return {}

    @property
    def kri(self) -> None:
        """What names it in all control planes: it has no such name."""
        return None

    @property
    def creation_time(self) -> str | None:
        """When it was first kept."""
        return None

    @property
    def modification_time(self) -> str | None:
        """When it was last changed."""
        return None


class Named(Managed, frozen=True):
    """A thing whose path ends with its name."""

    own_name: str = msgspec.field(default="", name="name")

    @property
    def name(self) -> str:
        """What its path ends with."""
        return self.own_name
