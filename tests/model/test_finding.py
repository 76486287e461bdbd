import json
from typing import Any

import pytest

from gateway.model.finding import Match, Place, Rank, find
from gateway.model.resources import Resource
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS


def resource(kind: str, name: str = "a", **members: Any) -> Resource:
    body = json.dumps({"type": kind, "name": name, "mesh": "m", **members}).encode()
    return responses.resource("cp", KINDS[kind], body)


def inbound(**tags: str) -> dict[str, Any]:
    return {"networking": {"inbound": [{"port": 1, "tags": tags}]}}


@pytest.mark.parametrize(
    ("name", "labels", "rank"),
    [
        ("web", {}, Rank.EXACT_NAME),
        ("Web", {}, Rank.EXACT_NAME),
        ("web-1", {}, Rank.NAME_PREFIX),
        ("the-web", {}, Rank.PART_OF_NAME),
        ("web-1-x2f", {"kuma.io/display-name": "web"}, Rank.EXACT_NAME),
        ("x", {"kuma.io/display-name": "web-1"}, Rank.NAME_PREFIX),
        ("x", {"team": "web"}, Rank.LABEL_OR_TAG),
        ("x", {"web": "yes"}, Rank.LABEL_OR_TAG),
        ("x", {"website": "yes"}, None),
        ("x", {"kuma.io/mesh": "web"}, None),
        ("x", {}, None),
    ],
)
def test_a_name_goes_before_its_beginning_before_its_middle_before_a_label(
    name: str, labels: dict[str, str], rank: Rank | None
) -> None:
    found = find(resource("MeshRetry", name, labels=labels), "web")
    assert (found.rank if found else None) is rank


@pytest.mark.parametrize(
    ("one", "text", "matches"),
    [
        (
            resource("Dataplane", **inbound(version="v1", **{"kuma.io/service": "cart-v1"})),
            "v1",
            [
                Match(Place.SERVICE, "cart-v1", "kuma.io/service"),
                Match(Place.TAG, "v1", "version"),
            ],
        ),
        (
            resource("Dataplane", **inbound(version="v1")),
            "version=v1",
            [Match(Place.TAG, "v1", "version")],
        ),
        (
            resource("Dataplane", networking={"gateway": {"tags": {"kuma.io/service": "edge"}}}),
            "edge",
            [Match(Place.SERVICE, "edge", "kuma.io/service")],
        ),
        (
            resource("ExternalService", tags={"kuma.io/service": "mail"}),
            "mail",
            [Match(Place.SERVICE, "mail", "kuma.io/service")],
        ),
        (
            resource("Retry", destinations=[{"match": {"kuma.io/service": "cart"}}]),
            "cart",
            [Match(Place.SERVICE, "cart", "kuma.io/service")],
        ),
        (
            resource(
                "MeshRetry", spec={"to": [{"targetRef": {"kind": "MeshService", "name": "c"}}]}
            ),
            "c",
            [Match(Place.SERVICE, "c", "kuma.io/service")],
        ),
        (
            resource("MeshService", spec={"selector": {"dataplaneTags": {"app": "cart"}}}),
            "cart",
            [Match(Place.TAG, "cart", "app")],
        ),
        (
            resource("MeshRetry", "cart-x", labels={"kuma.io/display-name": "cart", "t": "cart"}),
            "cart",
            [
                Match(Place.NAME, "cart-x"),
                Match(Place.DISPLAY_NAME, "cart"),
                Match(Place.LABEL, "cart", "t"),
            ],
        ),
    ],
)
def test_a_find_says_where_the_text_is(one: Resource, text: str, matches: list[Match]) -> None:
    found = find(one, text)
    assert found is not None
    assert list(found.matches) == matches
