"""Who a control plane says it is, what it stores, and what it tells of itself, as recorded."""

from typing import Any

import pytest

from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import Graph, graph
from tests.recorded import recording
from tests.recorded_graph.stories import apart
from tests.replay import snapshot

ABOUT = """{ controlPlane(name: "cp") {
  name product version mode readOnly
  health { reachable circuit lastError }
  kinds { name path meshScoped policy writable }
} }"""
DOCUMENTS = '{ controlPlane(name: "cp") { configuration supportedVersions } }'
MODES = {
    "0.7.3": "standalone",
    "1.1.6": "standalone",
    "1.8.8": "standalone",
    "2.14.3": "zone",
    "3.0.0-dev": "zone",
}


async def about(one: Graph, query: str = ABOUT) -> dict[str, Any]:
    """What the graph says of the control plane."""
    found: dict[str, Any] = (await one.data(query))["controlPlane"]
    return found


@pytest.mark.parametrize(("version", "mode"), MODES.items())
async def test_a_control_plane_is_what_it_says_it_is(version: str, mode: str) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        found = await about(one)
    said = recording(version).snapshot
    assert {key: found[key] for key in ("name", "product", "version", "mode", "readOnly")} == {
        "name": "cp",
        "product": "KUMA",
        "version": said["/"]["version"],
        "mode": mode,
        "readOnly": False,
    }
    assert said["/config"]["mode"] == mode
    assert found["health"] == {"reachable": True, "circuit": "CLOSED", "lastError": None}


@pytest.mark.parametrize("version", MODES)
async def test_its_documents_are_shown_as_they_are(version: str) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        found = await about(one, DOCUMENTS)
    said = recording(version).snapshot
    assert found["configuration"] == said["/config"]
    assert found["supportedVersions"] == said.get("/versions")
    assert (found["supportedVersions"] is not None) == (version == "1.1.6")


@pytest.mark.parametrize("of_global", [False, True])
async def test_its_kinds_are_those_that_it_lists(of_global: bool) -> None:
    async with graph({"cp": snapshot("2.14.3", of_global=of_global)}) as one:
        found = await about(one)
    recorded = recording("2.14.3")
    said = (recorded.snapshot_global if of_global else recorded.snapshot)["/_resources"]
    assert len(said["resources"]) == 53
    assert found["kinds"] == [
        {
            "name": one["name"],
            "path": one["path"],
            "meshScoped": one["scope"] == "Mesh",
            "policy": "policy" in one,
            "writable": not one["readOnly"],
        }
        for one in sorted(said["resources"], key=lambda one: one["name"])
    ]


async def test_the_policies_of_1_8_are_those_that_it_lists() -> None:
    async with graph({"cp": snapshot("1.8.8")}) as one:
        found = await about(one)
    said = recording("1.8.8").snapshot["/policies"]["policies"]
    assert len(said) == 14
    listed = {(one["name"], one["path"], not one["readOnly"]) for one in said}
    shown = {(one["name"], one["path"], one["writable"]) for one in found["kinds"]}
    assert listed <= shown
    assert {one["name"] for one in found["kinds"] if one["policy"]} == {
        # 1.8 counts a gateway's listeners among the policies, later releases do not.
        one["name"]
        for one in said
        if one["name"] != "MeshGateway"
    }


@pytest.mark.parametrize(("version", "lists"), [("1.1.6", 20), ("1.8.8", 28)])
async def test_every_list_of_1_x_is_one_of_its_kinds(version: str, lists: int) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        found = await about(one)
    answered = {
        path.removeprefix("/")
        for path, body in recording(version).snapshot.items()
        if isinstance(body, dict) and "items" in body and path.count("/") == 1
    }
    paths = {one["path"] for one in found["kinds"]}
    assert {path for path in answered if "+" not in path and not path.endswith("overviews")} == (
        paths
    )
    assert len(paths) == lists


@pytest.mark.parametrize("version", MODES)
async def test_writes_are_let_through_for_the_kinds_that_were_written(version: str) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        found = await about(one)
    writable = {one["name"] for one in found["kinds"] if one["writable"]}
    areas = {one.area.rpartition("/")[2] for one in recording(version).area("02-kinds")}
    assert areas <= writable
    assert {"MeshInsight", "ServiceInsight"} <= writable or version != "1.1.6"
    assert writable <= set(KINDS)


async def test_a_read_only_control_plane_says_so() -> None:
    area = recording("2.14.3").area("05-access/read-only")
    async with graph({"cp": apart("2.14.3", *area)}) as one:
        found = await about(one)
    assert found["readOnly"] is True
    assert not any(one["writable"] for one in found["kinds"])
