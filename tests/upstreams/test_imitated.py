"""An imitated upstream answers alike without sockets and as an ASGI application."""

from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.errors import BadResponse
from gateway.upstreams.base import Answer
from gateway.upstreams.imitated import InProcess, Served


class Echo:
    """Says what it was asked; a path that ends in `closed` has the connection closed."""

    async def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        if target.endswith("closed"):
            raise ConnectionResetError
        told = f"{method} {target} {headers['x-who']} {body.decode()}"
        return Answer(201, {"content-type": "text/plain"}, told.encode())


async def test_both_ways_give_the_same_answer() -> None:
    inner = await InProcess(Echo()).send("POST", "http://a/b%2Fc?d=e", {"X-Who": "me"}, b"f")
    app = Starlette(routes=[Route("/{path:path}", Served(Echo()))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        outer = await client.post("http://a/b%2Fc?d=e", headers={"X-Who": "me"}, content=b"f")
    assert inner.body == outer.content == b"POST /b%2Fc?d=e me f"
    assert inner.status == outer.status_code == 201


async def test_a_connection_that_is_closed_is_no_answer() -> None:
    with pytest.raises(BadResponse):
        await InProcess(Echo()).send("GET", "http://a/closed", {}, None)
