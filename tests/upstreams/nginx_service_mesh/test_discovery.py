from typing import Any

import pytest

from gateway.upstreams.nginx_service_mesh import discovery
from gateway.upstreams.nginx_service_mesh.dialects import dialect
from tests.upstreams.nginx_service_mesh.canned import INSTALLED, said
from tests.upstreams.nginx_service_mesh.recorded import cases, fixture

INDEX = fixture("apiresourcelist.get.200.json")
OLDEST = cases("installed-by-version")[0]["mesh_config"]


@pytest.mark.parametrize(
    ("generation", "body", "status", "speaks"),
    [
        ("1.4", INDEX, 200, True),
        ("1.4", INDEX, 404, False),
        ("1.4", {"message": "Not Found"}, 200, False),
        ("1.4", b"<html>", 200, False),
        ("1.4", [], 200, False),
        ("1.3", OLDEST, 200, True),
        ("1.3", INSTALLED, 200, True),
        ("1.3", {"kind": "APIVersions", "versions": ["v1"]}, 200, False),
        ("2.0", INDEX, 200, True),
    ],
)
def test_a_generation_is_told_by_its_answer(
    generation: str, body: Any, status: int, speaks: bool
) -> None:
    assert discovery.speaks(dialect(generation), said(body, status)) is speaks


@pytest.mark.parametrize(
    ("components", "version"),
    [
        ({}, None),
        ({"a": ("1.7.0",)}, "1.7.0"),
        ({"a": ("1.7.0",), "b": ("1.7.0",)}, "1.7.0"),
        ({"a": ("1.7.0",), "b": ("1.6.0", "1.7.0")}, None),
    ],
)
def test_the_version_is_the_one_that_all_components_run(
    components: dict[str, tuple[str, ...]], version: str | None
) -> None:
    assert discovery.version(components) == version


@pytest.mark.parametrize(
    ("generation", "kubernetes", "kinds"), [("1.4", True, 9), ("1.3", False, 3), ("2.0", True, 7)]
)
def test_what_is_stored_depends_on_the_generation_and_on_kubernetes(
    generation: str, kubernetes: bool, kinds: int
) -> None:
    speaks = dialect(generation)
    found = discovery.control_plane("edge", speaks, "m", {}, kubernetes=kubernetes)
    assert len(found.kinds) == kinds
    assert found.read_only is (generation == "2.0")
    assert [name for name, one in found.kinds.items() if one.writable] == (
        [] if found.read_only else ["MeshConfig"]
    )
