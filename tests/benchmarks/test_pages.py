"""The queries of the pages are good ones, and ask what the pages' calls can be seen to ask."""

import msgspec
import pytest
from graphql import parse, validate

from benchmarks.pages import PAGES, QUERIES, Measured, Page, median, table
from gateway.schema import build


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.query)
def test_the_query_of_a_page_is_valid(page: Page) -> None:
    document = msgspec.json.decode(page.document)["query"]
    assert validate(build()._schema, parse(document)) == []


def test_each_query_has_a_page() -> None:
    assert sorted(it.stem for it in QUERIES.iterdir()) == [page.query for page in PAGES]


def test_no_page_asks_for_one_thing_twice() -> None:
    for page in PAGES:
        calls = [path for paths in page.rounds for path in paths]
        assert len(calls) == len(set(calls)), page.title


def test_medians_are_shown_beside_one_another() -> None:
    gui = median([Measured(6, 2000, it) for it in (0.001, 0.002, 0.009)])
    query, late = Measured(2, 1000, 0.004), Measured(2, 1000, 0.05)
    found = table([(gui, query)] * len(PAGES), [(gui, late)] * len(PAGES))
    first = found.splitlines()[2]
    assert first == "| Control plane | 6 | 1 | 2.0 | 2.0 | 2.0 | 2 | 1.0 | 4.0 | 50.0 |"
