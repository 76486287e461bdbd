import pytest

from gateway.model.inspection import UNUSED, Matcher, Origin, Place, Rule, reason

SERVICE = Matcher("kuma.io/service", "backend")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(kind="TrafficTrace", place=Place.PROXY), "the whole proxy"),
        (
            Rule(kind="MeshRetry", place=Place.PROXY, section=UNUSED),
            "the whole proxy, and no rule of it is in force there",
        ),
        (
            Rule(kind="Timeout", place=Place.INBOUND, name="10.0.0.1:80:80", service="web"),
            "inbound 10.0.0.1:80:80 of web",
        ),
        (
            Rule(
                kind="MeshTrafficPermission",
                place=Place.INBOUND,
                name="main",
                port=80,
                matchers=(Matcher("kuma.io/zone", "z1", negated=True), SERVICE),
            ),
            "inbound main on port 80 from kuma.io/zone!=z1, kuma.io/service=backend",
        ),
        (Rule(kind="Retry", place=Place.OUTBOUND, name="web", service="web"), "outbound to web"),
        (Rule(kind="MeshRetry", place=Place.OUTBOUND), "outbound to anything"),
        (
            Rule(kind="MeshRetry", place=Place.OUTBOUND, matchers=(SERVICE,)),
            "outbound to kuma.io/service=backend",
        ),
        (
            Rule(
                kind="MeshRetry",
                place=Place.OUTBOUND,
                name="main",
                target=Origin("MeshService", "shop", "auth"),
            ),
            "outbound main to MeshService auth",
        ),
        (
            Rule(
                kind="MeshRetry",
                place=Place.OUTBOUND,
                target=Origin("MeshService"),
                tags={"app": "web", "a": "b"},
            ),
            "outbound to MeshService a=b app=web",
        ),
    ],
)
def test_a_rule_says_in_words_where_it_holds(rule: Rule, words: str) -> None:
    assert reason(rule) == words
