from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadResponse
from gateway.model.dataplanes import Dataplane
from gateway.model.pages import Page, Part
from gateway.model.resources import UNREAD, Resource
from gateway.upstreams import stretches
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.stretches import SLICE, Name, Spot, Stretch, is_ordered, stretch

MESHES = ("a", "b")


def row(at: Name) -> Resource:
    return Resource("cp", KINDS["Dataplane"], Dataplane(mesh=at[0], name=at[1]), UNREAD)


def named(count: int, mesh: str = "m") -> list[Name]:
    return [(mesh, f"dp-{number:05}") for number in range(count)]


class Shelf:
    """An upstream's list; `asked` holds the parts that were asked for.

    Before each part is given, the next of `turns` changes the list.
    """

    def __init__(self, rows: Iterable[Name], turns: Iterable[Callable[[set[Name]], None]] = ()):
        self.rows = set(rows)
        self.always = set(self.rows)
        self.asked: list[Part] = []
        self.order: Callable[[Name], Name] = lambda at: at
        self._turns = iter(turns)

    async def __call__(self, part: Part) -> Page:
        if turn := next(self._turns, None):
            turn(self.rows)
            self.always &= self.rows
        self.asked.append(part)
        listed = sorted(self.rows, key=self.order)
        end = part.offset + part.size
        shown = tuple(map(row, listed[part.offset : end]))
        return Page(shown, len(listed), end if end < len(listed) else None)


def names(found: Stretch | None) -> list[Name]:
    assert found is not None
    return [stretches.name(one) for one, _ in found.rows]


def last(found: Stretch) -> Spot:
    return Spot(stretches.name(found.rows[-1][0]), found.rows[-1][1])


async def test_the_first_rows_are_one_small_part() -> None:
    shelf = Shelf(named(9000))
    found = await stretch(shelf, None, 50)
    assert found is not None
    assert (names(found), found.more, found.preceded) == (named(9000)[:50], True, False)
    assert (shelf.asked, found.total) == ([Part(0, 50)], 9000)


async def test_what_follows_a_spot_begins_with_the_row_before_it() -> None:
    shelf = Shelf(named(9000))
    found = await stretch(shelf, Spot(("m", "dp-00049"), 50), 50)
    assert found is not None
    assert names(found) == named(9000)[50:100]
    assert (found.more, found.preceded, last(found).offset) == (True, True, 100)
    assert shelf.asked == [Part(49, 51)]


async def test_the_last_rows_are_one_part_as_well() -> None:
    shelf = Shelf(named(9000))
    found = await stretch(shelf, Spot(("m", "dp-08949"), 8950), 50)
    assert found is not None
    assert (names(found)[-1], len(found.rows), found.more) == (("m", "dp-08999"), 50, False)
    assert shelf.asked == [Part(8949, 51)]


async def test_more_rows_than_a_slice_are_several() -> None:
    shelf = Shelf(named(9000))
    found = await stretch(shelf, None, 1000)
    assert names(found) == named(1000)
    assert shelf.asked == [Part(0, SLICE), Part(SLICE - 1, 1001 - SLICE)]


@pytest.mark.parametrize("deleted", [1, 7, 60])
async def test_where_rows_before_the_spot_went_it_is_looked_for_once_further_up(
    deleted: int,
) -> None:
    shelf = Shelf(named(9000)[deleted:])
    found = await stretch(shelf, Spot(("m", "dp-04999"), 5000), 50)
    assert names(found) == named(9000)[5000:5050]
    assert len(shelf.asked) == 2


@pytest.mark.parametrize("added", [1, 7, 500])
async def test_where_rows_came_before_the_spot_it_is_read_on(added: int) -> None:
    shelf = Shelf([*named(added, "a"), *named(9000)])
    found = await stretch(shelf, Spot(("m", "dp-04999"), 5000), 50)
    assert names(found) == named(9000)[5000:5050]
    assert len(shelf.asked) <= 3


@pytest.mark.parametrize("offset", [0, 1, 5000, 8999, 9000, 2**31 - 1])
async def test_a_spot_is_found_whatever_its_offset_says(offset: int) -> None:
    shelf = Shelf(named(9000))
    found = await stretch(shelf, Spot(("m", "dp-04999"), offset), 3)
    assert names(found) == named(9000)[5000:5003]
    assert len(shelf.asked) < 30


async def test_a_spot_whose_row_is_gone_is_where_it_stood() -> None:
    shelf = Shelf(set(named(9000)) - {("m", "dp-04999")})
    found = await stretch(shelf, Spot(("m", "dp-04999"), 5000), 3)
    assert names(found) == named(9000)[5000:5003]


async def test_a_list_that_became_empty_has_nothing_behind_any_spot() -> None:
    found = await stretch(Shelf(()), Spot(("m", "dp-04999"), 5000), 3)
    assert found == Stretch(total=0)


async def test_rows_that_are_not_kept_are_read_past() -> None:
    shelf = Shelf(named(2000))
    found = await stretch(shelf, None, 2, lambda one: one.content.name.endswith("99"))
    assert names(found) == [("m", "dp-00099"), ("m", "dp-00199")]
    assert found is not None
    assert (found.more, shelf.asked) == (True, [Part(0, SLICE)])


async def test_whether_a_kept_row_follows_is_looked_for_to_the_end() -> None:
    shelf = Shelf(named(2000))
    found = await stretch(shelf, None, 1, lambda one: one.content.name == "dp-00000")
    assert found is not None
    assert (names(found), found.more) == ([("m", "dp-00000")], False)
    assert len(shelf.asked) == 4


async def test_it_is_not_looked_for_where_nobody_asks() -> None:
    shelf = Shelf(named(2000))
    kept = await stretch(shelf, None, 1, lambda one: True, look_on=False)
    assert names(kept) == [("m", "dp-00000")]
    assert len(shelf.asked) == 1


@pytest.mark.parametrize("rows", [9, 0])
async def test_no_rows_tell_whether_there_are_any(rows: int) -> None:
    found = await stretch(Shelf(named(rows)), None, 0)
    assert found is not None
    assert (found.rows, found.more) == ((), bool(rows))


async def test_a_list_in_another_order_is_not_read_by_pages() -> None:
    shelf = Shelf([*named(30, "a"), *named(30, "b")])
    shelf.order = lambda at: (at[1], at[0])
    assert await stretch(shelf, None, 9) is None


async def test_a_list_with_a_row_that_cannot_be_read_is_not_read_by_pages() -> None:
    async def ask(_: Part) -> Page:
        return Page((row(("m", "a")),), 2, None, (BadResponse("cp: a row cannot be read"),))

    assert await stretch(ask, None, 9) is None


async def test_a_list_that_does_not_go_on_is_not_read_by_pages() -> None:
    async def ask(part: Part) -> Page:
        return Page((row(("m", "a")),), 9, part.offset + 1)

    assert await stretch(ask, None, 9) is None


@pytest.mark.parametrize(
    ("rows", "ordered"),
    [
        ([], True),
        ([("a", "z"), ("b", "a")], True),
        ([("b", "a"), ("a", "z")], False),
        ([("a", "z"), ("a", "b")], False),
        ([("a", "z"), ("a", "z")], False),
    ],
)
def test_rows_are_ordered_by_mesh_and_name(rows: list[Name], ordered: bool) -> None:
    assert is_ordered([row(at) for at in rows]) is ordered


PLACES = st.tuples(st.sampled_from(MESHES), st.integers(0, 400).map("dp-{:03}".format))


@st.composite
def turns(draw: st.DrawFn) -> Callable[[set[Name]], None]:
    """A change of the list by another writer: rows come, rows go."""
    come, go = draw(st.sets(PLACES, max_size=60)), draw(st.sets(PLACES, max_size=60))

    def turn(rows: set[Name]) -> None:
        rows |= come
        rows -= go

    return turn


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.sets(PLACES, max_size=200), st.lists(turns(), max_size=12), st.integers(1, 30))
async def test_nothing_is_given_twice_and_nothing_that_stayed_is_left_out(
    rows: set[Name], changes: list[Callable[[set[Name]], None]], want: int
) -> None:
    shelf = Shelf(rows, changes)
    seen: list[Name] = []
    spot = None
    while True:
        found = await stretch(shelf, spot, want)
        assert found is not None
        assert len(found.rows) <= want
        seen += names(found)
        if not found.more:
            break
        spot = last(found)
    assert seen == sorted(set(seen))
    assert shelf.always <= set(seen)
