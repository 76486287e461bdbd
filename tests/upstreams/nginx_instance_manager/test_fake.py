import json
from base64 import b64encode
from random import Random
from typing import Any

import pytest

from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_instance_manager.fake import FakeInstanceManager, populate
from gateway.upstreams.nginx_instance_manager.fake.movement import step
from tests.upstreams.nginx_instance_manager.fixtures import API, body, text
from tests.upstreams.nginx_instance_manager.fleet import Clock, fleet

INSTANCE = (
    "/systems/5bece5df-c189-8d4e-ab36-c1fd6c542aa1/instances/d825d962-4e57-5a46-b460-984ed82a321f"
)
CONFIG = "instance.config.post.202"
PAIR = b64encode(f"{FakeInstanceManager.user}:{FakeInstanceManager.password}".encode()).decode()


def seeded() -> FakeInstanceManager:
    """A fake that keeps what the fixtures show."""
    fake = FakeInstanceManager(clock=Clock(), rate=None)
    for path, name in (
        ("systems", "systems.list"),
        ("instances", "instances.list"),
        ("instance-groups", "instance-groups.list"),
        ("configs", "configs.list"),
        ("certs", "certs.list"),
        ("servers", "servers.list"),
        ("users", "users.list"),
    ):
        fake.store.lists[path] = body(f"{name}.200.json")["items"]
    fake.store.lists["events"] = body("events.list.200.json")["items"]
    fake.store.metrics = body("metrics.get.200.json")["metrics"]
    fake.store.configurations[INSTANCE] = body("instance.config.get.200.json")
    return fake


async def ask(
    fake: FakeInstanceManager, method: str, path: str, given: Any = None, **headers: str
) -> Answer:
    sent = {"authorization": f"Basic {PAIR}"} | headers
    content = b"" if given is None else json.dumps(given).encode()
    return await fake.answer(method, f"{API}{path}", sent, content)


async def told(fake: FakeInstanceManager, method: str, path: str, given: Any = None) -> Any:
    return json.loads((await ask(fake, method, path, given)).body)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/systems", "systems.list.200.json"),
        ("/systems?hostname=nginx1", "systems.list.200.json"),
        (
            "/systems/5bece5df-c189-8d4e-ab36-c1fd6c542aa1/instances",
            "systems.instances.list.200.json",
        ),
        ("/instances", "instances.list.200.json"),
        ("/instance-groups", "instance-groups.list.200.json"),
        ("/configs", "configs.list.200.json"),
        ("/certs", "certs.list.200.json"),
        ("/servers", "servers.list.200.json"),
        ("/users", "users.list.200.json"),
        ("/license/status", "license.status.get.200.json"),
        (f"{INSTANCE}/config", "instance.config.get.200.json"),
        ("/analytics/events?pageToken=1639453182", "events.list.200.json"),
        (
            "/analytics/events?pageToken=1639453182&includeTotal=true",
            "events.list.200.includeTotal.json",
        ),
        ("/analytics/metrics?names=http.request.count", "metrics.get.200.json"),
    ],
)
async def test_what_it_answers_is_what_the_fixtures_show(path: str, name: str) -> None:
    assert await told(seeded(), "GET", path) == body(name)


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "name"),
    [
        (
            "POST",
            f"{INSTANCE}/config",
            "instance.config.post.request",
            202,
            "instance.config.post.202",
        ),
        ("POST", "/servers/scan", "servers.scan.post.request", 200, "servers.scan.post.200"),
    ],
)
async def test_what_writes_are_answered_has_the_members_that_the_fixtures_show(
    method: str, path: str, given: str, status: int, name: str
) -> None:
    answer = await ask(seeded(), method, path, body(f"{given}.json"))
    assert answer.status == status
    assert json.loads(answer.body).keys() == body(f"{name}.json").keys()


@pytest.mark.parametrize(
    ("method", "path", "given", "status"),
    [
        ("POST", "/configs", "configs.post.request", 409),
        ("PUT", "/certs/pem_cert_with_ca", "certs.put.request", 201),
        ("PUT", "/certs/manager-server", "certs.put.request", 200),
        ("POST", "/instance-groups", "instance-groups.post.request", 409),
    ],
)
async def test_requests_of_the_documents_are_understood(
    method: str, path: str, given: str, status: int
) -> None:
    assert (await ask(seeded(), method, path, body(f"{given}.json"))).status == status


async def test_a_name_that_is_taken_is_a_conflict() -> None:
    given = body("instance-groups.post.request.json")
    assert await told(seeded(), "POST", "/instance-groups", given) == body("error.409.json")


async def test_a_deployment_is_unknown_then_pending_then_there() -> None:
    clock = Clock()
    fake = FakeInstanceManager(clock=clock, rate=None)
    populate(fake, 1)
    one = fake.store.rows("instances")[0]
    place = f"/systems/{one['systemUid']}/instances/{one['uid']}"
    given = fake.store.configurations[place]
    path = (await told(fake, "POST", f"{place}/config", given))["links"]["rel"].removeprefix(API)
    first = await ask(fake, "GET", path)
    assert (first.status, json.loads(first.body)) == (404, body("deployment.get.404.json"))
    clock.now += 0.5
    assert [it["name"] for it in (await told(fake, "GET", path))["details"]["pending"]]
    clock.now += 1
    found = await told(fake, "GET", path)
    shown = body("deployment.get.200.successful.json")
    assert found.keys() == shown.keys()
    assert (found["status"], found["message"]) == (shown["status"], shown["message"])


async def test_a_configuration_that_nginx_refuses_fails_as_the_fixture_shows() -> None:
    clock = Clock()
    fake = FakeInstanceManager(clock=clock, rate=None)
    populate(fake, 1)
    one = fake.store.rows("instances")[0]
    place = f"/systems/{one['systemUid']}/instances/{one['uid']}"
    broken = {"name": "/etc/nginx/nginx.conf", "contents": b64encode(b"http {").decode()}
    given = {"auxFiles": {"files": []}, "configFiles": {"files": [broken]}}
    path = (await told(fake, "POST", f"{place}/config", given))["links"]["rel"].removeprefix(API)
    clock.now += 5
    found, shown = await told(fake, "GET", path), body("deployment.get.200.failed.json")
    assert found.keys() == shown.keys()
    assert found["details"].keys() == shown["details"].keys()
    assert found["details"]["failure"][0].keys() == shown["details"]["failure"][0].keys()


async def test_its_health_is_told_with_503_too() -> None:
    fake = fleet()
    for healthy, name, status in (
        (True, "health.get.200.json", 200),
        (False, "health.get.503.json", 503),
    ):
        fake.healthy = healthy
        found = await ask(fake, "GET", "/health")
        assert found.status == status
        assert json.loads(found.body) | {"timestamp": ""} == body(name) | {"timestamp": ""}


async def test_a_stranger_is_refused_or_sent_to_a_login_page() -> None:
    found = await ask(fleet(), "GET", "/systems", authorization="Basic eDp5")
    assert (found.status, json.loads(found.body)) == (401, body("error.401.json"))
    away = await fleet(oidc=True).answer("GET", f"{API}/systems", {}, b"")
    assert (away.status, away.headers["nginx-management-suite-auth"]) == (302, "OIDC")
    elsewhere = await fleet().answer("GET", "/api", {"authorization": f"Basic {PAIR}"}, b"")
    assert (elsewhere.status, json.loads(elsewhere.body)) == (502, body("error.502.json"))


async def test_who_is_too_fast_is_told_so_in_html() -> None:
    fake = FakeInstanceManager(clock=Clock(), burst=10)
    found = [await ask(fake, "GET", "/systems") for _ in range(40)]
    assert [one.status for one in found].count(200) == 11
    assert found[-1].status == 429
    assert found[-1].headers["content-type"] == "text/html"
    assert found[-1].body == text("error.429.html").replace(b"\r\n", b"\n")


async def test_pages_have_a_hundred_rows_and_all_there_is_only_if_asked_for() -> None:
    fake = fleet(230)
    sizes = [
        len((await told(fake, "GET", f"/instances?page={page}&pageSize=500"))["items"])
        for page in (1, 2, 3, 4)
    ]
    assert sizes == [100, 100, 30, 0]
    assert len((await told(fake, "GET", "/instances?pageSize=0"))["items"]) == 230


async def test_agents_stop_and_start_and_each_time_there_is_an_event() -> None:
    fake = fleet()
    before = len(fake.store.rows("events"))
    changed = [one for _ in range(100) if (one := step(fake, Random(_)))]
    assert changed
    assert len(fake.store.rows("events")) == before + len(changed)
    states = {one["status"]["state"] for one in fake.store.rows("instances")}
    assert states <= {"online", "offline"}
