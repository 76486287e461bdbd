"""Maps of texts, such as tags, that many rows have alike: decoded once and shared by them."""

import types
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

TEXTS: Final = dict[str, str]
Unread = Annotated[msgspec.Raw, "texts"]
"""In the place of such a map: its bytes, until all rows have come."""

_decode: Final = msgspec.json.Decoder(TEXTS, strict=False).decode


class Alike(dict[bytes, dict[str, str]]):
    """The maps by their bytes; raises what decoding raises where the bytes are no such map."""

    def __missing__(self, raw: bytes) -> dict[str, str]:
        found = self[raw] = _decode(raw)
        return found


def filling(struct: type) -> Callable[[Iterable[Any]], None] | None:
    """What puts the maps into decoded rows; None where they have none.

    It raises what decoding raises.
    """
    lines = _within(tuple[struct, ...], "rows", 1, map("v{}".format, count()))  # type: ignore[valid-type]
    if not lines:
        return None
    names: dict[str, Any] = {
        "Alike": Alike, "Raw": msgspec.Raw, "put": msgspec.structs.force_setattr,
    }  # fmt: skip
    source = "\n".join(["def fill(rows):", "    alike = Alike()", *lines])
    exec(compile(source, f"<rows of {struct.__name__}>", "exec"), names)
    fill: Callable[[Iterable[Any]], None] = names["fill"]
    return fill


def _within(kind: Any, value: str, depth: int, names: Iterator[str]) -> list[str]:
    """The lines that fill in what is below a value."""
    pad = "    " * depth
    origin = get_origin(kind)
    if kind == Unread:
        owner, _, name = value.rpartition(".")
        return [
            f"{pad}raw = {value}",
            f"{pad}if raw.__class__ is Raw: put({owner}, {name!r}, alike[bytes(raw)])",
        ]
    if origin in (Union, types.UnionType):
        some = [it for it in get_args(kind) if it is not type(None)]
        below = _within(some[0], value, depth + 1, names) if len(some) == 1 else []
        return [f"{pad}if {value} is not None:", *below] if below else []
    if origin is tuple and get_args(kind)[1:] == (...,):
        name = next(names)
        below = _within(get_args(kind)[0], name, depth + 1, names)
        return [f"{pad}for {name} in {value}:", *below] if below else []
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return []
    name = next(names)
    below = [
        line
        for field in msgspec.structs.fields(kind)
        for line in _within(field.type, f"{name}.{field.name}", depth, names)
    ]
    return [f"{pad}{name} = {value}", *below] if below else []
