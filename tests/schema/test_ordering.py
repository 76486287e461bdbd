import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadUserInput
from gateway.model.resources import UNREAD, Resource, Stored
from gateway.schema.ids import position
from gateway.schema.ordering import (
    USUAL,
    DataplaneOrder,
    DataplaneOrderField,
    Direction,
    Order,
    arranged,
    order,
    time_key,
)
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.fake import FakeKuma
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.replay import snapshot

ORDERS = [
    order(DataplaneOrder(field=field, direction=direction))
    for field in DataplaneOrderField
    for direction in Direction
]


def row(mesh: str, name: str, modified: str = "", *, online: bool = True) -> Resource:
    connected = [{"connectTime": "2026-01-01T00:00:00Z"}] if online else []
    body = {
        "name": name,
        "mesh": mesh,
        "modificationTime": modified,
        "dataplane": {"networking": {"inbound": [{"port": 1}]}},
        "dataplaneInsight": {"subscriptions": connected},
    }
    return responses.resource("cp", KINDS["Dataplane"], msgspec.json.encode(body))


ROWS = st.builds(
    row,
    st.sampled_from("ab"),
    st.sampled_from("vwxyz"),
    st.sampled_from(["", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"]),
    online=st.booleans(),
)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-01-01T00:00:05Z", "2026-01-01T00:00:05.1Z"),
        ("2026-01-01T00:00:05.09Z", "2026-01-01T00:00:05.1Z"),
        ("2026-01-01T00:00:05.123456789Z", "2026-01-01T00:00:06Z"),
        (None, "2026-01-01T00:00:05Z"),
        ("nonsense", "0001-01-01T00:00:00Z"),
    ],
)
def test_times_sort_whatever_their_fractions(earlier: str | None, later: str) -> None:
    assert time_key(earlier) < time_key(later)


@pytest.mark.parametrize("one", [USUAL, *ORDERS], ids=lambda one: one.name or "usual")
@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=st.lists(ROWS, max_size=12), gone=st.lists(st.booleans(), min_size=12, max_size=12))
def test_what_follows_a_place_follows_it_though_rows_go(
    one: Order, rows: list[Resource], gone: list[bool]
) -> None:
    whole = asyncio.run(one.arranged([*{each.key: each for each in rows}.values()]))
    left = [each for each, is_gone in zip(whole, gone, strict=False) if not is_gone]
    for at, each in enumerate(whole):
        place = one.place(one.cursor(each))
        following = [kept for kept in whole[at + 1 :] if kept in left]
        assert left[one.begin(left, place) :] == following


def test_a_cursor_is_of_one_order() -> None:
    there = row("a", "b")
    for one in ORDERS:
        for other in (USUAL, *ORDERS):
            if one.name != other.name:
                with pytest.raises(BadUserInput, match="this cursor is of another order"):
                    other.place(one.cursor(there))


QUERY = """query ($order: DataplaneOrder, $after: String) {
  dataplanes(orderBy: $order, first: 7, after: $after) {
    totalCount nodes { name status modifiedAt mesh { name } } pageInfo { endCursor hasNextPage }
  }
}"""


async def walked(version: str, asked: dict[str, str]) -> list[Any]:
    rows: list[Any] = []
    after = None
    async with graph({"cp": snapshot(version)}) as one:
        while True:
            page = (await one.data(QUERY, order=asked, after=after))["dataplanes"]
            rows += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                assert len(rows) == page["totalCount"]
                return rows


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8", "2.14.3"])
@pytest.mark.parametrize("direction", ["ASCENDING", "DESCENDING"])
async def test_pages_in_an_order_are_the_list_in_that_order(version: str, direction: str) -> None:
    keys: dict[str, Any] = {
        "NAME": lambda node: node["name"],
        "MODIFIED": lambda node: time_key(node["modifiedAt"]),
        "STATUS": lambda node: ["ONLINE", "PARTIALLY_DEGRADED", "OFFLINE"].index(node["status"]),
    }
    for field, key in keys.items():
        rows = await walked(version, {"field": field, "direction": direction})
        found = [key(node) for node in rows]
        assert found == sorted(found, reverse=direction == "DESCENDING")
        assert len({(node["mesh"]["name"], node["name"]) for node in rows}) == len(rows)


async def test_an_order_by_status_reads_overviews_though_nobody_asks_for_one() -> None:
    fake = FakeKuma("2.14.3")
    query = "{ dataplanes(orderBy: {field: STATUS}) { nodes { name } } }"
    async with graph({"cp": fake.transport()}) as one:
        await one.data(query)
        assert [sent.target for sent in one.sent()] == ["/dataplanes/_overview?size=1000"]


async def test_policies_are_put_in_order_by_kind() -> None:
    query = """{ mesh(name: "shop") {
      policies(first: 1000, orderBy: {field: KIND, direction: DESCENDING}) { nodes { kind } }
    } }"""
    async with graph({"cp": snapshot("2.14.3")}) as one:
        found = (await one.data(query))["mesh"]["policies"]["nodes"]
    kinds = [node["kind"] for node in found]
    assert kinds == sorted(kinds, reverse=True)
    assert len(set(kinds)) > 10


async def test_a_cursor_of_another_order_is_bad_input() -> None:
    async with graph({"cp": snapshot("2.14.3")}) as one:
        order = {"field": "NAME", "direction": "ASCENDING"}
        page = (await one.data(QUERY, order=order))["dataplanes"]
        found = await one.answer(QUERY, after=page["pageInfo"]["endCursor"])
    assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_others_have_turns_while_many_rows_are_put_in_order() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    rows = [row("a", f"r{number % 7}-{number}") for number in range(1100)]
    waiting = asyncio.create_task(other())
    by_name = Order("NAME ASCENDING", lambda one: str(one.content.name))
    found = await by_name.arranged(rows)
    waiting.cancel()
    assert [one.content.name for one in found] == sorted(one.content.name for one in rows)
    assert turns >= 2


@pytest.mark.parametrize(
    "kinds", [("Dataplane",), ("Mesh",), ("Dataplane", "ZoneIngress"), ("MeshTimeout", "MeshRetry")]
)
@pytest.mark.parametrize("upstreams", ["a", "ba"])
def test_rows_of_one_list_have_the_places_that_they_have_among_others(
    kinds: tuple[str, ...], upstreams: str
) -> None:
    rows = [
        Resource(upstream, KINDS[kind], Stored(name=name, mesh=mesh), UNREAD)
        for upstream in upstreams
        for kind in kinds
        for name in ("b", "c-d", "a", "c", "")
        for mesh in ("n", "m")
    ]
    assert arranged(rows) == sorted(rows, key=position)
    assert arranged(()) == []
