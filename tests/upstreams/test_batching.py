import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.pages import Listing, Narrowing
from gateway.upstreams.batching import PAGE, Counts, cost, plan, worth_listing, worth_paging


def dataplanes(
    *meshes: str | None, overview: bool = False, upstream: str = "prod"
) -> list[Listing]:
    return [Listing(upstream, "Dataplane", mesh, overview) for mesh in meshes]


def sizes(**meshes: int) -> Counts:
    """Dataplanes by mesh; `every` is how many there are in all, if not their sum."""
    total = meshes.pop("every", sum(meshes.values()))
    return {("Dataplane", None): total} | {("Dataplane", mesh): n for mesh, n in meshes.items()}


TEN = [f"m{number}" for number in range(10)]


@pytest.mark.parametrize(
    ("counts", "meshes", "asked"),
    [
        (sizes(), ["a"], ["a"]),
        (sizes(a=3, every=50_000), ["a"], ["a"]),
        ({}, ["a", "b"], [None]),
        ({}, ["a", None], [None]),
        (sizes(a=3, b=4), ["a", "b"], [None]),
        (sizes(a=3, b=4), ["a", "a"], ["a"]),
        (sizes(a=0, b=0), ["a", "b"], [None]),
        (sizes(a=3, every=50_000), ["a", None], [None]),
        (sizes(a=3, b=4, every=900), ["a", "b"], ["a", "b"]),
        (sizes(a=300, b=400, every=900), ["a", "b"], [None]),
        (sizes(**dict.fromkeys(TEN, 100)), TEN, [None]),
        (sizes(**dict.fromkeys(TEN, 100), every=50_000), TEN, TEN),
        (sizes(**dict.fromkeys(TEN, 5000)), TEN, [None]),
        (sizes(**dict.fromkeys(TEN, 100), every=2000), TEN, [None]),
    ],
    ids=[
        "one mesh of unknown size",
        "one mesh, and many rows elsewhere",
        "two meshes of unknown size",
        "a mesh and all of them",
        "two small meshes",
        "the same mesh twice",
        "two empty meshes",
        "a mesh and all of them, many",
        "two small meshes, and many rows elsewhere",
        "two that are most of all",
        "ten meshes that are all there are",
        "ten meshes, and 50,000 rows elsewhere",
        "ten meshes of 5,000 each",
        "ten meshes that are half of all",
    ],
)
def test_lists_of_meshes_become_one_where_that_is_cheaper(
    counts: Counts, meshes: list[str | None], asked: list[str | None]
) -> None:
    fetches = plan(dataplanes(*meshes), {"prod": counts})
    assert [fetch.listing.mesh for fetch in fetches] == asked
    answered = [listing for fetch in fetches for listing in fetch.answers]
    assert answered == list(dict.fromkeys(dataplanes(*meshes)))


def test_kinds_upstreams_and_overviews_are_planned_for_apart() -> None:
    wanted = [
        *dataplanes("a", "b"),
        *dataplanes("a", "b", overview=True),
        *dataplanes("a", "b", upstream="edge"),
        Listing("prod", "Retry", "a"),
    ]
    small = sizes(a=1, b=1)
    fetches = plan(wanted, {"prod": small, "edge": sizes(a=1, b=1, every=9000)})
    assert [fetch.listing for fetch in fetches] == [
        Listing("prod", "Dataplane", None),
        Listing("prod", "Dataplane", None, overview=True),
        *dataplanes("a", "b", upstream="edge"),
        Listing("prod", "Retry", "a"),
    ]


def test_nothing_wanted_is_nothing_asked() -> None:
    assert plan([], {}) == []


@pytest.mark.parametrize(
    ("rows", "calls"),
    [
        (None, 1.0),
        (0, 1.0),
        (1, 1.002),
        (500, 2.0),
        (PAGE, 3.0),
        (PAGE + 1, 4.002),
        (50_000, 150.0),
    ],
)
def test_a_list_costs_its_pages_and_a_little_for_its_rows(rows: int | None, calls: float) -> None:
    assert cost(rows) == pytest.approx(calls)


@pytest.mark.parametrize(
    ("keys", "rows", "listed"),
    [
        (1, 0, False),
        (1, 1, False),
        (1, 50_000, False),
        (2, 0, True),
        (2, 2, True),
        (2, 600, False),
        (3, 500, True),
        (40, 1000, True),
        (100, 50_000, False),
        (200, 50_000, True),
        (3, None, False),
        (4, None, True),
    ],
)
def test_many_gets_are_worth_a_list(keys: int, rows: int | None, listed: bool) -> None:
    assert worth_listing(keys, rows) is listed


MESHES = st.sampled_from([None, "a", "b", "c"])
WANTED = st.lists(
    st.builds(
        Listing,
        st.sampled_from(["prod", "edge"]),
        st.sampled_from(["Dataplane", "Retry"]),
        MESHES,
        st.booleans(),
    )
)
COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(["Dataplane", "Retry"]), MESHES), st.integers(0, 10_000)
)


@settings(derandomize=True, deadline=None)
@given(WANTED, COUNTS)
def test_a_plan_answers_each_listing_once_from_a_list_that_holds_it(
    wanted: list[Listing], counts: Counts
) -> None:
    fetches = plan(wanted, {"prod": counts})
    answered = [listing for fetch in fetches for listing in fetch.answers]
    assert sorted(answered, key=repr) == sorted(set(wanted), key=repr)
    assert len({fetch.listing for fetch in fetches}) == len(fetches)
    for fetch in fetches:
        for listing in fetch.answers:
            assert fetch.listing.mesh in (None, listing.mesh)
            assert (fetch.listing.upstream, fetch.listing.kind, fetch.listing.overview) == (
                listing.upstream,
                listing.kind,
                listing.overview,
            )


@pytest.mark.parametrize(
    ("first", "rows", "paged"),
    [
        (50, None, False),
        (50, 50, False),
        (0, 1000, False),
        (50, 1000, False),
        (50, 1001, True),
        (1000, 2000, True),
        (1000, 10_000, True),
    ],
)
def test_the_first_rows_of_a_long_list_are_worth_a_page(
    first: int, rows: int | None, paged: bool
) -> None:
    assert worth_paging(first, rows) is paged


def test_a_narrower_list_is_planned_for_apart() -> None:
    narrow = Narrowing(name="web")
    wanted = [Listing("prod", "Dataplane", mesh, False, narrow) for mesh in ("a", "b")]
    fetches = plan([*dataplanes("a"), *wanted], {"prod": sizes(a=1, b=1)})
    assert [fetch.listing for fetch in fetches] == [
        *dataplanes("a"),
        Listing("prod", "Dataplane", None, False, narrow),
    ]
