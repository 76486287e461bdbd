import json
from typing import Any

import pytest

from gateway.model.resources import Resource
from gateway.model.selectors import best, rank, winner
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS

WEB = {"kuma.io/service": "web", "version": "1"}


def resource(name: str, created: str, **members: Any) -> Resource:
    body = {"name": name, "mesh": "m", "creationTime": created, **members}
    return responses.resource("prod", KINDS["Timeout"], json.dumps(body).encode())


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"kuma.io/service": "web"}, (1, 1)),
        ({"kuma.io/service": "*"}, (1, 0)),
        ({"kuma.io/service": "*", "version": "1"}, (2, 1)),
        ({"kuma.io/service": "web", "version": "2"}, None),
        ({"kuma.io/service": "web", "zone": "*"}, None),
        ({}, (0, 0)),
    ],
)
def test_a_selector_ranks_by_how_many_tags_it_wants(
    wanted: dict[str, str], found: tuple[int, int] | None
) -> None:
    assert rank(wanted, WEB) == found


def test_the_best_of_several_selectors_counts() -> None:
    any_version = {"kuma.io/service": "*", "version": "*"}
    assert best([{"kuma.io/service": "web"}, any_version], [WEB]) == (2, 0)
    assert best([{"kuma.io/service": "api"}], [WEB]) is None
    assert best([], [WEB]) is None


def test_of_equals_the_newest_wins_and_then_the_first_by_name() -> None:
    old = resource("a", "2026-01-01T00:00:00Z")
    new, same = resource("c", "2026-02-01T00:00:00Z"), resource("b", "2026-02-01T00:00:00Z")
    assert winner([(old, (1, 1)), (new, (1, 1)), (same, (1, 1))]) is same
    assert winner([(old, (2, 0)), (new, (1, 1))]) is old
    assert winner([(old, None)]) is None
