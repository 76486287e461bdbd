from typing import Any

import pytest

from gateway.upstreams.kuma.fake import FakeKuma
from gateway.upstreams.kuma.fake import populate as shop
from tests.schema.selections import everything
from tests.test_docs import Refusing
from tests.upstreams.nginx_instance_manager.fixtures import body
from tests.upstreams.nginx_instance_manager.fleet import asked, fleet

FLEET = """
query ($first: Int) {
  dataplanes(filter: { controlPlane: "fleet" }, first: $first) {
    totalCount
    nodes {
      name status
      ... on NginxInstance {
        system { hostname systemTags }
        instanceGroup { displayName }
        certificates { name validTo }
      }
    }
    failures { code }
  }
}
"""


async def test_two_hundred_instances_cost_the_pages_of_four_lists() -> None:
    async with asked(fleet(200)) as one:
        found = (await one.data(FLEET, first=200))["dataplanes"]
        sent = sorted(str(each).removeprefix("GET /api/platform/v1") for each in one.sent())
    assert (found["totalCount"], found["failures"]) == (200, [])
    assert sent == [
        "/certs?page=1&pageSize=100",
        "/instance-groups?page=1&pageSize=100",
        "/instances?page=1&pageSize=100",
        "/instances?page=2&pageSize=100",
        "/systems?page=1&pageSize=100",
        "/systems?page=2&pageSize=100",
    ]
    assert all(each["system"]["hostname"].startswith("nginx-") for each in found["nodes"])
    groups = [each["instanceGroup"]["displayName"] for each in found["nodes"]]
    assert (groups.count("Production"), groups.count("Staging")) == (100, 100)
    assert all(len(each["certificates"]) == 1 for each in found["nodes"])


async def test_everything_that_an_instance_has_is_shown() -> None:
    fake = fleet(1)
    row = fake.store.rows("instances")[0]
    row |= {"lastDeploymentDetails": body("instance.get.200.json")["lastDeploymentDetails"]}
    async with asked(fake) as one:
        query = (
            f"{{ dataplanes {{ nodes {{ ... on NginxInstance {everything('NginxInstance')} }} }} }}"
        )
        answer = await one.answer(query)
    [found] = answer["data"]["dataplanes"]["nodes"]
    assert [error["path"][-1] for error in answer["errors"]] == ["policies"]
    assert found["name"] == f"{row['systemUid']}/{row['uid']}"
    assert (found["displayName"], found["status"], found["statusReasons"]) == (
        "nginx-001",
        "ONLINE",
        [],
    )
    assert found["versions"] == [
        {
            "component": "nginx",
            "version": "1.25.3",
            "gitTag": None,
            "gitCommit": None,
            "buildDate": None,
            "build": "nginx-plus-r31",
            "__typename": "ComponentVersion",
        }
    ]
    assert found["mesh"] is None
    assert found["zone"]["id"] == found["system"]["id"]
    assert found["lastDeployment"]["failed"][0]["name"] == "ip-192-0-2-27"
    assert list(found["lastDeployment"]["error"]) == [
        "instance:b9df6377-2c4f-3266-a64a-e064b0371c73"
    ]
    assert found["configuration"]["configFiles"][0]["text"].startswith("events {}")
    assert found["raw"]["processPath"] == "/usr/sbin/nginx"


async def test_an_instance_has_metrics_of_its_own() -> None:
    query = """{ dataplanes { nodes { ... on NginxInstance {
      uid metrics(names: ["nginx.http.request.count"], startTime: "now-1h") {
        name series { dimensions { key value } values }
      }
    } } } }"""
    async with asked(fleet(3)) as one:
        found = (await one.data(query))["dataplanes"]["nodes"]
    for each in found:
        [series] = each["metrics"][0]["series"]
        assert {"key": "nginx_id", "value": each["uid"]} in series["dimensions"]


@pytest.mark.parametrize(
    ("state", "status", "reason"),
    [
        ("online", "ONLINE", []),
        ("offline", "OFFLINE", ["its agent says offline"]),
        ("rebooting", "UNKNOWN", ["its agent says rebooting"]),
        ("", "UNKNOWN", ["its agent says nothing"]),
    ],
)
async def test_an_agents_word_is_a_status_and_stays_to_be_read(
    state: str, status: str, reason: list[str]
) -> None:
    fake = fleet(1)
    fake.store.rows("instances")[0]["status"] = {"state": state}
    query = "{ dataplanes { nodes { status statusReasons ... on NginxInstance { rawStatus } } } }"
    async with asked(fake) as one:
        [found] = (await one.data(query))["dataplanes"]["nodes"]
    assert found == {"status": status, "statusReasons": reason, "rawStatus": state or None}


def kuma() -> Any:
    fake = FakeKuma("2.14.3")
    shop(fake, dataplanes=12)
    return fake.transport()


ACROSS = """
{
  dataplanes(filter: { name: { contains: "-" } }) {
    totalCount nodes { __typename } failures { controlPlane }
  }
  zones { nodes { __typename displayName } }
  insight { dataplanes { total online offline } failures { controlPlane } }
  controlPlanes { name product version }
}
"""


async def test_instances_stand_among_the_dataplanes_of_all_products_and_are_counted() -> None:
    fake = fleet(4)
    fake.store.rows("instances")[0]["status"]["state"] = "offline"
    async with asked(fake, {"prod": kuma()}) as one:
        found = await one.data(ACROSS)
        alone = await one.data('{ insight(controlPlane: "fleet") { dataplanes { total online } } }')
    kinds = [each["__typename"] for each in found["dataplanes"]["nodes"]]
    assert kinds[:4] == ["NginxInstance"] * 4
    assert set(kinds[4:]) == {"KumaDataplane"}
    assert found["dataplanes"]["failures"] == []
    counted = found["insight"]["dataplanes"]
    assert counted["total"] >= 4 + len(kinds[4:])
    assert alone["insight"]["dataplanes"] == {"total": 4, "online": 3}
    assert {"__typename": "NginxSystem", "displayName": "nginx-001"} in found["zones"]["nodes"]
    assert [(each["name"], each["product"]) for each in found["controlPlanes"]] == [
        ("fleet", "NGINX_INSTANCE_MANAGER"),
        ("prod", "KUMA"),
    ]


async def test_a_filter_and_pages_work_across_products() -> None:
    query = """query ($after: String) {
      dataplanes(first: 3, after: $after) {
        totalCount nodes { name } pageInfo { hasNextPage endCursor }
      }
    }"""
    async with asked(fleet(4), {"prod": kuma()}) as one:
        seen: list[str] = []
        after: str | None = None
        while True:
            found = (await one.data(query, after=after))["dataplanes"]
            seen += [each["name"] for each in found["nodes"]]
            after = found["pageInfo"]["endCursor"]
            if not found["pageInfo"]["hasNextPage"]:
                break
        in_mesh = await one.data(
            '{ dataplanes(filter: { mesh: "shop" }) { nodes { __typename } } }'
        )
    assert len(seen) == len(set(seen)) == found["totalCount"]
    assert {each["__typename"] for each in in_mesh["dataplanes"]["nodes"]} == {"KumaDataplane"}


@pytest.mark.parametrize("dead", ["fleet", "prod"])
async def test_one_product_that_is_down_costs_its_own_part(dead: str) -> None:
    fake = fleet(4)
    async with asked(fake, {"prod": kuma()}, retries=0) as one:
        adapter = one.gateway._by_name[dead]
        adapter.client._transport = Refusing()  # type: ignore[attr-defined]
        found = await one.answer(ACROSS)
    data = found["data"]
    kinds = {each["__typename"] for each in data["dataplanes"]["nodes"]}
    assert kinds == {"NginxInstance" if dead == "prod" else "KumaDataplane"}
    assert data["dataplanes"]["failures"] == [{"controlPlane": dead}]
    assert [each["controlPlane"] for each in data["insight"]["failures"]] == [dead]


async def test_one_list_that_fails_costs_its_own_field() -> None:
    fake = fleet(3)
    fake.store.rows("certs").append({"uid": "nameless"})
    async with asked(fake) as one:
        found = await one.answer(FLEET, first=3)
    nodes = found["data"]["dataplanes"]["nodes"]
    assert [each["certificates"] for each in nodes] == [None] * 3
    assert all(each["instanceGroup"] for each in nodes)
    assert {each["extensions"]["code"] for each in found["errors"]} == {"UPSTREAM_BAD_RESPONSE"}


async def test_an_instance_is_found_again_by_its_id_and_by_its_name() -> None:
    async with asked(fleet(2)) as one:
        [first, _] = (await one.data("{ dataplanes { nodes { id name } } }"))["dataplanes"]["nodes"]
        one.forget()
        found = await one.data(
            "query ($id: ID!, $name: String!) {"
            "  node(id: $id) { id } dataplane(name: $name) { id } }",
            **first,
        )
        assert len(one.sent()) == 1
    assert found["node"]["id"] == found["dataplane"]["id"] == first["id"]


async def test_instances_are_chosen_by_their_host_as_by_any_zone() -> None:
    fake = fleet(3)
    uid = fake.store.rows("systems")[1]["uid"]
    query = """query ($zone: String!) {
      dataplanes(filter: { zone: $zone }) { totalCount nodes { name zone { name } } }
    }"""
    async with asked(fake) as one:
        found = (await one.data(query, zone=uid))["dataplanes"]
    assert found["totalCount"] == 1
    [node] = found["nodes"]
    assert node["name"].startswith(f"{uid}/")
    assert node["zone"] == {"name": uid}


async def test_versions_of_nginx_are_chosen_and_counted_beside_those_of_other_proxies() -> None:
    fake = fleet(4)
    rows = fake.store.rows("instances")
    for row, version in zip(rows, ("1.25.3", "1.25.3", "1.27.2", ""), strict=True):
        row |= {"version": version, "build": {"nginxPlus": False}}
    query = """{
      old: dataplanes(filter: { version: { nginx: { prefix: "1.25." } } }) { totalCount }
      envoys: dataplanes(filter: { version: { envoy: { prefix: "1" } } }) { totalCount }
      insight { versions { component version counts { total } } failures { message } }
    }"""
    async with asked(fake) as one:
        found = await one.data(query)
    assert (found["old"]["totalCount"], found["envoys"]["totalCount"]) == (2, 0)
    told = found["insight"]["versions"]
    assert [(one["component"], one["version"], one["counts"]["total"]) for one in told] == [
        ("nginx", "1.25.3", 2),
        ("nginx", "1.27.2", 1),
        ("nginx", "unknown", 1),
    ]
    assert found["insight"]["failures"] == []
