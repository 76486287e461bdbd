import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.errors import BadResponse, BudgetExceeded, UpstreamUnavailable
from gateway.model.pages import Listing, Page
from gateway.model.resources import Resource
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import all_pages, responses
from gateway.upstreams.kuma.kinds import KINDS
from tests.upstreams.kuma.canned import Canned, kuma, listed, operation, said


def mesh(name: str) -> Resource:
    return responses.resource("prod", KINDS["Mesh"], json.dumps({"name": name}).encode())


def rows(*names: str) -> tuple[Resource, ...]:
    return tuple(map(mesh, names))


def names(page: Page) -> list[str]:
    return [row.content.name for row in page.rows]


class Book:
    """Pages by their offsets; `asked` holds the offsets in the order in which they were asked for.

    A page is given only once all of those that are asked for side by side are; `then` holds what
    is given to whoever asks again.
    """

    def __init__(self, pages: dict[int, Page], together: int = 1) -> None:
        self.pages = pages
        self.then: dict[int, Page] = {}
        self.asked: list[int] = []
        self._together = asyncio.Barrier(together)

    async def __call__(self, offset: int) -> Page:
        self.asked.append(offset)
        if offset and self._together.parties > 1:
            async with asyncio.timeout(1):
                await self._together.wait()
        again = self.asked.count(offset) > 1
        return self.then.get(offset, self.pages[offset]) if again else self.pages[offset]


def drop(pages: dict[int, Page], offset: int) -> dict[int, Page]:
    return {at: page for at, page in pages.items() if at != offset}


async def test_a_list_that_is_one_page_is_that_page() -> None:
    page = Page(rows("a"), total=1)
    book = Book({0: page})
    assert await all_pages(book, believable=True, most=9) is page
    assert book.asked == [0]


async def test_pages_are_asked_for_side_by_side_once_the_total_is_known() -> None:
    pages = {
        0: Page(rows("a", "b"), total=7, next_offset=2),
        2: Page(rows("c", "d"), total=7, next_offset=4),
        4: Page(rows("e", "f"), total=7, next_offset=6),
        6: Page(rows("g"), total=7),
    }
    book = Book(pages, together=3)
    found = await all_pages(book, believable=True, most=9)
    assert names(found) == list("abcdefg")
    assert (found.total, found.next_offset) == (7, None)
    assert book.asked == [0, 2, 4, 6]


async def test_where_the_total_cannot_be_believed_each_page_leads_to_the_next() -> None:
    pages = {
        0: Page(rows("a", "b"), total=2, next_offset=2),
        2: Page(rows("c", "d"), total=2, next_offset=4),
        4: Page(rows("e"), total=1),
    }
    book = Book(pages)
    found = await all_pages(book, believable=False, most=9)
    assert (names(found), found.total, book.asked) == (list("abcde"), 5, [0, 2, 4])


@pytest.mark.parametrize("total", [None, 0, 1, 2, -5, 100, 10_000])
async def test_a_total_that_is_wrong_costs_no_rows(total: int | None) -> None:
    pages = {
        0: Page(rows("a"), total=total, next_offset=1),
        1: Page(rows("b"), total=total, next_offset=2),
        2: Page(rows("c"), total=total),
    }
    book = Book(pages)
    found = await all_pages(book, believable=True, most=50)
    assert (names(found), found.total) == (["a", "b", "c"], 3)
    assert book.asked == [0, 1, 2]


async def test_a_row_that_moved_between_pages_is_there_once() -> None:
    pages = {
        0: Page(rows("a", "b"), total=4, next_offset=2),
        2: Page(rows("b", "c"), total=4),
    }
    found = await all_pages(Book(pages), believable=True, most=9)
    assert (names(found), found.total) == (["a", "b", "c"], 3)


async def test_rows_added_while_pages_are_read_are_read_as_well() -> None:
    grown = {
        0: Page(rows("a", "aa"), total=5, next_offset=2),
        2: Page(rows("b", "c"), total=5, next_offset=4),
        4: Page(rows("d"), total=5),
    }
    book = Book({0: Page(rows("a", "b"), total=4, next_offset=2), **drop(grown, 0)})
    book.then = grown
    assert names(await all_pages(book, believable=True, most=9)) == ["a", "aa", "b", "c", "d"]
    assert book.asked == [0, 2, 4, 0]


async def test_rows_that_moved_up_because_of_a_delete_are_not_left_out() -> None:
    shrunk = {0: Page(rows("b", "c"), total=3, next_offset=2), 2: Page(rows("d"), total=3)}
    book = Book({0: Page(rows("a", "b"), total=4, next_offset=2), **drop(shrunk, 0)})
    book.then = shrunk
    assert names(await all_pages(book, believable=True, most=9)) == ["b", "c", "d"]
    assert book.asked == [0, 2, 0]


async def test_a_list_that_never_holds_still_is_read_again_three_times_and_given_as_it_is() -> None:
    totals = iter(range(4, 99))

    async def page(offset: int) -> Page:
        name = "b" if offset else "a"
        return Page(rows(name), total=next(totals), next_offset=None if offset else 1)

    assert names(await all_pages(page, believable=True, most=99)) == ["a", "b"]
    assert next(totals) == 4 + 4 + 3 * 3


async def test_a_page_that_is_new_when_the_last_was_read_again_is_read_too() -> None:
    totals = {0: iter([1, 3, 4]), 1: iter([1, 2, 4]), 2: iter([2, 4]), 3: iter([4])}

    async def page(offset: int) -> Page:
        total = next(totals[offset])
        is_last = offset == 3 or (offset == 2 and total == 2)
        return Page(rows("abcd"[offset]), total, None if is_last else offset + 1)

    assert names(await all_pages(page, believable=True, most=99)) == list("abcd")
    assert [list(left) for left in totals.values()] == [[]] * 4


async def test_what_is_read_again_is_within_the_budget() -> None:
    pages = {
        0: Page(rows("a"), total=2, next_offset=1),
        1: Page(rows("b"), total=3),
    }
    book = Book(pages)
    assert names(await all_pages(book, believable=True, most=2)) == ["a", "b"]
    assert book.asked == [0, 1]


async def test_rows_deleted_while_pages_are_read_leave_empty_pages() -> None:
    pages = {
        0: Page(rows("a", "b"), total=6, next_offset=2),
        2: Page(rows("c"), total=3),
        4: Page((), total=3),
    }
    assert names(await all_pages(Book(pages), believable=True, most=9)) == ["a", "b", "c"]


async def test_what_is_broken_on_any_page_is_named() -> None:
    bad = BadResponse("prod: the answer cannot be read as a Mesh")
    pages = {
        0: Page(rows("a"), total=2, next_offset=1, broken=(bad,)),
        1: Page((), total=2, broken=(bad, bad)),
    }
    assert len((await all_pages(Book(pages), believable=True, most=9)).broken) == 3


@pytest.mark.parametrize("link", ["/meshes?offset=1000", "/meshes?offset=5", "/meshes", "?offset="])
async def test_a_page_that_does_not_lead_on_is_a_bad_response(link: str) -> None:
    def page(offset: int) -> dict[str, Any]:
        return {"total": 9000, "items": [{"name": str(offset)}], "next": link if offset else first}

    first = "http://cp.example.com/meshes?offset=1000&size=1000"
    transport = Canned(
        {f"/meshes?size=1000&offset={at}": page(at) for at in range(1000, 9000, 1000)}
    )
    transport.answers["/meshes"] = page(0)
    with pytest.raises(BadResponse, match="the pages of a list do not go on"):
        await kuma(transport).list(Listing("prod", "Mesh"), operation())


@pytest.mark.parametrize(
    ("version", "kind", "overview", "walked"),
    [
        ("2.14.3", "Dataplane", True, False),
        ("2.4.0", "Dataplane", True, True),
        ("2.4.0", "Dataplane", False, False),
        ("1.1.6", "Zone", True, True),
        ("1.1.6", "Mesh", False, False),
    ],
)
async def test_pages_are_walked_where_overviews_count_themselves_alone(
    version: str, kind: str, overview: bool, walked: bool
) -> None:
    transport = Canned(version=version)
    adapter = kuma(transport)
    await adapter.control_plane(operation())
    transport.asked.clear()
    waiting: list[int] = []

    async def send(method: str, url: str, headers: Any, body: bytes | None) -> Answer:
        offset = int(parse_qs(urlsplit(url).query).get("offset", ["0"])[0])
        waiting.append(offset)
        # Those that come side by side are all there before the first of them is answered.
        for _ in range(10):
            await asyncio.sleep(0)
        seen.append(sorted(waiting))
        waiting.remove(offset)
        items = [{"name": f"{offset}", "mesh": "m"}]
        more = f"http://h/x?offset={offset + 1000}" if offset < 3000 else None
        total = 1 if walked else 3001
        return said({"total": total, "items": items, "next": more})

    seen: list[list[int]] = []
    transport.send = send  # type: ignore[method-assign]
    found = await adapter.list(Listing("prod", kind, None, overview), operation())
    assert names(found) == ["0", "1000", "2000", "3000"]
    assert (max(map(len, seen)) == 1) is walked


async def test_a_total_beyond_the_budget_is_not_believed() -> None:
    transport = Canned({"/mesh-insights": listed(())})
    more = {"total": 10_000, "items": [], "next": "http://h/meshes?offset=1"}
    transport.answers |= {"/meshes?size=1000": more, "/meshes": {"items": []}}
    asked = operation(calls=5)
    assert names(await kuma(transport).list(Listing("prod", "Mesh"), asked)) == []
    assert transport.paths().count("/meshes") == 2


async def test_a_list_of_more_pages_than_the_budget_is_refused() -> None:
    transport = Canned()

    def page(headers: Any) -> Answer:
        offset = sum(target.startswith("/meshes?") for _, target in transport.asked) * 1000
        return said({"total": 99_000, "items": [], "next": f"/meshes?offset={offset}"})

    transport.answers["/meshes"] = page
    with pytest.raises(BudgetExceeded):
        await kuma(transport).list(Listing("prod", "Mesh"), operation(calls=5))


def meshes_of_0_4() -> Canned:
    """Two meshes of a control plane that lists what stands in one of them alone."""
    answers: dict[str, Any] = {"/meshes": {"items": [{"name": "a"}, {"name": "b"}]}}
    for mesh in "ab":
        rows = [{"name": f"{mesh}-{at}", "mesh": mesh} for at in range(2)]
        answers[f"/meshes/{mesh}/dataplanes"] = {"items": rows}
        answers[f"/meshes/{mesh}/dataplanes+insights"] = {"items": rows}
    return Canned(answers, version="0.4.0")


@pytest.mark.parametrize("overview", [False, True])
async def test_before_0_5_a_list_over_all_meshes_is_one_of_each(overview: bool) -> None:
    transport = meshes_of_0_4()
    adapter = kuma(transport)
    await adapter.control_plane(operation())
    transport.asked.clear()
    found = await adapter.list(Listing("prod", "Dataplane", None, overview), operation())
    assert [row.content.name for row in found.rows] == ["a-0", "a-1", "b-0", "b-1"]
    assert found.total == 4
    last = "dataplanes+insights" if overview else "dataplanes"
    assert transport.paths() == ["/meshes", f"/meshes/a/{last}", f"/meshes/b/{last}"]


async def test_before_0_5_a_mesh_that_cannot_be_listed_fails_the_whole_of_its_list() -> None:
    transport = meshes_of_0_4()
    transport.answers["/meshes/b/dataplanes"] = said({"title": "no"}, 500)
    with pytest.raises(UpstreamUnavailable):
        await kuma(transport).list(Listing("prod", "Dataplane"), operation())
