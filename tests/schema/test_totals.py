from typing import Any

import pytest

from gateway.errors import UpstreamUnavailable
from tests.graph import graph
from tests.multizone import global_plane, zone_plane
from tests.recorded import recording
from tests.replay import snapshot
from tests.schema.selections import everything
from tests.upstreams.kuma.canned import NO_ENDPOINT, Canned, listed, said

QUERY = f"""query ($cp: String, $mesh: String) {{
  insight(controlPlane: $cp, mesh: $mesh) {everything("Insight")}
}}"""
CONNECTED = {"subscriptions": [{"connectTime": "2026-11-21T09:15:41Z"}]}


def plane(*insights: dict[str, Any], zones: Any = ()) -> Canned:
    return Canned({"/mesh-insights": listed(insights), "/zones/_overview": listed(zones)})


async def totals(transports: Any, **variables: Any) -> dict[str, Any]:
    async with graph(transports) as one:
        found: dict[str, Any] = (await one.answer(QUERY, **variables))["data"]["insight"]
    return found


def counts(found: Any) -> tuple[int, ...] | None:
    if found is None:
        return None
    return tuple(found[key] for key in ("total", "online", "offline", "partiallyDegraded"))


A = {
    "name": "m",
    "modificationTime": "2026-11-21T09:15:41Z",
    "dataplanes": {"total": 4, "online": 2, "offline": 1, "partiallyDegraded": 1},
    "policies": {"Retry": {"total": 2}, "Secret": {"total": 3}},
    "resources": {"Retry": {"total": 2}, "MeshService": {"total": 1}},
    "services": {"total": 3, "internal": 2, "external": 1},
    "dpVersions": {
        "kumaDp": {"2.14.3": {"total": 3, "online": 2, "offline": 1, "partiallyDegraded": 1}}
    },
}
B = {
    "name": "n",
    "modificationTime": "2026-11-21T08:00:00Z",
    "dataplanes": {"total": 1, "online": 1},
    "policies": {"Retry": {"total": 1}, "MeshTimeout": {"total": 1}},
    "dpVersions": {"kumaDp": {"2.14.3": {"total": 1, "online": 1}}, "envoy": {"1.37": {}}},
}


async def test_totals_add_up_over_meshes_and_control_planes() -> None:
    zones = [
        {"name": "east", "zone": {}, "zoneInsight": CONNECTED},
        {"name": "west", "zone": {"enabled": False}, "zoneInsight": CONNECTED},
        {"name": "north", "zone": {}},
    ]
    found = await totals({"a": plane(A, B, zones=zones), "b": plane(B)})
    assert counts(found["dataplanes"]) == (6, 4, 1, 1)
    assert [(one["kind"], one["total"]) for one in found["policies"]] == [
        ("MeshTimeout", 2),
        ("Retry", 4),
    ]
    assert [(one["kind"], one["total"]) for one in found["resources"]] == [
        ("MeshService", 1),
        ("Retry", 2),
    ]
    assert [found["services"][key] for key in ("total", "internal", "external")] == [3, 2, 1]
    assert counts(found["zones"]) == (3, 1, 1, 0)
    assert [
        (one["component"], one["version"], counts(one["counts"])) for one in found["versions"]
    ] == [("kumaDp", "2.14.3", (6, 4, 1, 1)), ("envoy", "1.37", (0, 0, 0, 0))]
    assert found["asOf"] == "2026-11-21T08:00:00Z"
    assert found["failures"] == []


@pytest.mark.parametrize(
    ("variables", "dataplanes", "zones"),
    [
        ({}, (6, 4, 1, 1), (0, 0, 0, 0)),
        ({"cp": "b"}, (1, 1, 0, 0), (0, 0, 0, 0)),
        ({"mesh": "m"}, (4, 2, 1, 1), None),
        ({"mesh": "n"}, (2, 2, 0, 0), None),
        ({"mesh": "no-mesh"}, None, None),
    ],
)
async def test_totals_are_of_the_mesh_and_the_control_plane_that_were_named(
    variables: dict[str, str], dataplanes: Any, zones: Any
) -> None:
    found = await totals({"a": plane(A, B), "b": plane(B)}, **variables)
    assert counts(found["dataplanes"]) == dataplanes
    assert counts(found["zones"]) == zones


async def test_what_could_not_be_counted_is_null_and_never_zero() -> None:
    found = await totals({"a": plane()})
    assert {key: found[key] for key in found if found[key] is None} == (
        dict.fromkeys(("dataplanes", "services", "policies", "resources", "versions", "asOf"), None)
    )
    assert [(one["source"], one["counts"]) for one in found["sources"]] == [("LISTED", ["zones"])]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said({"title": "Access Denied"}, 403), "FORBIDDEN"),
        (UpstreamUnavailable("the connection was refused"), "UPSTREAM_UNAVAILABLE"),
        (NO_ENDPOINT, "UNSUPPORTED"),
        (listed([A, {"name": "n", "dataplanes": "many"}]), "UPSTREAM_BAD_RESPONSE"),
    ],
    ids=["forbidden", "down", "absent", "broken"],
)
async def test_a_control_plane_that_is_not_counted_is_named_once(answer: Any, code: str) -> None:
    down = plane(A)
    down.answers["/mesh-insights"] = answer
    down.answers["/zones/_overview"] = answer
    found = await totals({"a": down, "b": plane(B)})
    assert counts(found["dataplanes"]) == (1, 1, 0, 0)
    assert [(one["controlPlane"], one["code"]) for one in found["failures"]] == [("a", code)]


async def test_sums_end_where_the_whole_numbers_of_graphql_do() -> None:
    most = 2**31 - 1
    many = {
        "dataplanes": {"total": most, "online": most, "offline": most},
        "policies": {"Retry": {"total": most}},
        "services": {"total": most},
        "dpVersions": {"envoy": {"1.37": {"online": most, "offline": most}}},
    }
    found = await totals({"a": plane(A, many | {"name": "x"}, many | {"name": "y"})})
    assert counts(found["dataplanes"]) == (most, most, most, 1)
    assert found["policies"][0]["total"] == found["services"]["total"] == most
    assert counts(found["versions"][-1]["counts"]) == (most, most, most, 0)


async def both(**planes: Any) -> dict[str, Any]:
    """The totals over a recorded Global and its zone-1, and maybe other planes in their places."""
    found = await totals({"global": global_plane(), "zone-1": zone_plane()} | planes)
    return found


def sources(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["controlPlane"], one["source"], one["countedBy"], one["asOf"] is not None)
        for one in found["sources"]
    ]


async def test_what_a_global_and_its_zone_both_store_is_counted_once_at_the_global() -> None:
    found = await both()
    alone = await totals({"global": global_plane()})
    assert sources(found) == [*sources(alone), ("zone-1", "ITS_GLOBAL", "global", False)]
    assert {key: found[key] for key in found if key != "sources"} == {
        key: alone[key] for key in alone if key != "sources"
    }
    assert counts(found["dataplanes"]) == (9, 3, 6, 0)
    assert counts(found["zones"]) == (3, 1, 1, 0)


async def test_a_zone_counts_for_itself_where_its_global_does_not_answer() -> None:
    dead = global_plane()
    dead.answers["/mesh-insights"] = UpstreamUnavailable("the connection was refused")
    found = await both(**{"global": dead})
    assert [one["controlPlane"] for one in found["failures"]] == ["global"]
    assert ("zone-1", "LISTED", None, False) in sources(found)
    assert counts(found["dataplanes"]) == (5, 3, 2, 0)


async def test_a_zone_that_leaves_counting_to_its_global_is_listed() -> None:
    found = await totals({"zone-1": zone_plane()})
    assert sources(found) == [("zone-1", "LISTED", None, False)]
    assert counts(found["dataplanes"]) == (5, 3, 2, 0)
    assert found["policies"] == [{"__typename": "KindCount", "kind": "MeshTimeout", "total": 4}]
    assert [(one["component"], one["version"]) for one in found["versions"]] == [
        ("kumaDp", "2.14.3"),
        ("kumaDp", "unknown"),
        ("envoy", "1.36.2"),
        ("envoy", "unknown"),
    ]
    assert found["zones"] is None


async def test_two_zones_without_their_global_count_once_what_it_gave_to_both() -> None:
    found = await totals({"zone-1": zone_plane(), "zone-1-again": zone_plane()})
    assert found["policies"] == [{"__typename": "KindCount", "kind": "MeshTimeout", "total": 4}]
    assert counts(found["dataplanes"]) == (5, 3, 2, 0)


async def test_control_planes_of_two_clusters_are_added_up() -> None:
    found = await both(**{"zone-1": zone_plane(clusterId="another")})
    assert counts(found["dataplanes"]) == (14, 6, 8, 0)


async def test_resources_come_from_the_insight_of_everything_where_there_is_one() -> None:
    found = await totals({"cp": snapshot("2.14.3")})
    assert sources(found) == [
        ("cp", "GLOBAL_INSIGHT", None, True),
        ("cp", "MESH_INSIGHTS", None, True),
    ]
    by_source = {one["source"]: one["counts"] for one in found["sources"]}
    assert by_source["GLOBAL_INSIGHT"] == ["resources"]
    assert {one["kind"]: one["total"] for one in found["resources"]} == {
        kind: one["total"]
        for kind, one in recording("2.14.3").snapshot["/global-insight"]["resources"].items()
    }


async def test_where_mesh_services_alone_are_services_the_resources_say_how_many() -> None:
    found = await totals({"cp": snapshot("2.14.3")}, mesh="bank")
    assert [found["services"][key] for key in ("total", "internal", "external")] == [6, 5, 1]


@pytest.mark.parametrize(
    ("selection", "asked"),
    [
        ("zones { total }", ["/zones/_overview"]),
        ("dataplanes { total }", ["/mesh-insights"]),
        ("resources { total }", ["/global-insight", "/mesh-insights"]),
        ("sources { source }", ["/mesh-insights"]),
        ('certificatesExpiring(within: "1h") { total }', ["/dataplanes/_overview"]),
    ],
)
async def test_no_more_is_asked_for_than_is_shown(selection: str, asked: list[str]) -> None:
    async with graph({"cp": global_plane()}) as one:
        await one.data(f"{{ insight {{ {selection} }} }}")
        assert sorted(sent.target.partition("?")[0] for sent in one.sent()) == asked
