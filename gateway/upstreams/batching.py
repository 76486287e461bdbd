"""Which calls bring what was asked for: one list instead of a hundred gets where it is cheaper."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Final

import msgspec

from gateway.model.pages import Listing
from gateway.upstreams.stretches import SLICE

PAGE: Final = 1000
ROW: Final = 0.002
"""What a row costs beside a call: five hundred of them weigh as much as one."""
FEW: Final = 3
"""How many gets a list of unknown size must replace."""

Counts = Mapping[tuple[str, str | None], int]


class Fetch(msgspec.Struct, frozen=True):
    """A list to ask for, and the listings that it answers."""

    listing: Listing
    answers: tuple[Listing, ...]


def plan(wanted: Iterable[Listing], counts: Mapping[str, Counts]) -> list[Fetch]:
    """The lists to ask for: of each kind one over all meshes, or one for each mesh asked of.

    `counts` holds each upstream's sizes by (kind, mesh); what is not known counts as one page.
    """
    groups: defaultdict[Listing, list[Listing]] = defaultdict(list)
    for one in dict.fromkeys(wanted):
        groups[one.everywhere].append(one)
    return [
        fetch
        for whole, parts in groups.items()
        for fetch in _cheaper(whole, parts, counts.get(whole.upstream, {}))
    ]


def _cheaper(whole: Listing, parts: list[Listing], counts: Counts) -> list[Fetch]:
    apart = sum(cost(counts.get((part.kind, part.mesh))) for part in parts)
    if whole in parts or (len(parts) > 1 and cost(counts.get((whole.kind, None))) <= apart):
        return [Fetch(whole, tuple(parts))]
    return [Fetch(part, (part,)) for part in parts]


def cost(rows: int | None) -> float:
    """What a list of so many rows costs, in calls."""
    return 1.0 if rows is None else max(1, ceil(rows / PAGE)) + rows * ROW


def worth_paging(first: int, rows: int | None) -> bool:
    """Whether the first of so many rows are read for less by themselves; a page never is."""
    if rows is None or rows <= PAGE:
        return False
    return ceil((first + 1) / (SLICE - 1)) + first * ROW < cost(rows)


def worth_listing(keys: int, rows: int | None) -> bool:
    """Whether one list of so many rows is cheaper than so many gets."""
    if rows is None:
        return keys > FEW
    # Counts are old: what was empty may be long by now.
    return keys > 1 and cost(rows) < keys * (1 + ROW)
