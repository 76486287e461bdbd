"""Mutations by their plans: one field after another, each seen through with all it leads to."""

import asyncio
from functools import partial
from typing import Any

import pytest
import strawberry
from graphql import parse

from gateway.execution.compile import plan
from gateway.execution.documents import Documents
from gateway.execution.failures import Failures
from gateway.execution.requests import GraphQLRequest
from gateway.execution.run import Engine

TOLD: list[str] = []


async def slow(name: str, turns: int) -> str:
    for _ in range(turns):
        await asyncio.sleep(0)
    TOLD.append(name)
    if name.startswith("bad"):
        raise ValueError(name)
    return name


@strawberry.type
class Written:
    name: str

    @strawberry.field
    async def read(self) -> str | None:
        return await slow(f"{self.name} read", 3)


@strawberry.type
class Query:
    number: int = 1


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def write(self, name: str, turns: int = 0) -> Written | None:
        return Written(name=await slow(name, turns))

    @strawberry.mutation
    async def must(self, name: str) -> Written:
        return Written(name=await slow(name, 1))


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation)
CORE = SCHEMA._schema


async def answered(text: str, *, planned: bool) -> tuple[Any, list[str], list[Any]]:
    TOLD.clear()
    documents = Documents(CORE, planner=partial(plan, SCHEMA)) if planned else Documents(CORE)
    engine = Engine(CORE, documents, Failures(lambda error, request: None))
    result = await engine.run(GraphQLRequest(text), None)
    return result.data, list(TOLD), [error["path"] for error in result.errors]


@pytest.mark.parametrize("planned", [True, False])
async def test_each_field_is_seen_through_before_the_next_begins(planned: bool) -> None:
    data, told, paths = await answered(
        """mutation {
          a: write(name: "a", turns: 5) { name read }
          b: write(name: "bad") { name }
          c: write(name: "c") { read }
        }""",
        planned=planned,
    )
    assert data == {"a": {"name": "a", "read": "a read"}, "b": None, "c": {"read": "c read"}}
    assert told == ["a", "a read", "bad", "c", "c read"]
    assert paths == [["b"]]


@pytest.mark.parametrize("planned", [True, False])
async def test_nothing_is_begun_after_a_failure_that_leaves_no_data(planned: bool) -> None:
    text = """mutation { a: write(name: "a") { name } must(name: "bad") { name }
                         c: write(name: "c") { name } }"""
    data, told, paths = await answered(text, planned=planned)
    assert data is None
    assert told == ["a", "bad"]
    assert paths == [["must"]]


def test_a_mutation_has_a_plan() -> None:
    document = parse('mutation { write(name: "a") { name } }')
    assert plan(SCHEMA, document, document.definitions[0]) is not None  # type: ignore[arg-type]
