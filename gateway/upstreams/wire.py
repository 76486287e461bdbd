"""One exchange to come, as a value."""

import msgspec


class Request(msgspec.Struct, frozen=True):
    """One exchange to come: a method, a path with its query, a body."""

    method: str
    path: str
    body: bytes | None = None
