from typing import Any

import pytest
import strawberry
from graphql import DocumentNode, OperationDefinitionNode, parse

from gateway.execution.documents import Documents, InvalidDocument
from gateway.execution.limits import Limits, calls_of, depth
from gateway.execution.requests import GraphQLRequest
from gateway.execution.run import Engine
from gateway.execution.selections import fragments_of


def dear(resolver: Any) -> Any:
    resolver.calls = 2
    return resolver


@strawberry.interface
class Thing:
    name: str = "a"


@strawberry.type
class Cheap(Thing):
    size: int = 0


@strawberry.type
class Dear(Thing):
    @strawberry.field
    @dear
    def inside(self) -> str:
        return "b"

    @strawberry.field
    @dear
    def within(self) -> "Dear":
        return Dear()


@strawberry.type
class Query:
    @strawberry.field
    def things(self, first: int | None = None) -> list[Thing]:
        return [Dear()]

    @strawberry.field
    def one(self) -> Dear:
        return Dear()


SCHEMA = strawberry.Schema(Query, types=[Cheap, Dear])._schema


def read(text: str) -> tuple[DocumentNode, OperationDefinitionNode]:
    document = parse(text)
    [operation] = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    return document, operation


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("{ one { name } }", 2),
        ("{ one { ... { ... on Dear { name } } } }", 2),
        ("{ one { ...A } } fragment A on Dear { within { ...B } } fragment B on Dear { name }", 3),
        ("{ one { name ...A ...A } } fragment A on Dear { within { within { name } } }", 4),
    ],
)
def test_depth_counts_fields_within_fields_and_no_fragments(text: str, deep: int) -> None:
    document, operation = read(text)
    assert depth(operation.selection_set, fragments_of(document)) == deep


@pytest.mark.parametrize(
    ("text", "given", "calls"),
    [
        ("{ things { name ... on Cheap { size } } }", {}, None),
        ("{ one { inside } }", {}, 2),
        ("{ one { within { inside } } }", {}, 4),
        ("{ things { ... on Dear { inside } } }", {}, 20),
        (
            "{ things(first: 3) { ... on Dear { inside within { inside } } } }",
            {},
            18,
        ),
        ("query ($n: Int) { things(first: $n) { ... on Dear { inside } } }", {"n": 7}, 14),
        ("query ($n: Int) { things(first: $n) { ... on Dear { inside } } }", {}, 20),
        ("{ a: one { inside } b: one { inside } }", {}, 4),
        (
            "query ($x: Boolean!) { one @include(if: $x) { inside } one { within { inside } } }",
            {},
            6,
        ),
    ],
)
def test_what_is_asked_of_each_object_is_planned_for_as_many_as_are_asked_for(
    text: str, given: dict[str, Any], calls: int | None
) -> None:
    document, operation = read(text)
    found = calls_of(SCHEMA, document, operation, page_size=10)
    assert (found and found(given)) == calls


def test_a_document_that_is_too_deep_is_refused_and_says_how_deep_it_may_be() -> None:
    documents = Documents(SCHEMA, limits=Limits(depth=2))
    found = documents.find("{ one { within { name } } }")
    assert isinstance(found, InvalidDocument)
    assert found.code == "MAX_DEPTH_LIMIT"
    assert "2 fields deep" in found.errors[0].message
    assert not isinstance(documents.find("{ one { name } }"), InvalidDocument)


async def test_an_operation_that_plans_too_many_calls_is_refused_before_it_runs() -> None:
    documents = Documents(SCHEMA, limits=Limits(calls=19, page_size=10))
    engine = Engine(SCHEMA, documents, lambda error, _: {"message": error.message})
    refused = await engine.run(GraphQLRequest("{ things { ... on Dear { inside } } }"), None)
    assert refused.request_error
    [error] = refused.errors
    assert error["extensions"]["code"] == "UPSTREAM_BUDGET_EXCEEDED"
    assert "plans 20 upstream calls" in error["message"]
    asked = GraphQLRequest("{ things(first: 9) { ... on Dear { inside } } }")
    assert not (await engine.run(asked, None)).errors


async def test_what_becomes_of_requests_is_counted() -> None:
    documents = Documents(SCHEMA)
    engine = Engine(SCHEMA, documents, lambda error, _: {"message": error.message})
    for text in ("{ one { name } }", "{ one { name } }", "{ nothing }"):
        await engine.run(GraphQLRequest(text), None)
    figures = documents.figures
    assert (figures.found, figures.read, figures.invalid) == (1, 1, 1)
    assert (figures.planned, figures.referred) == (0, 2)
