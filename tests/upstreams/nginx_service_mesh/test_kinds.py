import pytest

from gateway.model.kinds import Kind, Noun, Scope
from gateway.upstreams.nginx_service_mesh.kinds import KINDS, POLICIES
from tests.upstreams.nginx_service_mesh.recorded import fixture


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_type_carries_the_product_in_its_name(kind: Kind) -> None:
    assert kind.type_name.startswith("Nginx")
    assert (kind.scope is Scope.GLOBAL) is (kind.noun is Noun.MESH)


@pytest.mark.parametrize("kind", [one for one in POLICIES if one.name != "TCPRoute"], ids=str)
def test_a_path_is_the_group_version_and_plural_of_the_resource(kind: Kind) -> None:
    version, _, plural = kind.path.rpartition("/")
    listed = fixture(f"k8s.{plural}.list.200.json")
    assert listed["apiVersion"] == version
    assert listed["items"][0]["kind"] == kind.name
