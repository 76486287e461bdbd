"""A gateway over transports, asked in process; every exchange with its upstreams is kept."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import msgspec

from gateway.app import Gateway, create_gateway
from gateway.errors import MeshgateError
from gateway.execution.requests import GraphQLRequest
from gateway.settings import OperationSettings, Settings, UpstreamSettings
from gateway.upstreams.base import Answer, Operation, Transport, Viewer

URL = "http://cp.example.com:5681"


class Sent(msgspec.Struct, frozen=True):
    """One request that reached an upstream."""

    upstream: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


class Watched:
    """A Transport to an upstream that keeps what is sent through it in a journal."""

    def __init__(self, upstream: str, inner: Transport, journal: list[Sent]) -> None:
        self._upstream = upstream
        self._inner = inner
        self._journal = journal

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._journal.append(Sent(self._upstream, method, target, headers, body))
        return await self._inner.send(method, url, headers, body)

    async def close(self) -> None:
        """Close what is watched."""
        await self._inner.close()


class Graph:
    """The graph of a gateway, and what it asked of each upstream."""

    def __init__(self, gateway: Gateway, journal: list[Sent]) -> None:
        self.gateway = gateway
        self._journal = journal

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
        """What reached the upstreams in its order, or one of them."""
        return [one for one in self._journal if upstream in (None, one.upstream)]

    def forget(self) -> None:
        """Drop what was sent so far."""
        self._journal.clear()


async def discover(gateway: Gateway, seconds: float = 10.0) -> None:
    """Wait until every upstream is known that can be."""
    for one in gateway.upstreams:
        with suppress(MeshgateError):
            await one.control_plane(Operation(Viewer(), seconds=seconds, calls=100))


@asynccontextmanager
async def graph(
    transports: Mapping[str, Transport],
    *,
    discovered: bool = True,
    operations: OperationSettings | None = None,
    others: Mapping[str, UpstreamSettings] | None = None,
    **upstream: Any,
) -> AsyncIterator[Graph]:
    """A running gateway over these upstreams: Kumas with the settings `upstream`, and `others`."""
    journal: list[Sent] = []
    watched = {name: Watched(name, one, journal) for name, one in transports.items()}
    settings = Settings(
        operations=operations or OperationSettings(),
        upstreams=tuple(
            (others or {}).get(name)
            or UpstreamSettings(name=name, product="kuma", url=URL, **upstream)
            for name in transports
        ),
    )
    async with create_gateway(settings, watched) as gateway:
        made = Graph(gateway, journal)
        if discovered:
            await discover(gateway)
            made.forget()
        yield made
