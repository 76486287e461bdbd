"""A fake control plane to talk to: an ASGI application, or a Transport without sockets."""

import asyncio
import time
from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.routing import Route

from gateway.upstreams.base import Answer
from gateway.upstreams.imitated import InProcess, Served
from gateway.upstreams.kuma.fake.control_plane import ControlPlane
from gateway.upstreams.kuma.fake.dialect import Mode
from gateway.upstreams.kuma.fake.store import JSONObject, Store


class FakeKuma:
    """A control plane of any release from 1.1 to 3: `app` is its API, `store` what it holds.

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
        self.app = Starlette(routes=[Route("/{path:path}", Served(self))])

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

    def transport(self) -> InProcess:
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
