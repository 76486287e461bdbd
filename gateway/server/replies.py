"""Whole answers: a status, headers and a body, whichever way they go out."""

from collections.abc import Iterable

import msgspec
from starlette.types import Send

from gateway.execution.results import Operation

Header = tuple[bytes, bytes]


class Reply(msgspec.Struct, frozen=True):
    """One answer; its length is added to the headers by those who send it."""

    status: int
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    operation: Operation | None = None
    """What was run, for the log."""


async def reply(send: Send, status: int, headers: Iterable[Header], body: bytes = b"") -> None:
    """Send an answer over ASGI, in two messages."""
    # The length in a 304 would be that of what is not sent.
    length = () if status == 304 else ((b"content-length", b"%d" % len(body)),)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})
