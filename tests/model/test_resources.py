import msgspec
import pytest

from gateway.model.resources import Resource, ResourceKey, Stored
from gateway.upstreams.kuma.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "mesh"), [("Dataplane", "m"), ("Zone", None), ("MeshInsight", None)]
)
def test_a_resource_stands_in_a_mesh_where_its_kind_does(kind: str, mesh: str | None) -> None:
    content = Stored(name="x", mesh="m")
    found = Resource("prod", KINDS[kind], content, msgspec.Raw(b"{}"))
    assert found.mesh == mesh
    assert found.key == ResourceKey("prod", kind, mesh, "x")
