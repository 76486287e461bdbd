from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import UpstreamUnavailable
from gateway.settings import OperationSettings
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import Graph, graph
from tests.upstreams.kuma.canned import Canned, listed

PAGE = """query ($first: Int, $after: String) {
  meshes(first: $first, after: $after) {
    totalCount
    nodes { name }
    edges { cursor node { name controlPlane { name } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    failures { controlPlane code message }
  }
}"""


def meshes(*names: str) -> Canned:
    return Canned({"/meshes": listed({"name": name} for name in names)})


def put(transport: Canned, names: set[str]) -> None:
    transport.answers["/meshes"] = listed({"name": name} for name in names)


async def page(one: Graph, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await one.data(PAGE, **variables))["meshes"]
    return found


def names(found: dict[str, Any]) -> list[str]:
    assert [edge["node"]["name"] for edge in found["edges"]] == [
        node["name"] for node in found["nodes"]
    ]
    return [node["name"] for node in found["nodes"]]


async def test_a_list_is_in_the_order_of_control_plane_and_name() -> None:
    async with graph({"b": meshes("z", "a"), "a": meshes("y", "B", "c")}) as one:
        found = await page(one)
    places = [(e["node"]["controlPlane"]["name"], e["node"]["name"]) for e in found["edges"]]
    assert places == [("a", "B"), ("a", "c"), ("a", "y"), ("b", "a"), ("b", "z")]
    assert found["totalCount"] == 5


async def test_pages_lead_from_one_to_the_next() -> None:
    async with graph({"a": meshes(*"abcde")}) as one:
        first = await page(one, first=2)
        second = await page(one, first=2, after=first["pageInfo"]["endCursor"])
        last = await page(one, first=2, after=second["pageInfo"]["endCursor"])
    assert [names(found) for found in (first, second, last)] == [["a", "b"], ["c", "d"], ["e"]]
    assert [found["totalCount"] for found in (first, second, last)] == [5, 5, 5]
    assert [
        (found["pageInfo"]["hasPreviousPage"], found["pageInfo"]["hasNextPage"])
        for found in (first, second, last)
    ] == [(False, True), (True, True), (True, False)]
    for found in (first, second, last):
        cursors = [edge["cursor"] for edge in found["edges"]]
        assert cursors[0] == found["pageInfo"]["startCursor"]
        assert cursors[-1] == found["pageInfo"]["endCursor"]


@pytest.mark.parametrize(
    ("given_names", "first", "shown", "more"),
    [
        ("", None, "", False),
        ("", 5, "", False),
        ("abc", 0, "", True),
        ("abc", 1, "a", True),
        ("abc", 3, "abc", False),
        ("abc", 1000, "abc", False),
    ],
)
async def test_a_page_holds_as_many_as_were_asked_for(
    given_names: str, first: int | None, shown: str, more: bool
) -> None:
    async with graph({"a": meshes(*given_names)}) as one:
        found = await page(one, first=first)
    assert names(found) == list(shown)
    assert found["pageInfo"]["hasNextPage"] is more
    assert (found["pageInfo"]["endCursor"] is None) is (shown == "")


async def test_a_page_is_of_the_usual_size_where_none_is_asked_for() -> None:
    limits = OperationSettings(page_size=2, max_page_size=3)
    async with graph({"a": meshes(*"abcde")}, operations=limits) as one:
        assert names(await page(one)) == ["a", "b"]
        assert names(await page(one, first=3)) == ["a", "b", "c"]


@pytest.mark.parametrize("first", [-1, 1001, -(2**31), 2**31 - 1])
async def test_a_size_that_is_not_to_be_had_is_bad_input(first: int) -> None:
    async with graph({"a": meshes("a")}) as one:
        found = await one.answer(PAGE, first=first)
    [error] = found["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"] == f"`first` is from 0 to 1000, not {first}"


async def test_a_cursor_that_is_none_is_bad_input() -> None:
    async with graph({"a": meshes("a")}) as one:
        found = await one.answer(PAGE, after="garbage")
    assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_control_plane_that_fails_costs_its_own_part() -> None:
    down = meshes("x")
    async with graph({"a": meshes("a"), "b": down, "c": meshes("c")}) as one:
        down.answers["/meshes"] = UpstreamUnavailable("the connection was refused")
        found = await one.answer(PAGE)
    assert names(found["data"]["meshes"]) == ["a", "c"]
    assert found["data"]["meshes"]["failures"] == [
        {
            "controlPlane": "b",
            "code": "UPSTREAM_UNAVAILABLE",
            "message": "b: the connection was refused",
        }
    ]
    [error] = found["errors"]
    assert error["path"] == ["meshes"]
    assert error["extensions"]["upstream"] == "b"


async def test_a_row_that_cannot_be_read_is_a_failure_and_the_rest_stands() -> None:
    transport = Canned({"/meshes": listed([{"name": "a"}, {"name": 7}, {"name": "c"}])})
    async with graph({"a": transport}) as one:
        found = await one.answer(PAGE)
    assert names(found["data"]["meshes"]) == ["a", "c"]
    assert [one["code"] for one in found["data"]["meshes"]["failures"]] == ["UPSTREAM_BAD_RESPONSE"]
    assert len(found["errors"]) == 1


async def test_what_a_version_does_not_have_is_a_failure_and_no_error() -> None:
    query = '{ resources(kind: "MeshTLS") { totalCount failures { controlPlane code } } }'
    planes = {"new": FakeKuma("2.14.3").transport(), "old": FakeKuma("1.8.8").transport()}
    async with graph(planes) as one:
        found = await one.data(query)
    assert found["resources"]["failures"] == [{"controlPlane": "old", "code": "UNSUPPORTED"}]


NAMES = st.sets(st.sampled_from("abcdefghijklmnop"), max_size=12)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6), st.integers(1, 4))
async def test_cursors_hold_while_rows_come_and_go(states: list[set[str]], first: int) -> None:
    """Each page is of another state: nothing comes twice, nothing that stayed is left out."""
    transport = meshes()
    seen: list[str] = []
    after, turn = None, 0
    async with graph({"a": transport}) as one:
        while True:
            state = states[min(turn, len(states) - 1)]
            put(transport, state)
            found = await page(one, first=first, after=after)
            seen += names(found)
            turn += 1
            assert found["totalCount"] == len(state)
            if not found["pageInfo"]["hasNextPage"]:
                break
            after = found["pageInfo"]["endCursor"]
    assert seen == sorted(set(seen))
    assert set.intersection(*states[:turn]) <= set(seen)
