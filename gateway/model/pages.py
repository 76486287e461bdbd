"""What is asked of a collection and what comes back."""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from gateway.errors import MeshgateError
from gateway.model.reads import Reads, holds
from gateway.model.resources import Resource

Pairs = tuple[tuple[str, str], ...]


class Narrowing(msgspec.Struct, frozen=True):
    """What of a collection is wanted, as far as control planes choose; they may give more.

    A part of the name; labels; tags; and a gateway's kind: true, false, builtin or delegated.
    """

    name: str = ""
    labels: Pairs = ()
    tags: Pairs = ()
    gateway: str = ""


EVERYTHING: Final = Narrowing()
"""Nothing is left out."""


class Part(msgspec.Struct, frozen=True):
    """Some rows of a collection in its upstream's order: from which on, and at most how many."""

    offset: int
    size: int


class Listing(msgspec.Struct, frozen=True):
    """One collection of an upstream: a kind in one mesh, or in all where mesh is None.

    `overview` asks for the resources together with their insights, `narrowing` for less of them;
    of each so much is read as `reads` says, all of it where it is None. `part` asks for some of
    the rows alone, of an upstream whose lists are ordered.
    """

    upstream: str
    kind: str
    mesh: str | None = None
    overview: bool = False
    narrowing: Narrowing = EVERYTHING
    reads: Reads | None = None
    part: Part | None = None

    @property
    def everywhere(self) -> "Listing":
        """The same of all meshes."""
        return Listing(self.upstream, self.kind, None, self.overview, self.narrowing, self.reads)

    @property
    def wider(self) -> "Iterator[Listing]":
        """The lists that hold all of it: over all meshes, without narrowing, with all read."""
        for narrowing in dict.fromkeys((self.narrowing, EVERYTHING)):
            for reads in dict.fromkeys((self.reads, None)):
                for mesh in dict.fromkeys((self.mesh, None)):
                    yield Listing(self.upstream, self.kind, mesh, self.overview, narrowing, reads)

    def covers(self, other: "Listing") -> bool:
        """Whether it holds all of another."""
        if self.kind != other.kind or not holds(self.reads, other.reads):
            return False
        like = replace(other, reads=self.reads)
        return self == like or self in like.wider


class Page(msgspec.Struct, frozen=True):
    """What an upstream returns of a collection: rows in its order, and the rows it could not give.

    `total` is the collection's size where the upstream says it, and of a part None where that is
    not to be believed; `next_offset` is None at the end.
    """

    rows: tuple[Resource, ...] = ()
    total: int | None = None
    next_offset: int | None = None
    broken: tuple[MeshgateError, ...] = ()
