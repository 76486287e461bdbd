import pytest

from gateway.errors import Unsupported
from gateway.model.inspection import Inspection, View
from gateway.model.resources import ResourceKey
from gateway.model.versions import Version
from gateway.upstreams.kuma.generations import GENERATIONS, below, generation, options
from gateway.upstreams.kuma.kinds import KINDS

KEY = ResourceKey("prod", "Dataplane", "shop", "web-1")


def test_the_rows_of_a_view_follow_one_another() -> None:
    for view in View:
        begins = [row.since for row in GENERATIONS if row.view is view]
        assert begins
        assert begins == sorted(set(begins))


@pytest.mark.parametrize(
    ("view", "kind", "version", "paths"),
    [
        (View.AFFECTED, "Retry", (1, 5, 0), ("dataplanes",)),
        (View.AFFECTED, "Retry", (2, 14, 3), ("dataplanes",)),
        (View.AFFECTED, "MeshRetry", (2, 4, 0), ("dataplanes",)),
        (View.AFFECTED, "MeshRetry", (2, 5, 0), ("_resources/dataplanes",)),
        (View.AFFECTED, "MeshRetry", (3, 0, 0), ("_resources/dataplanes",)),
        (View.RULES, "Dataplane", (1, 8, 8), ("policies",)),
        (View.RULES, "Dataplane", (2, 5, 0), ("policies", "rules")),
        (View.RULES, "Dataplane", (2, 14, 3), ("policies", "_rules")),
        (View.LAYOUT, "Dataplane", (2, 12, 0), ("_layout",)),
        (View.HOSTNAMES, "MeshService", (2, 10, 0), ("_hostnames",)),
        (View.XDS, "ZoneIngress", (1, 5, 0), ("xds",)),
        (View.STATS, "ZoneEgress", (1, 8, 0), ("stats",)),
    ],
)
def test_a_version_is_asked_as_its_generation_tells(
    view: View, kind: str, version: tuple[int, int, int], paths: tuple[str, ...]
) -> None:
    assert generation("prod", view, KINDS[kind], Version(*version)).paths == paths


def test_a_version_that_gives_no_number_is_taken_for_the_newest() -> None:
    found = generation("prod", View.RULES, KINDS["Dataplane"], None)
    assert found.paths == ("policies", "_rules")


@pytest.mark.parametrize(
    ("view", "kind", "version", "words"),
    [
        (View.AFFECTED, "Retry", (1, 4, 0), "affectedDataplanes needs Kuma 1.5 or later"),
        (View.RULES, "Dataplane", (1, 1, 6), "rules needs Kuma 1.5 or later"),
        (View.LAYOUT, "Dataplane", (2, 11, 0), "layout needs Kuma 2.12 or later"),
        (View.STATS, "Dataplane", (1, 7, 0), "stats needs Kuma 1.8 or later"),
        (View.RULES, "ZoneIngress", (2, 14, 3), "no version tells rules of a ZoneIngress"),
    ],
)
def test_what_a_version_does_not_tell_names_the_one_that_does(
    view: View, kind: str, version: tuple[int, int, int], words: str
) -> None:
    with pytest.raises(Unsupported, match=words):
        generation("prod", view, KINDS[kind], Version(*version))


def test_options_are_parameters_and_may_come_later_than_their_view() -> None:
    row = generation("prod", View.XDS, KINDS["Dataplane"], Version(2, 7, 0))
    asked = Inspection(View.XDS, KEY, options=("endpoints",))
    assert options("prod", asked, row, Version(2, 7, 0)) == "include_eds=true"
    assert options("prod", Inspection(View.XDS, KEY), row, Version(2, 6, 0)) == ""
    with pytest.raises(Unsupported, match=r"xds with endpoints needs Kuma 2\.7 or later"):
        options("prod", asked, row, Version(2, 6, 0))


def test_a_part_of_a_proxy_stands_below_it() -> None:
    assert below(Inspection(View.POLICIES, KEY)) == ""
    assert below(Inspection(View.POLICIES, KEY, "kri_a", inbound=True)) == "/_inbounds/kri_a"
    routed = Inspection(View.POLICIES, KEY, "kri_a", route="kri_b")
    assert below(routed) == "/_outbounds/kri_a/_routes/kri_b"
