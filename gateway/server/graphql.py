"""GraphQL over HTTP: who asks what, in which words, and the answer in the words they accept.

The statuses are those of the public audits (graphql-http): a request error is 400 for those who
accept `application/graphql-response+json`, and 200 for those who know only `application/json`.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Protocol

import msgspec
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from gateway.errors import BadUserInput
from gateway.execution.requests import GraphQLRequest
from gateway.execution.results import Outcome, Result, refused
from gateway.server.access import OPERATION, request_id
from gateway.server.disconnects import unless_gone
from gateway.server.negotiation import Media, negotiated
from gateway.server.problems import refuse
from gateway.server.replies import Header, reply
from gateway.server.requests import got, posted
from gateway.upstreams.base import Viewer

STATUS: dict[Media, dict[Outcome, int]] = {
    Media.RESPONSE: {Outcome.EXECUTED: 200, Outcome.REFUSED: 400, Outcome.NEEDS_POST: 405},
    Media.JSON: {Outcome.EXECUTED: 200, Outcome.REFUSED: 200, Outcome.NEEDS_POST: 405},
}
HEADERS: dict[Media, tuple[Header, ...]] = {
    media: (
        (b"content-type", f"{media.value}; charset=utf-8".encode()),
        # An answer belongs to the credential it was asked with.
        (b"cache-control", b"no-store"),
        (b"vary", b"accept"),
        (b"x-content-type-options", b"nosniff"),
    )
    for media in STATUS
}
MAX_QUERY_STRING = 16 * 1024

Execute = Callable[[GraphQLRequest, Viewer, str], Awaitable[Result]]


class Page(Protocol):
    """What a browser is shown in place of an answer."""

    async def show(self, scope: Scope, send: Send) -> None: ...


class Head(msgspec.Struct):
    """The headers that matter here."""

    accept: bytes = b""
    content_type: bytes = b""
    content_encoding: bytes = b""
    content_length: bytes = b""
    authorization: bytes | None = None


FIELDS = {name.replace("_", "-").encode(): name for name in Head.__struct_fields__}


class GraphQLEndpoint:
    """The ASGI application at the path of the graph.

    `execute(request, viewer, request_id)` answers, and `report(exception, request_id)` hears of
    what it raised instead.
    """

    def __init__(
        self,
        execute: Execute,
        report: Callable[[BaseException, str], None],
        *,
        page: Page | None = None,
        max_body: int = 1024 * 1024,
    ) -> None:
        self._execute = execute
        self._report = report
        self._page = page
        self._max_body = max_body
        self._negotiated = lru_cache(maxsize=256)(negotiated)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except HTTPException as error:
            headers = [(name.encode(), it.encode()) for name, it in (error.headers or {}).items()]
            await refuse(send, error.status_code, error.detail, headers)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method not in ("POST", "GET", "HEAD"):
            raise HTTPException(405, "ask with GET or POST", {"allow": "GET, HEAD, POST"})
        head = _head(scope)
        page = self._page if method != "POST" else None
        media = self._negotiated(head.accept, page is not None)
        if media is None:
            raise HTTPException(406, f"to be had: {', '.join(it.value for it in STATUS)}")
        if page is not None and media is Media.HTML:
            await page.show(scope, send)
            return
        try:
            request = posted(await self._body(head, receive)) if method == "POST" else _got(scope)
        except BadUserInput as error:
            result = refused({"message": error.message, "extensions": error.extensions()})
            await reply(send, 400, HEADERS[media], result.encoded())
            return
        try:
            work = self._execute(request, _viewer(scope, head), request_id(scope))
            answer = await unless_gone(receive, work)
            if answer is None:
                return
            body = answer.encoded()
        except Exception as error:
            self._report(error, request_id(scope))
            raise HTTPException(500, "Internal error") from error
        scope[OPERATION] = answer.operation
        status = STATUS[media][answer.outcome]
        headers = HEADERS[media] if status != 405 else (*HEADERS[media], (b"allow", b"POST"))
        await reply(send, status, headers, body)

    async def _body(self, head: Head, receive: Receive) -> bytes:
        if not _is_json(head.content_type) or head.content_encoding not in (b"", b"identity"):
            raise HTTPException(415, "a request is application/json in UTF-8")
        length = head.content_length
        announced = int(length) if length.isdigit() and len(length) < 20 else 0
        body = b""
        more = announced <= self._max_body
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False) and len(body) <= self._max_body
        if max(announced, len(body)) > self._max_body:
            limit = f"a request may have {self._max_body} bytes"
            raise HTTPException(413, limit, {"connection": "close"})
        return body


def _head(scope: Scope) -> Head:
    head = Head()
    for name, value in scope["headers"]:
        if name in FIELDS:
            setattr(head, FIELDS[name], value)
    return head


def _got(scope: Scope) -> GraphQLRequest:
    query_string: bytes = scope["query_string"]
    if len(query_string) > MAX_QUERY_STRING:
        raise HTTPException(414, f"parameters may have {MAX_QUERY_STRING} bytes")
    return got(query_string)


def _viewer(scope: Scope, head: Head) -> Viewer:
    client = scope.get("client")
    proof = head.authorization.decode("latin-1") if head.authorization else None
    return Viewer(client[0], proof) if client else Viewer(authorization=proof)


def _is_json(content_type: bytes) -> bool:
    if content_type == b"application/json":
        return True
    name, *parameters = (part.strip() for part in content_type.lower().split(b";"))
    charsets = [it[8:].strip(b'"') for it in parameters if it.startswith(b"charset=")]
    return name == b"application/json" and all(it in (b"utf-8", b"utf8") for it in charsets)
