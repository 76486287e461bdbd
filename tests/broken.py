"""Ways in which a control plane fails, as a Transport that can be turned from good to bad."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from gateway.errors import UpstreamError
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Transport

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}
SECRETS = ("hunter2", "intranet.example.com", "cp.example.com", "X-Internal", "Traceback")
"""What answers of broken control planes hold, and no client may see."""
PAGE = b"<html><body>hunter2 at http://intranet.example.com/login</body></html>"
PROBLEM = {"title": "No", "detail": "Not now"}

Way = Callable[[], Awaitable[Answer]]


def answering(
    status: int, body: Any, headers: Mapping[str, str] = JSON, **more: str
) -> Callable[[], Awaitable[Answer]]:
    """A control plane that always gives this answer; a body that is no bytes is JSON."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    given = {**headers, **{key.replace("_", "-"): value for key, value in more.items()}}

    async def answer() -> Answer:
        return Answer(status, {**given, "x-internal": "hunter2"}, raw)

    return answer


def raising(error: UpstreamError) -> Way:
    """A control plane of which no answer comes."""

    async def answer() -> Answer:
        raise error

    return answer


async def hanging() -> Answer:
    """A control plane that never answers."""
    await asyncio.Event().wait()
    raise AssertionError


class Turning:
    """A control plane that is good until it is turned bad; `sent` counts what came since."""

    def __init__(self, good: Transport, bad: Way) -> None:
        self._good = good
        self._bad = bad
        self.turned = False
        self.methods: list[str] = []

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        if not self.turned:
            return await self._good.send(method, url, headers, body)
        self.methods.append(method)
        return await self._bad()

    async def close(self) -> None:
        await self._good.close()


class Bad(msgspec.Struct, frozen=True):
    """One way to fail, and the error that a client is told of."""

    name: str
    way: Way
    code: str
    status: int | None
    retryable: bool = False

    def __str__(self) -> str:
        return self.name


def unreadable(name: str, body: Any, headers: Mapping[str, str] = JSON) -> Bad:
    """An answer of 200 that is not what was asked for."""
    return Bad(name, answering(200, body, headers), "UPSTREAM_BAD_RESPONSE", 200)


BAD = [
    Bad("refused", raising(faults.REFUSED.error()), "UPSTREAM_UNAVAILABLE", None, True),
    Bad("closed", raising(faults.CLOSED.error()), "UPSTREAM_BAD_RESPONSE", None),
    Bad("hanging", hanging, "UPSTREAM_TIMEOUT", None, True),
    unreadable("html", PAGE, HTML),
    unreadable("truncated", b'{"total": 7, "items": [{"type": "Mesh", "na'),
    unreadable("empty", b""),
    unreadable("null", None),
    unreadable("text", "hunter2"),
    unreadable("list", [1, 2]),
    unreadable("items-of-another-shape", {"total": 1, "items": {"a": 1}}),
    Bad("unauthenticated", answering(401, PROBLEM), "UNAUTHENTICATED", 401),
    Bad("unauthenticated-html", answering(401, PAGE, HTML), "UNAUTHENTICATED", 401),
    Bad("forbidden", answering(403, PROBLEM), "FORBIDDEN", 403),
    Bad("crashing", answering(500, PROBLEM), "UPSTREAM_UNAVAILABLE", 500, True),
    Bad("crashing-html", answering(500, PAGE, HTML), "UPSTREAM_UNAVAILABLE", 500, True),
    Bad("overloaded", answering(503, PAGE, HTML), "UPSTREAM_UNAVAILABLE", 503, True),
    Bad("limited", answering(429, PROBLEM), "RATE_LIMITED", 429, True),
    Bad(
        "redirecting",
        answering(302, b"", HTML, location="http://intranet.example.com/login"),
        "UPSTREAM_BAD_RESPONSE",
        302,
    ),
]
"""Every way to fail of which the graph must tell."""
