"""What is not GraphQL and went wrong: RFC 9457 problems, for a person and a program to read."""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from gateway.errors import Problem
from gateway.server.replies import Header, Reply, reply

MEDIA_TYPE = "application/problem+json"
PROBLEM: Header = (b"content-type", MEDIA_TYPE.encode())


def body(status: int, detail: str | None = None) -> bytes:
    """The problem of a status as JSON; its title is the status's own phrase."""
    return msgspec.json.encode(
        Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    )


def problem(status: int, detail: str) -> Reply:
    """A problem as an answer."""
    return Reply(status, (PROBLEM,), body(status, detail))


async def refuse(send: Send, status: int, detail: str, headers: Iterable[Header] = ()) -> None:
    """Answer with a problem."""
    await reply(send, status, (PROBLEM, *headers), body(status, detail))


async def http_problem(_request: Request, error: Exception) -> Response:
    """What Starlette raises (no such path, no such method), as a problem."""
    status, headers = (
        (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    )
    return Response(body(status), status, headers, MEDIA_TYPE)


# For Starlette(exception_handlers=…); an unforeseen error keeps its text to itself.
EXCEPTIONS: dict[int | type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    HTTPException: http_problem,
    Exception: http_problem,
}
