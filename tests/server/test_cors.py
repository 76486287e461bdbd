import httpx
import pytest
from starlette.applications import Starlette

from gateway.server.cors import cors
from gateway.server.health import Health

PREFLIGHT = {
    "origin": "https://console.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type, authorization",
}


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ((), None),
        (("https://console.example",), "https://console.example"),
        (("https://other.example",), None),
        (("*",), "*"),
    ],
)
async def test_only_named_origins_are_let_in(origins: tuple[str, ...], allowed: str | None) -> None:
    app = Starlette(routes=Health().routes(), middleware=cors(origins))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")
    answer = await client.options("/healthz", headers=PREFLIGHT)
    assert answer.headers.get("access-control-allow-origin") == allowed
    answer = await client.get("/healthz", headers={"origin": PREFLIGHT["origin"]})
    assert answer.headers.get("access-control-allow-origin") == allowed


def test_without_origins_there_is_no_middleware() -> None:
    assert cors(()) == []
