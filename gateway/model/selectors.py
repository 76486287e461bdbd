"""Selectors by tags and labels: whether they match, and which of several counts.

Source: Kuma's `TagSelectorRank`: the selector that wants most tags wins, then the one that wants
most of them exactly, then the newest policy.
"""

from collections.abc import Iterable, Mapping, Sequence

from gateway.model.resources import Resource

ANY = "*"
Tags = Mapping[str, str]


Rank = tuple[int, int]
"""How specific a match is: how many tags it wants, and how many of them exactly."""


def rank(wanted: Tags, tags: Tags) -> Rank | None:
    """How specific a selector's match of some tags is; None where it does not match."""
    if any(key not in tags or value not in (ANY, tags[key]) for key, value in wanted.items()):
        return None
    return len(wanted), sum(value != ANY for value in wanted.values())


def best(selectors: Iterable[Tags], sets: Sequence[Tags]) -> Rank | None:
    """The most specific match of any of the selectors with any set of tags; None without one."""
    found = (rank(one, tags) for one in selectors for tags in sets)
    return max((one for one in found if one is not None), default=None)


def winner(ranked: Iterable[tuple[Resource, Rank | None]]) -> Resource | None:
    """The resource whose match counts: the most specific, of equals the newest, then by name."""
    matching = [(one, how) for one, how in ranked if how is not None]
    if not matching:
        return None
    most = max(how for _, how in matching)
    equals = sorted((one for one, how in matching if how == most), key=lambda it: it.content.name)
    return max(equals, key=lambda it: it.content.creation_time or "")
