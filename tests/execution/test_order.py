from typing import Any

import pytest
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse

from gateway.execution.order import Failed, below, ordered, rank, ranks

Place = tuple[str | int, ...]

TEXT = """
query {
  list { b ... on T { a } ...F }
  a: other { x }
}
fragment F on T { c a b { d } }
"""


def document(text: str = TEXT) -> tuple[DocumentNode, OperationDefinitionNode]:
    node = parse(text)
    [operation, *_] = node.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return node, operation


def failed(path: Place, nulled: Place | None = None, message: str = "") -> Failed:
    error = GraphQLError(message or ".".join(map(str, path)), path=list(path))
    return Failed(error, path if nulled is None else nulled)


def told(found: list[Failed], beside: list[GraphQLError] | None = None) -> list[str]:
    return [error.message for error in ordered(found, beside or [], *document())]


def test_errors_stand_in_the_order_of_the_document_whatever_failed_first() -> None:
    paths: list[Place] = [
        ("a", "x"), ("list", 1, "b", "d"), ("list", 0, "c"), ("list", 0, "a"), ("list", 1, "b"),
    ]  # fmt: skip
    assert told([failed(path) for path in paths if path != ("list", 1, "b")]) == [
        "list.0.a",
        "list.0.c",
        "list.1.b.d",
        "a.x",
    ]


def test_a_null_is_explained_once_by_what_comes_first_in_the_document() -> None:
    late = failed(("list", 0, "c"), nulled=("list",))
    early = failed(("list", 0, "a"), nulled=("list",))
    assert told([late, early]) == told([early, late]) == ["list.0.a"]


def test_what_lies_below_a_null_is_not_told_even_if_it_comes_first() -> None:
    eaten = failed(("list", 0, "b"))
    cause = failed(("list", 0, "c"), nulled=("list", 0))
    assert told([eaten, cause]) == ["list.0.c"]
    assert told([cause, failed(("list", 1, "b"))]) == ["list.0.c", "list.1.b"]


def test_a_null_that_ate_all_of_the_answer_is_explained() -> None:
    assert told([failed(("a", "x"), nulled=()), failed(("list", 0, "b"))]) == ["a.x"]


def test_faults_beside_an_answer_are_all_told_where_it_stands_and_not_where_null_does() -> None:
    beside = [GraphQLError(text, path=["list"]) for text in ("one", "two")]
    assert told([failed(("a", "x"))], beside) == ["one", "two", "a.x"]
    assert told([failed(("list",), message="list")], beside) == ["list"]
    assert told([failed(("list", 0, "a"), nulled=())], beside) == ["list.0.a"]


def test_no_error_is_no_work() -> None:
    nothing: Any = None
    assert ordered([], [], nothing, nothing) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), []),
        (("list",), [0]),
        (("list", 3, "c"), [0, 3, 2]),
        (("list", 3, "b", "d"), [0, 3, 0, 0]),
        (("a", "x"), [1, 0]),
        (("unknown", "x"), [0, 0]),
    ],
)
def test_a_path_is_ranked_by_first_appearances(path: Place, expected: list[int]) -> None:
    assert rank(path, ranks(*document())) == expected


@pytest.mark.parametrize(
    ("place", "expected"), [((), False), (("a",), False), (("a", 0), True), (("a", 0, "b"), True)]
)
def test_only_what_null_would_hold_lies_below_it(place: Place, expected: bool) -> None:
    assert below(place, {("a",)}) is expected
