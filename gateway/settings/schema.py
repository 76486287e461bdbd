"""The JSON Schema of the settings file, for editors and for those who write files by machine."""

from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from gateway.settings.rows import Row, rows, tables
from gateway.settings.shown import written
from gateway.settings.values import Settings

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_TYPES: Final = {str: "string", int: "integer", bool: "boolean"}


def json_schema() -> dict[str, Any]:
    """The schema of a whole file, each setting with its sentence and its default."""
    return {
        "$schema": DIALECT,
        "title": "Settings of Meshgate",
        **_table(Settings),
    }


def _table(struct: type[msgspec.Struct]) -> dict[str, Any]:
    properties: dict[str, Any] = {row.key: _setting(row) for row in rows(struct)}
    for key, (inner, many) in tables(struct).items():
        table = _table(inner)
        properties[key] = {"type": "array", "items": table} if many else table
    required = [row.key for row in rows(struct) if row.required]
    return {
        "description": struct.__doc__,
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _setting(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {"description": row.meta.description}
    if row.unit:
        found |= {"type": "string", "pattern": row.unit.pattern}
    elif get_origin(row.type) is Literal:
        found["enum"] = list(get_args(row.type))
    elif get_origin(row.type) is tuple:
        found |= {"type": "array", "items": {"type": "string"}}
    else:
        found["type"] = _TYPES[row.type]
        bounds = (("minimum", row.meta.ge), ("maximum", row.meta.le))
        found |= {name: bound for name, bound in bounds if bound is not None}
    if not row.required and row.default is not None:
        found["default"] = written(row, row.default)
    return found
