from typing import Any

import msgspec
import pytest
from graphql import GraphQLError, GraphQLScalarType
from graphql.execution.values import VariableValues

from gateway.execution.compile import Compiler
from gateway.execution.completion import by_class, completion, each, leaf, or_null
from gateway.execution.progress import Complete, Nulled, Place, Progress
from tests.execution.test_selections import fields
from tests.fuzz import awkward

SCHEMA = awkward.build()
TYPES = SCHEMA._schema.type_map
[ASKED] = fields("{ b { name } }")


def compiler() -> Compiler:
    return Compiler(SCHEMA, {}, TYPES["Query"], ())  # type: ignore[arg-type]


class Response:
    """One field of a response, and the run that fills it."""

    def __init__(self) -> None:
        self.progress = Progress(None, VariableValues({}, {}))
        self.root: dict[str | int | None, Any] = {}
        self.place: Place = ((None, None, {}, True), "b", self.root, True)

    def holds(self, complete: Complete, value: Any) -> Any:
        found = complete(value, self.progress, self.place)
        return msgspec.to_builtins(found) if isinstance(found, msgspec.Struct) else found

    async def held(self, complete: Complete, value: Any) -> Any:
        """The same once all of it is there."""
        self.root["b"] = self.holds(complete, value)
        await self.progress.finished()
        return self.root["b"]

    @property
    def told(self) -> list[tuple[str, Any]]:
        return [(it.error.message, it.error.path) for it in self.progress.failed]


def items(kind: str = "Int", *, nullable: bool = True) -> Complete:
    made: Any = TYPES[kind]
    return each(compiler(), leaf(made), "Query", ASKED, nullable=nullable)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [("Int", 7, 7), ("Float", 1, 1.0), ("ID", 12, "12"), ("How", awkward.How.NULL, "NULL")],
)
def test_a_leaf_is_serialised(kind: str, value: Any, expected: Any) -> None:
    made: Any = TYPES[kind]
    assert Response().holds(leaf(made), value) == expected


@pytest.mark.parametrize("kind", [GraphQLScalarType("S", lambda _: None)])
def test_a_value_of_which_a_scalar_makes_nothing_is_an_error(kind: GraphQLScalarType) -> None:
    with pytest.raises(TypeError, match="S made null of a value"):
        Response().holds(leaf(kind), "x")


def test_null_is_an_error_where_none_is_promised() -> None:
    assert Response().holds(or_null(items(), "Query", ASKED, nullable=True), None) is None
    with pytest.raises(TypeError, match=r"^Cannot return null for non-nullable field Query\.b\.$"):
        Response().holds(or_null(items(), "Query", ASKED, nullable=False), None)


@pytest.mark.parametrize("values", [[1, 2], (1, 2), iter([1, 2]), {1: 0, 2: 0}.keys()])
def test_whatever_can_be_walked_is_a_list(values: Any) -> None:
    assert Response().holds(items(), values) == [1, 2]


@pytest.mark.parametrize("value", ["ab", b"ab", {"a": 1}, 7, object()])
def test_text_and_mappings_and_single_values_are_none(value: Any) -> None:
    with pytest.raises(GraphQLError, match=r"^Expected a list for field 'b'"):
        Response().holds(items(), value)


def test_an_item_that_fails_is_null_where_it_may_be() -> None:
    response = Response()
    assert response.holds(items(), [1, None, KeyError("x"), "a"]) == [1, None, None, None]
    assert [path for _, path in response.told] == [["b", 2], ["b", 3]]


@pytest.mark.parametrize(
    ("value", "message"),
    [(None, "Cannot return null for non-nullable field Query.b."), (KeyError("x"), "'x'")],
)
def test_an_item_that_may_not_be_null_takes_the_list_with_it(value: Any, message: str) -> None:
    response = Response()
    with pytest.raises(Nulled):
        response.holds(items(nullable=False), [1, value, KeyError("never met")])
    assert response.told == [(message, ["b", 1])]


async def late(value: Any) -> Any:
    if isinstance(value, KeyError):
        raise value
    return value


async def test_items_are_awaited_in_their_places() -> None:
    response = Response()
    values = [late(1), 2, late(None), late(KeyError("x")), late(ValueError("y"))]
    assert await response.held(items(), values) == [1, 2, None, None, None]
    assert response.told == [("'x'", ["b", 3]), ("y", ["b", 4])]


async def test_what_comes_after_an_item_that_took_the_list_is_let_go() -> None:
    # A coroutine that nobody awaits would be a warning, and that an error.
    with pytest.raises(Nulled):
        Response().holds(items(nullable=False), [1, None, late(2), late(3)])


def test_lists_in_lists_fail_each_by_itself() -> None:
    response = Response()
    inner = items(nullable=False)
    outer = each(compiler(), inner, "Query", ASKED, nullable=True)
    assert response.holds(outer, [[1], [2, None], None, "ab"]) == [[1], None, None, None]
    assert [path for _, path in response.told] == [["b", 1, 1], ["b", 3]]


@pytest.mark.parametrize("kind", ["Being", "Flying"])
def test_each_value_of_an_interface_is_of_its_own_type(kind: str) -> None:
    [asked] = fields("{ b { __typename name } }")
    made: Any = TYPES[kind]
    complete = by_class(compiler(), made, asked)
    bird = {"__typename": "Bird", "name": "owl"}
    assert Response().holds(complete, awkward.Bird(name="owl")) == bird


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Being", awkward.Stone(weight=1.0)),
        ("Flying", awkward.Fish(name="cod")),
        ("Thing", awkward.Egg(bird=awkward.Bird(name="owl"))),
        ("Being", "owl"),
        ("Bird", awkward.Stone(weight=1.0)),
    ],
)
def test_a_value_of_another_type_is_an_error(kind: str, value: Any) -> None:
    made: Any = TYPES[kind]
    with pytest.raises(TypeError, match=f" is no {kind}$"):
        Response().holds(completion(compiler(), "Query", ASKED, made), value)


@pytest.mark.parametrize(
    ("field", "value"), [("matrix", [[1], None]), ("must", True), ("letters", ["a"])]
)
def test_a_type_is_completed_whatever_it_is_wrapped_in(field: str, value: Any) -> None:
    query: Any = TYPES["Query"]
    complete = completion(compiler(), "Query", ASKED, query.fields[field].type)
    assert Response().holds(complete, value) == value
