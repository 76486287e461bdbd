from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadUserInput
from gateway.model.changes import Apply, Delete
from gateway.model.control_planes import Served
from gateway.model.resources import ResourceKey
from gateway.model.versions import Version
from gateway.upstreams.base import Document
from gateway.upstreams.kuma import requests
from gateway.upstreams.kuma.dialects import dialect
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.wire import Request

OLD = dialect(Version(1, 1, 6))
NEW = dialect(Version(2, 14, 3))


def served(kind: str, path: str | None = None) -> Served:
    return Served(KINDS[kind], path or KINDS[kind].path, True)


@pytest.mark.parametrize(
    ("kind", "mesh", "overview", "old", "new"),
    [
        ("Mesh", None, False, "/meshes", "/meshes"),
        ("Dataplane", "shop", False, "/meshes/shop/dataplanes", "/meshes/shop/dataplanes"),
        ("Dataplane", None, False, "/dataplanes", "/dataplanes"),
        ("Dataplane", None, True, "/dataplanes+insights", "/dataplanes/_overview"),
        (
            "Dataplane",
            "shop",
            True,
            "/meshes/shop/dataplanes+insights",
            "/meshes/shop/dataplanes/_overview",
        ),
        ("Zone", None, True, "/zones+insights", "/zones/_overview"),
        ("ZoneIngress", None, True, "/zoneingresses+insights", "/zoneingresses/_overview"),
        ("ZoneEgress", None, True, "/zoneegressoverviews", "/zoneegresses/_overview"),
        ("Retry", "shop", False, "/meshes/shop/retries", "/meshes/shop/retries"),
    ],
)
def test_a_list_is_one_get_of_the_largest_page(
    kind: str, mesh: str | None, overview: bool, old: str, new: str
) -> None:
    for speaks, path in ((OLD, old), (NEW, new)):
        asked = requests.listing(served(kind), mesh, speaks, overview=overview)
        assert asked == Request("GET", f"{path}?size=1000")
        later = requests.listing(served(kind), mesh, speaks, overview=overview, offset=2000)
        assert later == Request("GET", f"{path}?size=1000&offset=2000")


def test_a_part_of_a_list_is_one_get_of_so_many_rows() -> None:
    found = requests.listing(served("Dataplane"), "m", NEW, overview=True, offset=49, size=51)
    assert found == Request("GET", "/meshes/m/dataplanes/_overview?size=51&offset=49")


def test_what_stands_in_no_mesh_is_not_asked_for_in_one() -> None:
    with pytest.raises(BadUserInput, match="a Zone stands in no mesh"):
        requests.listing(served("Zone"), "shop", NEW, overview=False)


@pytest.mark.parametrize(
    ("kind", "mesh", "overview", "old", "new"),
    [
        ("Mesh", None, False, "/meshes/a", "/meshes/a"),
        ("Dataplane", "m", False, "/meshes/m/dataplanes/a", "/meshes/m/dataplanes/a"),
        (
            "Dataplane",
            "m",
            True,
            "/meshes/m/dataplanes+insights/a",
            "/meshes/m/dataplanes/a/_overview",
        ),
        ("Zone", None, True, "/zones+insights/a", "/zones/a/_overview"),
        ("ZoneEgress", None, True, "/zoneegressoverviews/a", "/zoneegresses/a/_overview"),
    ],
)
def test_one_resource_is_one_get(
    kind: str, mesh: str | None, overview: bool, old: str, new: str
) -> None:
    for speaks, path in ((OLD, old), (NEW, new)):
        assert requests.one(served(kind), mesh, "a", speaks, overview=overview).path == path


def test_a_kind_is_asked_for_at_the_path_that_the_control_plane_lists() -> None:
    at = served("ZoneIngress", "zone-ingresses")
    assert requests.listing(at, None, OLD, overview=False).path == "/zone-ingresses?size=1000"


def test_an_apply_is_a_put_of_the_whole_body() -> None:
    key = ResourceKey("prod", "Retry", "shop", "r 1")
    body = {"type": "Retry", "mesh": "shop", "name": "r 1", "conf": {"http": None}}
    assert requests.write(served("Retry"), Apply(key, body)) == Request(
        "PUT",
        "/meshes/shop/retries/r%201",
        b'{"type":"Retry","mesh":"shop","name":"r 1","conf":{"http":null}}',
    )


def test_a_delete_has_no_body() -> None:
    change = Delete(ResourceKey("prod", "Zone", None, "east"))
    assert requests.write(served("Zone"), change) == Request("DELETE", "/zones/east")


@pytest.mark.parametrize(
    ("version", "path"),
    [
        (Version(1, 0, 9), None),
        (Version(1, 1, 6), "/versions"),
        (Version(1, 7, 9), "/versions"),
        (Version(1, 8), None),
        (None, None),
    ],
)
def test_the_versions_are_told_by_kuma_1_1_to_1_7_alone(
    version: Version | None, path: str | None
) -> None:
    assert requests.document(Document.SUPPORTED_VERSIONS, version) == path
    assert requests.document(Document.CONFIGURATION, version) == "/config"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x?y#z", "a/b", "/", "a\x00", "a\nb", "\x1f", "\ud800"]
)
def test_a_name_that_would_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(BadUserInput):
        requests.listing(served("Dataplane"), name, NEW, overview=False)
    with pytest.raises(BadUserInput):
        requests.one(served("Dataplane"), "shop", name, NEW, overview=True)
    with pytest.raises(BadUserInput):
        requests.write(served("Mesh"), Delete(ResourceKey("prod", "Mesh", None, name)))


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_name_makes_another_path(mesh: str, name: str) -> None:
    try:
        path = requests.one(served("Dataplane"), mesh, name, NEW, overview=False).path
    except BadUserInput:
        return
    parts = urlsplit(path)
    assert (parts.query, parts.fragment, parts.netloc) == ("", "", "")
    words = parts.path.split("/")
    assert [unquote(word) for word in words] == ["", "meshes", mesh, "dataplanes", name]
    assert not {".", ".."} & set(words)
