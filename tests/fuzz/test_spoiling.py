"""Variables of every type that the graph takes, right and wrong, as graphql-core reads them."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_nullable_type,
    parse,
)
from graphql.execution.values import VariableValues, get_variable_values

from gateway.execution.arguments import Variables
from gateway.schema import build
from tests.fuzz.spoiling import spoilt
from tests.fuzz.values import Values, plain

CORE = build()._schema
TIMES = 20


def kinds() -> Iterator[GraphQLInputType]:
    """The types of all arguments."""
    for kind in CORE.type_map.values():
        for field in kind.fields.values() if isinstance(kind, GraphQLObjectType) else ():
            for row in field.args.values():
                yield row.type


KINDS = {str(kind): kind for kind in kinds()}


def read(kind: str, given: dict[str, Any]) -> tuple[Any, Any]:
    """What is made of variables, by us and by graphql-core."""
    [operation] = parse(f"query ($a: Int, $v: {kind}) {{ __typename }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    definitions = operation.variable_definitions or ()
    mine = Variables(CORE, definitions).values(given, 20, suggestions=True)
    return told(mine), told(get_variable_values(CORE, definitions, given, max_errors=20))


def told(found: Any) -> Any:
    """The values, or the errors with their places in the document."""
    if isinstance(found, VariableValues):
        return in_order(found.coerced), list(found.sources)
    return [(one.message, one.locations) for one in found]


def in_order(value: Any) -> str:
    """A value as a text that does not tell in which order members came."""
    if isinstance(value, dict):
        return str(sorted((key, in_order(it)) for key, it in value.items()))
    return str([in_order(it) for it in value]) if isinstance(value, list) else repr(value)


@pytest.mark.parametrize("kind", KINDS)
def test_variables_of_the_graph_are_read_as_graphql_core_reads_them(kind: str) -> None:
    random = Random(kind)
    values = Values(random, {"uid": ["a"], "spec": [{}, {"a": [1]}]})
    sure: Any = get_nullable_type(KINDS[kind])
    outcomes = set()
    for _ in range(TIMES):
        right = plain(values.of(GraphQLNonNull(sure), "v"))
        for value in (right, spoilt(right, random)):
            mine, its = read(kind, {"v": value})
            assert mine == its, value
            outcomes.add(isinstance(mine, list))
    assert False in outcomes
