"""What discovery found of one upstream: kept for each credential, and asked for once at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

import msgspec

from gateway.errors import MeshgateError, UpstreamTimeout
from gateway.model.control_planes import ControlPlane
from gateway.upstreams.base import Operation, Viewer
from gateway.upstreams.client import Client

KEPT: Final = 300.0
"""Seconds for which one caller's finding is believed."""
KNOWN: Final = 1000
"""For how many credentials the findings of discovery are kept."""

T = TypeVar("T")


class Findings:
    """The findings of one upstream; `ask` is how its product asks who it is."""

    def __init__(self, client: Client, ask: Callable[[Viewer], Awaitable[ControlPlane]]) -> None:
        self._client = client
        self._ask = ask
        self._known: dict[str, ControlPlane] = {}
        self._asking: dict[str, asyncio.Task[ControlPlane]] = {}

    def known(self, viewer: Viewer) -> ControlPlane | None:
        """What was found: for anybody, which is kept fresh, or else for this caller."""
        anybody = self._known.get(self._client.fingerprint(Viewer()))
        if anybody is not None:
            return anybody
        found = self._known.get(self._client.fingerprint(viewer))
        if found is None or asyncio.get_running_loop().time() - found.found_at > KEPT:
            return None
        return found

    async def control_plane(self, operation: Operation) -> ControlPlane:
        """What was found; it is asked for now where nothing has been. Raises UpstreamError."""
        found = self.known(operation.viewer)
        if found is not None:
            return found
        task = self._discovery(operation.viewer)
        done, _ = await asyncio.wait({task}, timeout=max(0.0, operation.seconds_left()))
        if not done:
            name = self._client.name
            raise UpstreamTimeout(f"{name}: no answer in time", upstream=name)
        return task.result()

    async def discover(self, viewer: Viewer) -> ControlPlane:
        """Ask again who it is, together with whoever asks just then."""
        return await asyncio.shield(self._discovery(viewer))

    def _discovery(self, viewer: Viewer) -> asyncio.Task[ControlPlane]:
        key = self._client.fingerprint(viewer)
        task = self._asking.get(key)
        if task is None:
            task = asyncio.create_task(self._discover(key, viewer))
            self._asking[key] = task
            task.add_done_callback(partial(self._discovered, key))
        return task

    def _discovered(self, key: str, task: asyncio.Task[ControlPlane]) -> None:
        del self._asking[key]
        # Whoever waited may have gone: then nobody asks what it raised.
        if not task.cancelled():
            task.exception()

    async def _discover(self, key: str, viewer: Viewer) -> ControlPlane:
        found = await self._ask(viewer)
        found = msgspec.structs.replace(found, found_at=asyncio.get_running_loop().time())
        # What was found last stands last, so that the oldest gives way.
        self._known.pop(key, None)
        while len(self._known) >= KNOWN:
            self._known.pop(next(iter(self._known)))
        self._known[key] = found
        return found


async def told(asking: Awaitable[T]) -> T | None:
    """What was asked for, or None where the control plane will not tell."""
    try:
        return await asking
    except MeshgateError:
        return None
