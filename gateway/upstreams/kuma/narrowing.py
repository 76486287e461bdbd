"""What of a list each version chooses by itself, and how it is asked to: a row per parameter.

A list may hold more than was wanted: the tag filter finds parts of values.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote

import msgspec

from gateway.model.pages import EVERYTHING, Narrowing
from gateway.model.versions import Version
from gateway.upstreams.kuma.older import PREFIXED

_NEWEST: Final = Version(2, 14)
_LABEL: Final = re.compile(r"[A-Za-z0-9./_-]+")

Parameters = Iterator[tuple[str, str]]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a narrowing that lists take from `since` on and before `until`, of `kinds` or all
    but `beside`.

    Lists without insights may take it later. `fit` makes of a value what a version understands;
    `spelled` the parameters of the query.
    """

    member: str
    since: tuple[int, int]
    since_plain: tuple[int, int] = (0, 0)
    until: tuple[int, int] = (99, 0)
    kinds: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    fit: Callable[[Any, Version], Any] = lambda value, _: value
    spelled: Callable[[Any], Parameters]


def _labels(pairs: Any, _: Version) -> Any:
    # An empty value, or a key that no label can have, is looked for by us alone.
    return tuple((key, value) for key, value in pairs if value and _LABEL.fullmatch(key))


def _tags(pairs: Any, version: Version) -> Any:
    # `*` means any value to a control plane, and the first colon ends the key.
    spelled_otherwise = PREFIXED.values() if version < (0, 7) else ()
    return tuple(
        (key, value)
        for key, value in pairs
        if key and value not in ("", "*") and ":" not in key and key not in spelled_otherwise
    )


def _gateway(kind: str, version: Version) -> str:
    known = version >= (2, 1) and (kind != "builtin" or version < (3, 0))
    return kind if known or kind in ("true", "false") else "true"


def _spelled_labels(pairs: Any) -> Parameters:
    return ((f"filter[labels.{key}]", value) for key, value in pairs)


def _spelled_tags(pairs: Any) -> Parameters:
    return (("tag", f"{key}:{value}") for key, value in pairs)


PARAMETERS: Final = (
    Parameter(member="name", since=(2, 1), spelled=lambda part: iter((("name", part),))),
    # Service insights are taken out of another resource, with an endpoint of their own.
    Parameter(
        member="labels",
        since=(2, 10),
        beside=("ServiceInsight",),
        fit=_labels,
        spelled=_spelled_labels,
    ),
    Parameter(
        member="tags",
        since=(0, 1),
        since_plain=(2, 5),
        # Inbounds of 3 have none, and its services are not known by tags.
        until=(3, 0),
        kinds=("Dataplane",),
        fit=_tags,
        spelled=_spelled_tags,
    ),
    Parameter(
        member="gateway",
        since=(0, 5),
        since_plain=(2, 5),
        kinds=("Dataplane",),
        fit=_gateway,
        spelled=lambda kind: iter((("gateway", kind),)),
    ),
)


def narrowed(wanted: Narrowing, kind: str, version: Version | None, *, overview: bool) -> Narrowing:
    """As much of a narrowing as a control plane of that version chooses by itself."""
    at = version or _NEWEST
    found = {}
    for row in PARAMETERS:
        value = getattr(wanted, row.member)
        since = row.since if overview else max(row.since, row.since_plain)
        fits = kind not in row.beside and (not row.kinds or kind in row.kinds)
        if value and fits and since <= at < row.until:
            found[row.member] = row.fit(value, at)
    return Narrowing(**found) if found else EVERYTHING


def query(wanted: Narrowing) -> str:
    """The parameters of a narrowing, each after an ampersand."""
    if wanted is EVERYTHING:
        return ""
    pairs = (
        pair
        for row in PARAMETERS
        if (value := getattr(wanted, row.member))
        for pair in row.spelled(value)
    )
    return "".join(f"&{quote(key, safe='')}={quote(value, safe='')}" for key, value in pairs)
