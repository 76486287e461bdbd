import asyncio
from typing import Any

import pytest
from graphql import FieldNode, GraphQLError, NameNode
from graphql.execution.values import VariableValues

from gateway.execution.progress import Flags, Nulled, Path, Place, Progress, Unusual
from gateway.execution.selections import ALWAYS, Asked

ASKED = Asked("a", [FieldNode(name=NameNode(value="a"))], [ALWAYS])


def begun(**variables: Any) -> Progress:
    return Progress("context", VariableValues({}, variables))


def as_it_is(value: Any, _progress: Progress, _place: Place) -> Any:
    return value


def nulled(_value: Any, _progress: Progress, _place: Place) -> Any:
    raise Nulled


async def soon(value: Any, turns: int = 1) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    if isinstance(value, KeyError):
        raise value
    return value


class Held:
    """A response whose root holds a list of objects, each of which holds `a`."""

    def __init__(self, *, item: bool = True, field: bool = True) -> None:
        self.root: dict[str | None, Any] = {None: {"list": [{"a": 0}, {"a": 0}]}}
        data = self.root[None]
        top: Place = (None, None, self.root, True)
        listed: Place = (top, "list", data, True)
        self.places: list[Place] = [
            ((listed, index, data["list"], item), "a", one, field)
            for index, one in enumerate(data["list"])
        ]

    @property
    def data(self) -> Any:
        return self.root[None]


def told(progress: Progress) -> list[tuple[str, Any, Any]]:
    return [
        (str(it.error.original_error), it.error.path, list(it.nulled)) for it in progress.failed
    ]


def test_a_place_knows_its_path() -> None:
    assert Path(Held().places[1]).as_list() == ["list", 1, "a"]


async def test_what_is_awaited_comes_to_its_place_whatever_comes_first() -> None:
    progress, held = begun(), Held()
    for turns, place in zip((3, 1), held.places, strict=True):
        progress.later(soon(turns, turns), as_it_is, ASKED, place)
    await progress.finished()
    assert held.data == {"list": [{"a": 3}, {"a": 1}]}
    assert progress.failed == []


@pytest.mark.parametrize(
    ("nullable", "data", "null"),
    [
        ({}, {"list": [{"a": None}, {"a": 0}]}, ["list", 0, "a"]),
        ({"field": False}, {"list": [None, {"a": 0}]}, ["list", 0]),
        ({"field": False, "item": False}, {"list": None}, ["list"]),
    ],
)
@pytest.mark.parametrize("value", [KeyError("x"), ValueError("x")])
async def test_what_fails_late_is_null_as_far_up_as_it_must(
    nullable: dict[str, bool], data: Any, null: list[Any], value: Exception
) -> None:
    progress, held = begun(), Held(**nullable)
    progress.later(soon(value), as_it_is, ASKED, held.places[0])
    await progress.finished()
    assert held.data == data
    assert told(progress) == [(str(value), ["list", 0, "a"], null)]


async def test_null_that_was_explained_below_needs_no_other_error() -> None:
    progress, held = begun(), Held(field=False)
    progress.later(soon(1), nulled, ASKED, held.places[1])
    await progress.finished()
    assert held.data == {"list": [{"a": 0}, None]}
    assert progress.failed == []


async def test_null_where_nothing_may_be_null_leaves_nothing() -> None:
    progress, held = begun(), Held()
    top: Place = (None, None, held.root, True)
    progress.later(soon(1), nulled, ASKED, (top, "list", held.data, False))
    await progress.finished()
    assert held.data is None


def test_an_exception_in_the_place_of_a_value_is_raised() -> None:
    with pytest.raises(ValueError, match=r"^x$"):
        begun().later(ValueError("x"), as_it_is, ASKED, Held().places[0])


async def test_what_is_awaited_may_lead_to_more() -> None:
    progress, held = begun(), Held()

    def more(value: Any, progress: Progress, _place: Place) -> Any:
        progress.later(soon(value + 1), as_it_is, ASKED, held.places[1])
        return value

    progress.later(soon(1), more, ASKED, held.places[0])
    await progress.finished()
    assert held.data == {"list": [{"a": 1}, {"a": 2}]}


async def test_what_nobody_waits_for_any_more_ends() -> None:
    progress, held, ended = begun(), Held(), []

    async def hang(name: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    for name, place in enumerate(held.places):
        progress.later(hang(name), as_it_is, ASKED, place)
    waiting = asyncio.create_task(progress.finished())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert sorted(ended) == [0, 1]


@pytest.mark.parametrize("number", [0, 1])
async def test_what_was_cancelled_from_elsewhere_is_no_null(number: int) -> None:
    progress, held = begun(), Held(field=False)

    async def cancelled() -> None:
        await asyncio.sleep(0)
        raise asyncio.CancelledError

    for index, place in enumerate(held.places):
        progress.later(cancelled() if index == number else soon(1, 9), as_it_is, ASKED, place)
    with pytest.raises(asyncio.CancelledError):
        await progress.finished()
    # The task of the other one is told of it in the next turn.
    await asyncio.sleep(0)


def test_an_error_keeps_the_place_in_the_document_that_it_knows() -> None:
    progress, held, node = begun(), Held(), NameNode(value="b")
    progress.fail(GraphQLError("x", [node]), ASKED, held.places[0])
    progress.fail(KeyError("x"), ASKED, held.places[0])
    assert [it.error.nodes for it in progress.failed] == [[node], ASKED.nodes]


def test_arguments_are_made_once_in_a_run() -> None:
    made: list[Any] = []

    def arguments(variables: VariableValues) -> dict[str, Any]:
        made.append(variables)
        return {"a": 1}

    progress = begun()
    assert progress.once(arguments) is progress.once(arguments)
    assert len(made) == 1


def test_a_condition_holds_where_all_of_its_variables_are_as_wanted() -> None:
    flags = Flags({"x": True, "y": False})
    assert flags[ALWAYS]
    assert flags[frozenset({("x", True), ("y", False)})]
    assert not flags[frozenset({("x", True), ("y", True)})]
    assert not flags[frozenset({("missing", True)})]


@pytest.mark.parametrize(
    ("cls", "expected"), [(str, False), (KeyError, True), (asyncio.Future, True), (type, False)]
)
def test_what_is_awaited_or_raised_is_unusual(cls: type, expected: bool) -> None:
    assert Unusual()[cls] is expected
