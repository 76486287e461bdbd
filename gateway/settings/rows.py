"""A setting as a row, and the tables that rows are in: what is read from the Structs themselves."""

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from gateway.settings.durations import Unit
from gateway.settings.flaws import joined


class Row(msgspec.Struct, frozen=True):
    """One setting: its key, its type without annotations, what is said of it, its default."""

    key: str
    type: Any
    meta: msgspec.Meta
    default: Any
    required: bool

    @property
    def unit(self) -> Unit | None:
        """The unit that it is written with."""
        return (self.meta.extra or {}).get("unit")

    @property
    def secret(self) -> bool:
        """Whether nobody may read it from us."""
        return bool((self.meta.extra or {}).get("secret"))

    @property
    def file(self) -> bool:
        """Whether it names a file that must be there."""
        return bool((self.meta.extra or {}).get("file"))

    @property
    def wanted(self) -> str:
        """What it must be, as an error and the docs say it."""
        if unit := self.unit:
            least = "" if self.meta.gt is None else " above zero"
            return f'{unit.noun}{least}, such as "{unit.example}"'
        if get_origin(self.type) is Literal:
            return "one of " + ", ".join(get_args(self.type))
        if self.type is int:
            bounds = [f"from {self.meta.ge}"] if self.meta.ge is not None else []
            bounds += [f"to {self.meta.le}"] if self.meta.le is not None else []
            return " ".join(["a whole number", *bounds])
        return {bool: "true or false", str: "a text"}.get(self.type, "a list of texts")


def rows(struct: type[msgspec.Struct]) -> tuple[Row, ...]:
    """The settings of a table, without those that are tables themselves."""
    return tuple(_row(field) for field in msgspec.structs.fields(struct) if not table_of(field))


def tables(struct: type[msgspec.Struct]) -> dict[str, tuple[type[msgspec.Struct], bool]]:
    """The tables inside a table by their keys, and whether each is a list of them."""
    return {
        field.name: found
        for field in msgspec.structs.fields(struct)
        if (found := table_of(field)) is not None
    }


def table_of(field: msgspec.structs.FieldInfo) -> tuple[type[msgspec.Struct], bool] | None:
    """The Struct that a field holds, and whether it holds many; None where it holds a value."""
    many = get_origin(field.type) is tuple
    inner = get_args(field.type)[0] if many else field.type
    is_table = isinstance(inner, type) and issubclass(inner, msgspec.Struct)
    return (inner, many) if is_table else None


def _row(field: msgspec.structs.FieldInfo) -> Row:
    annotated, meta = get_args(field.type)
    if get_origin(annotated) in (Union, types.UnionType):
        annotated = get_args(annotated)[0]
    return Row(
        key=field.name,
        type=annotated,
        meta=meta,
        default=field.default,
        required=field.required,
    )


def walk(struct: type[msgspec.Struct], path: str = "") -> Iterator[tuple[str, Row]]:
    """Every setting of a table and of the tables inside, with its path; lists are marked `[]`."""
    for row in rows(struct):
        yield joined(path, row.key), row
    for key, (inner, many) in tables(struct).items():
        yield from walk(inner, joined(path, key) + ("[]" if many else ""))
