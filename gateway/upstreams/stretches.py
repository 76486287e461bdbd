"""What follows a place in an ordered collection, read a few rows at a time from there on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from gateway.model.pages import Page, Part
from gateway.model.resources import Resource

SLICE: Final = 512
"""The most rows to ask for at once: so many of 4 kB are decoded in 10 ms, while others wait."""
NEAR: Final = 64
"""How far up to look at first for a row before which others went."""

Name = tuple[str, str]
"""Where a resource stands in the list of its kind: mesh and name."""


class Spot(msgspec.Struct, frozen=True):
    """A place behind a row that is there or was, and how many rows of the list went up to it."""

    name: Name
    offset: int


class Stretch(msgspec.Struct, frozen=True):
    """What follows a place: each row with how many of the list go up to it.

    `more` and `preceded` say whether anything follows the rows and whether anything stands before
    them, `total` how many the whole list has, where its upstream told that.
    """

    rows: tuple[tuple[Resource, int], ...] = ()
    more: bool = False
    preceded: bool = False
    total: int | None = None


def name(row: Resource) -> Name:
    """Where a row stands in its list."""
    return (row.mesh or "", row.content.name)


def is_ordered(rows: Sequence[Resource]) -> bool:
    """Whether rows stand by mesh and name, none of them twice."""
    return all(one < two for one, two in pairwise(map(name, rows)))


async def stretch(
    ask: Callable[[Part], Awaitable[Page]],
    spot: Spot | None,
    want: int,
    keep: Callable[[Resource], bool] | None = None,
    *,
    look_on: bool = True,
) -> Stretch | None:
    """At most `want` rows behind a spot, or from the start, of those that are kept.

    Others write meanwhile, so no offset is trusted: a part has to begin with the last row that is
    known, or one before it, or else it is asked for further up. With `look_on` the list is read on
    until it is known whether any that is kept follows. None where the rows are in no order, or one
    of them cannot be read, so that the place cannot be found.
    """
    found: list[tuple[Resource, int]] = []
    last = spot.name if spot else None
    offset = max(0, spot.offset - 1) if spot else 0
    # How many rows may stand between the offset and the spot, and how far up to look for it.
    astray, back = 0, NEAR
    preceded = False
    while True:
        fewer = want - len(found) + (1 if offset else 0) + astray
        page = await ask(part := Part(offset, SLICE if keep else min(SLICE, max(2, fewer))))
        if len(page.rows) > NEAR:
            # It took long to decode, and what is made of it may take as long again.
            await asyncio.sleep(0)
        if page.broken or not is_ordered(page.rows):
            return None
        first, end = (name(page.rows[0]), name(page.rows[-1])) if page.rows else (None, None)
        if offset and last is not None and (first is None or first > last):
            offset, astray, back = max(0, offset - back), back, back * 8
            continue
        for at, row in enumerate(page.rows, part.offset + 1):
            here = name(row)
            if last is not None and here <= last:
                preceded = preceded or (spot is not None and here <= spot.name)
            elif keep is None or keep(row):
                if len(found) == want:
                    return Stretch(tuple(found), True, preceded, page.total)
                found.append((row, at))
        following = page.next_offset
        if following is None or (len(found) == want and not (keep and look_on)):
            return Stretch(tuple(found), following is not None, preceded, page.total)
        if following - 1 <= part.offset:
            return None
        if end is not None:
            astray = SLICE if last is not None and end <= last else 0
            last = max(last, end) if last is not None else end
        offset = following - 1
