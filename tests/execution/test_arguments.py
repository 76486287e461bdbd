"""Variables and arguments: what is plainly valid, and what graphql-core says of all else."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import VariableValues, get_variable_values

from gateway.execution.arguments import Variables
from tests.execution.views import answers
from tests.fuzz import awkward

SCHEMA = awkward.build()
GIVEN: list[Any] = [
    None, "x", "", "FINE", 1, 0, -1, 2**31, 1.5, 1.0, True, [], ["FINE"], [None], [[1]], [[None]],
    [["FINE"]], {}, {"how": "LATE"}, {"how": None}, {"number": 2}, {"number": None}, {"no": 1},
    {"text": None}, {"inner": {"how": "LATE"}}, {"more": [{"number": 3}, {}]}, [{"number": 1}],
    {"hows": [["FINE", None], None]}, {"inner": {"inner": {"no": 1}}}, "bad", "BLUE", [{}, None],
]  # fmt: skip
KINDS = ["String", "String!", "Int", "Int!", "Float", "Boolean", "ID", "How", "How!", "Colour",
         "[How]", "[How!]!", "[[Int!]!]", "[[How]]", "Wish", "Wish!", "[Wish]"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("default", ["", " = null"])
def test_variables_are_coerced_as_graphql_core_does(kind: str, default: str) -> None:
    if default and kind.endswith("!"):
        default = ""
    [operation] = parse(f"query ($v: {kind}{default}) {{ number }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    definitions = operation.variable_definitions or ()
    mine = Variables(SCHEMA._schema, definitions)
    runs: list[dict[str, Any]] = [{}, {"w": 1}, *({"v": value} for value in GIVEN)]
    for given in runs:
        found = mine.values(given, 20, suggestions=True)
        expected = get_variable_values(SCHEMA._schema, definitions, given, max_errors=20)
        if isinstance(expected, VariableValues):
            assert repr(found.coerced) == repr(expected.coerced)
            assert list(found.sources) == list(expected.sources)
        else:
            assert [it.message for it in found] == [it.message for it in expected]


@pytest.mark.parametrize(
    "text",
    [
        "query ($v: Wish) { echo(wish: $v) }",
        "query ($v: Wish = {how: LATE}) { echo(wish: $v) }",
        "query ($v: [Wish]) { echo(wishes: $v) }",
        "query ($v: String) { echo(wish: {text: $v, inner: {text: $v}}) }",
        "query ($v: Int!) { echo(matrix: [[$v], [1, $v]], wish: {number: $v}) }",
        "query ($v: [[Int!]!]) { echo(matrix: $v) a: echo(matrix: [1, [2]]) }",
        "query ($v: Colour) { echo(colour: $v) a: echo(colour: BLUE) b: echo(colour: null) }",
        "query ($v: Float) { echo(ratio: $v) a: echo(ratio: 1) }",
        "query ($v: ID) { echo(id: $v) a: echo(id: 1) }",
        "query ($v: Boolean) { echo(flag: $v) a: echo }",
        "query ($v: String = \"d\") { echo(text: $v) a: echo(text: \"$v\") }",
        "query ($v: How) { number(how: $v) a: number(how: $v) }",
    ],
)  # fmt: skip
async def test_resolvers_are_given_what_strawberry_makes_of_arguments(text: str) -> None:
    runs: list[dict[str, Any]] = [{}, *({"v": value} for value in GIVEN)]
    for given in runs:
        mine, its = await answers(SCHEMA, None, text, given)
        assert mine == its, given


async def test_what_one_run_is_given_is_not_there_in_the_next() -> None:
    text = "query ($v: Wish) { echo(wish: $v) }"
    first, _ = await answers(SCHEMA, None, text, {"v": {"text": "first"}})
    second, _ = await answers(SCHEMA, None, text, {})
    assert b"first" in first
    assert b"first" not in second
