"""Structs with no more fields than an operation reads: what nobody asks for is not decoded."""

import types
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import FunctionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from gateway.model.reads import Path, Reads
from gateway.upstreams.alike import TEXTS, Unread, filling

S = TypeVar("S", bound=msgspec.Struct)
KEPT = 512
"""For how many readings the Structs are kept: as many as documents are."""


class Rows(msgspec.Struct, Generic[S]):
    """A list as it comes; 0.x has no total, the last page of some lists no `next`."""

    items: list[S] | None
    total: Any = None
    next: Any = None


@lru_cache(maxsize=KEPT)
def rows_reader(struct: type[S], paths: frozenset[Path] | None) -> Callable[[bytes], Rows[S]]:
    """What reads a list of which so much is read, all of it where `paths` is None.

    It raises what decoding raises.
    """
    wanted = struct if paths is None else narrowed(struct, paths, lean=True)
    decode = msgspec.json.Decoder(Rows[wanted], strict=False).decode  # type: ignore[valid-type]
    fill = filling(wanted)
    if fill is None:
        return decode

    def read(body: bytes) -> Rows[S]:
        found = decode(body)
        fill(found.items or ())
        return found

    return read


@lru_cache(maxsize=KEPT)
def row_reader(struct: type[S], reads: Reads, *more: Path) -> Callable[[bytes], S]:
    """What reads one resource of which so much is read, and `more`.

    It raises what decoding raises.
    """
    return msgspec.json.Decoder(narrowed(struct, reads.paths.union(more)), strict=False).decode


def narrowed(struct: type[S], paths: Iterable[Path], *, lean: bool = False) -> type[S]:
    """The Struct without the fields that no path leads to; its properties stay.

    A `lean` one leaves maps of texts unread.
    """
    below: defaultdict[str, set[Path]] = defaultdict(set)
    for name, *rest in paths:
        below[name].add(tuple(rest))
    hints = get_type_hints(struct, include_extras=True)
    fields = [
        (one.name, apart(hints[one.name], below[one.name], lean=lean), default(one))
        for one in msgspec.structs.fields(struct)
        if one.name in below
    ]
    names = {one.name: one.encode_name for one in msgspec.structs.fields(struct)}
    made = msgspec.defstruct(
        struct.__name__,
        fields,
        namespace=computed(struct) | {"narrows": struct.__mro__},
        rename=names,
        frozen=True,
        gc=False,
        kw_only=True,
    )
    return made  # type: ignore[return-value]


def apart(kind: Any, paths: set[Path], *, lean: bool) -> Any:
    """An annotation with its Structs narrowed; the same where all of them is read."""
    if lean and kind == TEXTS:
        return Unread
    if () in paths:
        return kind
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        # Bytes that may be null are no choice for msgspec.
        some = (it if it == TEXTS else apart(it, paths, lean=lean) for it in get_args(kind))
        return Union[tuple(some)]  # noqa: UP007
    if origin is tuple:
        item, *more = get_args(kind)
        return tuple[(apart(item, paths, lean=lean), *more)]  # type: ignore[misc]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return narrowed(kind, paths, lean=lean)
    return kind


def default(field: msgspec.structs.FieldInfo) -> Any:
    """A field's default as a definition takes it."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return msgspec.NODEFAULT


def computed(struct: type) -> dict[str, Any]:
    """The properties and methods of a Struct."""
    return {
        name: value
        for cls in reversed(struct.__mro__)
        if issubclass(cls, msgspec.Struct)
        for name, value in vars(cls).items()
        if isinstance(value, property | FunctionType) and not name.startswith("__")
    }
