from typing import Any

import pytest

from gateway.errors import UpstreamTimeout, UpstreamUnavailable
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.upstreams.kuma.canned import ABSENT, Canned, listed, said

POLICIES = """query ($filter: PolicyFilter) {
  policies(filter: $filter) { nodes { kind name } failures { code } }
}"""


def plane(version: str = "2.14.3", **rows: list[dict[str, Any]]) -> Canned:
    """A control plane with these rows by kind; all of its other lists are empty."""
    transport = Canned({f"/{KINDS[kind].path}": listed(found) for kind, found in rows.items()})
    transport.answers["/"] = {"version": version}
    transport.otherwise = listed(())
    return transport


def insight(mesh: str, **counts: int) -> dict[str, Any]:
    """What a mesh insight counts; zero counts are told as well."""
    return {"name": mesh, "policies": {kind: {"total": n} for kind, n in counts.items()}}


def policy(kind: str, name: str = "x", mesh: str = "m") -> dict[str, Any]:
    return {"type": kind, "mesh": mesh, "name": name}


async def asked(transport: Canned, query: str = POLICIES, **variables: Any) -> set[str]:
    """The paths that a query asks for."""
    async with graph({"cp": transport}) as one:
        transport.asked.clear()
        await one.data(query, **variables)
        return set(transport.paths())


async def test_of_all_kinds_those_that_are_counted_are_asked_for() -> None:
    transport = plane(MeshInsight=[insight("m", Retry=1, Timeout=0), insight("n", MeshRetry=2)])
    assert await asked(transport) == {"/mesh-insights", "/retries", "/meshretries"}


async def test_in_one_mesh_those_that_its_own_insight_counts_are_asked_for() -> None:
    transport = plane(MeshInsight=[insight("m", Retry=1), insight("n", MeshRetry=2)])
    assert await asked(transport, filter={"mesh": "n"}) == {
        "/mesh-insights",
        "/meshes/n/meshretries",
    }


async def test_a_kind_asked_for_by_name_is_asked_for_though_nothing_counts_it() -> None:
    transport = plane(MeshInsight=[insight("m", Retry=1)])
    assert await asked(transport, filter={"kind": "MeshTLS"}) == {"/meshtlses"}


@pytest.mark.parametrize(
    "insights",
    [
        listed(()),
        listed([insight("other", Retry=1)]),
        listed([insight("m", Retry=1), {"name": "m", "policies": "many"}]),
        said({"title": "Access Denied"}, 403),
        said({"title": "Internal Server Error"}, 500),
        ABSENT,
    ],
    ids=["none", "of another mesh", "broken", "forbidden", "faulty", "absent"],
)
async def test_where_nothing_is_counted_every_kind_is_asked_for(insights: Any) -> None:
    transport = plane()
    transport.answers["/mesh-insights"] = insights
    paths = await asked(transport, filter={"mesh": "m"})
    assert len(paths - {"/mesh-insights"}) == 29


@pytest.mark.parametrize(
    "insights",
    [
        UpstreamUnavailable("the connection was refused"),
        UpstreamTimeout("no answer in time"),
        said({"title": "Invalid authentication data"}, 401),
    ],
    ids=["refused", "late", "unauthenticated"],
)
async def test_a_control_plane_that_is_down_is_not_asked_for_every_kind(insights: Any) -> None:
    transport = plane()
    async with graph({"cp": transport}) as one:
        transport.answers["/mesh-insights"] = insights
        transport.asked.clear()
        found = await one.answer(POLICIES)
    assert set(transport.paths()) == {"/mesh-insights"}
    assert len(found["errors"]) == len(found["data"]["policies"]["failures"]) == 1


async def test_each_kind_that_fails_costs_its_own_part() -> None:
    transport = plane(
        MeshInsight=[insight("m", Retry=1, Timeout=1)],
        Retry=[policy("Retry")],
    )
    transport.answers["/timeouts"] = said({"title": "Access Denied"}, 403)
    async with graph({"cp": transport}) as one:
        found = await one.answer(POLICIES)
    assert found["data"]["policies"] == {
        "nodes": [{"kind": "Retry", "name": "x"}],
        "failures": [{"code": "FORBIDDEN"}],
    }


async def test_services_of_every_generation_are_asked_for_where_insights_count_policies_alone() -> (
    None
):
    transport = plane("2.8.0", MeshInsight=[insight("m", Retry=1)])
    paths = await asked(transport, "{ services { totalCount } }")
    assert paths == {
        *("/external-services", "/meshservices", "/meshexternalservices", "/service-insights")
    }


async def test_services_that_are_not_counted_are_not_asked_for_but_for_insights() -> None:
    counted = {"name": "m", "resources": {"MeshService": {"total": 1}}}
    paths = await asked(plane(MeshInsight=[counted]), "{ services { totalCount } }")
    assert paths == {"/mesh-insights", "/meshservices", "/service-insights"}


@pytest.mark.parametrize("kind", ["Secret", "GlobalSecret"])
async def test_secrets_are_in_no_other_list(kind: str) -> None:
    query = "query ($kind: String!) { resources(kind: $kind) { nodes { id } failures { code } } }"
    transport = plane(Secret=[{"name": "s", "mesh": "m", "data": "c2VjcmV0"}])
    async with graph({"cp": transport}) as one:
        found = await one.data(query, kind=kind)
        assert one.sent() == []
    assert found["resources"] == {"nodes": [], "failures": [{"code": "UNSUPPORTED"}]}


WITHIN = """query ($filter: DataplaneFilter) {
  controlPlanes { name dataplanes(filter: $filter) { totalCount } }
}"""


@pytest.mark.parametrize(
    ("chosen", "counts"),
    [
        (None, [1, 1]),
        ({"controlPlane": "a"}, [1, 0]),
        ({"mesh": "m"}, [1, 1]),
        ({"mesh": "n"}, [0, 0]),
    ],
)
async def test_a_filter_below_a_control_plane_leaves_what_both_allow(
    chosen: Any, counts: list[int]
) -> None:
    row = {"name": "x", "mesh": "m", "networking": {}}
    planes = {name: plane(Dataplane=[row]) for name in "ab"}
    for one in planes.values():
        one.answers["/meshes/m/dataplanes"] = listed([row])
    async with graph(planes) as found:
        data = await found.data(WITHIN, filter=chosen)
    assert [one["dataplanes"]["totalCount"] for one in data["controlPlanes"]] == counts
