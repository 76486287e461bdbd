from typing import Any

import pytest

from gateway.errors import UpstreamUnavailable
from tests.graph import graph
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
