from typing import Any

from tests.graph import graph
from tests.multizone import global_plane, zone_plane
from tests.upstreams.kuma.canned import Canned, listed

QUERY = """query ($within: Duration!, $first: Int, $mesh: String) {
  insight(mesh: $mesh) { certificatesExpiring(within: $within, first: $first) {
    total expired
    certificates { dataplane { name } expiresAt issuedBackend }
    failures { controlPlane code }
  } }
}"""


def holder(name: str, ends: str | None, mesh: str = "m") -> dict[str, Any]:
    mtls = {"certificateExpirationTime": ends, "issuedBackend": "ca-1"} if ends else {}
    return {"name": name, "mesh": mesh, "dataplane": {}, "dataplaneInsight": {"mTLS": mtls}}


PLANE = {
    "/dataplanes/_overview": listed(
        [
            holder("late", "2999-01-01T00:00:00Z"),
            holder("second", "2021-01-01T00:00:00Z"),
            holder("first", "2020-01-01T00:00:00Z"),
            holder("none", None),
            {"name": "never", "mesh": "m", "dataplane": {}},
        ]
    )
}


async def expiring(transports: Any, **variables: Any) -> dict[str, Any]:
    async with graph(transports) as one:
        data = await one.data(QUERY, **variables)
    found: dict[str, Any] = data["insight"]["certificatesExpiring"]
    return found


async def test_certificates_that_end_are_counted_and_the_soonest_shown_first() -> None:
    found = await expiring({"cp": Canned(PLANE)}, within="1h", first=1)
    assert (found["total"], found["expired"], found["failures"]) == (2, 2, [])
    assert found["certificates"] == [
        {
            "dataplane": {"name": "first"},
            "expiresAt": "2020-01-01T00:00:00Z",
            "issuedBackend": "ca-1",
        }
    ]


async def test_what_has_not_ended_yet_is_not_expired() -> None:
    found = await expiring({"cp": Canned(PLANE)}, within="87600000h")
    assert (found["total"], found["expired"]) == (3, 2)


async def test_a_dataplane_of_a_global_and_its_zone_has_one_certificate() -> None:
    both = {"global": global_plane(), "zone-1": zone_plane()}
    found = await expiring(both, within="8760000h")
    alone = await expiring({"global": global_plane()}, within="8760000h")
    assert found == alone
    assert found["total"] == 3


async def test_a_control_plane_that_fails_is_named_and_costs_its_own_part() -> None:
    transports = {"cp": Canned(PLANE), "dead": Canned()}
    async with graph(transports) as one:
        answer = await one.answer(QUERY, within="1h")
    found = answer["data"]["insight"]["certificatesExpiring"]
    assert (found["total"], found["failures"]) == (
        2,
        [{"controlPlane": "dead", "code": "UNSUPPORTED"}],
    )
