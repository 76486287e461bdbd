"""Names as parts of a path."""

from urllib.parse import quote

from gateway.errors import BadUserInput


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
