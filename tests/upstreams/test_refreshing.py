import asyncio
import logging
from typing import Any

import pytest

from gateway.errors import MeshgateError, Unauthenticated, UpstreamUnavailable
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.kinds import Kind, Noun, Scope
from gateway.upstreams import refreshing
from gateway.upstreams.base import Viewer

DOWN = UpstreamUnavailable("prod: the connection was refused")
REFUSED = Unauthenticated("prod: the control plane does not accept the credential")


def plane(version: str, *unknown: str) -> ControlPlane:
    kinds = {
        name: Served(
            Kind(
                name=name,
                path=name.lower(),
                scope=Scope.MESH,
                noun=Noun.RESOURCE,
                summary="",
                type_name="UnknownResource",
                since=(0, 0),
            ),
            name.lower(),
            True,
        )
        for name in unknown
    }
    return ControlPlane(name="prod", product=Product.KUMA, version_text=version, kinds=kinds)


class Upstream:
    """An upstream that is found to be one thing after the other, and known by the last of them."""

    name = "prod"

    def __init__(self, *findings: ControlPlane | MeshgateError) -> None:
        self._findings = list(findings)
        self._known: ControlPlane | None = None
        self.viewers: list[Viewer] = []

    async def discover(self, viewer: Viewer) -> ControlPlane:
        self.viewers.append(viewer)
        if not self._findings:
            raise asyncio.CancelledError
        found = self._findings.pop(0)
        if isinstance(found, MeshgateError):
            raise found
        self._known = found
        return found

    def known(self, viewer: Viewer) -> ControlPlane | None:
        return self._known


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been slept."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return found


async def kept(*findings: ControlPlane | MeshgateError) -> Upstream:
    """An upstream that was kept known until nothing more was to be found of it."""
    upstream: Any = Upstream(*findings)
    with pytest.raises(asyncio.CancelledError):
        await refreshing.keep_known(upstream)
    found: Upstream = upstream
    return found


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, Any]]:
    """The events and the version, the error or the kind that each of them names."""
    return [
        (record.message, next(one[key] for key in ("version", "error", "kind") if key in one))
        for record in caplog.records
        for one in [record.__dict__["told"]]
    ]


async def test_an_upstream_is_asked_every_minute_and_sooner_while_nothing_is_known(
    slept: list[float],
) -> None:
    await kept(DOWN, DOWN, plane("2.14.3"), DOWN, plane("2.14.3"))
    assert slept == [5.0, 5.0, 60.0, 60.0, 60.0]


@pytest.mark.usefixtures("slept")
async def test_an_upstream_is_asked_as_nobody_in_particular() -> None:
    assert set((await kept(plane("2.14.3"), DOWN)).viewers) == {Viewer()}


@pytest.mark.usefixtures("slept")
async def test_a_failure_leaves_what_is_known() -> None:
    upstream = await kept(plane("2.14.3"), DOWN, REFUSED)
    assert upstream.known(Viewer()) == plane("2.14.3")


@pytest.mark.usefixtures("slept")
async def test_the_log_tells_what_is_new_and_nothing_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "meshgate")
    old, new = plane("2.13.0"), plane("2.14.3")
    await kept(DOWN, DOWN, old, old, new, new, DOWN, REFUSED, REFUSED, new)
    assert told(caplog) == [
        ("upstream.undiscovered", "UPSTREAM_UNAVAILABLE"),
        ("upstream.discovered", "2.13.0"),
        ("upstream.discovered", "2.14.3"),
        ("upstream.undiscovered", "UPSTREAM_UNAVAILABLE"),
        ("upstream.undiscovered", "UNAUTHENTICATED"),
        ("upstream.discovered", "2.14.3"),
    ]


@pytest.mark.usefixtures("slept")
async def test_the_log_names_each_kind_that_no_row_declares(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "meshgate")
    await kept(plane("2.15.0", "MeshLevitation"), plane("2.15.0", "MeshLevitation", "MeshFog"))
    assert [kind for event, kind in told(caplog) if event == "upstream.unknown_kind"] == [
        "MeshLevitation",
        "MeshLevitation",
        "MeshFog",
    ]
