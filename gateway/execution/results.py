"""What comes back from the engine: data, errors, and what became of the request."""

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

JSONObject = dict[str, Any]

_encode = msgspec.json.Encoder().encode


class Outcome(StrEnum):
    """What became of a request; each transport has its own words for it."""

    EXECUTED = "executed"
    REFUSED = "refused"
    NEEDS_POST = "needs post"


class Operation(msgspec.Struct, frozen=True):
    """Which operation of a document was chosen: `query`, `mutation` or `subscription`, its name."""

    type: str
    name: str | None = None


class Result(msgspec.Struct, frozen=True):
    """An answer: `data` is absent where nothing ran, and null where a root error ate it.

    `operation` is None where none could be chosen. `data` may hold `msgspec.Raw` anywhere: JSON
    that goes out as it is.
    """

    outcome: Outcome
    data: JSONObject | UnsetType | None = UNSET
    errors: tuple[JSONObject, ...] = ()
    operation: Operation | None = None

    @property
    def request_error(self) -> bool:
        """Whether nothing was executed."""
        return self.outcome is not Outcome.EXECUTED

    def encoded(self) -> bytes:
        """The response as JSON, made in one pass."""
        if not self.errors:
            return _encode({"data": self.data})
        if self.data is UNSET:
            return _encode({"errors": self.errors})
        return _encode({"errors": self.errors, "data": self.data})


def refused(
    *errors: JSONObject,
    outcome: Outcome = Outcome.REFUSED,
    operation: Operation | None = None,
) -> Result:
    """The answer to a request that was not executed."""
    return Result(outcome, errors=errors, operation=operation)
