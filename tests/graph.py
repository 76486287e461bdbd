"""A gateway over transports, asked in process; every exchange with its upstreams is kept."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec

from gateway.app import Gateway, create_gateway
from gateway.execution.requests import GraphQLRequest
from gateway.settings import OperationSettings, Settings, UpstreamSettings
from gateway.upstreams.base import Answer, Operation, Transport, Viewer

URL = "http://cp.example.com:5681"


class Sent(msgspec.Struct, frozen=True):
    """One request that reached an upstream."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


class Watched:
    """A Transport that keeps what is sent through it."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.sent: list[Sent] = []

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.sent.append(Sent(method, target, headers, body))
        return await self._inner.send(method, url, headers, body)

    async def close(self) -> None:
        """Close what is watched."""
        await self._inner.close()


class Graph:
    """The graph of a gateway, and what it asked of each upstream."""

    def __init__(self, gateway: Gateway, transports: Mapping[str, Watched]) -> None:
        self.gateway = gateway
        self._transports = transports

    async def answer(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The whole response to a document."""
        request = GraphQLRequest(query, variables)
        return await self.gateway.execute(request, Viewer())

    async def data(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The data of a response that has no errors."""
        found = await self.answer(query, **variables)
        assert "errors" not in found, found["errors"]
        data: dict[str, Any] = found["data"]
        return data

    def sent(self, upstream: str | None = None) -> list[Sent]:
        """What reached an upstream; the only one where none is named."""
        [only] = [self._transports[upstream]] if upstream else self._transports.values()
        return only.sent

    def forget(self) -> None:
        """Drop what was sent so far."""
        for one in self._transports.values():
            one.sent.clear()


async def discover(gateway: Gateway) -> None:
    """Wait until every upstream is known."""
    for one in gateway.upstreams:
        await one.control_plane(Operation(Viewer(), seconds=10, calls=100))


@asynccontextmanager
async def graph(
    transports: Mapping[str, Transport],
    *,
    discovered: bool = True,
    operations: OperationSettings | None = None,
    **upstream: Any,
) -> AsyncIterator[Graph]:
    """A running gateway over these upstreams, all of them with the settings `upstream`."""
    watched = {name: Watched(one) for name, one in transports.items()}
    settings = Settings(
        operations=operations or OperationSettings(),
        upstreams=tuple(
            UpstreamSettings(name=name, product="kuma", url=URL, **upstream) for name in transports
        ),
    )
    async with create_gateway(settings, watched) as gateway:
        made = Graph(gateway, watched)
        if discovered:
            await discover(gateway)
            made.forget()
        yield made
