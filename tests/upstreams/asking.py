"""A client of a server on loopback, asked by an operation, and what it tells meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gateway.settings import UpstreamSettings
from gateway.telemetry import Event
from gateway.upstreams.base import Operation, Viewer
from gateway.upstreams.breaker import Breaker
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.transports import default_transport
from tests.upstreams.loopback import (
    CLOSE,
    Loopback,
    Reply,
    Request,
    Script,
    always,
    loopback,
    reply,
    upstream,
)

BUSY = reply(b"busy", 503)


class Told:
    """Keeps the events of a client."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []

    def __call__(self, event: Event, **fields: object) -> None:
        assert set(fields) <= set(event.fields)
        self.events.append((event.name, fields))

    def of(self, name: str) -> list[dict[str, object]]:
        return [fields for told, fields in self.events if told == name]


def client_of(
    settings: UpstreamSettings, told: Told | None = None, breaker: Breaker | None = None
) -> Client:
    return Client(
        settings,
        default_transport(settings),
        Credentials(settings.auth, upstream=settings.name),
        told or Told(),
        breaker=breaker,
    )


@asynccontextmanager
async def asking(
    script: Script,
    change: Callable[[str], UpstreamSettings] = upstream,
    told: Told | None = None,
    breaker: Breaker | None = None,
) -> AsyncIterator[tuple[Client, Loopback]]:
    async with loopback(script) as server:
        client = client_of(change(server.url), told, breaker)
        try:
            yield client, server
        finally:
            await client.close()


def operation(seconds: float = 5.0, calls: int = 100, viewer: Viewer | None = None) -> Operation:
    return Operation(viewer or Viewer("10.1.2.3"), seconds, calls)


async def hang(request: Request) -> Reply:
    await asyncio.sleep(30)
    return CLOSE


def held(release: asyncio.Event, *replies: Reply) -> Script:
    """Answer as `always` does, once released."""
    script = always(*replies)

    async def wait(request: Request) -> Reply:
        await release.wait()
        return await script(request)

    return wait
