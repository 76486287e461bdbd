import pytest

from gateway.errors import BadUserInput
from gateway.upstreams.nginx_instance_manager.analytics import (
    Aggregation,
    Order,
    events,
    metrics,
)
from gateway.upstreams.nginx_instance_manager.filters import Condition, Operator, Window

LEVEL = Condition("level", Operator.EQUALS, ("INFO",))


def test_events_are_asked_for_in_an_order_that_leaves_no_two_alike() -> None:
    assert events(Window("now-3h"), [LEVEL], Order.NEWEST_FIRST) == {
        "startTime": "now-3h",
        "filter": "level='INFO'",
        "orderBy": "timestamp DESC,id",
    }
    assert events(Window(), [], Order.OLDEST_FIRST) == {"orderBy": "timestamp ASC,id"}


def test_metrics_are_named_each_with_its_aggregation() -> None:
    made = metrics(
        ["nginx.http.request.count", "system.cpu.user"],
        Aggregation.SUM,
        Window("now-12h"),
        [LEVEL],
        group_by=["nginx_id", "hostname"],
        dimensions=["nginx_id"],
        resolution="5m",
    )
    assert made == {
        "names": "SUM(nginx.http.request.count),SUM(system.cpu.user)",
        "startTime": "now-12h",
        "filter": "level='INFO'",
        "groupBy": "nginx_id,hostname",
        "dimensions": "nginx_id",
        "resolution": "5m",
    }
    assert metrics(["a"], None, Window(), []) == {"names": "a"}


@pytest.mark.parametrize("names", [[], ["a,b"], ["SUM(a)"], ["a&filter=x"], [""]])
def test_a_metric_is_named_by_a_name(names: list[str]) -> None:
    with pytest.raises(BadUserInput, match="names"):
        metrics(names, None, Window(), [])


def test_a_dimension_to_group_by_is_a_name() -> None:
    with pytest.raises(BadUserInput, match="groupBy"):
        metrics(["a"], None, Window(), [], group_by=["a b"])
