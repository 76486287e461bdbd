"""A compiled operation, which is run any number of times."""

from collections.abc import Sequence, Set
from typing import Any

from graphql.execution.values import VariableValues

from gateway.execution.order import Failed
from gateway.execution.progress import Complete, Nulled, Progress


class Plan:
    """One operation, compiled; the variables are given to each run of it.

    It has one step, or one for each field of a mutation: what a field leads to is seen through
    before the next one is begun.
    """

    def __init__(self, steps: Sequence[Complete], flags: Set[str]) -> None:
        self._steps = steps
        self._flags = flags

    def knows(self, variables: VariableValues) -> bool:
        """Whether it can run with these; a condition that is null is an error it cannot place."""
        return not self._flags or all(variables.coerced[it] is not None for it in self._flags)

    async def run(
        self, context: object, variables: VariableValues
    ) -> tuple[dict[str, Any] | None, list[Failed]]:
        """The data, None where null ate all of it, and what failed."""
        progress = Progress(context, variables)
        data: dict[str, Any] = {}
        root: dict[None, Any] = {None: data}
        for step in self._steps:
            try:
                out = step(None, progress, (None, None, root, True))
            except Nulled:
                root[None] = None
                out = {}
            await progress.finished()
            data |= out
            if root[None] is None:
                break
        return root[None], progress.failed
