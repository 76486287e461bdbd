"""Totals of a control plane that counts nothing, beside one that does; never an invented zero."""

from typing import Any

import pytest

from gateway.upstreams.kuma.fake import FakeKuma, populate
from tests.graph import graph
from tests.upstreams.nginx_service_mesh.canned import BASE, Canned, said
from tests.upstreams.nginx_service_mesh.edge import edge, settings, shop

TOTALS = """query ($mesh: String) { insight(mesh: $mesh) {
  dataplanes { total online offline partiallyDegraded } services { total internal external }
  zones { total } policies { kind total } versions { version } asOf
  failures { controlPlane code }
} }"""
UNKNOWN = {"online": 0, "offline": 0, "partiallyDegraded": 0}


async def test_lists_are_counted_where_nothing_else_is() -> None:
    async with edge(shop()) as asked:
        found = (await asked.data(TOTALS))["insight"]
    assert found["dataplanes"] == {"total": 4, **UNKNOWN}
    assert found["services"] == {"total": 4, "internal": 4, "external": 0}
    assert {one["kind"]: one["total"] for one in found["policies"]} == {
        "CircuitBreaker": 1,
        "HTTPRouteGroup": 1,
        "RateLimit": 1,
        "TCPRoute": 1,
        "TrafficSplit": 1,
        "TrafficTarget": 1,
    }
    assert found["zones"] is found["versions"] is found["asOf"] is None
    assert found["failures"] == []


async def test_only_what_is_asked_for_is_listed() -> None:
    async with edge(shop()) as asked:
        await asked.data("{ insight { services { total } } }")
        assert [str(one) for one in asked.sent()] == [f"GET {BASE}/services"]
        asked.forget()
        await asked.data("{ insight { zones { total } asOf } }")
        assert asked.sent() == []


async def test_what_is_not_to_be_had_is_null_and_named() -> None:
    async with edge(shop("2.0.0"), kubernetes=False) as asked:
        found = (await asked.data(TOTALS))["insight"]
    assert found["dataplanes"] is found["services"] is found["policies"] is None
    assert found["failures"] == [{"controlPlane": "edge", "code": "UNSUPPORTED"}]


async def test_a_list_that_failed_is_no_part_of_a_sum() -> None:
    transport = Canned({f"{BASE}/services": said(b"", 500)})
    async with edge(transport, kubernetes=False) as asked:
        found = await asked.answer("{ insight { services { total } failures { code } } }")
    assert found["data"]["insight"] == {
        "services": None,
        "failures": [{"code": "UPSTREAM_UNAVAILABLE"}],
    }


async def test_a_row_that_cannot_be_read_makes_a_sum_wrong() -> None:
    transport = Canned({f"{BASE}/services": [{"name": "a"}, {"name": 5}]})
    async with edge(transport, kubernetes=False) as asked:
        found = await asked.answer("{ insight { services { total } failures { code } } }")
    assert found["data"]["insight"]["services"] is None
    assert found["data"]["insight"]["failures"] == [{"code": "UPSTREAM_BAD_RESPONSE"}]


@pytest.mark.parametrize(
    ("mesh", "total"), [("nginx-mesh", 4), ("no-such-mesh", 0), ("payments", None)]
)
async def test_a_mesh_is_counted_by_itself(mesh: str, total: int | None) -> None:
    async with edge(shop()) as asked:
        found = (await asked.data(TOTALS, mesh=mesh))["insight"]
    assert found["dataplanes"]["total"] == (total or 0)


async def test_both_ways_of_counting_add_up() -> None:
    kuma = FakeKuma("2.14.3")
    populate(kuma, dataplanes=12)
    transports: dict[str, Any] = {"kuma": kuma.transport(), "edge": shop().transport()}
    async with graph(transports, others={"edge": settings()}) as asked:
        both = (await asked.data(TOTALS))["insight"]
        query = '{ controlPlane(name: "kuma") { insight { asOf dataplanes { total online } } } }'
        alone = (await asked.data(query))["controlPlane"]["insight"]
    assert both["dataplanes"]["total"] == alone["dataplanes"]["total"] + 4
    assert both["dataplanes"]["online"] == alone["dataplanes"]["online"]
    assert both["asOf"] == alone["asOf"] is not None
    assert both["failures"] == []
