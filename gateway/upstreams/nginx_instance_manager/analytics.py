"""What is asked of events and metrics → the parameters of the API, each of them checked."""

from collections.abc import Sequence
from enum import StrEnum

from gateway.upstreams.nginx_instance_manager.filters import (
    Condition,
    Window,
    dimension,
    expression,
    step,
    window,
)
from gateway.upstreams.nginx_instance_manager.problems import refused


class Aggregation(StrEnum):
    """How the values of a metric are made one."""

    SUM = "SUM"
    AVG = "AVG"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"
    RATE = "RATE"


class Order(StrEnum):
    """The order of events; the value is the API's own."""

    NEWEST_FIRST = "timestamp DESC,id"
    OLDEST_FIRST = "timestamp ASC,id"


def events(within: Window, conditions: Sequence[Condition], order: Order) -> dict[str, str]:
    """The parameters of events."""
    chosen = {"filter": expression(conditions)} if conditions else {}
    return {**window(within), **chosen, "orderBy": order.value}


def metrics(
    names: Sequence[str],
    aggregation: Aggregation | None,
    within: Window,
    conditions: Sequence[Condition],
    *,
    group_by: Sequence[str] = (),
    dimensions: Sequence[str] = (),
    resolution: str | None = None,
) -> dict[str, str]:
    """The parameters of metrics; raises BadUserInput for what cannot be asked."""
    if not names:
        raise refused("names", "must name a metric")
    checked = [dimension(one, "names") for one in names]
    found = {"names": ",".join(f"{aggregation}({it})" if aggregation else it for it in checked)}
    found |= window(within)
    if conditions:
        found["filter"] = expression(conditions)
    for key, values in (("groupBy", group_by), ("dimensions", dimensions)):
        if values:
            found[key] = ",".join(dimension(one, key) for one in values)
    if (every := step(resolution, "resolution")) is not None:
        found["resolution"] = every
    return found
