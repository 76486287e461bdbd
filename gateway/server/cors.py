"""Which other sites' pages may ask: none, unless the settings name them."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

HEADERS = ("authorization", "content-type", "x-request-id")
EXPOSED = ("x-request-id",)


def cors(origins: Sequence[str]) -> list[Middleware]:
    """The middleware that lets these origins in, `*` being all; with headers, never cookies."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=HEADERS,
            expose_headers=EXPOSED,
        )
    ]
