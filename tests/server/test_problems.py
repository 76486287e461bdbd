import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.server.problems import EXCEPTIONS


async def broken(_request: Request) -> Response:
    raise RuntimeError("secret")


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nowhere", 404, "Not Found"),
        ("POST", "/broken", 405, "Method Not Allowed"),
        ("GET", "/broken", 500, "Internal Server Error"),
    ],
)
async def test_what_starlette_raises_is_a_problem(
    method: str, path: str, status: int, title: str
) -> None:
    app = Starlette(routes=[Route("/broken", broken)], exception_handlers=EXCEPTIONS)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://gateway")
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"title": title, "status": status}
