import asyncio
from typing import Any

import pytest
from graphql import parse

from gateway.execution.order import Failed
from gateway.execution.reference import Reference
from tests.fuzz import awkward

SCHEMA = awkward.build()


def executor(text: str) -> Reference:
    made = Reference.build(SCHEMA._schema, parse(text))
    assert isinstance(made, Reference)
    return made


def told(failed: list[Failed]) -> list[tuple[Any, list[Any]]]:
    return sorted((list(it.error.path or ()), list(it.nulled)) for it in failed)


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("{ number(how: RAISE) }", [(["number"], ["number"])]),
        ("{ must(how: RAISE) }", [(["must"], [])]),
        # What is overtaken is told too, with the null of what was faster.
        ("{ mustLate(how: LATER_RAISE) must(how: RAISE) }", [(["must"], []), (["mustLate"], [])]),
        (
            "{ maybeRoot { a: mustLate(how: LATER_RAISE) b: mustLate(how: LATE_RAISE) } }",
            [(["maybeRoot", "a"], ["maybeRoot"]), (["maybeRoot", "b"], ["maybeRoot"])],
        ),
        (
            "{ mustLate(how: LATE_RAISE) maybeRoot { mustLate(how: LATER_RAISE) } }",
            [(["maybeRoot", "mustLate"], ["maybeRoot"]), (["mustLate"], [])],
        ),
        (
            "{ must(how: RAISE) matrix(hows: [[FUTURE, NULL]]) }",
            [(["must"], [])],
        ),
        (
            "{ mustBeings(hows: [LATER_RAISE, LATE_RAISE]) { name } }",
            [(["mustBeings", 0], []), (["mustBeings", 1], [])],
        ),
    ],
)
async def test_every_error_that_was_met_is_told_with_the_null_that_came_of_it(
    text: str, failed: list[Any]
) -> None:
    _, found = await executor(text).answer()
    assert told(found) == failed


async def test_what_nobody_waits_for_any_more_ends() -> None:
    running = asyncio.create_task(executor("{ mustLate(how: LATER) }").answer())
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
