import asyncio
from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, NameNode
from graphql.execution.values import VariableValues

from gateway.execution.hops import Hop, many_of, resolver_of
from gateway.execution.progress import Place, Progress
from gateway.execution.selections import ALWAYS, Asked
from tests.fuzz import awkward

BEING: Any = awkward.build()._schema.type_map["Being"]
ASKED = Asked("a", [FieldNode(name=NameNode(value="a"))], [ALWAYS])


def as_it_is(value: Any, _progress: Progress, _place: Place) -> Any:
    return value


def test_a_field_is_a_hop_where_its_resolver_names_what_does_it_for_many() -> None:
    assert many_of(BEING.fields["hop"]) is awkward.friends
    assert many_of(BEING.fields["title"]) is None
    assert resolver_of(BEING.fields["name"]) is None


async def test_objects_that_are_met_together_are_one_call() -> None:
    calls: list[tuple[list[Any], Any, list[str | int]]] = []

    async def many(values: Sequence[Any], info: Any) -> Sequence[Any]:
        await asyncio.sleep(0)
        calls.append((list(values), info.context, info._raw_info.path.as_list()))
        return ["found", ValueError("gone")]

    data: dict[str, Any] = {"a": None, "b": None}
    top: Place = (None, None, {None: data}, True)
    hop = Hop(many, as_it_is, ASKED, {}, lambda _: None)
    progress = Progress("context", VariableValues({}, {}))
    for index, key in enumerate(data):
        progress.meet(hop).append((index, (top, key, data, True)))
    await progress.finished()
    assert calls == [([0, 1], "context", ["a"])]
    assert data == {"a": "found", "b": None}
    assert [str(it.error.original_error) for it in progress.failed] == ["gone"]
