"""Events and metrics."""

import msgspec

from gateway.model.resources import Wire


class Event(Wire, frozen=True):
    """Something that happened."""

    id: str = ""
    timestamp: str | None = None
    category: str = ""
    level: str = ""
    status: str = ""
    message: str = ""
    error: str | None = None
    dimensions: msgspec.Raw = msgspec.Raw(b"{}")


class Events(msgspec.Struct, frozen=True):
    """A page of events, and the token of the snapshot that it is of."""

    rows: tuple[Event, ...] = ()
    token: str | None = None
    total: int | None = None


class Series(Wire, frozen=True):
    """Values of a metric at points in time, for one combination of dimensions."""

    dimensions: dict[str, str | int | float | bool | None] | None = None
    timestamps: tuple[str, ...] | None = None
    values: tuple[float | None, ...] | None = None
    """Null where nothing was measured; were those left out, others would move to other times."""


class Metric(Wire, frozen=True):
    """What was measured under a name."""

    name: str = ""
    aggr: str | None = None
    series: tuple[Series, ...] | None = None
