"""Recordings play back what was recorded, and say so where nothing was."""

import json
from typing import Any

import httpx
import pytest

from gateway.upstreams.base import Answer
from tests.recorded import parsed, recording
from tests.replay import ReplayTransport, Unrecorded, exchanges, replay_app, snapshot

VERSIONS = ("0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev")


async def ask(
    transport: ReplayTransport, target: str, method: str = "GET", body: Any = None
) -> Answer:
    sent = None if body is None else json.dumps(body).encode()
    return await transport.send(method, f"http://cp.example.com{target}", {}, sent)


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_kinds_story_is_told_as_recorded(version: str) -> None:
    for area in sorted({one.area for one in recording(version).area("02-kinds")}):
        transport = exchanges(version, area)
        for one in recording(version).area(area):
            answer = await ask(transport, one.target, one.method, one.request_body)
            assert (answer.status, parsed(answer.body)) == (one.status, one.body), one.name


async def test_a_read_is_answered_by_the_step_that_was_reached() -> None:
    transport = exchanges("2.14.3", "02-kinds/MeshTimeout")
    create, update = (
        recording("2.14.3").one(f"02-kinds/MeshTimeout/{name}") for name in ("1-create", "5-update")
    )
    states = [(await ask(transport, create.target)).status]
    for method, body in (
        ("PUT", create.request_body),
        ("PUT", update.request_body),
        ("DELETE", None),
    ):
        await ask(transport, create.target, method, body)
        states.append((await ask(transport, create.target)).status)
    assert states == [404, 200, 200, 404]
    assert len(transport.requests) == 7


async def test_what_is_not_recorded_fails_loudly() -> None:
    transport = exchanges("2.14.3", "02-kinds/MeshTimeout")
    with pytest.raises(Unrecorded, match="no recorded answer to GET /meshes/x/retries"):
        await ask(transport, "/meshes/x/retries")
    with pytest.raises(Unrecorded, match="has no area"):
        exchanges("2.14.3", "02-kinds/Nothing")


async def test_discovery_is_answered_beside_any_story() -> None:
    transport = exchanges("1.8.8", "02-kinds/Retry")
    paths = ("/", "/policies", "/_resources")
    statuses = [(await ask(transport, path)).status for path in paths]
    assert statuses == [200, 200, 404]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_snapshot_is_paged(version: str) -> None:
    transport = snapshot(version)
    whole = json.loads((await ask(transport, "/dataplanes?size=1000")).body)
    found: list[Any] = []
    following = "/dataplanes?size=30"
    while following:
        page = json.loads((await ask(transport, following)).body)
        found += page["items"]
        following = (page["next"] or "").removeprefix("http://127.0.0.1:5681")
    assert found == whole["items"]
    assert len(transport.requests) == 4


@pytest.mark.parametrize(
    ("version", "target", "status"),
    [
        ("2.14.3", "/meshes/shop/dataplanes/st-online/_overview", 200),
        ("2.14.3", "/meshes/shop/dataplanes/nope", 404),
        ("2.14.3", "/meshes/nope/dataplanes", 404),
        ("1.8.8", "/meshes/nope/dataplanes", 200),
        ("1.1.6", "/meshes/shop/dataplanes+insights/st-online", 200),
        ("1.1.6", "/meshes/shop/dataplanes/st-online/_overview", 404),
        ("2.14.3", "/meshes/shop/dataplanes/backend-01/_rules", 200),
    ],
)
async def test_a_snapshot_answers_single_reads(version: str, target: str, status: int) -> None:
    assert (await ask(snapshot(version), target)).status == status


async def test_a_snapshot_lets_no_one_write() -> None:
    for version in VERSIONS:
        answer = await ask(snapshot(version), "/meshes/a", "PUT", {"type": "Mesh", "name": "a"})
        assert answer.status == 405


async def test_the_global_of_2_14_is_there_as_well() -> None:
    answer = await ask(snapshot("2.14.3", of_global=True), "/zones/_overview")
    assert [item["name"] for item in json.loads(answer.body)["items"]] == [
        "zone-1",
        "zone-2",
        "zone-offline",
    ]


async def test_a_story_is_served_over_http() -> None:
    app = replay_app(exchanges("2.14.3", "02-kinds/Mesh"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://cp"
    ) as client:
        known = await client.get("/")
        unknown = await client.get("/meshes/unknown")
    assert (known.status_code, unknown.status_code) == (200, 599)
