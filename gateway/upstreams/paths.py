"""Names as parts of a path."""

import re
from typing import Final
from urllib.parse import quote

from gateway.errors import BadUserInput

# Most names: nothing of them is escaped, and none leads elsewhere.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


def fits(name: str) -> bool:
    """Whether a path can carry a name as one segment."""
    if _PLAIN.fullmatch(name):
        return True
    if not name or name in {".", ".."} or "/" in name or any(ord(c) < 32 for c in name):
        return False
    return not any("\ud800" <= c <= "\udfff" for c in name)


def segment(name: str) -> str:
    """A name as one segment of a path.

    Raises BadUserInput for what a path cannot carry: control planes unescape a path before they
    split it, so that an escaped slash would lead elsewhere.
    """
    if _PLAIN.fullmatch(name):
        return name
    if not fits(name):
        raise BadUserInput(f"{name!r} cannot be the name of a resource")
    return quote(name, safe="")
