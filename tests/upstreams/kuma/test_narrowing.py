import pytest

from gateway.model.pages import EVERYTHING, Narrowing
from gateway.model.versions import Version, parse
from gateway.upstreams.kuma.narrowing import PARAMETERS, narrowed, query

WANTED = Narrowing(
    name="web",
    labels=(("team", "a"),),
    tags=(("kuma.io/service", "web"),),
    gateway="builtin",
)


@pytest.mark.parametrize(
    ("version", "kind", "overview", "members"),
    [
        ("0.4.0", "Dataplane", True, set()),
        ("0.7.0", "Dataplane", True, {"tags", "gateway"}),
        ("1.1.6", "Dataplane", True, {"tags", "gateway"}),
        ("1.1.6", "Dataplane", False, set()),
        ("1.1.6", "MeshTimeout", False, set()),
        ("2.1.0", "Dataplane", False, {"name"}),
        ("2.4.9", "Dataplane", False, {"name"}),
        ("2.5.0", "Dataplane", False, {"name", "tags", "gateway"}),
        ("2.9.19", "Dataplane", True, {"name", "tags", "gateway"}),
        ("2.10.0", "Dataplane", True, {"name", "tags", "gateway", "labels"}),
        ("2.10.0", "MeshTimeout", False, {"name", "labels"}),
        ("2.10.0", "ServiceInsight", False, {"name"}),
        ("development", "Dataplane", False, {"name", "tags", "gateway", "labels"}),
    ],
)
def test_a_version_is_asked_for_no_more_than_it_knows(
    version: str, kind: str, overview: bool, members: set[str]
) -> None:
    found = narrowed(WANTED, kind, parse(version), overview=overview)
    known = {row.member for row in PARAMETERS if getattr(found, row.member)}
    assert known == members


@pytest.mark.parametrize(
    ("version", "wanted", "asked"),
    [
        (Version(1, 1, 6), "builtin", "true"),
        (Version(1, 1, 6), "delegated", "true"),
        (Version(1, 1, 6), "false", "false"),
        (Version(2, 14, 3), "builtin", "builtin"),
        (Version(3, 0), "builtin", "true"),
        (Version(3, 0), "delegated", "delegated"),
    ],
)
def test_a_kind_of_gateway_that_a_version_does_not_know_is_any(
    version: Version, wanted: str, asked: str
) -> None:
    found = narrowed(Narrowing(gateway=wanted), "Dataplane", version, overview=True)
    assert found.gateway == asked


@pytest.mark.parametrize(
    "wanted",
    [
        Narrowing(tags=(("version", "*"),)),
        Narrowing(tags=(("version", ""),)),
        Narrowing(tags=(("a:b", "c"),)),
        Narrowing(labels=(("team", ""),)),
        Narrowing(labels=(("a]b", "c"),)),
    ],
    ids=str,
)
def test_what_a_control_plane_would_understand_otherwise_is_not_asked(wanted: Narrowing) -> None:
    found = narrowed(wanted, "Dataplane", Version(2, 14, 3), overview=True)
    assert found == EVERYTHING
    assert query(found) == ""


def test_tags_of_kuma_itself_are_not_asked_for_where_they_have_no_prefix_yet() -> None:
    wanted = Narrowing(tags=(("kuma.io/service", "web"), ("version", "1")))
    found = narrowed(wanted, "Dataplane", Version(0, 6), overview=True)
    assert found == Narrowing(tags=(("version", "1"),))


def test_a_narrowing_is_spelled_escaped() -> None:
    wanted = Narrowing(name="a&b", labels=(("k8s.io/x", "1 2"),), tags=(("a", "b:c"),))
    assert query(wanted) == "&name=a%26b&filter%5Blabels.k8s.io%2Fx%5D=1%202&tag=a%3Ab%3Ac"
