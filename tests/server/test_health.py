import httpx
import pytest
from starlette.applications import Starlette

from gateway.server.health import Health, Phase


def client(health: Health) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=health.routes()))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.mark.parametrize(
    ("phase", "status"), [(Phase.STARTING, 503), (Phase.READY, 200), (Phase.STOPPING, 503)]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_ready_is_neither_starting_nor_stopping(
    phase: Phase, status: int, method: str
) -> None:
    health = Health()
    health.phase = phase
    answer = await client(health).request(method, "/readyz")
    assert answer.status_code == status
    assert (phase.value in answer.text) == (method == "GET")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_process_that_answers_lives(method: str) -> None:
    answer = await client(Health()).request(method, "/healthz")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


async def test_a_process_begins_as_starting() -> None:
    answer = await client(Health()).get("/readyz")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "the gateway is starting"
