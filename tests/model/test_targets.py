import json
from typing import Any

import pytest

from gateway.model.inspection import Place
from gateway.model.resources import Resource
from gateway.model.targets import sections, selecting
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS


def policy(**spec: Any) -> Resource:
    body = json.dumps({"type": "MeshTimeout", "name": "x", "mesh": "m", "spec": spec}).encode()
    return responses.resource("prod", KINDS["MeshTimeout"], body)


def test_each_section_of_a_policy_is_a_place_in_a_proxy() -> None:
    found = sections(
        policy(
            to=[{"targetRef": {"kind": "Mesh"}}, {"targetRef": {"kind": "MeshService"}}],
            **{"from": [{"targetRef": {"kind": "MeshSubset", "tags": {"zone": "a"}}}]},
            rules=[{"default": {}}],
            default={"a": 1},
        )
    )
    assert [(one.section, one.place) for one in found] == [
        ("to[0]", Place.OUTBOUND),
        ("to[1]", Place.OUTBOUND),
        ("from[0]", Place.INBOUND),
        ("rules[0]", Place.INBOUND),
        ("default", Place.PROXY),
    ]
    assert [one.target.kind for one in found if one.target] == ["Mesh", "MeshService", "MeshSubset"]
    assert found[2].tags == {"zone": "a"}


@pytest.mark.parametrize("spec", [{}, {"to": None}, {"to": []}])
def test_a_policy_without_sections_says_nothing(spec: dict[str, Any]) -> None:
    assert sections(policy(**spec)) == ()


def test_sections_of_another_shape_say_nothing() -> None:
    assert sections(policy(to="everything")) == ()


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        (None, "targetRef the whole mesh"),
        ({"kind": "Mesh"}, "targetRef the whole mesh"),
        ({"kind": "Mesh", "proxyTypes": ["Sidecar"]}, "targetRef the whole mesh (Sidecar)"),
        ({"kind": "MeshService", "name": "web"}, "targetRef MeshService web"),
        (
            {"kind": "Dataplane", "labels": {"b": "2", "a": "1"}, "sectionName": "main"},
            "targetRef Dataplane main a=1, b=2",
        ),
    ],
)
def test_a_policy_says_in_words_which_proxies_it_is_for(ref: Any, words: str) -> None:
    assert selecting(policy(targetRef=ref) if ref else policy()) == words
