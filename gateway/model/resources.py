"""What control planes store: a key, what every stored thing says of itself, and its bytes.

The Structs of this folder are read from bytes and hold nothing more. Field names are the upstream's
in snake case. A field that an upstream leaves out has the zero value that protobuf JSON leaves out:
no text, no number, an empty list.
"""

from typing import Annotated, Any, Final

import msgspec

from gateway.model.kinds import IN_MESH, Kind

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]


class ResourceKey(msgspec.Struct, frozen=True):
    """Where a resource is: which upstream, of which kind, in which mesh (None where global)."""

    upstream: str
    kind: str
    mesh: str | None
    name: str


class Narrowable(msgspec.StructMeta):
    """Structs that may be decoded in part: into other classes, whose values count as theirs."""

    def __instancecheck__(cls, value: object) -> bool:
        return super().__instancecheck__(value) or cls in getattr(value, "narrows", ())


class Wire(msgspec.Struct, frozen=True, rename="camel", gc=False, metaclass=Narrowable):
    """A part of a body."""


class Stored(Wire, frozen=True):
    """What every stored thing says of itself."""

    name: str
    type: str = ""
    mesh: str | None = None
    creation_time: str | None = None
    modification_time: str | None = None
    labels: dict[str, str] = {}
    kri: str | None = None


UNREAD: Final = msgspec.Raw()
"""In place of a row's bytes where the operation shows none of them."""


class Resource(msgspec.Struct, frozen=True, gc=False):
    """A stored thing as the gateway holds it: whence, of which kind, its content and its bytes."""

    upstream: str
    kind: Kind
    content: Any
    raw: msgspec.Raw
    answered: msgspec.Raw | None = None
    """The bytes as they came, where an old control plane spelled them in its own way."""

    @property
    def mesh(self) -> str | None:
        """The mesh in which it stands; old control planes name one for what stands in none."""
        return self.content.mesh if self.kind.scope is IN_MESH else None

    @property
    def key(self) -> ResourceKey:
        """Where it is."""
        return ResourceKey(self.upstream, self.kind.name, self.mesh, self.content.name)
