"""Whole answers over ASGI: a status, headers and a body in two messages."""

from collections.abc import Iterable

from starlette.types import Send

Header = tuple[bytes, bytes]


async def reply(send: Send, status: int, headers: Iterable[Header], body: bytes = b"") -> None:
    """Send an answer of which everything is known; its length is added to the headers."""
    # The length in a 304 would be that of what is not sent.
    length = () if status == 304 else ((b"content-length", str(len(body)).encode()),)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})
