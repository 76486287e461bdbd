from typing import Any

import pytest

from gateway.errors import UpstreamUnavailable
from gateway.settings import OperationSettings
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.multizone import global_plane, zone_plane
from tests.recorded import recording
from tests.replay import snapshot
from tests.upstreams.kuma.canned import Canned, listed, said

QUERY = """query (
  $text: String!, $kinds: [String!], $mesh: String, $cp: String, $origin: OriginFilter, $first: Int
) {
  search(text: $text, kinds: $kinds, mesh: $mesh, controlPlane: $cp, origin: $origin, first: $first)
  {
    totalCount
    results {
      node { kind name controlPlane { name } ... on MeshScoped { mesh { name } } }
      rank matches { place key value }
    }
    failures { controlPlane code }
  }
}"""
VERSIONS = ("0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev")


async def search(transports: Any, text: str, **variables: Any) -> tuple[dict[str, Any], list[str]]:
    """What is found, and the paths that were asked for."""
    async with graph(transports) as one:
        answer = await one.answer(QUERY, text=text, **variables)
        paths = [sent.target.partition("?")[0] for sent in one.sent()]
    found: dict[str, Any] = answer["data"]["search"]
    return found, paths


def names(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(it["rank"], it["node"]["kind"], it["node"]["name"]) for it in found["results"]]


@pytest.mark.parametrize("version", VERSIONS)
async def test_everything_recorded_with_a_text_in_its_name_is_found(version: str) -> None:
    lists = recording(version).snapshot
    found, paths = await search({"cp": snapshot(version)}, "backend", first=1000)
    wanted = {
        (item["type"], item["name"])
        for path, body in lists.items()
        if path.count("/") == 1 and isinstance(body, dict)
        for item in body.get("items") or ()
        if isinstance(item, dict) and "backend" in item.get("name", "")
        if not item["type"].endswith(("Insight", "Overview", "Secret"))
    }
    by_name = {(kind, name) for rank, kind, name in names(found) if rank != "LABEL_OR_TAG"}
    assert wanted
    assert wanted <= by_name
    ranks = [rank for rank, *_ in names(found)]
    assert ranks == sorted(
        ranks, key=["EXACT_NAME", "NAME_PREFIX", "PART_OF_NAME", "LABEL_OR_TAG"].index
    )
    assert len(paths) == len(set(paths))
    assert found["totalCount"] == len(found["results"])


@pytest.mark.parametrize("version", VERSIONS)
async def test_nothing_of_secrets_is_asked_for_or_shown(version: str) -> None:
    found, paths = await search({"cp": snapshot(version)}, "token", first=1000)
    secrets = {KINDS[kind].path for kind in ("Secret", "GlobalSecret")}
    assert not [path for path in paths if path.strip("/").split("/")[-1] in secrets]
    assert not {kind for _, kind, _ in names(found)} & {"Secret", "GlobalSecret"}
    named, paths = await search({"cp": snapshot(version)}, "token", kinds=["Secret"])
    assert (named["results"], paths) == ([], [])
    assert named["failures"] == [{"controlPlane": "cp", "code": "UNSUPPORTED"}]


async def test_kinds_of_which_the_insights_count_none_are_not_asked_for() -> None:
    _, paths = await search({"cp": snapshot("2.14.3")}, "backend")
    insights = recording("2.14.3").snapshot["/mesh-insights"]["items"]
    counted = {kind for one in insights for kind in one["resources"]}
    unasked = {KINDS[kind].path for kind in KINDS if kind not in counted}
    assert "/meshtlses" not in paths
    assert {f"/{KINDS[kind].path}" for kind in counted - {"Secret"}} <= set(paths)
    assert {path.strip("/") for path in paths} & unasked <= {
        "hostnamegenerators",
        "mesh-insights",
        "meshes",
        "service-insights",
        "zoneegresses",
        "zoneingresses",
        "zones",
    }


async def test_a_text_is_looked_for_in_some_kinds_one_mesh_and_one_control_plane() -> None:
    both = {"a": snapshot("2.14.3"), "b": snapshot("2.14.3")}
    found, paths = await search(both, "backend", kinds=["MeshTimeout"], mesh="shop", cp="b")
    assert paths == ["/meshes/shop/meshtimeouts", "/meshes/shop"]
    nodes = [one["node"] for one in found["results"]]
    assert nodes
    assert {(it["kind"], it["controlPlane"]["name"]) for it in nodes} == {("MeshTimeout", "b")}


async def test_a_mesh_that_is_named_has_nothing_that_stands_in_none() -> None:
    found, paths = await search({"cp": snapshot("2.14.3")}, "default", mesh="bank", first=1000)
    assert {it["node"]["mesh"]["name"] for it in found["results"]} <= {"bank"}
    assert all(path.startswith("/mesh") for path in paths)


async def test_the_limit_cuts_what_is_shown_and_not_what_is_counted() -> None:
    whole, _ = await search({"cp": snapshot("2.14.3")}, "backend", first=1000)
    some, _ = await search({"cp": snapshot("2.14.3")}, "backend", first=3)
    assert some["results"] == whole["results"][:3]
    assert some["totalCount"] == whole["totalCount"] > 3


async def test_the_name_that_people_gave_is_exact_where_synchronisation_changed_it() -> None:
    both = {"global": global_plane(), "zone-1": zone_plane()}
    found, _ = await search(both, "from-zone")
    assert [(it["node"]["name"], it["rank"]) for it in found["results"]] == [
        ("from-zone-cf67dz777z2czw7b", "EXACT_NAME"),
        ("from-zone", "EXACT_NAME"),
    ]
    once, _ = await search(both, "from-zone", origin={"once": True})
    assert [it["node"]["controlPlane"]["name"] for it in once["results"]] == ["zone-1"]


def crowd(**answers: Any) -> Canned:
    found = Canned(answers, "1.8.8")
    found.otherwise = listed(())
    return found


async def test_a_list_that_fails_costs_its_own_part_and_is_named() -> None:
    plane = crowd()
    plane.answers["/retries"] = said({"title": "Access Denied"}, 403)
    plane.answers["/timeouts"] = listed([{"type": "Timeout", "mesh": "m", "name": "web"}])
    down = crowd()
    down.otherwise = UpstreamUnavailable("the connection was refused")
    found, _ = await search({"cp": plane, "down": down}, "web")
    assert names(found) == [("EXACT_NAME", "Timeout", "web")]
    assert found["failures"] == [
        {"controlPlane": "cp", "code": "FORBIDDEN"},
        {"controlPlane": "down", "code": "UPSTREAM_UNAVAILABLE"},
    ]


async def test_no_more_calls_are_made_than_an_operation_may_make() -> None:
    limits = OperationSettings(max_upstream_calls=5)
    plane = crowd()
    async with graph({"cp": plane}, operations=limits) as one:
        answer = await one.answer(QUERY, text="web")
        assert len(one.sent()) <= 5
    assert answer["data"]["search"]["failures"] == [
        {"controlPlane": "cp", "code": "UPSTREAM_BUDGET_EXCEEDED"}
    ]


@pytest.mark.parametrize("text", ["", "  ", "x" * 254])
async def test_a_text_that_cannot_be_looked_for_is_bad_input(text: str) -> None:
    async with graph({"cp": crowd()}) as one:
        answer = await one.answer(QUERY, text=text)
        assert one.sent() == []
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
