"""What one asks of the engine, whatever way it came in."""

from typing import Any

import msgspec


class GraphQLRequest(msgspec.Struct, frozen=True):
    """A document, what fills its variables, and which of its operations to run.

    `queries_only` is how a request that must change nothing (HTTP GET) says so.
    """

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    queries_only: bool = False
