"""Parts of lists as control planes were recorded to give them: their order, and their totals."""

from typing import Any

import pytest

from gateway.model.pages import Listing, Part
from gateway.upstreams.stretches import is_ordered
from tests.graph import Graph, graph
from tests.recorded import recording
from tests.replay import exchanges, snapshot
from tests.upstreams.kuma.canned import kuma, operation
from tests.worlds import Crowded

VERSIONS = ("1.1.6", "1.8.8", "2.14.3")
# The part of which list, how many rows, the total that is believed, and where the next one begins.
PARTS = (
    ("1.1.6", None, False, Part(0, 3), 3, 80, 3),
    ("1.1.6", None, True, Part(0, 3), 3, None, 3),
    ("1.1.6", "page-1", False, Part(2, 2), 2, 11, 4),
    ("1.1.6", "page-1", True, Part(2, 2), 2, None, 4),
    ("1.8.8", None, False, Part(0, 3), 3, 77, 3),
    ("1.8.8", None, True, Part(0, 3), 3, None, 3),
    ("1.8.8", "page-1", False, Part(6, 2), 2, 8, None),
    ("2.14.3", None, False, Part(3, 3), 3, 9, 6),
    ("2.14.3", None, False, Part(6, 3), 3, 9, None),
    ("2.14.3", None, True, Part(0, 3), 3, 9, 3),
    ("2.14.3", "page-1", False, Part(8, 2), 1, 9, None),
)
WALK = """query ($after: String, $mesh: String) {
  dataplanes(filter: {mesh: $mesh}, first: 7, after: $after) {
    totalCount nodes { name mesh { name } status } pageInfo { hasNextPage endCursor }
  }
}"""


@pytest.mark.parametrize(
    ("version", "mesh", "overview", "part", "rows", "total", "following"), PARTS
)
async def test_a_part_is_what_the_control_plane_gives(
    version: str,
    mesh: str | None,
    overview: bool,
    part: Part,
    rows: int,
    total: int | None,
    following: int | None,
) -> None:
    adapter = kuma(exchanges(version, "03-lists", "08-overviews"))
    listing = Listing("prod", "Dataplane", mesh, overview, part=part)
    found = await adapter.list(listing, operation())
    assert (len(found.rows), found.total, found.next_offset) == (rows, total, following)
    assert is_ordered(found.rows)


@pytest.mark.parametrize("version", VERSIONS)
def test_pages_are_cut_from_lists_by_mesh_and_name(version: str) -> None:
    listed = [
        [(item.get("mesh", ""), item["name"]) for item in body["items"]]
        for path, body in recording(version).snapshot.items()
        if isinstance(body, dict) and "dataplanes" in path and body.get("items")
    ]
    assert max(map(len, listed)) > 70
    assert listed == list(map(sorted, listed))


async def walk(one: Graph, **variables: Any) -> tuple[list[str], set[int]]:
    """All dataplanes page by page, and the totals that the pages tell."""
    seen, totals, after = [], set(), None
    while True:
        found = (await one.data(WALK, after=after, **variables))["dataplanes"]
        seen += [
            f"{node['mesh']['name']}/{node['name']} {node['status']}" for node in found["nodes"]
        ]
        totals.add(found["totalCount"])
        if not found["pageInfo"]["hasNextPage"]:
            return seen, totals
        after = found["pageInfo"]["endCursor"]


@pytest.mark.parametrize("mesh", [None, "shop"])
@pytest.mark.parametrize("version", VERSIONS)
async def test_pages_show_what_whole_lists_show(version: str, mesh: str | None) -> None:
    crowd = Crowded(snapshot(version), "shop", 9000)
    async with graph({"cp": snapshot(version)}) as one:
        whole = await walk(one, mesh=mesh)
    async with graph({"cp": crowd}) as one:
        by_pages = await walk(one, mesh=mesh)
        sent = [str(request) for request in one.sent()]
    assert by_pages == whole
    assert len(by_pages[1]) == 1
    assert all("size=1000" not in target for target in sent if "dataplanes" in target)
