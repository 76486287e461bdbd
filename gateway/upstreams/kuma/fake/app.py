"""A fake control plane to talk to: an ASGI application, or a Transport without sockets."""

import asyncio
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.upstreams import faults
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.fake.control_plane import ControlPlane
from gateway.upstreams.kuma.fake.dialect import Mode
from gateway.upstreams.kuma.fake.store import JSONObject, Store


class FakeKuma:
    """A control plane of any release from 0.7 to 3: `app` is its API, `store` what it holds.

    `requests` holds the method and target of each request. Callers are anonymous unless they
    bear `admin_token`. Insights trail by at most `insight_lag` seconds of `clock`; each answer
    takes `latency` seconds.
    """

    def __init__(
        self,
        version: str,
        *,
        mode: Mode = "zone",
        read_only: bool = False,
        clock: Callable[[], float] = time.time,
        latency: float = 0.0,
        insight_lag: float = 5.0,
        zone: str = "default",
    ) -> None:
        self.control_plane = ControlPlane(
            version,
            mode=mode,
            read_only=read_only,
            clock=clock,
            insight_lag=insight_lag,
            zone=zone,
        )
        self.latency = latency
        self.requests: list[tuple[str, str]] = []
        self.app = Starlette(routes=[Route("/{path:path}", _Served(self))])

    @property
    def store(self) -> Store:
        """What the control plane holds, and who is connected to it."""
        return self.control_plane.store

    @property
    def admin_token(self) -> str:
        """The bearer token of the administrator."""
        return self.control_plane.admin_token

    @property
    def version(self) -> str:
        """The release that the control plane says it is."""
        return self.control_plane.version

    def put(self, kind: str, name: str, body: JSONObject, mesh: str | None = None) -> None:
        """Store a resource as a PUT would, without a request and unchecked."""
        self.control_plane.put(kind, name, body, mesh)

    def resync(self) -> None:
        """Count the insights now."""
        self.control_plane.insights.count()

    def transport(self) -> "InProcess":
        """A Transport to this control plane that opens no socket."""
        return InProcess(self)

    async def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer to a request; raises ConnectionResetError where the connection is closed."""
        self.requests.append((method, target))
        if self.latency:
            await asyncio.sleep(self.latency)
        return self.control_plane.answer(method, target, headers, body)


class InProcess:
    """A Transport to a fake control plane, without sockets."""

    def __init__(self, fake: FakeKuma) -> None:
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


class _Served:
    """The ASGI application of a fake; every path and every method reaches it."""

    def __init__(self, fake: FakeKuma) -> None:
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
