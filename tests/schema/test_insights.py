from typing import Any

import pytest

from gateway.model.insights import Counts
from gateway.schema.insights import whole
from tests.graph import graph
from tests.upstreams.kuma.canned import ABSENT, Canned, listed

INSIGHT = """{ meshes { nodes { insight {
  dataplanes { total online offline partiallyDegraded }
  dataplanesByType { standard { total } gateway { total } gatewayBuiltin { total } }
  policies { kind total } resources { kind total }
  versions { component version counts { total partiallyDegraded } }
  issuedBackends { backend counts { total } } supportedBackends { backend }
  services { total internal external } lastSync asOf
} } } }"""


async def insight(*rows: dict[str, Any]) -> Any:
    answers = {"/meshes": listed([{"name": "m"}]), "/mesh-insights": listed(rows)}
    transport = Canned(answers | ({"/mesh-insights/m": rows[0]} if rows else {}))
    async with graph({"cp": transport}) as one:
        return (await one.data(INSIGHT))["meshes"]["nodes"][0]["insight"]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(3, 2, 1), Counts(3, 2, 1)),
        (Counts(2, 2, 0, 1), Counts(3, 2, 0, 1)),
        (Counts(5, 1, 1, 1), Counts(5, 1, 1, 1)),
    ],
)
def test_a_total_adds_what_kuma_leaves_out_of_it(counts: Counts, expected: Counts) -> None:
    assert whole(counts) == expected


async def test_what_a_control_plane_counts_is_shown_in_the_order_of_the_names() -> None:
    found = await insight(
        {
            "name": "m",
            "modificationTime": "2026-11-21T09:15:41Z",
            "dataplanes": {"total": 3, "online": 1, "offline": 1, "partiallyDegraded": 1},
            "dataplanesByType": {"standard": {"total": 2}, "gateway": {"total": 1}},
            "policies": {"Timeout": {"total": 2}, "Retry": {}},
            "dpVersions": {"kumaDp": {"2.14.3": {"total": 2, "online": 2, "partiallyDegraded": 1}}},
            "mTLS": {"issuedBackends": {"ca-1": {"total": 3}}},
            "services": {"total": 2, "internal": 2},
        }
    )
    assert found["dataplanes"] == {"total": 3, "online": 1, "offline": 1, "partiallyDegraded": 1}
    assert found["dataplanesByType"] == {
        "standard": {"total": 2},
        "gateway": {"total": 1},
        "gatewayBuiltin": {"total": 0},
    }
    assert found["policies"] == [{"kind": "Retry", "total": 0}, {"kind": "Timeout", "total": 2}]
    assert found["versions"] == [
        {
            "component": "kumaDp",
            "version": "2.14.3",
            "counts": {"total": 3, "partiallyDegraded": 1},
        }
    ]
    assert found["issuedBackends"] == [{"backend": "ca-1", "counts": {"total": 3}}]
    assert found["services"] == {"total": 2, "internal": 2, "external": 0}
    assert found["asOf"] == "2026-11-21T09:15:41Z"


async def test_what_a_version_does_not_count_is_null_or_empty() -> None:
    found = await insight({"name": "m"})
    assert found == {
        "dataplanes": {"total": 0, "online": 0, "offline": 0, "partiallyDegraded": 0},
        "dataplanesByType": None,
        "policies": [],
        "resources": [],
        "versions": [],
        "issuedBackends": [],
        "supportedBackends": [],
        "services": None,
        "lastSync": None,
        "asOf": None,
    }


async def test_a_mesh_that_was_not_counted_yet_has_no_insight() -> None:
    answers = {"/meshes": listed([{"name": "m"}]), "/mesh-insights": listed(())}
    transport = Canned(answers)
    transport.answers["/mesh-insights/m"] = ABSENT
    async with graph({"cp": transport}) as one:
        assert (await one.data(INSIGHT))["meshes"]["nodes"][0]["insight"] is None
