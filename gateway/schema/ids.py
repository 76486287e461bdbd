"""Node ids and cursors: opaque to clients, a place in the order to us."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from typing import Annotated, Final

import msgspec
import strawberry
from msgspec import Meta

from gateway.errors import BadUserInput
from gateway.model.kinds import IN_MESH
from gateway.model.resources import Resource, ResourceKey

_VERSION: Final = 1
CONTROL_PLANE: Final = "ControlPlane"
"""The kind under which a control plane itself has an id."""


Position = tuple[str, str, str, str]
"""Where a resource stands in every list: control plane, mesh, name, kind."""


class _Id(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    upstream: str
    kind: str
    mesh: str | None
    name: str


class Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What a cursor holds: where it is, in which order, and by which key of that order.

    `offset` is how many rows of its upstream's list went up to it, where that was read by pages.
    """

    version: int
    position: Position
    order: str = ""
    key: str = ""
    offset: Annotated[int, Meta(ge=0, lt=2**31)] = 0


_IDS: Final = msgspec.json.Decoder(_Id)
_CURSORS: Final = msgspec.json.Decoder(Place)


def node_id(key: ResourceKey) -> strawberry.ID:
    """The id of a resource: by kind and never by GraphQL type, so that it outlives a new type."""
    content = _Id(_VERSION, key.upstream, key.kind, key.mesh, key.name)
    return strawberry.ID(_text(msgspec.json.encode(content)))


def resource_key(text: str) -> ResourceKey:
    """The key that an id was made of; raises BadUserInput where none of ours was."""
    try:
        found = _IDS.decode(_bytes(text))
    except (msgspec.DecodeError, ValueError):
        found = None
    if found is None or found.version != _VERSION:
        raise BadUserInput(f"{text[:80]!r} is no id of this gateway")
    return ResourceKey(found.upstream, found.kind, found.mesh, found.name)


def position(resource: Resource) -> Position:
    """Where a resource stands in every list."""
    content, kind = resource.content, resource.kind
    mesh = content.mesh if kind.scope is IN_MESH else None
    return (resource.upstream, mesh or "", content.name, kind.name)


def cursor(at: Position, order: str = "", key: str = "", offset: int = 0) -> str:
    """A place in a list that stays one while others come and go; `key` is the order's own."""
    if not order and not offset:
        return _text(msgspec.json.encode((_VERSION, at)))
    return _text(msgspec.json.encode(Place(_VERSION, at, order, key, offset)))


def cursor_place(text: str, order: str = "") -> Place:
    """The place that a cursor was made of; raises BadUserInput where none of ours was.

    A cursor is of one order alone.
    """
    try:
        found = _CURSORS.decode(_bytes(text))
    except (msgspec.DecodeError, ValueError):
        found = None
    if found is None or found.version != _VERSION:
        raise BadUserInput(f"{text[:80]!r} is no cursor of this gateway; use a pageInfo.endCursor")
    if found.order != order:
        raise BadUserInput("this cursor is of another order; give the `orderBy` that it came with")
    return found


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
