from typing import Any

import msgspec
import pytest
from graphql.execution.values import VariableValues

from gateway.execution.leaves import Unforeseen
from gateway.execution.progress import Flags, Path, Progress
from gateway.execution.selections import asked
from gateway.execution.ways import Ways, lazy, met, unforeseen
from tests.execution.views import compiler
from tests.fuzz import awkward
from tests.fuzz.awkward import Bird, Fish, Stone

SCHEMA = awkward.build()
FLAGS = Flags({})


def ways(text: str) -> tuple[Any, Any, Any]:
    """What compiles a root field, its type and what is asked of it."""
    one = compiler(SCHEMA, text)
    [field] = asked(SCHEMA._schema, {}, *one.whole)
    kind: Any = SCHEMA._schema.query_type
    return one, kind.fields[field.name].type, field


def test_each_class_has_its_way_and_keeps_it() -> None:
    one, _, field = ways("{ beings { name __typename } }")
    found = Ways(one, SCHEMA._schema.type_map["Being"], field)  # type: ignore[arg-type]
    expected = {"name": "a", "__typename": "Fish"}
    assert msgspec.to_builtins(found[Fish](Fish(name="a"), FLAGS)) == expected
    assert found[Bird] is found[Bird]
    with pytest.raises(TypeError):
        found[Stone]
    with pytest.raises(Unforeseen):
        found[Fish](Bird(name="b"), FLAGS)


def test_what_has_to_be_called_has_no_quick_way() -> None:
    one, _, field = ways("{ beings { lateTitle } }")
    found = Ways(one, SCHEMA._schema.type_map["Being"], field)  # type: ignore[arg-type]
    assert found[Fish] is unforeseen
    with pytest.raises(Unforeseen):
        unforeseen(None, FLAGS)


async def test_what_leads_on_is_left_open_and_filled_in_for_all() -> None:
    one, _, field = ways("{ beings { hop { name } name } }")
    kind: Any = SCHEMA._schema.type_map["Being"]
    assert Ways(one, kind, field)[Fish] is unforeseen
    found = Ways(one, kind, field, is_open=True)
    values = [Fish(name="a"), Bird(name="b"), Fish(name="c")]
    out = [found[value.__class__](value, FLAGS) for value in values]
    assert msgspec.to_builtins(out)[1] == {"hop": None, "name": "b"}
    progress = Progress(None, VariableValues({}, {}))
    found.meet(values, out, progress, (None, "beings", {}, True), null=False)
    for hop in [lead.hop for leads in found.leads.values() for lead in leads]:
        for value, place in progress.meet(hop):
            assert Path(place).as_list() == ["beings", values.index(value), "hop"]
            place[2][place[1]] = value.name
    assert [it["hop"] for it in msgspec.to_builtins(out)] == ["a", "b", "c"]
    for coroutine, *_ in progress._first:
        coroutine.close()  # type: ignore[attr-defined]


def test_what_many_lead_to_is_completed_once() -> None:
    one, kind, field = ways("{ beings { name } }")
    each = met(one, kind, field)
    assert each is not None
    fish, seen = Fish(name="a"), {}  # type: ignore[var-annotated]
    first, second = each([fish, fish], FLAGS, seen), each((fish,), FLAGS, seen)
    assert msgspec.to_builtins(first) == [{"name": "a"}] * 2
    assert first[0] is first[1] is second[0]


@pytest.mark.parametrize("values", [{}, "", "ab", iter([]), None, {1}, 7, [None], [7]])
def test_what_is_no_list_of_values_is_not_looked_into(values: Any) -> None:
    one, kind, field = ways("{ beings { name } }")
    each = met(one, kind, field)
    assert each is not None
    with pytest.raises((Unforeseen, TypeError)):
        each(values, FLAGS, {})


@pytest.mark.parametrize("text", ["{ matrix }", "{ number }", "{ letters }"])
def test_leaves_are_met_as_they_come(text: str) -> None:
    one, kind, field = ways(text)
    assert met(one, kind, field) is None


def test_what_is_lazy_is_made_once_it_is_called() -> None:
    made = []

    def make() -> Any:
        made.append(1)
        return lambda value, _progress, _place: value

    complete = lazy(make)
    assert made == []
    progress: Any = None
    place: Any = None
    assert [complete(1, progress, place), complete(2, progress, place)] == [1, 2]
    assert made == [1]
