"""How lists are wrapped: three ways, by what is listed and not by version."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway.upstreams.reading import forgiving

Members = Mapping[str, msgspec.Raw]
NULL: Final = msgspec.Raw(b"null")


class Pagination(msgspec.Struct, rename="camel"):
    """What events say of their pages."""

    page_token: str | None = None
    total: int | None = None


class Metadata(msgspec.Struct):
    """Where events say it."""

    pagination: Pagination = msgspec.field(default_factory=Pagination)


class Envelope(msgspec.Struct, frozen=True):
    """A list as all three say it: rows, how many there are, the token of the snapshot."""

    items: tuple[msgspec.Raw, ...] = ()
    total: int | None = None
    token: str | None = None


_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_METADATA: Final = msgspec.json.Decoder(Metadata | None, strict=False)
_ROWS: Final = msgspec.json.Decoder(list[msgspec.Raw] | None)


def envelope(body: bytes) -> Envelope:
    """A list, however it is wrapped; raises msgspec.DecodeError where it is none.

    The inventory is `{count, items}`, events are `{Metadata, items}` with a capital letter, and
    users and what belongs to rights are `{items}`. Names are read in whatever case they have.
    """
    members: Members = {key.lower(): value for key, value in _MEMBERS.decode(body).items()}
    if "items" not in members:
        raise msgspec.ValidationError("Object missing required field `items`")
    about = forgiving(_METADATA, members.get("metadata", NULL)) or Metadata()
    count: Any = msgspec.json.decode(members.get("count", NULL))
    return Envelope(
        items=tuple(_ROWS.decode(members["items"]) or ()),
        total=count if isinstance(count, int) else about.pagination.total,
        token=about.pagination.page_token or token(members),
    )


def token(members: Members) -> str | None:
    """The token that a list tells beside its rows."""
    found: Any = msgspec.json.decode(members.get("pagetoken", NULL))
    return found if isinstance(found, str) and found else None
