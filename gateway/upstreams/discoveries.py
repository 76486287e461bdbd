"""What discovery found of one upstream, by the credential that asked."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Generic, TypeVar

import msgspec

from gateway.errors import MeshgateError, UpstreamTimeout
from gateway.model.control_planes import ControlPlane
from gateway.upstreams.base import Operation, Viewer

KEPT: Final = 300.0
"""Seconds for which one caller's finding is believed."""
NOBODY: Final = Viewer()
KNOWN: Final = 1000
"""For how many credentials the findings are kept."""
C = TypeVar("C", bound=ControlPlane)
T = TypeVar("T")


class Discoveries(Generic[C]):
    """The findings, and the discoveries under way: those who ask alike at once share one."""

    def __init__(
        self,
        upstream: str,
        fingerprint: Callable[[Viewer], str],
        ask: Callable[[Viewer], Awaitable[C]],
    ) -> None:
        self._upstream = upstream
        self._fingerprint = fingerprint
        self._ask = ask
        self._known: dict[str, C] = {}
        self._under_way: dict[str, asyncio.Task[C]] = {}

    def known(self, viewer: Viewer) -> C | None:
        """What was found for anybody, which is kept fresh, or else for this caller."""
        anybody = self._known.get(self._fingerprint(NOBODY))
        if anybody is not None:
            return anybody
        found = self._known.get(self._fingerprint(viewer))
        if found is None or asyncio.get_running_loop().time() - found.found_at > KEPT:
            return None
        return found

    async def found(self, operation: Operation) -> C:
        """What was found; it is asked now where nothing was. Raises UpstreamError."""
        found = self.known(operation.viewer)
        if found is not None:
            return found
        task = self._begun(operation.viewer)
        done, _ = await asyncio.wait({task}, timeout=max(0.0, operation.seconds_left()))
        if not done:
            raise UpstreamTimeout(f"{self._upstream}: no answer in time", upstream=self._upstream)
        return task.result()

    async def again(self, viewer: Viewer) -> C:
        """Ask again, together with whoever asks just then."""
        return await asyncio.shield(self._begun(viewer))

    def _begun(self, viewer: Viewer) -> asyncio.Task[C]:
        key = self._fingerprint(viewer)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._discover(viewer))
            self._under_way[key] = task
            task.add_done_callback(partial(self._ended, key))
        return task

    def _ended(self, key: str, task: asyncio.Task[C]) -> None:
        del self._under_way[key]
        # Whoever waited may have gone: then nobody asks what it raised.
        if not task.cancelled():
            task.exception()

    async def _discover(self, viewer: Viewer) -> C:
        found = await self._ask(viewer)
        found = msgspec.structs.replace(found, found_at=asyncio.get_running_loop().time())
        key = self._fingerprint(viewer)
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
