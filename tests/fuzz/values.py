"""What arguments are given: by the name of an argument where it means something, else by type."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import msgspec
from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
    is_required_input_field,
)

PLAIN: Mapping[str, Sequence[Any]] = {
    "Int": [0, 1, 2, 3, -1, 2**31 - 1],
    "Float": [0, 0.5, -2.25, 1e30],
    "String": ["", "a", 'é\n"\\', "default"],
    "Boolean": [True, False],
    "Duration": ["0s", "1h", "-5m", "876000h"],
    "DateTime": ["2026-01-02T03:04:05Z", "2023-11-07T13:31:26.5+02:00", "0001-01-01T00:00:00Z"],
    "BigInt": [0, "18446744073709551615", -1],
    "JSON": [{}, {"a": [1, None, {"b": True}]}, "text", 1.5, []],
    "ID": ["", "a", 7],
}
"""Values of scalars, as JSON."""


class Name(msgspec.Struct, frozen=True):
    """An enum's value, which stands without quotes in a document."""

    name: str


class Values:
    """Chooses values of input types, some of them odd, none of another type.

    Pools of scalars are found by the name of what the value is for, `mesh.name` or `name`, or by
    type.
    """

    def __init__(self, random: Random, pools: Mapping[str, Sequence[Any]]) -> None:
        self._random = random
        self._pools = pools

    def of(self, kind: GraphQLInputType, name: str, depth: int = 0) -> Any:
        """A value for what is called so."""
        if isinstance(kind, GraphQLNonNull):
            return self._some(kind.of_type, name, depth)
        return None if self._random.random() < 0.1 else self._some(kind, name, depth)

    def _some(self, kind: GraphQLInputType, name: str, depth: int) -> Any:
        if isinstance(kind, GraphQLList):
            item = get_nullable_type(kind.of_type)
            if not isinstance(item, GraphQLList) and self._random.random() < 0.1:
                # One value stands for a list of one.
                return self._some(item, name, depth + 1)
            size = self._random.choice((0, 1, 1, 2, 3))
            return [self.of(kind.of_type, name, depth + 1) for _ in range(size)]
        if isinstance(kind, GraphQLEnumType):
            return Name(self._random.choice(list(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            if kind.is_one_of:
                key, field = self.one_of(kind)
                return {key: self.of(field.type, key, depth + 1)}
            return {
                key: self.of(field.type, key, depth + 1)
                for key, field in kind.fields.items()
                if self.gives(field, depth)
            }
        return self._random.choice(self._pool(name, str(kind)))

    def one_of(self, kind: GraphQLInputObjectType) -> tuple[str, GraphQLInputField]:
        """The one member that is given; it must be there."""
        key, field = self._random.choice(list(kind.fields.items()))
        return key, GraphQLInputField(GraphQLNonNull(get_nullable_type(field.type)))

    def _pool(self, name: str, kind: str) -> Sequence[Any]:
        for key in (name, name.rpartition(".")[2], kind):
            if key in self._pools:
                return self._pools[key]
        return PLAIN[kind]

    def gives(self, field: GraphQLInputField, depth: int) -> bool:
        """Whether a member of an input object is given."""
        return is_required_input_field(field) or self._random.random() < 0.4 / (depth + 1)


def literal(value: Any) -> str:
    """A value as a document has it."""
    if isinstance(value, Name):
        return value.name
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {literal(one)}' for key, one in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def plain(value: Any) -> Any:
    """A value as variables have it."""
    if isinstance(value, Name):
        return value.name
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value
