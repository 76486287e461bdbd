from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.upstreams.base import Transport
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import Graph, graph
from tests.worlds import Crowded, Dead

PAGE = """query ($first: Int, $after: String, $filter: DataplaneFilter) {
  dataplanes(first: $first, after: $after, filter: $filter) {
    nodes { name controlPlane { name } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
TOTAL = """query ($first: Int, $after: String, $filter: DataplaneFilter) {
  dataplanes(first: $first, after: $after, filter: $filter) {
    totalCount nodes { name %s } pageInfo { hasNextPage endCursor }
    failures { controlPlane code }
  }
}"""
STATUS = TOTAL % "status"
MANY = 9000
"""How many dataplanes are counted, whatever there are: a list that is worth reading by pages."""


def stored(count: int, version: str = "2.14.3", mesh: str = "m") -> FakeKuma:
    fake = FakeKuma(version)
    fake.put("Mesh", mesh, {})
    fake.store.delete("Mesh", None, "default")
    for number in range(count):
        put(fake, number, mesh)
    fake.resync()
    return fake


def put(fake: FakeKuma, number: int, mesh: str = "m") -> None:
    tags = {"kuma.io/service": "web", "number": str(number)}
    network = {"address": "10.0.0.1", "inbound": [{"port": 8080, "tags": tags}]}
    fake.put("Dataplane", f"dp-{number:04}", {"networking": network}, mesh)


def long(count: int, version: str = "2.14.3") -> Transport:
    return Crowded(stored(count, version).transport(), "m", MANY)


async def page(one: Graph, query: str = PAGE, **variables: Any) -> dict[str, Any]:
    one.forget()
    found: dict[str, Any] = (await one.data(query, **variables))["dataplanes"]
    return found


def sent(one: Graph) -> list[str]:
    return [f"{request.upstream} {request.target}" for request in one.sent()]


async def test_the_first_page_is_one_call_of_one_page() -> None:
    async with graph({"a": long(200)}) as one:
        found = await page(one, STATUS, first=50)
        assert sent(one) == ["a /dataplanes/_overview?size=50"]
    assert (len(found["nodes"]), found["totalCount"]) == (50, 200)


async def test_the_last_page_comes_by_its_cursor_without_the_others() -> None:
    async with graph({"a": long(200)}) as one:
        after = (await page(one, first=150))["pageInfo"]["endCursor"]
        found = await page(one, first=50, after=after)
        assert sent(one) == ["a /dataplanes?size=51&offset=149"]
    assert [node["name"] for node in found["nodes"]] == [f"dp-{n:04}" for n in range(150, 200)]
    assert found["pageInfo"]["hasNextPage"] is False
    assert found["pageInfo"]["hasPreviousPage"] is True


@pytest.mark.parametrize(
    ("version", "calls"),
    [
        ("2.14.3", ["/dataplanes/_overview?size=50"]),
        ("2.4.0", ["/dataplanes+insights?size=50", "/dataplanes?size=1"]),
        ("1.1.6", ["/dataplanes+insights?size=50", "/dataplanes?size=1"]),
    ],
)
async def test_a_total_that_cannot_be_believed_is_asked_for_apart(
    version: str, calls: list[str]
) -> None:
    async with graph({"a": long(80, version)}) as one:
        found = await page(one, STATUS, first=50)
        assert sent(one) == [f"a {call}" for call in calls]
    assert found["totalCount"] == 80


async def test_a_total_alone_reads_one_row() -> None:
    async with graph({"a": long(80)}) as one:
        found = await page(one, "{ dataplanes { totalCount } }")
        assert sent(one) == ["a /dataplanes?size=1"]
    assert found["totalCount"] == 80


async def test_a_page_asks_only_the_control_planes_to_which_it_comes() -> None:
    async with graph({"a": long(80), "b": long(80), "c": long(80)}) as one:
        first = await page(one, first=50)
        assert sent(one) == ["a /dataplanes?size=50"]
        second = await page(one, first=50, after=first["pageInfo"]["endCursor"])
        assert sent(one) == ["a /dataplanes?size=51&offset=49", "b /dataplanes?size=20"]
        third = await page(one, first=50, after=second["pageInfo"]["endCursor"])
        assert sent(one) == ["b /dataplanes?size=51&offset=19"]
    shown = [node["controlPlane"]["name"] for node in second["nodes"]]
    assert shown == ["a"] * 30 + ["b"] * 20
    assert third["pageInfo"]["hasPreviousPage"] is True


async def test_totals_and_failures_ask_the_others_for_one_row() -> None:
    async with graph({"a": long(80), "b": long(70)}) as one:
        found = await page(one, TOTAL % "", first=50)
        assert sorted(sent(one)) == ["a /dataplanes?size=50", "b /dataplanes?size=1"]
    assert (found["totalCount"], found["failures"]) == (150, [])


async def test_a_dead_control_plane_costs_its_own_part() -> None:
    async with graph({"a": Dead(), "b": long(70)}) as one:
        found = await one.answer(TOTAL % "", first=50)
    shown = found["data"]["dataplanes"]
    assert (len(shown["nodes"]), shown["totalCount"]) == (50, 70)
    assert shown["failures"] == [{"controlPlane": "a", "code": "UPSTREAM_UNAVAILABLE"}]
    assert [error["extensions"]["upstream"] for error in found["errors"]] == ["a"]


async def test_a_short_list_beside_a_long_one_is_read_whole() -> None:
    async with graph({"a": stored(3).transport(), "b": long(70)}) as one:
        found = await page(one, first=5)
        assert sent(one) == ["a /dataplanes?size=1000", "b /dataplanes?size=2"]
    shown = [node["controlPlane"]["name"] for node in found["nodes"]]
    assert shown == ["a"] * 3 + ["b"] * 2


async def test_the_last_of_one_control_plane_is_not_the_last_of_all() -> None:
    async with graph({"a": long(50), "b": long(1)}) as one:
        found = await page(one, first=50)
        assert found["pageInfo"]["hasNextPage"] is True
        found = await page(one, first=50, after=found["pageInfo"]["endCursor"])
    assert [node["controlPlane"]["name"] for node in found["nodes"]] == ["b"]
    assert found["pageInfo"] | {"endCursor": None} == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "endCursor": None,
    }


async def test_something_before_a_cursor_may_stand_in_an_earlier_control_plane() -> None:
    gone = stored(1)
    upstream = Crowded(gone.transport(), "m", MANY)
    async with graph({"a": long(1), "b": upstream}) as one:
        after = (await page(one, first=2))["pageInfo"]["endCursor"]
        gone.store.delete("Dataplane", "m", "dp-0000")
        put(gone, 7)
        found = await page(one, first=2, after=after)
    assert [node["name"] for node in found["nodes"]] == ["dp-0007"]
    assert found["pageInfo"]["hasPreviousPage"] is True


FEW: dict[str, Any] = {"tags": [{"key": "number", "value": "77"}]}


async def test_a_filter_reads_on_until_the_page_is_full() -> None:
    async with graph({"a": long(1200, "1.1.6")}) as one:
        found = await page(one, first=5, filter={"name": {"prefix": "dp-01"}})
        assert sent(one) == ["a /dataplanes?size=512"]
        assert found["nodes"][0]["name"] == "dp-0100"
        found = await page(one, first=5, filter={"name": {"prefix": "dp-11"}})
        assert [name.split("?")[1] for name in sent(one)] == [
            "size=512",
            "size=512&offset=511",
            "size=512&offset=1022",
        ]
    assert len(found["nodes"]) == 5


async def test_what_a_control_plane_chooses_by_itself_is_paged_as_well() -> None:
    async with graph({"a": long(80)}) as one:
        found = await page(one, first=5, filter=FEW)
        assert sent(one) == ["a /dataplanes?size=512&tag=number%3A77"]
    assert [node["name"] for node in found["nodes"]] == ["dp-0077"]


async def test_labels_that_a_version_has_not_are_told_of_as_in_short_lists() -> None:
    query = """{ dataplanes(filter: {labels: [{key: "a", value: "b"}]}) {
      nodes { name } failures { controlPlane code }
    } }"""
    async with graph({"a": long(80, "2.5.0"), "b": long(80)}) as one:
        found = await page(one, query)
        assert all(target.startswith("b ") for target in sent(one))
    assert found == {"nodes": [], "failures": [{"controlPlane": "a", "code": "UNSUPPORTED"}]}


async def test_what_a_filter_keeps_is_counted_by_the_whole_list() -> None:
    async with graph({"a": long(80)}) as one:
        found = await page(one, TOTAL % "", first=5, filter=FEW)
        assert sent(one) == ["a /dataplanes?size=1000&tag=number%3A77"]
    assert found["totalCount"] == 1


async def test_another_order_is_made_of_the_whole_list() -> None:
    query = "{ dataplanes(first: 5, orderBy: {field: NAME}) { nodes { name } } }"
    async with graph({"a": long(80)}) as one:
        await one.data(query)
        assert sent(one) == ["a /dataplanes?size=1000"]


async def test_resources_of_one_kind_are_read_by_pages() -> None:
    query = '{ resources(kind: "Dataplane", first: 5) { nodes { name } } }'
    async with graph({"a": long(80)}) as one:
        assert len((await one.data(query))["resources"]["nodes"]) == 5
        assert sent(one) == ["a /dataplanes?size=5"]


async def test_a_list_that_the_operation_has_already_is_not_read_again() -> None:
    query = """{ dataplanes(first: 5, orderBy: {field: NAME}) { nodes {
      controlPlane { dataplanes(first: 5) { nodes { name } } }
    } } }"""
    async with graph({"a": long(80)}) as one:
        await one.data(query)
        assert sent(one) == ["a /dataplanes?size=1000"]


async def test_a_control_plane_whose_lists_are_in_no_order_is_read_whole() -> None:
    fake = stored(80)
    rows = fake.store.rows

    def by_name(kind: str, mesh: str | None = None) -> Any:
        return rows(kind, mesh)[::-1] if kind == "Dataplane" else rows(kind, mesh)

    fake.store.rows = by_name  # type: ignore[method-assign]
    async with graph({"a": Crowded(fake.transport(), "m", MANY)}) as one:
        found = await page(one, first=50)
        assert sent(one) == ["a /dataplanes?size=50", "a /dataplanes?size=1000"]
        assert [node["name"] for node in found["nodes"]] == [f"dp-{n:04}" for n in range(50)]
        rest = await page(one, first=50, after=found["pageInfo"]["endCursor"])
    assert [node["name"] for node in rest["nodes"]] == [f"dp-{n:04}" for n in range(50, 80)]


async def test_a_cursor_of_a_whole_list_is_good_for_pages_and_back() -> None:
    fake = stored(30)
    async with graph({"a": fake.transport()}) as one:
        of_whole = (await page(one, first=10))["pageInfo"]["endCursor"]
    async with graph({"a": Crowded(fake.transport(), "m", MANY)}) as one:
        found = await page(one, first=10, after=of_whole)
        of_pages = found["pageInfo"]["endCursor"]
    assert found["nodes"][0]["name"] == "dp-0010"
    async with graph({"a": fake.transport()}) as one:
        found = await page(one, first=10, after=of_pages)
    assert found["nodes"][0]["name"] == "dp-0020"


NUMBERS = st.sets(st.integers(0, 40), max_size=25)
CHANGES = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(NUMBERS, NUMBERS, CHANGES, st.integers(1, 6))
async def test_cursors_hold_while_rows_come_and_go_between_pages(
    of_a: set[int], of_b: set[int], changes: list[tuple[set[int], set[int]]], first: int
) -> None:
    """Each page is of another state: nothing comes twice, nothing that stayed is left out."""
    fakes = {"a": stored(0), "b": stored(0)}
    states = [(of_a, of_b), *changes]
    seen: list[tuple[str, str]] = []
    after, turn = None, 0
    transports = {name: Crowded(one.transport(), "m", MANY) for name, one in fakes.items()}
    async with graph(transports) as one:
        while True:
            for fake, state in zip(fakes.values(), states[min(turn, len(states) - 1)], strict=True):
                for row in fake.store.rows("Dataplane"):
                    fake.store.delete("Dataplane", "m", row.name)
                for number in state:
                    put(fake, number)
            found = await page(one, first=first, after=after)
            assert len(found["nodes"]) <= first
            seen += [(node["controlPlane"]["name"], node["name"]) for node in found["nodes"]]
            turn += 1
            if not found["pageInfo"]["hasNextPage"]:
                break
            after = found["pageInfo"]["endCursor"]
    assert seen == sorted(set(seen))
    for place, name in enumerate(fakes):
        stayed = set.intersection(*(state[place] for state in states[:turn]))
        assert {(name, f"dp-{number:04}") for number in stayed} <= set(seen)
