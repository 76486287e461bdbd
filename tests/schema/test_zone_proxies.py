import pytest

from tests.graph import graph
from tests.replay import snapshot
from tests.schema.shown import shown

OPEN = {"subscriptions": [{"id": "1", "connectTime": "2026-11-21T09:15:41Z"}]}


async def test_zones_lead_to_their_ingresses_and_egresses_by_one_list_each() -> None:
    query = """{ zones { nodes { name ... on KumaZone {
      ingresses { totalCount nodes { displayName status zone { name status } } }
      egresses { totalCount nodes { displayName status } }
      dataplanes { totalCount }
    } } } }"""
    async with graph({"global": snapshot("2.14.3", of_global=True)}) as one:
        found = (await one.data(query))["zones"]["nodes"]
        sent = sorted(str(sent) for sent in one.sent())
    ingress = {"displayName": "ingress-1", "status": "OFFLINE"}
    assert found[0] == {
        "name": "zone-1",
        "ingresses": {
            "totalCount": 1,
            "nodes": [ingress | {"zone": {"name": "zone-1", "status": "ONLINE"}}],
        },
        "egresses": {"totalCount": 1, "nodes": [{"displayName": "egress-1", "status": "OFFLINE"}]},
        "dataplanes": {"totalCount": 5},
    }
    assert found[2]["ingresses"] == {"totalCount": 0, "nodes": []}
    assert sent == [
        "GET /dataplanes?size=1000",
        "GET /zoneegresses/_overview?size=1000",
        "GET /zoneingresses/_overview?size=1000",
        "GET /zones/_overview?size=1000",
    ]


@pytest.mark.parametrize(
    ("version", "path"),
    [("1.8.8", "/zoneegressoverviews?size=1000"), ("2.14.3", "/zoneegresses/_overview?size=1000")],
)
async def test_the_insights_of_zone_proxies_are_where_their_version_has_them(
    version: str, path: str
) -> None:
    query = """{ zones { nodes { ... on KumaZone { egresses { nodes { status } failures { code } }
      ingresses { nodes { status } failures { code } } } } } }"""
    async with graph({"prod": snapshot(version)}) as one:
        found = await one.data(query)
        sent = [sent.target for sent in one.sent()]
    assert path in sent
    assert found["zones"]["nodes"][0]["egresses"]["failures"] == []


async def test_a_zone_ingress_shows_what_is_reached_through_it() -> None:
    selection = """status address port advertisedAddress advertisedPort subscriptions { id }
      availableServices { meshName instances tags { key value } } zone { name }"""
    spec = {
        "networking": {
            "address": "10.0.0.1",
            "port": 10001,
            "advertisedAddress": "in.example.com",
            "advertisedPort": 443,
        },
        "availableServices": [{"tags": {"kuma.io/service": "web"}, "instances": 3, "mesh": "shop"}],
    }
    found = await shown("ZoneIngress", selection, zoneIngress=spec, zoneIngressInsight=OPEN)
    assert found == {
        "status": "ONLINE",
        "address": "10.0.0.1",
        "port": 10001,
        "advertisedAddress": "in.example.com",
        "advertisedPort": 443,
        "subscriptions": [{"id": "1"}],
        "availableServices": [
            {
                "meshName": "shop",
                "instances": 3,
                "tags": [{"key": "kuma.io/service", "value": "web"}],
            }
        ],
        "zone": None,
    }


async def test_an_egress_that_never_connected_is_offline() -> None:
    found = await shown("ZoneEgress", "status subscriptions { id }", zoneEgress={})
    assert found == {"status": "OFFLINE", "subscriptions": []}


async def test_a_zone_proxy_that_cannot_be_reached_is_named() -> None:
    query = (
        '{ resources(kind: "ZoneIngress", first: 5) { nodes { name ... on KumaProxy { xds } } } }'
    )
    async with graph({"prod": snapshot("2.14.3")}, retries=0) as one:
        found = await one.answer(query)
    assert found["data"]["resources"]["nodes"] == [{"name": "ingress-1", "xds": None}]
    [error] = found["errors"]
    assert error["message"] == "prod: the control plane cannot reach the proxy ingress-1"


async def test_what_a_version_dropped_is_a_reason() -> None:
    query = "{ zones { nodes { ... on KumaZone { ingresses { failures { code } } } } } }"
    async with graph({"prod": snapshot("3.0.0-dev")}) as one:
        found = (await one.data(query))["zones"]["nodes"]
    assert found[0]["ingresses"]["failures"] == [{"code": "UNSUPPORTED"}]
