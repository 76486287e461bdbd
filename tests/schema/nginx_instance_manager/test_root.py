from typing import Any

import pytest

from tests.graph import Graph
from tests.schema.selections import everything
from tests.upstreams.nginx_instance_manager.fleet import asked, fleet

EVENTS = """
query ($first: Int, $after: String) {
  nginxInstanceManager {
    events(first: $first, after: $after) {
      totalCount
      nodes { uid message }
      edges { cursor }
      pageInfo { hasNextPage hasPreviousPage endCursor }
      failures { code }
    }
  }
}
"""


async def events(one: Graph, first: int, after: str | None = None) -> Any:
    found = await one.data(EVENTS, first=first, after=after)
    return found["nginxInstanceManager"]["events"]


async def root(one: Graph, fields: str) -> Any:
    return (await one.data(f"{{ nginxInstanceManager {{ {fields} }} }}"))["nginxInstanceManager"]


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("NginxSystem", "systems"),
        ("NginxInstanceGroup", "instanceGroups"),
        ("NginxStagedConfiguration", "stagedConfigurations"),
        ("NginxCertificate", "certificates"),
        ("NginxServer", "servers"),
        ("NginxUser", "users"),
        ("NginxResourceGroup", "resourceGroups"),
    ],
)
async def test_everything_of_each_list_is_shown_and_found_again(kind: str, field: str) -> None:
    async with asked(fleet(3)) as one:
        nodes = f"nodes {{ id ... on {kind} {everything(kind)} }}"
        found = (await root(one, f"{field} {{ totalCount {nodes} }}"))[field]
        assert found["totalCount"] == len(found["nodes"]) > 0
        first = found["nodes"][0]
        again = await one.data(
            "query ($id: ID!) { node(id: $id) { __typename id } }", id=first["id"]
        )
    assert again["node"] == {"__typename": kind, "id": first["id"]}


async def test_what_no_document_shows_is_told_as_it_comes() -> None:
    fields = "groups features license modules moduleVersions inventory licenseStatus"
    async with asked(fleet(1)) as one:
        found = await root(one, fields)
    assert found["moduleVersions"] == {"nim": "2.20.0"}
    assert (found["licenseStatus"], found["groups"], found["features"]) == ("VALID", [], [])


async def test_a_role_is_read_by_its_name() -> None:
    async with asked(fleet(1)) as one:
        fields = 'role(name: "green") { displayName definition } none: role(name: "x") { name }'
        found = await root(one, fields)
    assert found == {
        "role": {"displayName": "The Green Team", "definition": {"permissions": []}},
        "none": None,
    }


async def test_a_search_asks_for_no_list_that_there_is_not() -> None:
    async with asked(fleet(1)) as one:
        found = await one.data('{ search(text: "shop") { totalCount failures { message } } }')
        assert not any("/roles" in each.target for each in one.sent())
    assert found["search"]["failures"] == []
    assert found["search"]["totalCount"] > 0


async def test_health_is_read_while_it_is_ill() -> None:
    fake = fleet(1)
    fake.healthy = False
    async with asked(fake, retries=0) as one:
        found = await root(one, "health { status services { name status } }")
    assert found["health"]["status"] == "unhealthy"
    assert {"name": "dpm", "status": "unhealthy"} in found["health"]["services"]


async def test_events_come_page_by_page_of_one_moment() -> None:
    fake = fleet(230)
    async with asked(fake) as one:
        seen: list[str] = []
        after = None
        while True:
            found = await events(one, 90, after)
            assert (found["totalCount"], found["failures"]) == (230, [])
            assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
            seen += [each["uid"] for each in found["nodes"]]
            after = found["pageInfo"]["endCursor"]
            # What happens meanwhile does not move the pages.
            fake.store.rows("events").insert(0, {**fake.store.rows("events")[0], "id": "new"})
            if not found["pageInfo"]["hasNextPage"]:
                break
        assert len(one.sent()) == 1 + 2 + 2
        assert all("pageSize=100" in each.target for each in one.sent())
    assert len(seen) == len(set(seen)) == 230


async def test_a_cursor_of_another_list_is_refused() -> None:
    async with asked(fleet(3)) as one:
        page = (await one.data("{ dataplanes(first: 1) { pageInfo { endCursor } } }"))["dataplanes"]
        found = await one.answer(EVENTS, first=1, after=page["pageInfo"]["endCursor"])
    assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_filter_with_a_quote_is_refused_before_anything_is_sent() -> None:
    query = """query ($value: String!) { nginxInstanceManager {
      events(filter: [{ dimension: "level", values: [$value] }]) { totalCount }
    } }"""
    async with asked(fleet(1)) as one:
        for value in ("a' OR level='b", "x)", '"'):
            found = await one.answer(query, value=value)
            assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
            [wrong] = found["errors"][0]["extensions"]["problem"]["invalidParameters"]
            assert wrong["field"] == "filter[0].values"
        assert one.sent() == []
        good = await one.data(query, value="INFO")
        assert good["nginxInstanceManager"]["events"]["totalCount"] == 1
        assert "filter=level%3D%27INFO%27&" in one.sent()[0].target


async def test_metrics_are_series() -> None:
    fields = """metrics(names: ["nginx.http.request.count"], aggregation: SUM, startTime: "now-12h",
      groupBy: ["nginx_id"]) {
        name aggregation series { dimensions { key value } timestamps values }
      }"""
    async with asked(fleet(2)) as one:
        [found] = (await root(one, fields))["metrics"]
        assert one.sent()[0].target.endswith(
            "/analytics/metrics?names=SUM%28nginx.http.request.count%29&startTime=now-12h"
            "&groupBy=nginx_id"
        )
    assert (found["name"], found["aggregation"]) == ("nginx.http.request.count", "SUM")
    assert [each["values"] for each in found["series"]] == [[1000.0], [1001.0]]


async def test_certificates_are_chosen_by_their_end() -> None:
    fields = 'certificates(endsBefore: "2026-09-21T15:06:40Z") { nodes { name } }'
    async with asked(fleet(3)) as one:
        found = await root(one, fields)
    assert [each["name"] for each in found["certificates"]["nodes"]] == ["legacy"]


async def test_an_event_and_a_deployment_are_found_by_their_uids() -> None:
    fake = fleet(1)
    uid = fake.store.rows("events")[0]["id"]
    async with asked(fake) as one:
        fields = f'event(uid: "{uid}") {{ uid }} none: event(uid: "x") {{ uid }} '
        found = await root(one, fields + 'deployment(uid: "x") { status }')
    assert found == {"event": {"uid": uid}, "none": None, "deployment": None}


async def test_another_product_is_none() -> None:
    async with asked(fleet(1), {"kuma": fleet(1).transport()}) as one:
        found = await one.answer(
            '{ nginxInstanceManager(controlPlane: "kuma") { users { totalCount } } }'
        )
    assert "kuma is not of the product nginx-instance-manager" in found["errors"][0]["message"]
