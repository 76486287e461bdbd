"""What NGINX Service Mesh, and Kubernetes before it, say against a request, as our errors.

Sources: ErrorModel of the API document of 1.7; Status of the Kubernetes API.
"""

from typing import Any, Final

import msgspec

from gateway.errors import (
    BadResponse,
    BadUserInput,
    MeshgateError,
    Problem,
    Unsupported,
    error_for,
)
from gateway.upstreams.base import Answer
from gateway.upstreams.reading import MALFORMED
from gateway.upstreams.retries import retry_after

_SAID: Final = {
    401: "the mesh does not accept the credential",
    403: "the mesh does not allow this",
    404: "there is no such thing at this address",
    405: "the mesh does not let anyone do this here",
    429: "the mesh asks for fewer requests",
    503: "the mesh's API does not answer behind Kubernetes",
}
REFUSED: Final = "invalid configuration"
"""How a refused configuration begins; releases up to 1.2 said so with 500."""


class Body(msgspec.Struct):
    """An error of the mesh's own, or a Status of Kubernetes; `details` is a list there alone."""

    message: str = ""
    code: int | None = None
    kind: str = ""
    reason: str = ""
    details: Any = None


def problem(answer: Answer) -> Problem | None:
    """What an error's body says; None where it is neither of the two."""
    try:
        body = msgspec.json.decode(answer.body, type=Body, strict=False)
    except MALFORMED:
        return None
    if not body.message:
        return None
    of_kubernetes = body.kind == "Status"
    told = () if of_kubernetes or not isinstance(body.details, list) else body.details
    described = [str(one["description"]) for one in told if _describes(one)]
    coded = body.code is not None and not of_kubernetes
    return Problem(
        type=f"nginx-service-mesh:{body.code}" if coded else "about:blank",
        title=body.message,
        status=answer.status,
        detail="; ".join(described) or None,
    )


def _describes(found: Any) -> bool:
    return isinstance(found, dict) and bool(found.get("description"))


def failure(upstream: str, answer: Answer) -> MeshgateError:
    """The error that an answer of 300 or above stands for."""
    if 300 <= answer.status < 400:
        return BadResponse(
            f"{upstream}: the upstream answers with a redirect; is its address right?",
            upstream=upstream,
            status=answer.status,
        )
    said = problem(answer)
    refused = said is not None and (said.title or "").startswith(REFUSED)
    error = BadUserInput if refused else error_for(answer.status)
    if answer.status == 404:
        error = Unsupported
    told = said.title if said else None
    told = told or _SAID.get(answer.status, f"the mesh answered {answer.status}")
    return error(
        f"{upstream}: {told}",
        upstream=upstream,
        status=answer.status,
        problem=said,
        retry_after=retry_after(answer),
    )
