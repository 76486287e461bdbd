"""Insights trail what is stored: what they do not count yet is shown where it must be."""

from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import graph

APPLY = """mutation { applyPolicy(input: {
  kind: "MeshRetry", mesh: "default", name: "new", spec: {targetRef: {kind: Mesh}}
}) { outcome } }"""
NAMES = '{ policies(filter: {name: {equals: "new"}}) { nodes { name } } }'
OF_KIND = '{ policies(filter: {kind: "MeshRetry", name: {equals: "new"}}) { nodes { name } } }'
MESH_RETRY = {"spec": {"targetRef": {"kind": "Mesh"}}}


def lagging() -> FakeKuma:
    """A control plane that has counted once and will not count again for an hour."""
    fake = FakeKuma("2.14.3", insight_lag=3600)
    for row in fake.store.rows("MeshRetry"):
        fake.store.delete("MeshRetry", row.mesh, row.name)
    fake.resync()
    return fake


async def test_insights_do_not_count_yet_what_somebody_else_wrote() -> None:
    fake = lagging()
    fake.put("MeshRetry", "new", MESH_RETRY, "default")
    async with graph({"cp": fake.transport()}) as one:
        assert (await one.data(NAMES))["policies"]["nodes"] == []


async def test_a_kind_asked_for_by_name_is_asked_for_whatever_insights_say() -> None:
    fake = lagging()
    fake.put("MeshRetry", "new", MESH_RETRY, "default")
    async with graph({"cp": fake.transport()}) as one:
        assert (await one.data(OF_KIND))["policies"]["nodes"] == [{"name": "new"}]


async def test_what_was_written_through_us_is_shown_before_insights_count_it() -> None:
    async with graph({"cp": lagging().transport()}) as one:
        assert (await one.data(APPLY))["applyPolicy"] == {"outcome": "CREATED"}
        assert (await one.data(NAMES))["policies"]["nodes"] == [{"name": "new"}]


async def test_kinds_that_insights_count_none_of_are_not_asked_for() -> None:
    fake = lagging()
    async with graph({"cp": fake.transport()}) as one:
        await one.data("{ policies { totalCount } }")
        fake.requests.clear()
        await one.data("{ policies { totalCount } }")
    asked = {target.split("?")[0] for _, target in fake.requests}
    assert asked == {"/mesh-insights", "/meshtimeouts", "/meshcircuitbreakers"}
