"""A control plane that says what it is told to say, byte for byte, path by path."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from gateway.settings import AuthSettings, UpstreamSettings
from gateway.upstreams.base import Answer, Operation, Transport, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.kuma import Kuma

JSON = {"content-type": "application/json"}
NO_ENDPOINT = Answer(404, {"content-type": "text/plain"}, b"404: Page Not Found")
SYSTEM = ("/", "/config", "/versions", "/_resources", "/policies")
ABSENT = Answer(404, JSON, b'{"title":"Could not retrieve a resource","details":"Not found"}')


def said(body: Any, status: int = 200) -> Answer:
    """An answer with a body: bytes as they are, anything else as JSON."""
    return Answer(status, JSON, body if isinstance(body, bytes) else json.dumps(body).encode())


def listed(items: Iterable[Any]) -> dict[str, Any]:
    """A list that is one page."""
    found = list(items)
    return {"total": len(found), "items": found, "next": None}


class Canned:
    """A Transport over answers by path; what has none is `otherwise`, at first no endpoint.

    `asked` holds the method and the target of each request, `bearers` who asked, and while `gate`
    is closed nothing is answered.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None, version: str = "2.14.3") -> None:
        self.answers: dict[str, Any] = {"/": {"version": version, "product": "Kuma"}}
        self.answers |= answers or {}
        self.asked: list[tuple[str, str]] = []
        self.bearers: list[str | None] = []
        self.otherwise: Any = NO_ENDPOINT
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.asked.append((method, target))
        self.bearers.append(headers.get("Authorization"))
        await self.gate.wait()
        otherwise = self.otherwise if parts.path not in SYSTEM else NO_ENDPOINT
        found = self.answers.get(target, self.answers.get(parts.path, otherwise))
        found = found(headers) if callable(found) else found
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Answer) else said(found)

    async def close(self) -> None:
        """Nothing is open."""

    def paths(self) -> list[str]:
        """What was asked for since the last time, without queries."""
        found = [urlsplit(target).path for _, target in self.asked]
        self.asked.clear()
        return found


def kuma(transport: Transport, *, auth: AuthSettings | None = None, name: str = "prod") -> Kuma:
    """The adapter in front of a control plane that is canned."""
    upstream = UpstreamSettings(
        name=name, product="kuma", url="http://cp.example.com", auth=auth or AuthSettings()
    )
    return Kuma(upstream, Client(upstream, transport, Credentials(upstream.auth, upstream=name)))


def operation(authorization: str | None = None, *, calls: int = 100) -> Operation:
    """An operation of a caller."""
    return Operation(Viewer(authorization=authorization), seconds=10, calls=calls)
