"""Instance Manager's errors, and those of the proxy before it, raised as one of ours."""

from collections.abc import Iterable
from typing import Final

import msgspec

from gateway.errors import (
    BadResponse,
    BadUserInput,
    MeshgateError,
    Problem,
    Unauthenticated,
    Violation,
    error_for,
)
from gateway.upstreams.base import Answer
from gateway.upstreams.reading import MALFORMED, forgiving
from gateway.upstreams.retries import retry_after

AUTHENTICATION: Final = "nginx-management-suite-auth"
"""The header that tells how callers prove themselves: Basic or OIDC."""

_SAID: Final = {
    401: "Instance Manager does not accept the credential",
    403: "Instance Manager does not allow this",
    404: "Instance Manager has no such thing",
    405: "Instance Manager does not do this here",
    429: "Instance Manager asks for fewer requests",
    502: "the proxy before Instance Manager reaches no such part of it",
    503: "Instance Manager is not available",
}
_LOGIN: Final = (
    "Instance Manager sends callers to a login page: it wants a bearer token of its OpenID provider"
)
_ELSEWHERE: Final = "the upstream answers with a redirect; are its address and credential right?"


class Body(msgspec.Struct):
    """An error as every part of Instance Manager says it."""

    code: int | None = None
    message: str | None = None


_BODY: Final = msgspec.json.Decoder(Body, strict=False)


def problem(answer: Answer, secrets: Iterable[str] = ()) -> Problem | None:
    """What an error body says; None where it is not JSON, or holds what nobody may see."""
    try:
        body = forgiving(_BODY, answer.body)
    except MALFORMED:
        return None
    told = (body.message or "").strip()
    if not told or "PRIVATE KEY" in told or any(one and one in told for one in secrets):
        return None
    own = body.code is not None and body.code != answer.status
    return Problem(
        type=f"nginx-instance-manager:{body.code}" if own else "about:blank",
        title=told,
        status=answer.status,
    )


def failure(upstream: str, answer: Answer, secrets: Iterable[str] = ()) -> MeshgateError:
    """The error that an answer of 300 or above stands for; it holds none of the secrets."""
    if 300 <= answer.status < 400:
        login = answer.headers.get(AUTHENTICATION, "").strip().lower() == "oidc"
        error: type[MeshgateError] = Unauthenticated if login else BadResponse
        told = _LOGIN if login else _ELSEWHERE
        return error(f"{upstream}: {told}", upstream=upstream, status=answer.status)
    said = problem(answer, secrets)
    words = said.title if said else None
    if answer.status in (401, 429) or words is None:
        words = _SAID.get(answer.status, f"Instance Manager answered {answer.status}")
    return error_for(answer.status)(
        f"{upstream}: {words}",
        upstream=upstream,
        status=answer.status,
        problem=said,
        retry_after=retry_after(answer),
    )


def refused(field: str, reason: str) -> BadUserInput:
    """The error for one member of an input."""
    told = Problem(title="the input cannot be used", invalid_parameters=(Violation(field, reason),))
    return BadUserInput(f"`{field}` {reason}", problem=told)
