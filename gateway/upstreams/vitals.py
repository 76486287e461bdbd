"""What a client's calls teach about its upstream's health."""

import time
from typing import Final

from gateway.errors import BadResponse, UpstreamError, error_for
from gateway.model.health import Circuit, Health

# 429 is the upstream at work; what another 4xx says is about the request alone.
_UNWELL: Final = frozenset({401, 429})


class Vitals:
    """The last that was seen of an upstream."""

    __slots__ = ("_contact", "_error", "_latency", "_reachable")

    def __init__(self) -> None:
        self._reachable: bool | None = None
        self._latency: float | None = None
        self._error: str | None = None
        self._contact: float | None = None

    def answered(self, status: int, seconds: float) -> None:
        """There was an answer, after so long."""
        self._reachable = True
        self._latency = seconds
        self._contact = time.time()
        self._error = None
        if status >= 500 or status in _UNWELL:
            self._error = error_for(status).code

    def failed(self, failure: UpstreamError) -> None:
        """There was no answer, or a broken one."""
        self._reachable = isinstance(failure, BadResponse)
        self._error = failure.code

    def health(self, circuit: Circuit) -> Health:
        """All of it, with the state of the circuit."""
        return Health(
            reachable=self._reachable,
            latency=self._latency,
            circuit=circuit,
            last_error=self._error,
            last_contact=self._contact,
        )
