"""The graph over ASGI: every way to ask, the page for browsers, and what HTTP refuses."""

from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from gateway.server.access import OPERATION, request_id
from gateway.server.disconnects import unless_gone
from gateway.server.graphql import STATUS, Fields, GraphQL, Read, announced, readable, viewer
from gateway.server.negotiation import Media
from gateway.server.problems import refuse
from gateway.server.replies import reply
from gateway.server.requests import got, posted

MAX_QUERY_STRING = 16 * 1024


class Page(Protocol):
    """What a browser is shown in place of an answer."""

    async def show(self, scope: Scope, send: Send) -> None: ...


class GraphQLEndpoint:
    """The ASGI application at the path of the graph."""

    def __init__(self, graph: GraphQL, page: Page | None = None) -> None:
        self._graph = graph
        self._page = page

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
        fields = dict(scope["headers"])
        page = self._page if method != "POST" else None
        media = self._graph.media(fields.get(b"accept", b""), page is not None)
        if media is None:
            raise HTTPException(406, f"to be had: {', '.join(it.value for it in STATUS)}")
        if page is not None and media is Media.HTML:
            await page.show(scope, send)
            return
        read: Read = posted if method == "POST" else got
        asked = await self._body(fields, receive) if method == "POST" else _parameters(scope)
        who = viewer(scope.get("client"), fields)
        work = self._graph.answer(read, asked, media, who, request_id(scope))
        answer = await unless_gone(receive, work)
        if answer is not None:
            scope[OPERATION] = answer.operation
            await reply(send, answer.status, answer.headers, answer.body)

    async def _body(self, fields: Fields, receive: Receive) -> bytes:
        if not readable(fields):
            raise HTTPException(415, "a request is application/json in UTF-8")
        length, limit = announced(fields), self._graph.max_body
        body = bytearray()
        more = length <= limit
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False) and len(body) <= limit
        if max(length, len(body)) > limit:
            raise HTTPException(413, f"a request may have {limit} bytes", {"connection": "close"})
        return bytes(body)


def _parameters(scope: Scope) -> bytes:
    query_string: bytes = scope["query_string"]
    if len(query_string) > MAX_QUERY_STRING:
        raise HTTPException(414, f"parameters may have {MAX_QUERY_STRING} bytes")
    return query_string
