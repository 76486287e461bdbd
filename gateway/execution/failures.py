"""Errors as a client sees them: our own in full, graphql-core's with a code, all others masked."""

import re
from collections.abc import Callable, Iterable

from graphql import GraphQLError

from gateway.errors import BadUserInput, MeshgateError
from gateway.execution.discretion import discreet
from gateway.execution.results import JSONObject

INTERNAL = "INTERNAL_SERVER_ERROR"
MASKED = "Internal error"
_REPEATED = re.compile(r"(?:,? [Ff]ound|(?<= value)): [\[{].*", re.DOTALL)

Report = Callable[[BaseException, str], None]
ErrorFormat = Callable[[GraphQLError, str], JSONObject]


class Failures:
    """Makes an entry of `errors` from what went wrong while an operation ran.

    What nobody foresaw is told to `report(exception, request_id)` and masked in the answer.
    """

    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(self, error: GraphQLError, request_id: str) -> JSONObject:
        cause = _cause(error)
        if isinstance(cause, MeshgateError):
            return entry(error, cause.message, cause.extensions())
        if cause.__class__ is GraphQLError and (known := _known(cause)):
            return entry(error, discreet(cause.message), known)
        self._report(cause, request_id)
        return entry(error, _safe(cause), {"code": INTERNAL})


def entry(error: GraphQLError, message: str, extensions: JSONObject) -> JSONObject:
    """One of `errors`: message, places in the document, path in the response, extensions."""
    made: JSONObject = {"message": withheld(message)}
    if error.locations:
        made["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    if error.path:
        made["path"] = error.path
    made["extensions"] = extensions
    return made


def forget_frames(errors: Iterable[BaseException]) -> None:
    """Let errors, and what led to them, know no more of the frames that they passed.

    Frames know errors as well, and all that an answer was made of. Only the collector of cycles
    would free that, much later.
    """
    left, seen = list(errors), set[int]()
    while left:
        error = left.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        error.__traceback__ = None
        causes = error.__cause__, error.__context__, getattr(error, "original_error", None)
        left += [one for one in causes if one is not None]


def withheld(message: str) -> str:
    """A message without the list or object that graphql-core repeats: a secret may be in it."""
    return _REPEATED.sub("", message)


def _cause(error: GraphQLError) -> Exception:
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _known(error: GraphQLError) -> JSONObject | None:
    if error.extensions and "code" in error.extensions:
        return dict(error.extensions)
    # Null for what may not be null can reach a field through a variable that has a default.
    if error.message.startswith("Argument '") and error.nodes:
        return BadUserInput(error.message).extensions()
    return None


def _safe(cause: Exception) -> str:
    message = str(cause)
    # It names a type and a field of the schema, and nothing of the data.
    broken_promise = message.startswith("Cannot return null for non-nullable field ")
    return message if isinstance(cause, TypeError) and broken_promise else MASKED
