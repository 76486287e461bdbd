"""What one caller's discovery found is that caller's, and there is an end to what is kept."""

import asyncio

import pytest

from gateway.errors import Forbidden, UpstreamTimeout
from gateway.model.control_planes import ControlPlane, Product
from gateway.upstreams.base import Operation, Viewer
from gateway.upstreams.discoveries import KNOWN, Discoveries

A, B = Viewer(authorization="a"), Viewer(authorization="b")


class Asked:
    """Discoveries that keep who asked; whoever is `refused` is told so."""

    def __init__(self) -> None:
        self.by: list[str | None] = []
        self.refused: set[str | None] = set()
        self.gate = asyncio.Event()
        self.gate.set()
        self.found = Discoveries("prod", lambda one: str(one.authorization), self._ask)

    async def _ask(self, viewer: Viewer) -> ControlPlane:
        self.by.append(viewer.authorization)
        await self.gate.wait()
        if viewer.authorization in self.refused:
            raise Forbidden("prod: not you")
        return ControlPlane(name="prod", product=Product.KUMA, version_text=viewer.authorization)


async def test_each_credential_is_discovered_for_once() -> None:
    asked = Asked()
    operations = [Operation(one, 10, 1) for one in (A, B, A)]
    found = await asyncio.gather(*map(asked.found.found, operations))
    assert [one.version_text for one in found] == ["a", "b", "a"]
    assert sorted(map(str, asked.by)) == ["a", "b"]
    assert asked.found.known(A) is found[2]


async def test_what_anybody_is_told_every_caller_knows() -> None:
    asked = Asked()
    told = await asked.found.again(Viewer())
    assert asked.found.known(A) is told


async def test_a_failure_is_raised_and_not_kept() -> None:
    asked = Asked()
    asked.refused = {"a"}
    with pytest.raises(Forbidden):
        await asked.found.found(Operation(A, 10, 1))
    assert asked.found.known(A) is None
    asked.refused = set()
    assert (await asked.found.found(Operation(A, 10, 1))).version_text == "a"


async def test_who_has_no_time_left_does_not_wait() -> None:
    asked = Asked()
    asked.gate.clear()
    with pytest.raises(UpstreamTimeout):
        await asked.found.found(Operation(A, 0, 1))
    asked.gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert asked.found.known(A) is not None


async def test_what_is_known_for_many_callers_does_not_grow_without_end() -> None:
    asked = Asked()
    await asked.found.again(A)
    for number in range(KNOWN):
        await asked.found.again(Viewer(authorization=str(number)))
    assert asked.found.known(A) is None
    assert asked.found.known(Viewer(authorization="0")) is not None
