"""What imitated upstreams have in common.

A Transport without sockets, an ASGI application, and movement in a demo.
"""

import asyncio
from collections.abc import Callable, Mapping
from random import Random
from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.upstreams import faults
from gateway.upstreams.base import Answer


class Imitated(Protocol):
    """An upstream that is imitated."""

    async def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer to a request; raises ConnectionResetError where the connection is closed."""


class InProcess:
    """A Transport to an imitated upstream, without sockets."""

    def __init__(self, fake: Imitated) -> None:
        self._fake = fake

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        parts = urlsplit(url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        named = {"host": parts.netloc} | {key.lower(): value for key, value in headers.items()}
        try:
            return await self._fake.answer(method, target, named, body or b"")
        except ConnectionResetError:
            raise faults.CLOSED.error() from None

    async def close(self) -> None:
        """Nothing is open."""


class Served:
    """The ASGI application of an imitated upstream; every path and every method reaches it."""

    def __init__(self, fake: Imitated) -> None:
        self._fake = fake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = scope.get("raw_path") or scope["path"].encode()
        query = scope["query_string"].decode()
        target = raw.partition(b"?")[0].decode() + (f"?{query}" if query else "")
        body = await request.body()
        try:
            found = await self._fake.answer(request.method, target, dict(request.headers), body)
        except ConnectionResetError:
            if not await _hung_up(receive):
                raise
            return
        content = b"" if request.method == "HEAD" else found.body
        await Response(content, found.status, dict(found.headers))(scope, receive, send)


async def moving(step: Callable[[Random], object], seconds: float) -> None:
    """Take a step every so many seconds, until cancelled."""
    random = Random()
    while True:
        await asyncio.sleep(seconds)
        step(random)


async def _hung_up(receive: Receive) -> bool:
    """Close the connection under uvicorn, whose cycle holds it; False under any other server."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        return False
    transport.abort()
    # The server learns of the lost connection on the loop's next round.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return True
