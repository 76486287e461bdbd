"""Orders of lists: the usual one, and those that a client may ask for instead."""

import asyncio
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Annotated, Final, TypeAlias

import msgspec
import strawberry

from gateway.model.kinds import IN_MESH
from gateway.model.resources import Resource, ResourceKey
from gateway.model.status import DataplaneStatus, dataplane_status
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.ids import Place, cursor, cursor_place, position
from gateway.upstreams.stretches import SLICE


class Order(msgspec.Struct, frozen=True):
    """An order by a key, and by the usual place of what has equal ones.

    `offsets` holds how many rows of its upstream's list go up to each that was read by pages.
    """

    name: str
    key: Callable[[Resource], str]
    reverse: bool = False
    offsets: Mapping[ResourceKey, int] = {}

    async def arranged(self, rows: Sequence[Resource]) -> list[Resource]:
        """The rows in this order; others have turns while many are looked at."""
        found = arranged(rows)
        if not self.name:
            return found
        keys: list[str] = []
        for begin in range(0, len(found), SLICE):
            if begin:
                await asyncio.sleep(0)
            keys += map(self.key, found[begin : begin + SLICE])
        places = sorted(range(len(found)), key=keys.__getitem__, reverse=self.reverse)
        return [found[place] for place in places]

    def cursor(self, row: Resource) -> str:
        """The place of a row."""
        offset = self.offsets.get(row.key, 0) if self.offsets else 0
        return cursor(position(row), self.name, self.key(row), offset)

    def place(self, after: str) -> Place:
        """The place that a cursor means; raises BadUserInput where it is of another order."""
        return cursor_place(after, self.name)

    def begin(self, rows: Sequence[Resource], after: Place) -> int:
        """How many of the ordered rows do not follow a place, be there a row at it or not."""

        def follows(row: Resource) -> bool:
            key = self.key(row)
            if key == after.key:
                return position(row) > after.position
            return (key < after.key) is self.reverse

        return bisect_left(rows, True, key=follows)


_LIST: Final = attrgetter("upstream", "kind.name")
_NAME: Final = attrgetter("content.name")
_NAME_IN_MESH: Final = attrgetter("content.mesh", "content.name")


def arranged(rows: Sequence[Resource]) -> list[Resource]:
    """The rows in the usual order; those of one list differ in mesh and name alone."""
    if len(set(map(_LIST, rows))) != 1:
        return sorted(rows, key=position)
    return sorted(rows, key=_NAME_IN_MESH if rows[0].kind.scope is IN_MESH else _NAME)


USUAL: Final = Order("", lambda _: "")
"""Control plane, mesh, name, kind."""


class Direction(StrEnum):
    """Which end comes first."""

    ASCENDING = "ASCENDING"
    DESCENDING = "DESCENDING"


class DataplaneOrderField(StrEnum):
    """By what dataplanes are put in order."""

    NAME = "NAME"
    MODIFIED = "MODIFIED"
    STATUS = "STATUS"


class PolicyOrderField(StrEnum):
    """By what policies are put in order."""

    NAME = "NAME"
    MODIFIED = "MODIFIED"
    KIND = "KIND"


enum(
    Direction,
    "OrderDirection",
    "Which end of an order comes first.",
    {"ASCENDING": "A before Z, the oldest first.", "DESCENDING": "Z before A, the newest first."},
)
enum(
    DataplaneOrderField,
    "DataplaneOrderField",
    "By what dataplanes are put in order.",
    {
        "NAME": "By name, over all control planes and meshes.",
        "MODIFIED": "By when they were last stored.",
        "STATUS": "By status: ONLINE, PARTIALLY_DEGRADED, OFFLINE.",
    },
)
enum(
    PolicyOrderField,
    "PolicyOrderField",
    "By what policies are put in order.",
    {
        "NAME": "By name, over all control planes and meshes.",
        "MODIFIED": "By when they were last stored.",
        "KIND": "By kind.",
    },
)


@described
@strawberry.input
class DataplaneOrder:
    """An order of dataplanes; what has equal keys stays in the usual order."""

    field: DataplaneOrderField = strawberry.field(description="By what.")
    direction: Direction = strawberry.field(
        default=Direction.ASCENDING, description="Which end comes first."
    )


@described
@strawberry.input
class PolicyOrder:
    """An order of policies; what has equal keys stays in the usual order."""

    field: PolicyOrderField = strawberry.field(description="By what.")
    direction: Direction = strawberry.field(
        default=Direction.ASCENDING, description="Which end comes first."
    )


_ORDER_BY = strawberry.argument(
    name="orderBy",
    description="In another order than the usual one. Every page then reads the whole list: no "
    "control plane puts anything in order. A cursor is good for the order that it came with.",
)
OrderDataplanes: TypeAlias = Annotated[DataplaneOrder | None, _ORDER_BY]
OrderPolicies: TypeAlias = Annotated[PolicyOrder | None, _ORDER_BY]

_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


def time_key(text: str | None) -> str:
    """A time as a text that sorts: Go leaves out the zeroes at the end of a fraction."""
    found = _TIME.fullmatch(text or "")
    return f"{found[1]}.{found[2] or '':0<9}" if found else ""


def _status_key(row: Resource) -> str:
    return str(list(DataplaneStatus).index(dataplane_status(row.content)))


KEYS: Final[dict[str, Callable[[Resource], str]]] = {
    "NAME": lambda row: str(row.content.name),
    "MODIFIED": lambda row: time_key(row.content.modification_time),
    "STATUS": _status_key,
    "KIND": lambda row: row.kind.name,
}
"""The texts by which rows are put in order."""


def order(asked: DataplaneOrder | PolicyOrder | None) -> Order:
    """The order that is asked for, or the usual one."""
    if asked is None:
        return USUAL
    name = f"{asked.field.value} {asked.direction.value}"
    return Order(name, KEYS[asked.field.value], asked.direction is Direction.DESCENDING)


def by_status(asked: DataplaneOrder | None) -> bool:
    """Whether an order needs what overviews alone have."""
    return asked is not None and asked.field is DataplaneOrderField.STATUS


def ordered_by(asked: DataplaneOrder | None) -> tuple[str, ...]:
    """What an order reads of each dataplane's content."""
    return _READS[asked.field] if asked is not None else ()


_READS: Final[dict[DataplaneOrderField, tuple[str, ...]]] = {
    DataplaneOrderField.NAME: (),
    DataplaneOrderField.MODIFIED: ("modification_time",),
    DataplaneOrderField.STATUS: ("networking", "dataplane", "dataplane_insight"),
}
