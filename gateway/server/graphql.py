"""GraphQL over HTTP: who asks what, in which words, and the answer in the words they accept.

The statuses are those of the public audits (graphql-http): a request error is 400 for those who
accept `application/graphql-response+json`, and 200 for those who know only `application/json`.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache

from gateway.errors import BadUserInput
from gateway.execution.requests import GraphQLRequest
from gateway.execution.results import Outcome, Result, refused
from gateway.server.negotiation import Media, negotiated
from gateway.server.problems import problem
from gateway.server.replies import Header, Reply
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

Fields = Mapping[bytes, bytes]
"""The headers of a request by their lower-case names; of those given twice, the last."""
Read = Callable[[bytes], GraphQLRequest]
"""Makes a request of the bytes that hold it; raises BadUserInput."""
Execute = Callable[[GraphQLRequest, Viewer, str], Awaitable[Result]]


class GraphQL:
    """What becomes of a request, whichever way it came in.

    `execute(request, viewer, request_id)` answers, and `report(exception, request_id)` hears of
    what it raised instead. `max_body` is in bytes.
    """

    def __init__(
        self,
        execute: Execute,
        report: Callable[[BaseException, str], None],
        *,
        max_body: int = 1024 * 1024,
    ) -> None:
        self.max_body = max_body
        self.media = lru_cache(maxsize=256)(negotiated)
        self._execute = execute
        self._report = report

    async def answer(
        self, read: Read, asked: bytes, media: Media, viewer: Viewer, request_id: str
    ) -> Reply:
        """The answer to what was asked; whatever fails is told in it."""
        try:
            request = read(asked)
        except BadUserInput as error:
            result = refused({"message": error.message, "extensions": error.extensions()})
            return Reply(400, HEADERS[media], result.encoded())
        try:
            result = await self._execute(request, viewer, request_id)
            body = result.encoded()
        except Exception as error:
            self._report(error, request_id)
            return problem(500, "Internal error")
        status = STATUS[media][result.outcome]
        headers = HEADERS[media] if status != 405 else (*HEADERS[media], (b"allow", b"POST"))
        return Reply(status, headers, body, result.operation)

    def plain(self, fields: Fields) -> Media | None:
        """How to answer the body of a POST with these headers; None where there is a but."""
        if 0 < announced(fields) <= self.max_body and readable(fields):
            return self.media(fields.get(b"accept", b""), False)
        return None


def viewer(client: tuple[str, int] | None, fields: Fields) -> Viewer:
    """Who asks, by the address of the connection and the headers of the request."""
    given = fields.get(b"authorization")
    proof = given.decode("latin-1") if given else None
    return Viewer(client[0], proof) if client else Viewer(authorization=proof)


def announced(fields: Fields) -> int:
    """The bytes that a body is said to have; 0 where that is not known."""
    length = fields.get(b"content-length", b"")
    return int(length) if length.isdigit() and len(length) < 20 else 0


def readable(fields: Fields) -> bool:
    """Whether a body is said to be JSON as it is, in UTF-8."""
    coded = fields.get(b"content-encoding", b"") not in (b"", b"identity")
    return not coded and is_json(fields.get(b"content-type", b""))


def is_json(content_type: bytes) -> bool:
    """Whether a Content-Type means JSON in UTF-8."""
    if content_type == b"application/json":
        return True
    name, *parameters = (part.strip() for part in content_type.lower().split(b";"))
    charsets = [it[8:].strip(b'"') for it in parameters if it.startswith(b"charset=")]
    return name == b"application/json" and all(it in (b"utf-8", b"utf8") for it in charsets)
