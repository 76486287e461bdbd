"""Kuma's four error dialects, read into one problem and raised as one of our errors."""

from typing import Any, Final

import msgspec

from gateway.errors import (
    BadResponse,
    MeshgateError,
    NotFound,
    Problem,
    Unsupported,
    Violation,
    error_for,
)
from gateway.upstreams.base import Answer
from gateway.upstreams.bodies import MALFORMED, forgiving

_SAID: Final = {
    401: "the control plane does not accept the credential",
    403: "the control plane does not allow this",
    404: "the control plane has no such endpoint",
    405: "the control plane does not let anyone write this here",
    429: "the control plane asks for fewer requests",
}


NO_MESH: Final = "Mesh is not found"
"""What a write into an absent mesh is told with 400; from 2.14 on it is a 404."""


class Cause(msgspec.Struct):
    """One violation, in the words of 2.2 and before (`message`) or since (`reason`)."""

    field: str = ""
    message: str = ""
    reason: str = ""


class Body(msgspec.Struct):
    """An error body of any era: `details` and `causes` before 2.3, RFC 9457 since."""

    title: str | None = None
    detail: str | None = None
    details: str | None = None
    instance: str | None = None
    type: str = "about:blank"
    causes: list[Cause] | None = None
    invalid_parameters: list[Cause] | None = None


_BODY: Final = msgspec.json.Decoder(Body, strict=False)


def problem(answer: Answer) -> Problem | None:
    """What an error body says; None where it is not JSON of Kuma's."""
    try:
        body = forgiving(_BODY, answer.body)
    except MALFORMED:
        return None
    found = body.invalid_parameters or body.causes or ()
    return Problem(
        type=body.type,
        title=body.title,
        status=answer.status,
        detail=body.detail or body.details,
        instance=body.instance,
        invalid_parameters=tuple(Violation(c.field, c.reason or c.message) for c in found),
    )


def no_endpoint(answer: Answer) -> bool:
    """404 in plain text is the router's: no such endpoint; in JSON it is no such resource."""
    return answer.status == 404 and problem(answer) is None


def failure(upstream: str, answer: Answer) -> MeshgateError:
    """The error that an answer of 300 or above stands for."""
    said = problem(answer)
    if 300 <= answer.status < 400:
        return BadResponse(
            f"{upstream}: the upstream answers with a redirect; is its address right?",
            upstream=upstream,
            status=answer.status,
        )
    error = Unsupported if no_endpoint(answer) else error_for(answer.status)
    if said and said.detail == NO_MESH:
        error = NotFound
    return error(
        f"{upstream}: {_sentence(answer, said)}",
        upstream=upstream,
        status=answer.status,
        problem=said,
        retry_after=_seconds(answer.headers.get("retry-after")),
    )


def _sentence(answer: Answer, said: Problem | None) -> str:
    # What 405 says of the reason depends on the mode of the control plane, not on the reason.
    if said is None or answer.status == 405 or not (said.title or said.detail):
        return _SAID.get(answer.status, f"the control plane answered {answer.status}")
    parts: list[str] = [part.strip() for part in (said.title, said.detail) if part]
    return ": ".join(dict.fromkeys(parts))


def _seconds(text: Any) -> float | None:
    return float(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None
