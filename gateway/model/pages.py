"""What is asked of a collection and what comes back."""

import msgspec

from gateway.errors import MeshgateError
from gateway.model.reads import Reads
from gateway.model.resources import Resource


class Listing(msgspec.Struct, frozen=True):
    """One collection of an upstream: a kind in one mesh, or in all where mesh is None.

    `overview` asks for the resources together with their insights; of each so much is read as
    `reads` says, all of it where it is None.
    """

    upstream: str
    kind: str
    mesh: str | None = None
    overview: bool = False
    reads: Reads | None = None

    @property
    def everywhere(self) -> "Listing":
        """The same of all meshes."""
        return Listing(self.upstream, self.kind, None, self.overview, self.reads)

    @property
    def whole(self) -> "Listing":
        """The same with all of each row read."""
        return Listing(self.upstream, self.kind, self.mesh, self.overview)


class Page(msgspec.Struct, frozen=True):
    """What an upstream returns of a collection: rows in its order, and the rows it could not give.

    `total` is the collection's size where the upstream says it; `next_offset` is None at the end.
    """

    rows: tuple[Resource, ...] = ()
    total: int | None = None
    next_offset: int | None = None
    broken: tuple[MeshgateError, ...] = ()
