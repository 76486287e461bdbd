"""One exchange as a value, and names as parts of its path; no line waits or knows a host."""

from urllib.parse import quote

import msgspec

from gateway.errors import BadUserInput


class Request(msgspec.Struct, frozen=True):
    """One exchange to come: a method, a path with its query, a body."""

    method: str
    path: str
    body: bytes | None = None


def segment(name: str) -> str:
    """A name as one segment of a path.

    Raises BadUserInput for what a path cannot carry: control planes unescape a path before they
    split it, so that an escaped slash would lead elsewhere.
    """
    if not name or name in {".", ".."} or "/" in name or any(ord(c) < 32 for c in name):
        raise BadUserInput(f"{name!r} cannot be the name of a resource")
    try:
        return quote(name, safe="")
    except UnicodeEncodeError:
        raise BadUserInput(f"{name!r} cannot be the name of a resource") from None
