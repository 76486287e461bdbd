"""Everything that may fail, and what a client is told of it.

The tree, and the code that each leaf carries into `errors[].extensions.code`:

    MeshgateError
      x Refused                   what this gateway would not do
        + BadUserInput            BAD_USER_INPUT
        + NotFound                NOT_FOUND
        + ReadOnly                READ_ONLY
        + Unsupported             UNSUPPORTED
        + BudgetExceeded          UPSTREAM_BUDGET_EXCEEDED
      x UpstreamError             what a control plane did not do
        + Unauthenticated         UNAUTHENTICATED
        + Forbidden               FORBIDDEN
        + Conflict                CONFLICT
        + RateLimited             RATE_LIMITED
        + UpstreamUnavailable     UPSTREAM_UNAVAILABLE
        + UpstreamTimeout         UPSTREAM_TIMEOUT
        + CircuitOpen             UPSTREAM_CIRCUIT_OPEN
        + ProxyUnreachable        PROXY_UNREACHABLE
        + BadResponse             UPSTREAM_BAD_RESPONSE
      x SettingsError             a settings file that cannot be used; never seen by clients

Messages are written for the caller: no URL, no header, no exception's text.
"""

from typing import Any, ClassVar

import msgspec


class Violation(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One thing that is wrong with the input: a path into it and the reason."""

    field: str
    reason: str


class Problem(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What an upstream said went wrong, in the words of RFC 9457, whatever its own dialect."""

    type: str = "about:blank"
    title: str | None = None
    status: int | None = None
    detail: str | None = None
    instance: str | None = None
    invalid_parameters: tuple[Violation, ...] = ()


class MeshgateError(Exception):
    """The root: a message for the caller, and whence and how it failed."""

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        upstream: str | None = None,
        status: int | None = None,
        problem: Problem | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.upstream = upstream
        self.status = status
        self.problem = problem
        self.retry_after = retry_after

    def extensions(self) -> dict[str, Any]:
        """`errors[].extensions`: code and retryable always, the rest where it is known."""
        found: dict[str, Any] = {"code": self.code, "retryable": self.retryable}
        for key, value in (
            ("upstream", self.upstream),
            ("status", self.status),
            ("retryAfter", self.retry_after),
        ):
            if value is not None:
                found[key] = value
        if self.problem is not None:
            found["problem"] = msgspec.to_builtins(self.problem)
        return found


class Refused(MeshgateError):
    """What this gateway, or an upstream on good grounds, would not do."""


class BadUserInput(Refused):
    """The caller's input cannot be used as it stands."""

    code = "BAD_USER_INPUT"


class NotFound(Refused):
    """What a write was meant for is not there."""

    code = "NOT_FOUND"


class ReadOnly(Refused):
    """The control plane does not let anyone write this kind."""

    code = "READ_ONLY"


class Unsupported(Refused):
    """The control plane's version, or its product, does not have what was asked."""

    code = "UNSUPPORTED"


class BudgetExceeded(Refused):
    """The operation would ask more of the upstreams than one operation may."""

    code = "UPSTREAM_BUDGET_EXCEEDED"


class UpstreamError(MeshgateError):
    """What a control plane did not do."""


class Unauthenticated(UpstreamError):
    """The upstream did not accept the credential."""

    code = "UNAUTHENTICATED"


class Forbidden(UpstreamError):
    """The upstream, or the settings of this gateway, do not allow this caller to do that."""

    code = "FORBIDDEN"


class Conflict(UpstreamError):
    """Another write of the same resource came first."""

    code = "CONFLICT"
    retryable = True


class RateLimited(UpstreamError):
    """The upstream asks for fewer requests."""

    code = "RATE_LIMITED"
    retryable = True


class UpstreamUnavailable(UpstreamError):
    """No connection, or an answer of 5xx."""

    code = "UPSTREAM_UNAVAILABLE"
    retryable = True


class UpstreamTimeout(UpstreamError):
    """No answer in time."""

    code = "UPSTREAM_TIMEOUT"
    retryable = True


class CircuitOpen(UpstreamError):
    """The upstream failed so often that it is left alone for a while."""

    code = "UPSTREAM_CIRCUIT_OPEN"
    retryable = True


class ProxyUnreachable(UpstreamError):
    """The control plane answers, and cannot reach the proxy that was asked for."""

    code = "PROXY_UNREACHABLE"
    retryable = True


class BadResponse(UpstreamError):
    """An answer that this upstream is not known to give, or a connection closed without any."""

    code = "UPSTREAM_BAD_RESPONSE"


class SettingsError(MeshgateError):
    """A settings file that cannot be used."""


STATUS: dict[int, type[MeshgateError]] = {
    400: BadUserInput,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: ReadOnly,
    409: Conflict,
    412: Conflict,
    422: BadUserInput,
    429: RateLimited,
}


def error_for(status: int) -> type[MeshgateError]:
    """The error that an upstream's HTTP status stands for."""
    return STATUS.get(status) or (UpstreamUnavailable if status >= 500 else BadResponse)
