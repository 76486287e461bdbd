from enum import Enum
from typing import Annotated, Any

import msgspec
import pytest
import strawberry
from graphql import GraphQLEnumType, GraphQLError, GraphQLScalarType

from gateway.execution.leaves import Serialized, checked, goes_as_it_is, settled_leaf

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.type
class Query:
    text: str
    number: int
    flag: bool
    ratio: float
    id: strawberry.ID
    colour: Colour


TYPES = strawberry.Schema(Query)._schema.type_map
DAY = GraphQLScalarType("Day", serialize=str)


def kind(name: str) -> Any:
    return DAY if name == "Day" else TYPES[name]


@pytest.mark.parametrize(
    ("found", "name", "expected"),
    [
        (str, "String", True), (str | None, "String", True), (str, "ID", True), (str, "Day", True),
        (bool, "Boolean", True), (Int32, "Int", True), (Int32 | None, "Int", True),
        (int, "Int", False), (bool, "Int", False), (int, "String", False), (int, "Day", False),
        (str, "Colour", False), (Any, "String", False), (float, "Float", False),
    ],
)  # fmt: skip
def test_what_was_decoded_as_its_type_goes_out_as_it_is(
    found: Any, name: str, expected: bool
) -> None:
    assert goes_as_it_is(found, kind(name)) is expected


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("String", ["a", 1, None, True]), ("ID", ["a", 1]), ("Boolean", [True, 0, "true"]),
        ("Int", [0, 2**31 - 1, 2**31, -(2**31), True, 1.0, "1"]),
    ],
)  # fmt: skip
def test_what_fits_is_what_the_scalar_leaves_alone(name: str, values: list[Any]) -> None:
    _, test = checked("value", Any, kind(name), lambda _: "never")
    for value in values:
        fits = not eval(test, {"value": value})
        try:
            serialized = kind(name).coerce_output_value(value)
        except GraphQLError:
            serialized = object()
        assert not fits or (serialized == value and serialized.__class__ is value.__class__)


def test_an_enum_is_serialised_once_for_each_value() -> None:
    colour = TYPES["Colour"]
    assert isinstance(colour, GraphQLEnumType)
    found = Serialized(colour)
    assert found[Colour.RED] == "RED"
    assert list(found) == [Colour.RED]
    with pytest.raises(GraphQLError):
        found["mauve"]
    assert list(found) == [Colour.RED]


def test_an_enums_value_that_is_known_is_written_as_it_goes_out() -> None:
    class Shade(Enum):
        GREY = "grey"

    assert settled_leaf(Colour.RED, kind("Colour")) == "'RED'"
    assert settled_leaf(Shade.GREY, kind("Colour")) == ""
    assert settled_leaf(Colour.RED, kind("String")) == ""
