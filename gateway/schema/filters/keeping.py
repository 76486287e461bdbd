"""What a filter keeps, what of that control planes are asked for, and what has to be read."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from gateway.model.pages import EVERYTHING, Narrowing
from gateway.model.resources import Resource
from gateway.schema.federation import Federation
from gateway.schema.filters.inputs import Filter
from gateway.schema.filters.rows import ROWS, Asked, Row

Keep = Callable[[Resource], bool]


def everything(_: Resource) -> bool:
    """The condition that nothing fails."""
    return True


def nothing(_: Resource) -> bool:
    """The condition that everything fails."""
    return False


def conditions(chosen: Filter | None) -> Iterator[tuple[Row, Any]]:
    """The rows of what a filter gives, each with its value."""
    for row in ROWS[type(chosen)] if chosen is not None else ():
        value = getattr(chosen, row.field)
        if value is not None:
            yield row, value


def keeps(
    chosen: Filter | None,
    clock: Callable[[], float] = time.time,
    federation: Federation | None = None,
    behind: Keep = nothing,
) -> Keep:
    """The condition on one resource that a filter makes, beside mesh, kind and control plane.

    `federation` is of the control planes that are asked side by side, `behind` says which
    dataplanes are behind the service that is asked for where no tags tell.
    """
    given = tuple(conditions(chosen))
    if not given:
        return everything
    asked = Asked(clock(), federation or Federation(), behind)
    return lambda resource: all(row.holds(resource, value, asked) for row, value in given)


def narrowing(chosen: Filter | None) -> Narrowing:
    """What a filter leaves of a collection, as far as control planes may be asked for it.

    It is no more than a saving: what they give is held against the filter all the same.
    """
    found: dict[str, Any] = {}
    for row, value in conditions(chosen):
        found = dict(row.narrows(value) if row.narrows else {}) | found
    return Narrowing(**found) if found else EVERYTHING


def needs_insight(chosen: Filter | None) -> bool:
    """Whether a filter can be held against overviews alone."""
    return any(row.insight for row, _ in conditions(chosen))


def reads_of(chosen: Filter | None) -> tuple[str, ...]:
    """What a filter reads of each resource's content."""
    return tuple(path for row, _ in conditions(chosen) for path in row.reads)
