"""Asking several control planes for what is added up, each thing of the one that knows it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar

from gateway.errors import MeshgateError
from gateway.schema.context import Info
from gateway.schema.failures import Failure, failure
from gateway.schema.federation import Federation
from gateway.schema.waiting import outcomes
from gateway.upstreams.base import Adapter

T = TypeVar("T")
Ask = Callable[[Adapter], Awaitable[T]]


class Answering:
    """What each upstream gives, and who could give nothing.

    A zone whose Global is asked as well is asked only where that could not answer for it.
    """

    def __init__(self, info: Info, upstreams: Sequence[Adapter]) -> None:
        self.info = info
        self.failures: dict[str, Failure] = {}
        self.federation = Federation(upstreams, info.context.operation.viewer)
        self._upstreams = upstreams
        self._unmet: dict[str, MeshgateError] = {}

    async def meet(self) -> None:
        """Let those be known of whom it is to be known who belongs together."""
        if len(self._upstreams) > 1:
            operation = self.info.context.operation
            known = [one.control_plane(operation) for one in self._upstreams]
            met = zip(self._upstreams, await outcomes(known), strict=True)
            self._unmet = {
                upstream.name: error for upstream, error in met if isinstance(error, MeshgateError)
            }

    async def answers(self, ask: Ask[T]) -> dict[str, T]:
        """What they gave, by their names."""
        above = {one.name: self.federation.global_of(one.name) for one in self._upstreams}
        given = await self._asked([one for one in self._upstreams if not above[one.name]], ask)
        below = [one for one in self._upstreams if above[one.name] not in (None, *given)]
        return given | await self._asked(below, ask)

    async def _asked(self, upstreams: Sequence[Adapter], ask: Ask[T]) -> dict[str, T]:
        asking = [one for one in upstreams if one.name not in self._unmet]
        asked = await outcomes([ask(one) for one in asking])
        told = dict(zip((one.name for one in asking), asked, strict=True))
        given: dict[str, T] = {}
        for upstream in upstreams:
            # Who would not say who it is needs not be asked for more.
            found = self._unmet.get(upstream.name) or told[upstream.name]
            if isinstance(found, MeshgateError):
                self.fail(upstream, found)
            else:
                given[upstream.name] = found
        return given

    def fail(self, upstream: Adapter, error: MeshgateError) -> None:
        """Name an upstream as one that could not give something: once, for the first of it."""
        if upstream.name not in self.failures:
            self.failures[upstream.name] = failure(error, upstream.name, self.info)

    def elsewhere(self, *given: Collection[str] | Mapping[str, object]) -> dict[str, str]:
        """The zones that were not asked, each with its Global."""
        named = {name for some in given for name in some}
        above = {one.name: self.federation.global_of(one.name) for one in self._upstreams}
        return {name: it for name, it in above.items() if it is not None and name not in named}
