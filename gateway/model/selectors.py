"""Selectors by tags and labels: whether they match, and which of several counts.

Source: Kuma's rule for the policies before targetRef: the most specific selector wins, then the
newest policy.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.model.dataplanes import Dataplane
from gateway.model.resources import Resource

ANY = "*"
Tags = Mapping[str, str]


class Rank(NamedTuple):
    """How specific a match is: exact tags count before those that any value fits."""

    exact: int
    any: int

    def __add__(self, other: object) -> "Rank":
        assert isinstance(other, Rank)
        return Rank(self.exact + other.exact, self.any + other.any)


def rank(wanted: Tags, tags: Tags) -> Rank | None:
    """How specific a selector's match of some tags is; None where it does not match."""
    if any(key not in tags or value not in (ANY, tags[key]) for key, value in wanted.items()):
        return None
    loose = sum(value == ANY for value in wanted.values())
    return Rank(len(wanted) - loose, loose)


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


def tag_sets(dataplane: Dataplane) -> list[dict[str, str]]:
    """The tags of each inbound, and of the gateway."""
    network = dataplane.network
    found = [one.tags for one in network.inbound]
    return [*found, network.gateway.tags] if network.gateway else found
