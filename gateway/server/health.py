"""Whether the process lives, and whether it should be sent requests.

It should with every upstream down: what is wrong with them is part of an answer.
"""

from enum import Enum

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.server.problems import MEDIA_TYPE, body


class Phase(Enum):
    """Where a process is in its life."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


class Health:
    """The phase, which the application's lifespan moves on, and the two routes that tell it."""

    def __init__(self) -> None:
        self.phase = Phase.STARTING

    def routes(self) -> list[Route]:
        """`/healthz` and `/readyz`."""
        return [Route("/healthz", self._alive), Route("/readyz", self._ready)]

    async def _alive(self, _request: Request) -> Response:
        return _fine("ok")

    async def _ready(self, _request: Request) -> Response:
        if self.phase is Phase.READY:
            return _fine(self.phase.value)
        return Response(body(503, f"the gateway is {self.phase.value}"), 503, NO_STORE, MEDIA_TYPE)


NO_STORE = {"cache-control": "no-store"}


def _fine(status: str) -> Response:
    return Response(f'{{"status":"{status}"}}', 200, NO_STORE, "application/json")
