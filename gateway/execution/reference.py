"""graphql-core's executor, which runs what plans do not know; its errors do not tell of time."""

from asyncio import Future, ensure_future, shield, wait
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any, cast

from graphql import ExecutionResult, Executor, GraphQLError, is_non_null_type, located_error
from graphql.execution.executor import CollectedErrors
from graphql.pyutils import Path

from gateway.execution.order import Failed


class Reference(Executor[None]):
    """Sees everything through that was begun, as plans do: the error that is first in the document
    may be one that comes late.

    graphql-core tells what fails first, and cancels what runs beside it.
    """

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.collected_errors = self._reached = Reached()
        self._running: set[Future[Any]] = set()

    async def answer(self) -> tuple[dict[str, Any] | None, list[Failed]]:
        """The data, None where null ate all of it, and what failed."""
        try:
            running = self.execute_operation()
            done = cast(ExecutionResult, await running if isawaitable(running) else running)
            while self._running:
                await wait(self._running)
        finally:
            for task in self._running:
                task.cancel()
        return done.data, self._reached.failed()

    def handle_field_error(
        self, raw_error: Exception, return_type: Any, field_details_list: Any, path: Path
    ) -> None:
        nodes = [it.node for it in field_details_list]
        error = located_error(raw_error, nodes, path.as_list())
        if is_non_null_type(return_type):
            self._reached.places.setdefault(error, None)
            raise error
        self._reached.add(error, path)

    def execute_field(self, *args: Any) -> Any:
        found = super().execute_field(*args)
        return self._seen_through(found) if isawaitable(found) else found

    def complete_list_item_value(self, item: Any, complete_results: Any, *args: Any) -> bool:
        awaited = super().complete_list_item_value(item, complete_results, *args)
        if awaited:
            complete_results[-1] = self._seen_through(complete_results[-1])
        return awaited

    def complete_awaitable_list_item_value(self, *args: Any) -> Any:
        return self._seen_through(super().complete_awaitable_list_item_value(*args))

    def _seen_through(self, completing: Awaitable[Any]) -> Any:
        task: Future[Any] = ensure_future(completing)
        self._running.add(task)
        task.add_done_callback(self._done)
        return shield(task)

    def _done(self, task: Future[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            # Looked at, so that nobody is told that nobody has.
            task.exception()


class Reached(CollectedErrors):
    """Each error, and the place that became null of it; None where another error was faster."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[GraphQLError, tuple[str | int, ...] | None] = {}

    def add(self, error: GraphQLError, path: Path | None) -> None:
        self.places[error] = tuple(path.as_list()) if path else ()

    def failed(self) -> list[Failed]:
        """The errors; one that was overtaken shares the null of the one that was faster."""
        known = set(self.places.values())

        def nearest(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
            held = (path[:depth] for depth in reversed(range(len(path))))
            return next((it for it in held if it in known), ())

        return [
            Failed(error, nearest(tuple(error.path or ())) if place is None else place)
            for error, place in self.places.items()
        ]
