import pytest

from gateway.model.kinds import Kind, Noun, Scope
from gateway.model.versions import Version, parse
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import recording
from tests.upstreams.kuma.malformed import VERSIONS

ROWS = [pytest.param(kind, id=kind.name) for kind in KINDS.values()]


def at(version: str) -> Version:
    found = parse(version)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", ROWS)
def test_every_policy_is_bare_and_all_else_carries_the_name_of_the_product(kind: Kind) -> None:
    assert kind.type_name.startswith("Kuma") is (kind.noun is not Noun.POLICY)
    if kind.noun is Noun.POLICY:
        assert kind.type_name == kind.name


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_says_what_it_is_for_in_a_sentence(kind: Kind) -> None:
    assert kind.summary[0].isupper()
    assert kind.summary.endswith(".")
    assert "\n" not in kind.summary


@pytest.mark.parametrize("kind", ROWS)
def test_a_path_is_one_plain_segment(kind: Kind) -> None:
    for path in (kind.path, kind.former_path[1] if kind.former_path else kind.path):
        assert path.replace("-", "").isalnum()
        assert path == path.lower()


def test_no_path_and_no_short_name_is_given_to_two_kinds() -> None:
    paths = [kind.path for kind in KINDS.values()]
    shorts = [kind.short for kind in KINDS.values() if kind.short]
    assert len(paths) == len(set(paths))
    assert len(shorts) == len(set(shorts))


@pytest.mark.parametrize("kind", ROWS)
def test_a_policy_has_a_family_and_nothing_else_has_one(kind: Kind) -> None:
    assert (kind.family is not None) is (kind.noun is Noun.POLICY)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_has_the_kinds_that_it_lists_and_their_paths(version: str) -> None:
    snapshot = recording(version).snapshot
    listed = snapshot.get("/_resources", {}).get("resources") or snapshot.get("/policies", {}).get(
        "policies", []
    )
    for one in listed:
        kind = KINDS[one["name"]]
        assert kind.served_by(at(version)), one
        assert one["path"].replace("-", "") == kind.path.replace("-", "")
        assert f"/{kind.path}" in snapshot
        if "scope" in one:
            assert kind.scope is Scope(one["scope"])
            assert kind.short == one["shortName"]


def test_the_newest_release_lists_every_kind_that_has_not_been_dropped() -> None:
    listed = {one["name"] for one in recording("2.14.3").snapshot["/_resources"]["resources"]}
    assert listed == {kind.name for kind in KINDS.values() if kind.served_by((2, 14, 3))}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_snapshot_lists_is_of_the_kind_whose_path_it_is(version: str) -> None:
    recorded = recording(version)
    for kind in KINDS.values():
        found = recorded.snapshot.get(f"/{kind.path}")
        if isinstance(found, dict) and kind.served_by(at(version)):
            assert {item["type"] for item in found["items"]} <= {kind.name}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kind_keeps_its_content_where_its_row_says(version: str) -> None:
    recorded = recording(version)
    for kind in KINDS.values():
        found = recorded.snapshot.get(f"/{kind.path}") or {"items": []}
        for item in found["items"]:
            if kind.plugin:
                assert set(item) <= {*META, "spec", "status"}
            elif kind.family is not None:
                assert "spec" not in item


META = {
    *("type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "snis"),
}
