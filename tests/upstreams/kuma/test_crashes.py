import pytest

from gateway.errors import Unsupported
from gateway.model.changes import Delete
from gateway.model.control_planes import ControlPlane, Product
from gateway.model.resources import ResourceKey
from gateway.model.versions import parse
from gateway.upstreams.kuma import crashes
from tests.upstreams.kuma.canned import Canned, kuma, operation


def plane(version: str, mode: str | None) -> ControlPlane:
    return ControlPlane(
        name="cp",
        product=Product.KUMA,
        version_text=version,
        version=parse(version),
        mode=mode,
    )


@pytest.mark.parametrize(
    ("what", "version", "mode"),
    [
        ("DELETE Zone", "0.7.3", "standalone"),
        ("DELETE Zone", "1.1.6", "global"),
        ("DELETE Zone", "1.1.6", None),
        ("DELETE Zone", "1.2.0", "standalone"),
        ("DELETE Zone", "unknown", "standalone"),
        ("PUT Zone", "1.1.6", "standalone"),
        ("DELETE Mesh", "1.1.6", "standalone"),
    ],
)
def test_what_is_answered_is_let_through(what: str, version: str, mode: str | None) -> None:
    crashes.refuse(what, plane(version, mode))


def test_what_crashes_a_control_plane_is_refused_naming_the_version_that_survives_it() -> None:
    told = "cp: DELETE Zone makes a control plane of 1.1.6 drop the connection; it takes Kuma 1.2"
    with pytest.raises(Unsupported) as raised:
        crashes.refuse("DELETE Zone", plane("1.1.6", "standalone"))
    assert raised.value.message == told


async def test_what_is_refused_is_not_sent() -> None:
    transport = Canned({"/config": {"mode": "standalone"}}, version="1.1.6")
    adapter = kuma(transport)
    await adapter.control_plane(operation())
    transport.asked.clear()
    with pytest.raises(Unsupported, match="drop the connection"):
        await adapter.write(Delete(ResourceKey("prod", "Zone", None, "east")), operation())
    assert transport.asked == []
