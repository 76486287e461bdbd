"""Events and metrics: typed arguments, and what comes of them."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import strawberry

from gateway.errors import BadUserInput
from gateway.model.nginx_instance_manager import analytics as model
from gateway.schema.connections import PageInfo
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.failures import Failure
from gateway.schema.ids import cursor, cursor_place
from gateway.schema.resources import Label
from gateway.schema.scalars import JSON, DateTime, moment
from gateway.upstreams.nginx_instance_manager.analytics import Aggregation, Order
from gateway.upstreams.nginx_instance_manager.filters import Condition, Operator, Window

NginxFilterOperator = enum(
    Operator,
    "NginxFilterOperator",
    "How a dimension is compared with a value.",
    {
        "EQUALS": "It is the value; `*` in the value stands for anything.",
        "NOT_EQUALS": "It is another.",
        "LESS": "It is less.",
        "LESS_OR_EQUAL": "It is less, or the same.",
        "GREATER": "It is more.",
        "GREATER_OR_EQUAL": "It is more, or the same.",
        "IN": "It is one of the values.",
    },
)
NginxAggregation = enum(
    Aggregation,
    "NginxAggregation",
    "How values are made one.",
    {
        "SUM": "Their sum.",
        "AVG": "Their mean.",
        "MIN": "The least of them.",
        "MAX": "The greatest of them.",
        "COUNT": "How many there are.",
        "RATE": "How fast they grow.",
    },
)
NginxEventOrder = enum(
    Order,
    "NginxEventOrder",
    "The order of events.",
    {"NEWEST_FIRST": "The newest first.", "OLDEST_FIRST": "The oldest first."},
)


@described
@strawberry.input
class NginxCondition:
    """A condition on a dimension; of several, all have to hold."""

    dimension: str = strawberry.field(description="The dimension, such as `level` or `nginx_id`.")
    operator: NginxFilterOperator = strawberry.field(  # type: ignore[valid-type]
        default=Operator.EQUALS, description="How it is compared."
    )
    values: list[str] = strawberry.field(
        description="With what; several for `IN` alone. No quotes, parentheses or backslashes."
    )


WhichValues: TypeAlias = Annotated[
    list[NginxCondition] | None, strawberry.argument(description="Conditions on dimensions.")
]
Start: TypeAlias = Annotated[
    str | None, strawberry.argument(description="From when: RFC 3339, `now`, or `now-3h`.")
]
End: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Until when, not included; needs a `startTime`.")
]

MetricNames: TypeAlias = Annotated[
    list[str],
    strawberry.argument(description="The metrics, such as `nginx.http.request.count`."),
]
Aggregated: TypeAlias = Annotated[
    NginxAggregation | None,  # type: ignore[valid-type]
    strawberry.argument(description="How values are made one; as they are if left out."),
]
Resolution: TypeAlias = Annotated[
    str | None, strawberry.argument(description="How far apart values are, such as `5m`.")
]


def conditions(given: Sequence[NginxCondition] | None) -> tuple[Condition, ...]:
    """The conditions as values."""
    return tuple(Condition(one.dimension, one.operator, tuple(one.values)) for one in given or ())


def window(start: str | None, end: str | None) -> Window:
    """From when until when."""
    return Window(start, end)


@described
@strawberry.type
class NginxEvent:
    """Something that happened."""

    content: strawberry.Private[model.Event]

    @strawberry.field
    def uid(self) -> str:
        """The uid that Instance Manager gave it."""
        return self.content.id

    @strawberry.field
    def timestamp(self) -> DateTime | None:
        """When it happened."""
        return moment(self.content.timestamp)

    @strawberry.field
    def category(self) -> str | None:
        """Of what sort it is: `agent status`, …"""
        return self.content.category or None

    @strawberry.field
    def level(self) -> str | None:
        """How much it matters: `INFO`, …"""
        return self.content.level or None

    @strawberry.field
    def status(self) -> str | None:
        """What happened, in a few words: `Config Apply Success`, …"""
        return self.content.status or None

    @strawberry.field
    def message(self) -> str | None:
        """What happened, in a sentence."""
        return self.content.message or None

    @strawberry.field
    def error(self) -> str | None:
        """What went wrong."""
        return self.content.error

    @strawberry.field
    def dimensions(self) -> JSON:
        """To what it happened, by dimensions."""
        return JSON(self.content.dimensions)


@described
@strawberry.type
class NginxEventEdge:
    """One place among events."""

    node: NginxEvent = strawberry.field(description="What stands there.")
    cursor: str = strawberry.field(description="The place itself.")


@described
@strawberry.type
class NginxEventConnection:
    """A page of events, all pages of the same moment."""

    rows: strawberry.Private[Sequence[model.Event]]
    at: strawberry.Private["Place"]
    more: strawberry.Private[bool]
    total_count: int | None = strawberry.field(
        description="How many there are on all pages, where Instance Manager counts them."
    )
    failures: list[Failure] = strawberry.field(description="What is missing, and why.")

    @strawberry.field
    def page_info(self) -> PageInfo:
        """Where this page ends."""
        rows = self.rows
        return PageInfo(
            has_next_page=self.more,
            has_previous_page=self.at.offset > 0,
            start_cursor=self.at.after(1) if rows else None,
            end_cursor=self.at.after(len(rows)) if rows else None,
        )

    @strawberry.field
    def nodes(self) -> list[NginxEvent]:
        """What is on this page."""
        return [NginxEvent(content=one) for one in self.rows]

    @strawberry.field
    def edges(self) -> list[NginxEventEdge]:
        """What is on this page, each with its cursor."""
        return [
            NginxEventEdge(node=NginxEvent(content=one), cursor=self.at.after(at))
            for at, one in enumerate(self.rows, start=1)
        ]


class Place:
    """A place among the events of one moment: whose, of which snapshot, after how many."""

    def __init__(self, upstream: str, token: str | None = None, offset: int = 0) -> None:
        self.upstream = upstream
        self.token = token
        self.offset = offset

    def after(self, rows: int) -> str:
        """The cursor of the place so many events later."""
        return cursor((self.upstream, self.token or "", str(self.offset + rows), "Event"))


def place(upstream: str, after: str | None) -> Place:
    """The place that a cursor was made of, or the first one."""
    if after is None:
        return Place(upstream)
    name, token, offset, kind = cursor_place(after).position
    if name != upstream or kind != "Event" or not offset.isdigit():
        raise BadUserInput("the cursor is of another list; use an endCursor of these events")
    return Place(upstream, token or None, int(offset))


@described
@strawberry.type
class NginxMetricSeries:
    """Values at points in time, for one combination of dimensions."""

    content: strawberry.Private[model.Series]

    @strawberry.field
    def dimensions(self) -> list[Label]:
        """The dimensions, in the order of their names."""
        found = self.content.dimensions or {}
        named = sorted(key for key, value in found.items() if value is not None)
        return [Label(key=key, value=str(found[key])) for key in named]

    @strawberry.field
    def timestamps(self) -> list[DateTime]:
        """The points in time."""
        return [DateTime(one) for one in self.content.timestamps or ()]

    @strawberry.field
    def values(self) -> list[float | None]:
        """The value at each of them."""
        return list(self.content.values or ())


@described
@strawberry.type
class NginxMetric:
    """What was measured under a name."""

    content: strawberry.Private[model.Metric]

    @strawberry.field
    def name(self) -> str:
        """The name."""
        return self.content.name

    @strawberry.field
    def aggregation(self) -> str | None:
        """How values were made one, as Instance Manager says."""
        return self.content.aggr or None

    @strawberry.field
    def series(self) -> list[NginxMetricSeries]:
        """The values, for each combination of dimensions."""
        return [NginxMetricSeries(content=one) for one in self.content.series or ()]
