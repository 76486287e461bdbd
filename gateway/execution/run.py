"""Runs one operation; the seam behind which a compiled plan may take graphql-core's place."""

from collections.abc import Collection, Coroutine
from typing import Any, Final

from graphql import GraphQLError, GraphQLSchema

from gateway.errors import BadUserInput, BudgetExceeded
from gateway.execution.discretion import discreet
from gateway.execution.documents import MAX_ERRORS, Chosen, Documents, InvalidDocument
from gateway.execution.failures import ErrorFormat, entry, forget_frames
from gateway.execution.lasting import Lasting
from gateway.execution.order import Failed, ordered
from gateway.execution.reference import Reference
from gateway.execution.requests import GraphQLRequest
from gateway.execution.results import JSONObject, Outcome, Result, refused

_EXECUTED: Final = Outcome.EXECUTED


class Engine:
    """Executes requests against one schema.

    Its plan runs an operation; where there is none, graphql-core's executor does, and Strawberry's
    resolvers as they are: all they need is the schema that Strawberry made, and the context.
    """

    def __init__(
        self, schema: GraphQLSchema, documents: Documents, format_error: ErrorFormat
    ) -> None:
        self._schema = schema
        self._documents = documents
        self._format = format_error
        self._writes = Lasting()

    def run(
        self, request: GraphQLRequest, context: object, request_id: str = ""
    ) -> Coroutine[Any, Any, Result]:
        """The answer to a request; whatever fails is in its `errors`."""
        document = self._documents.find(request.query)
        if isinstance(document, InvalidDocument):
            return _told(refused(*map(document.entry, document.errors)))
        chosen = document.choose(request.operation_name)
        if isinstance(chosen, str):
            return _told(refused(_unusable(chosen)))
        match chosen.operation.type:
            case "query":
                return self._execute(chosen, request, context, request_id)
            case "mutation" if not request.queries_only:
                return self._writes.result(self._execute(chosen, request, context, request_id))
            case "mutation":
                error = _unusable("a mutation must be sent with POST")
                outcome = Outcome.NEEDS_POST
                return _told(refused(error, outcome=outcome, operation=chosen.operation))
            case _:
                error = _unusable("a subscription is not answered by a single response")
                return _told(refused(error, operation=chosen.operation))

    async def drain(self) -> None:
        """Wait for the writes whose callers have gone."""
        await self._writes.drain()

    async def _execute(
        self, chosen: Chosen, request: GraphQLRequest, context: object, request_id: str
    ) -> Result:
        variables = chosen.variables.values(
            request.variables or {}, MAX_ERRORS, suggestions=self._documents.suggestions
        )
        if isinstance(variables, list):
            return refused(*map(_variable, variables), operation=chosen.operation)
        calls, most = chosen.calls and chosen.calls(variables.coerced), self._documents.limits.calls
        if calls and calls > most:
            return refused(_too_dear(calls, most), operation=chosen.operation)
        if chosen.plan is not None and chosen.plan.knows(variables):
            self._documents.figures.planned += 1
            data, failed = await chosen.plan.run(context, variables)
        else:
            self._documents.figures.referred += 1
            data, failed = await self._referred(chosen, request, context)
        beside: Collection[GraphQLError] = getattr(context, "faults", ())
        dealt_with: Collection[Exception] = getattr(context, "failed", ())
        if not failed and not beside and not dealt_with:
            return Result(_EXECUTED, data, operation=chosen.operation)
        told = ordered(failed, beside, chosen.document, chosen.node)
        formatted = tuple(self._format(error, request_id) for error in told)
        forget_frames((*(one.error for one in failed), *beside, *dealt_with))
        return Result(_EXECUTED, data, formatted, chosen.operation)

    async def _referred(
        self, chosen: Chosen, request: GraphQLRequest, context: object
    ) -> tuple[JSONObject | None, list[Failed]]:
        executor = Reference.build(
            self._schema,
            chosen.document,
            context_value=context,
            raw_variable_values=request.variables,
            operation_name=chosen.operation.name,
            hide_suggestions=not self._documents.suggestions,
        )
        # The variables and the operation have been looked at already.
        assert isinstance(executor, Reference)
        return await executor.answer()


async def _told(result: Result) -> Result:
    return result


def _variable(error: GraphQLError) -> JSONObject:
    message = discreet(error.message)
    return entry(error, message, BadUserInput(message).extensions())


def _unusable(message: str) -> JSONObject:
    return {"message": message, "extensions": BadUserInput(message).extensions()}


def _too_dear(calls: int, most: int) -> JSONObject:
    message = (
        f"this operation plans {calls} upstream calls for single objects, and {most} are allowed; "
        "ask for fewer objects at a time (`first`), or for less of each"
    )
    return {"message": message, "extensions": BudgetExceeded(message).extensions()}
