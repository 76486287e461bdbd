"""Node ids and cursors: opaque to clients, a place in the order to us."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from typing import Final

import msgspec
import strawberry

from gateway.errors import BadUserInput
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


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    position: Position


_IDS: Final = msgspec.json.Decoder(_Id)
_CURSORS: Final = msgspec.json.Decoder(_Cursor)


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
    return (resource.upstream, resource.mesh or "", resource.content.name, resource.kind.name)


def cursor(at: Position) -> str:
    """A place in a list that stays one while others come and go."""
    return _text(msgspec.json.encode(_Cursor(_VERSION, at)))


def cursor_position(text: str) -> Position:
    """The place that a cursor was made of; raises BadUserInput where none of ours was."""
    try:
        found = _CURSORS.decode(_bytes(text))
    except (msgspec.DecodeError, ValueError):
        found = None
    if found is None or found.version != _VERSION:
        raise BadUserInput(f"{text[:80]!r} is no cursor of this gateway; use a pageInfo.endCursor")
    return found.position


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
