"""What one operation has asked about proxies, policies and services: every question once."""

import asyncio
from collections.abc import Mapping
from typing import Any

from gateway.model.inspection import Inspection
from gateway.upstreams.base import Adapter, Operation


class Inspections:
    """The questions of one operation and what is on its way to them."""

    def __init__(self, upstreams: Mapping[str, Adapter], operation: Operation) -> None:
        self._upstreams = upstreams
        self._operation = operation
        self._asked: dict[Inspection, asyncio.Future[Any]] = {}

    async def found(self, asked: Inspection) -> Any:
        """What a view shows, None where nothing is there. Raises MeshgateError."""
        call = self._asked.get(asked)
        if call is None:
            asking = self._upstreams[asked.key.upstream].inspect(asked, self._operation)
            call = self._asked[asked] = asyncio.ensure_future(asking)
            # Those who wait for it may all be gone when it fails.
            call.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(call)
