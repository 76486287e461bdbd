"""Selections of everything that a type of the graph has."""

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from gateway.schema import build

SCHEMA = build()._schema
Composite = GraphQLObjectType | GraphQLInterfaceType


ASKED = {"KumaProxy", "InspectedProxy"}
"""Interfaces of which each field asks for what no list holds."""


def everything(name: str) -> str:
    """All fields of a type that need no argument, and of what belongs to it; other nodes by ids."""
    found = SCHEMA.type_map[name]
    assert isinstance(found, Composite)
    return _selection(found)


def _selection(found: Composite) -> str:
    asked = {name for one in found.interfaces if one.name in ASKED for name in one.fields}
    fields = (
        f"{name} {_below(field.type)}"
        for name, field in found.fields.items()
        if name not in asked and not any(map(is_required_argument, field.args.values()))
    )
    return f"{{ __typename {' '.join(fields)} }}"


def _below(found: GraphQLOutputType) -> str:
    named = get_named_type(found)
    if is_leaf_type(named):
        return ""
    assert isinstance(named, Composite)
    if named.name.endswith("Connection"):
        return "{ totalCount nodes { id } failures { code } }"
    if "id" in named.fields and named.interfaces:
        return "{ id }"
    return _selection(named)
