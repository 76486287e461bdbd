import asyncio
from typing import Any

import msgspec
import pytest
import strawberry
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.permission import BasePermission

from gateway.execution.compile import plan
from gateway.execution.plans import Plan
from gateway.execution.selections import PLACES
from tests.fuzz import awkward

SCHEMA = awkward.build()


def planned(text: str, schema: strawberry.Schema = SCHEMA) -> Plan | None:
    document = parse(text)
    [operation] = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    return plan(schema, document, operation)


def variables(text: str, given: dict[str, Any]) -> VariableValues:
    [operation, *_] = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    found = get_variable_values(SCHEMA._schema, operation.variable_definitions or (), given)
    assert isinstance(found, VariableValues)
    return found


async def answer(text: str, given: dict[str, Any] | None = None) -> tuple[Any, list[Any]]:
    made = planned(text)
    assert made is not None
    data, failed = await made.run(None, variables(text, given or {}))
    return msgspec.to_builtins(data), [it.error.path for it in failed]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ number a: number }", {"number": 7, "a": 7}),
        ("{ root { number must } root { mustLate } }",
         {"root": {"number": 7, "must": True, "mustLate": "12"}}),
        ("{ mustLate number maybeRoot { number } }",
         {"mustLate": "12", "number": 7, "maybeRoot": {"number": 7}}),
        ("{ beings { __typename ... on Bird { name } ...F } } fragment F on Fish { fins }",
         {"beings": [{"__typename": "Bird", "name": "tom"}, {"__typename": "Fish", "fins": 4}]}),
        ("{ things { ... on Stone { weight } ... on Being { n: name } } }",
         {"things": [{"n": "owl"}, {"n": "cod"}]}),
        ("{ letters(how: LATE) }", {"letters": ["a", "b"]}),
        ("{ bird(how: NULL) { name } }", {"bird": None}),
        ("{ __typename }", {"__typename": "Query"}),
    ],
)  # fmt: skip
async def test_a_plan_answers_as_the_document_asks(text: str, expected: Any) -> None:
    data, failed = await answer(text)
    assert (data, failed) == (expected, [])
    # The order of keys too is that of the document, whatever came late.
    assert list(data) == list(expected)


@pytest.mark.parametrize(
    ("text", "data", "failed"),
    [
        ("{ number(how: RAISE) must }", {"number": None, "must": True}, [["number"]]),
        ("{ number must(how: NULL) }", None, [["must"]]),
        ("{ number mustLate(how: LATE_RAISE) }", None, [["mustLate"]]),
        ("{ maybeRoot { must(how: RAISE) } number }",
         {"maybeRoot": None, "number": 7}, [["maybeRoot", "must"]]),
        ("{ maybeRoot { mustRoot { mustLate(how: LATER_RAISE) } } }",
         {"maybeRoot": None}, [["maybeRoot", "mustRoot", "mustLate"]]),
        ("{ bird(how: RETURN_ERROR) { name } }", {"bird": None}, [["bird"]]),
    ],
)  # fmt: skip
async def test_what_fails_is_null_as_far_up_as_it_must(
    text: str, data: Any, failed: list[Any]
) -> None:
    assert await answer(text) == (data, failed)


async def test_variables_are_of_the_run_and_not_of_the_plan() -> None:
    text = "query ($h: How = FINE, $x: Boolean!) { number(how: $h) must @include(if: $x) }"
    made = planned(text)
    assert made is not None
    runs: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"x": True}, {"number": 7, "must": True}),
        ({"x": False, "h": "NULL"}, {"number": None}),
        ({"x": False}, {"number": 7}),
    ]
    for given, expected in runs:
        assert (await made.run(None, variables(text, given)))[0] == expected


async def test_arguments_are_what_strawberry_makes_of_them() -> None:
    text = """query ($t: String, $w: [Wish]) {
        echo(wish: {inner: {how: LATE}}, wishes: $w, text: "a", ratio: 2, matrix: [1, [2]])
        b: echo(colour: null, text: "b", wish: {text: $t})
    }"""
    data, failed = await answer(text, {"w": [{"number": 2}, None]})
    wish = {"how": "FINE", "text": "x", "number": 1, "inner": None, "more": None, "hows": None}
    given = {"wish": None, "wishes": None, "matrix": None, "text": "default", "colour": "RED"}
    given |= {"id": None, "flag": None, "ratio": "unset"}
    assert failed == []
    assert data["echo"] == given | {
        "wish": wish | {"inner": wish | {"how": "LATE"}},
        "wishes": [wish | {"number": 2}, None],
        "text": "a",
        "ratio": 2.0,
        "matrix": [[1], [2]],
    }
    assert data["b"] == given | {"colour": None, "text": "b", "wish": wish}


def many(text: str, field: str) -> str:
    """An operation where a field may stand at more places than are planned for."""
    names = [f"$v{number}" for number in range(PLACES + 1)]
    head = ", ".join(f"{name}: Boolean!" for name in names)
    fields = " ".join(f"{field} @include(if: {name})" for name in names)
    return f"query ({head}) {text.format(fields)}"


@pytest.mark.parametrize(
    "text",
    [
        "mutation { number }",
        "subscription { number }",
        "{ __schema { types { name } } }",
        '{ number __type(name: "Query") { name } }',
        many("{{ {} }}", "number"),
        # Of types that are met only when values of them come.
        many("{{ being {{ ... on Fish {{ {} }} }} }}", "name"),
        many("{{ things {{ ... on Bird {{ friend {{ {} }} }} }} }}", "title"),
    ],
)
def test_some_operations_have_no_plan(text: str) -> None:
    assert planned(text) is None


def test_a_condition_that_may_be_null_is_known_with_the_variables() -> None:
    text = "query ($x: Boolean = true, $y: Boolean!) { number @include(if: $x) @skip(if: $y) }"
    made = planned(text)
    assert made is not None
    assert made.knows(variables(text, {"y": False}))
    assert made.knows(variables(text, {"y": False, "x": False}))
    assert not made.knows(variables(text, {"y": False, "x": None}))


class Nobody(BasePermission):
    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:
        return False


@strawberry.type
class Guarded:
    secret: str = strawberry.field(default="secret", permission_classes=[Nobody])

    @strawberry.field
    def source(self, parent: strawberry.Parent[Any]) -> str:
        return str(parent)

    @strawberry.field
    def plain(self) -> str:
        return "plain"


@pytest.mark.parametrize(
    ("text", "expected"), [("{ secret }", False), ("{ source }", False), ("{ plain }", True)]
)
def test_what_stands_around_a_resolver_is_never_left_out(text: str, expected: bool) -> None:
    assert (planned(text, strawberry.Schema(Guarded)) is not None) is expected


async def test_a_plan_is_run_by_many_at_once() -> None:
    text = "query ($h: How!) { mustLate(how: $h) number }"
    made = planned(text)
    assert made is not None
    hows = ["LATER", "LATE_RAISE", "FINE"]
    runs = await asyncio.gather(*(made.run(None, variables(text, {"h": how})) for how in hows))
    whole = {"mustLate": "12", "number": 7}
    assert [data for data, _ in runs] == [whole, None, whole]
