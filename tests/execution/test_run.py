import asyncio
from typing import Any

import msgspec
import pytest

from gateway.execution.documents import Documents
from gateway.execution.failures import Failures
from gateway.execution.requests import GraphQLRequest
from gateway.execution.results import Outcome, Result
from gateway.execution.run import Engine
from tests.execution.graph import Journal, schema

SCHEMA = schema()


@pytest.fixture
def faults() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def engine(faults: list[tuple[str, str]]) -> Engine:
    def report(error: BaseException, request_id: str) -> None:
        faults.append((type(error).__name__, request_id))

    return Engine(SCHEMA, Documents(SCHEMA), Failures(report))


async def ask(engine: Engine, query: str, **more: Any) -> Result:
    return await engine.run(GraphQLRequest(query, **more), Journal(), "id-1")


def told(result: Result) -> list[tuple[str, str, Any]]:
    return [(it["extensions"]["code"], it["message"], it.get("path")) for it in result.errors]


async def test_strawberrys_resolvers_run_as_they_are(engine: Engine) -> None:
    result = await ask(engine, "query Q { meshes { name size } }")
    assert result.outcome is Outcome.EXECUTED
    assert result.data == {"meshes": [{"name": "m", "size": 1}, {"name": "mm", "size": 2}]}
    assert result.errors == ()
    assert result.operation is not None
    assert (result.operation.type, result.operation.name) == ("query", "Q")


async def test_raw_json_goes_out_as_it_came_in(engine: Engine) -> None:
    result = await ask(engine, "{ meshes(first: 1) { spec } }")
    assert result.encoded() == b'{"data":{"meshes":[{"spec":{"a" : 1}}]}}'


async def test_what_we_raise_is_told_in_full_and_in_the_order_of_the_answer(
    engine: Engine, faults: list[tuple[str, str]]
) -> None:
    result = await ask(engine, "{ meshes { lateStatus status name } }")
    assert result.data is not msgspec.UNSET
    assert told(result) == [
        ("INTERNAL_SERVER_ERROR", "Internal error", ["meshes", 0, "lateStatus"]),
        ("CONFLICT", "m was written by another", ["meshes", 0, "status"]),
        ("INTERNAL_SERVER_ERROR", "Internal error", ["meshes", 1, "lateStatus"]),
        ("CONFLICT", "mm was written by another", ["meshes", 1, "status"]),
    ]
    assert msgspec.json.decode(result.encoded())["errors"][1] == {
        "message": "m was written by another",
        "locations": [{"line": 1, "column": 23}],
        "path": ["meshes", 0, "status"],
        "extensions": {
            "code": "CONFLICT",
            "retryable": True,
            "upstream": "prod",
            "status": 409,
            "problem": {
                "status": 409,
                "invalidParameters": [{"field": "spec.x", "reason": "odd"}],
            },
        },
    }
    assert faults == [("KeyError", "id-1")] * 2
    assert b"hunter2" not in result.encoded()


async def test_a_promise_broken_by_us_names_the_field_and_nothing_else(
    engine: Engine, faults: list[tuple[str, str]]
) -> None:
    result = await ask(engine, "{ must }")
    assert result.outcome is Outcome.EXECUTED
    assert result.data is None
    message = "Cannot return null for non-nullable field Query.must."
    assert told(result) == [("INTERNAL_SERVER_ERROR", message, ["must"])]
    result = await ask(engine, "{ number }")
    assert told(result) == [("INTERNAL_SERVER_ERROR", "Internal error", ["number"])]
    assert len(faults) == 2


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (GraphQLRequest("{"), "GRAPHQL_PARSE_FAILED"),
        (GraphQLRequest("{ nothing }"), "GRAPHQL_VALIDATION_FAILED"),
        (GraphQLRequest("query A { must } query B { must }"), "BAD_USER_INPUT"),
        (GraphQLRequest("query A { must }", operation_name="B"), "BAD_USER_INPUT"),
        (
            GraphQLRequest("query ($n: Int!) { meshes(first: $n) { name } }"),
            "BAD_USER_INPUT",
        ),
        (
            GraphQLRequest("query ($n: Int) { meshes(first: $n) { name } }", {"n": "x"}),
            "BAD_USER_INPUT",
        ),
        (GraphQLRequest("fragment F on Query { must }"), "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_run_has_a_code_and_no_data(
    engine: Engine, request_: GraphQLRequest, code: str
) -> None:
    result = await engine.run(request_, Journal())
    assert result.outcome is Outcome.REFUSED
    assert result.request_error
    assert {it["extensions"]["code"] for it in result.errors} == {code}
    assert set(msgspec.json.decode(result.encoded())) == {"errors"}


async def test_null_through_a_variable_with_a_default_is_the_callers_mistake(
    engine: Engine, faults: list[tuple[str, str]]
) -> None:
    query = "query ($n: Int = 1) { meshes(first: $n) { name } }"
    result = await ask(engine, query, variables={"n": None})
    assert [it["extensions"]["code"] for it in result.errors] == ["BAD_USER_INPUT"]
    assert faults == []


async def test_a_request_that_must_change_nothing_runs_no_mutation(engine: Engine) -> None:
    journal = Journal()
    request = GraphQLRequest('mutation { apply(name: "a") }', queries_only=True)
    result = await engine.run(request, journal)
    assert result.outcome is Outcome.NEEDS_POST
    assert journal.done == []


async def test_a_mutation_that_failed_leaves_the_others_their_answers(engine: Engine) -> None:
    result = await ask(engine, 'mutation { a: apply(name: "bad") b: apply(name: "good") }')
    assert result.data == {"a": None, "b": "good"}
    assert told(result) == [("CONFLICT", "bad was written by another", ["a"])]


async def test_a_write_is_finished_even_when_its_caller_has_gone(engine: Engine) -> None:
    journal = Journal()
    journal.gate.clear()
    query = 'mutation { a: apply(name: "a") b: apply(name: "b") }'
    asking = asyncio.create_task(engine.run(GraphQLRequest(query), journal))
    for _ in range(5):
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    journal.gate.set()
    await engine.drain()
    assert journal.done == ["a", "b"]


async def test_a_query_ends_with_its_caller(engine: Engine) -> None:
    journal = Journal()
    journal.gate.clear()
    asking = asyncio.create_task(engine.run(GraphQLRequest("{ wait }"), journal))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    journal.gate.set()
    await engine.drain()
    assert journal.done == []
