"""What the fake does over time: proxies connect and drop, insights trail, the shop moves."""

import json
from random import Random
from typing import Any

import httpx
import pytest

from gateway.errors import BadResponse
from gateway.upstreams.kuma.fake import FakeKuma, populate, step
from gateway.upstreams.kuma.kinds import KINDS


class Clock:
    """A time that passes when told."""

    def __init__(self) -> None:
        self.seconds = 1_795_000_000.0

    def __call__(self) -> float:
        return self.seconds


async def got(fake: FakeKuma, target: str, **headers: str) -> Any:
    answer = await fake.transport().send("GET", f"http://cp.example.com{target}", headers, None)
    return json.loads(answer.body)


def with_a_dataplane(version: str, clock: Clock | None = None) -> FakeKuma:
    fake = FakeKuma(version, clock=clock or Clock(), insight_lag=5.0)
    inbound = [{"port": 8080, "tags": {"kuma.io/service": "web"}}]
    body = {"networking": {"address": "10.0.0.1", "inbound": inbound}}
    fake.put("Dataplane", "web-1", body, "default")
    return fake


async def test_a_dataplane_connects_and_drops() -> None:
    fake = with_a_dataplane("2.14.3")
    path = "/meshes/default/dataplanes/_overview"
    never = (await got(fake, path))["items"][0]
    fake.store.connect("default", "web-1")
    connected = (await got(fake, path))["items"][0]["dataplaneInsight"]["subscriptions"]
    fake.store.disconnect("default", "web-1")
    dropped = (await got(fake, path))["items"][0]["dataplaneInsight"]["subscriptions"]
    assert "dataplaneInsight" not in never
    assert [("connectTime" in one, "disconnectTime" in one) for one in connected] == [(True, False)]
    assert [("connectTime" in one, "disconnectTime" in one) for one in dropped] == [(True, True)]
    assert connected[0]["status"]["total"]["responsesSent"] == "3"
    assert "responsesRejected" not in connected[0]["status"]["total"]


async def test_an_insight_keeps_two_subscriptions() -> None:
    fake = with_a_dataplane("2.14.3")
    for _ in range(4):
        fake.store.connect("default", "web-1")
    insight = (await got(fake, "/dataplane-insights"))["items"][0]
    assert ["disconnectTime" in one for one in insight["subscriptions"]] == [True, False]


@pytest.mark.parametrize(
    ("seconds", "counted"), [(0.0, {}), (4.9, {}), (5.0, {"total": 1, "online": 1})]
)
async def test_insights_trail_by_their_lag(seconds: float, counted: dict[str, int]) -> None:
    clock = Clock()
    fake = with_a_dataplane("2.14.3", clock)
    fake.store.connect("default", "web-1")
    clock.seconds += seconds
    assert (await got(fake, "/mesh-insights/default"))["dataplanes"] == counted


async def test_an_insight_is_modified_when_its_counts_change() -> None:
    clock = Clock()
    fake = with_a_dataplane("2.14.3", clock)
    fake.resync()
    first = await got(fake, "/mesh-insights/default")
    clock.seconds += 60
    same = await got(fake, "/mesh-insights/default")
    fake.store.connect("default", "web-1")
    fake.resync()
    changed = await got(fake, "/mesh-insights/default")
    times = [one["modificationTime"] for one in (first, same, changed)]
    assert times[0] == times[1] < times[2]
    assert changed["creationTime"] == first["creationTime"]


async def test_1_1_takes_insights_by_put() -> None:
    fake = with_a_dataplane("1.1.6")
    body = {"type": "DataplaneInsight", "mesh": "default", "name": "web-1", "subscriptions": []}
    url = "http://cp/meshes/default/dataplane-insights/web-1"
    sent = json.dumps(body).encode()
    first = await fake.transport().send("PUT", url, {}, sent)
    again = await fake.transport().send("PUT", url, {}, sent)
    assert (first.status, again.status, first.body) == (201, 200, b"")


@pytest.mark.parametrize(("version", "status"), [("1.1.6", None), ("1.8.8", None), ("2.14.3", 400)])
async def test_a_negative_offset_crashes_old_releases(version: str, status: int | None) -> None:
    sent = FakeKuma(version).transport().send("GET", "http://cp/meshes?offset=-1", {}, None)
    if status is None:
        with pytest.raises(BadResponse):
            await sent
    else:
        assert (await sent).status == status


@pytest.mark.parametrize(
    ("version", "kinds", "without"),
    [
        ("1.1.6", {"Timeout", "ZoneInsight"}, {"VirtualOutbound", "MeshTimeout", "ZoneEgress"}),
        ("2.6.15", {"Timeout", "MeshTimeout"}, {"MeshService", "MeshTrust"}),
        ("3.0.0-dev", {"MeshTimeout", "MeshTrust"}, {"Timeout", "ZoneIngress", "MeshGateway"}),
    ],
)
async def test_a_release_serves_its_kinds(version: str, kinds: set[str], without: set[str]) -> None:
    transport = FakeKuma(version).transport()
    for name in kinds | without:
        answer = await transport.send("GET", f"http://cp/{KINDS[name].path}", {}, None)
        assert (answer.status, name in kinds) in ((200, True), (404, False)), name


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("2.2.0", {"title": "Could not retrieve a resource", "details": "Not found"}),
        (
            "2.3.7",
            {
                "type": "/std-errors",
                "status": "404",
                "title": "Could not retrieve a resource",
                "detail": "Not found",
                "details": "Not found",
            },
        ),
        (
            "2.4.0",
            {
                "type": "/std-errors",
                "status": 404,
                "title": "Could not retrieve a resource",
                "detail": "Not found",
                "details": "Not found",
            },
        ),
    ],
)
async def test_a_failure_is_worded_by_release(version: str, body: dict[str, Any]) -> None:
    assert await got(FakeKuma(version), "/meshes/nope") == body


async def test_secrets_are_the_administrators() -> None:
    fake = FakeKuma("2.14.3")
    anonymous = await got(fake, "/secrets")
    forged = await got(fake, "/secrets", Authorization="Bearer forged")
    admin = await got(fake, "/secrets", Authorization=f"Bearer {fake.admin_token}")
    assert (anonymous["status"], forged["status"], admin["total"]) == (403, 401, 1)


async def test_it_is_an_asgi_application() -> None:
    fake = FakeKuma("2.14.3")
    transport = httpx.ASGITransport(app=fake.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://cp:5681") as client:
        put = await client.put("/meshes/a", json={"type": "Mesh", "name": "a"})
        page = await client.get("/meshes", params={"size": 1})
        head = await client.head("/meshes")
    assert (put.status_code, put.text, head.status_code) == (201, "{}\n", 405)
    assert page.json()["next"] == "http://cp:5681/meshes?offset=1&size=1"
    assert page.text.startswith('{\n "total": 2,\n')
    assert fake.requests == [("PUT", "/meshes/a"), ("GET", "/meshes?size=1"), ("HEAD", "/meshes")]


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8", "2.3.7", "2.6.15", "2.14.3", "3.0.0"])
async def test_a_shop_is_populated_in_every_release(version: str) -> None:
    fake = FakeKuma(version)
    populate(fake, dataplanes=60)
    dataplanes = await got(fake, "/dataplanes?size=1000")
    insight = await got(fake, "/mesh-insights/shop")
    assert dataplanes["total"] == 62
    assert {"total", "online", "offline", "partiallyDegraded"} == insight["dataplanes"].keys()
    assert len(insight["policies"]) >= 8


async def test_a_global_has_zones_and_their_dataplanes() -> None:
    fake = FakeKuma("2.14.3", mode="global")
    populate(fake)
    zones = await got(fake, "/zones/_overview")
    east = await got(fake, "/dataplanes?filter%5Blabels.kuma.io%2Fzone%5D=east&size=1")
    insight = await got(fake, "/global-insight")
    assert [("zoneInsight" in zone) for zone in zones["items"]] == [True, False, True]
    assert east["total"] == 31
    assert insight["zones"]["controlPlanes"] == {"online": 2, "total": 2}


def test_proxies_move() -> None:
    fake = FakeKuma("1.1.6")
    populate(fake)
    random = Random(7)
    moved = {one for _ in range(100) for one in step(fake, random)}
    assert len(moved) > 30
    assert moved <= {(row.mesh, row.name) for row in fake.store.rows("Dataplane")}


def test_proxies_move_alike_from_the_same_seed() -> None:
    moved = []
    for _ in range(2):
        fake = FakeKuma("2.14.3", clock=Clock())
        populate(fake)
        random = Random(7)
        moved.append([step(fake, random) for _ in range(20)])
    assert moved[0] == moved[1]
