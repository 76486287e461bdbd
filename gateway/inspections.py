"""What one operation has asked about proxies, policies and services: every question once."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from gateway.model.inspection import Inspection
from gateway.upstreams.base import Adapter, Operation
from gateway.upstreams.sharing import Once


class Inspections:
    """The questions of one operation and what is on its way to them."""

    def __init__(self, upstreams: Mapping[str, Adapter], operation: Operation) -> None:
        self._upstreams = upstreams
        self._operation = operation
        self._asked: dict[Inspection, Once[Any]] = {}

    async def found(self, asked: Inspection) -> Any:
        """What a view shows, None where nothing is there. Raises MeshgateError."""
        call = self._asked.get(asked)
        if call is None:
            upstream = self._upstreams[asked.key.upstream]
            call = self._asked[asked] = Once(
                partial(upstream.inspect, asked, self._operation),
                self._operation.loop,
                self._operation.failed,
            )
        return await call.result()
