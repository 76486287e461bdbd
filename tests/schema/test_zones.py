from typing import Any

import pytest

from tests.graph import graph
from tests.schema.shown import shown
from tests.upstreams.kuma.canned import Canned, listed

OPEN = {"subscriptions": [{"connectTime": "2026-11-21T09:15:41Z"}]}


@pytest.mark.parametrize(
    ("members", "status", "enabled"),
    [
        ({"zone": {}, "zoneInsight": OPEN}, "ONLINE", True),
        ({"zone": {"enabled": False}, "zoneInsight": OPEN}, "DISABLED", False),
        ({"zone": {"enabled": True}}, "OFFLINE", True),
    ],
)
async def test_a_zone_has_a_status(members: Any, status: str, enabled: bool) -> None:
    found = await shown("Zone", "status enabled", **members)
    assert found == {"status": status, "enabled": enabled}


@pytest.mark.parametrize(
    ("selection", "path"),
    [
        ("name ... on KumaZone { enabled }", "/zones"),
        ("status", "/zones/_overview"),
        ("... on KumaZone { insight { subscriptions { id } } }", "/zones/_overview"),
    ],
)
async def test_a_zone_is_read_with_its_insight_where_a_field_needs_it(
    selection: str, path: str
) -> None:
    row = {"type": "Zone", "name": "east", "zone": {}}
    transport = Canned({"/zones": listed([row]), "/zones/_overview": listed([row])})
    async with graph({"cp": transport}) as one:
        transport.asked.clear()
        await one.data(f"{{ zones {{ nodes {{ {selection} }} }} }}")
    assert transport.paths() == [path]


async def test_a_zone_has_the_dataplanes_that_run_in_it() -> None:
    rows = [
        {"mesh": "m", "name": "a", "labels": {"kuma.io/zone": "east"}},
        {"mesh": "m", "name": "b", "labels": {"kuma.io/zone": "west"}},
        {
            "mesh": "n",
            "name": "c",
            "networking": {"inbound": [{"tags": {"kuma.io/zone": "east"}}]},
        },
        {"mesh": "n", "name": "d"},
    ]
    query = """query ($filter: DataplaneFilter) {
      zones { nodes { name dataplanes(filter: $filter) { totalCount nodes { name } } } }
    }"""
    zones = listed([{"name": "east"}, {"name": "west"}])
    transport = Canned({"/zones": zones, "/dataplanes": listed(rows)})
    transport.answers["/meshes/n/dataplanes"] = listed(rows[2:])
    async with graph({"cp": transport}) as one:
        transport.asked.clear()
        every = (await one.data(query))["zones"]["nodes"]
        assert transport.paths() == ["/zones", "/dataplanes"]
        some = (await one.data(query, filter={"mesh": "n"}))["zones"]["nodes"]
    assert [[row["name"] for row in zone["dataplanes"]["nodes"]] for zone in every] == [
        ["a", "c"],
        ["b"],
    ]
    assert [zone["dataplanes"]["totalCount"] for zone in some] == [1, 0]
