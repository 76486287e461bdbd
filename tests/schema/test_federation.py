from typing import Any

import pytest

from tests.graph import graph
from tests.multizone import global_plane, zone_plane

LISTS = """query ($origin: OriginFilter, $cp: String) {
  meshes(filter: {origin: $origin, controlPlane: $cp}) { nodes { ...It } }
  zones(filter: {origin: $origin, controlPlane: $cp}) { nodes { ...It } }
  dataplanes(filter: {origin: $origin, controlPlane: $cp}) { nodes { ...It } }
  policies(filter: {origin: $origin, controlPlane: $cp, kind: "MeshTimeout"}) { nodes { ...It } }
}
fragment It on Resource { name displayName origin originZone controlPlane { name } }"""


async def rows(origin: Any, cp: str | None = None, **zone: Any) -> dict[str, list[tuple[Any, ...]]]:
    async with graph({"global": global_plane(), "zone-1": zone_plane(**zone)}) as one:
        found = await one.data(LISTS, origin=origin, cp=cp)
    return {
        field: sorted(
            (it["displayName"], it["controlPlane"]["name"], it["origin"], it["originZone"])
            for it in connection["nodes"]
        )
        for field, connection in found.items()
    }


async def test_lists_show_both_rows_each_with_where_it_was_made() -> None:
    found = await rows(None)
    assert [one for one in found["policies"] if one[0].startswith("from")] == [
        ("from-global", "global", "GLOBAL", None),
        ("from-global", "zone-1", "GLOBAL", None),
        ("from-zone", "global", "ZONE", "zone-1"),
        ("from-zone", "zone-1", "ZONE", "zone-1"),
    ]
    assert [one[1:] for one in found["dataplanes"] if one[0] == "backend-1"] == [
        ("global", "ZONE", "zone-1"),
        ("global", "ZONE", "zone-2"),
        ("zone-1", "ZONE", "zone-1"),
    ]
    assert ("zone-9", "zone-1", "ZONE", "zone-1") in found["zones"]
    assert ("zone-1", "zone-1", "GLOBAL", None) in found["zones"]


async def test_once_leaves_what_stands_where_it_was_made_or_nearest_to_it() -> None:
    found = await rows({"once": True})
    assert [(name, at) for name, at, *_ in found["policies"]] == [
        ("from-global", "global"),
        ("from-zone", "zone-1"),
        ("mesh-gateways-timeout-all-default", "global"),
        ("mesh-gateways-timeout-all-shop", "global"),
        ("mesh-timeout-all-default", "global"),
        ("mesh-timeout-all-shop", "global"),
    ]
    assert [(name, at) for name, at, *_ in found["zones"]] == [
        ("zone-1", "global"),
        ("zone-2", "global"),
        ("zone-9", "zone-1"),
        ("zone-offline", "global"),
    ]
    assert {at for _, at, _, zone in found["dataplanes"] if zone == "zone-2"} == {"global"}
    assert {at for _, at, _, zone in found["dataplanes"] if zone == "zone-1"} == {"zone-1"}
    assert len(found["dataplanes"]) == 9
    assert {at for _, at, *_ in found["meshes"]} == {"global"}


@pytest.mark.parametrize("cp", ["global", "zone-1"])
async def test_once_leaves_everything_of_a_control_plane_that_is_asked_alone(cp: str) -> None:
    assert await rows({"once": True}, cp) == await rows(None, cp)


async def test_control_planes_of_two_clusters_share_nothing() -> None:
    assert await rows({"once": True}, clusterId="another") == await rows(None, clusterId="another")


async def test_an_origin_and_its_zone_are_conditions() -> None:
    found = await rows({"at": "ZONE", "zone": "zone-2"})
    assert {one[2:] for some in found.values() for one in some} == {("ZONE", "zone-2")}
    assert len(found["dataplanes"]) == 4
    everywhere = await rows({"at": "GLOBAL"})
    assert everywhere["dataplanes"] == []
    assert {one[1] for one in everywhere["policies"]} == {"global", "zone-1"}
