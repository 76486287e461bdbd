"""The schema documents of the upstream, and how far a type of the graph goes with them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, get_named_type

from tests.recorded import ROOT
from tests.schema.selections import SCHEMA

FOLDER = ROOT / "2.14.3" / "schemas"
KINDS_OF_DOCUMENTS = sorted(path.stem for path in FOLDER.glob("*.json"))
RENAMED = {"match": "tags"}
"""The one member that the graph calls otherwise: that of a tag selector."""

Fields = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType


def document(kind: str) -> dict[str, Any]:
    """What a kind's body may hold, as JSON Schema."""
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_bytes())
    return found


def unshown(kind: str, type_name: str) -> list[str]:
    """The properties of a kind's document that a type of the graph does not have, as paths."""
    root = document(kind)
    return sorted(set(_unshown(root, root, SCHEMA.type_map[type_name], "")))


def _unshown(schema: dict[str, Any], root: dict[str, Any], found: Any, at: str) -> Iterator[str]:
    schema = _resolved(schema, root)
    for name, inner in _properties(schema).items():
        wire = re.sub("_([a-z])", lambda letter: letter[1].upper(), name)
        path = f"{at}.{wire}".lstrip(".")
        fields = found.fields if isinstance(found, Fields) else {}
        field = fields.get(wire) or fields.get(RENAMED.get(wire, ""))
        if field is None:
            yield path
            continue
        below = get_named_type(field.type)
        inner = _resolved(inner, root)
        inner = _resolved(inner.get("items", inner), root)
        keyed = inner.get("additionalProperties")
        if isinstance(keyed, dict):
            assert set(below.fields) == {"key", "value"}, path
            below, inner = get_named_type(below.fields["value"].type), keyed
        yield from _unshown(inner, root, below, path)


def _resolved(schema: dict[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    found = dict(schema.get("properties", {}))
    for one in schema.get("oneOf", ()):
        found |= one.get("properties", {})
    return found
