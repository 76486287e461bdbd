"""The scalars that GraphQL does not have."""

from datetime import datetime
from typing import Any, Final, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from gateway.model.confs.parts import Duration
from gateway.model.durations import seconds

DateTime = NewType("DateTime", str)
JSON = NewType("JSON", object)
BigInt = NewType("BigInt", int)

_ZERO: Final = "0001-01-01T00:00:00Z"
_MOST: Final = 2**31 - 1


def moment(text: str | None) -> DateTime | None:
    """A point in time as the upstream wrote it; Go's zero time is none."""
    return DateTime(text) if text and text != _ZERO else None


def as_int(found: int) -> int:
    """A sum as far as GraphQL's Int goes."""
    return max(-_MOST, min(found, _MOST))


def _read_moment(value: object) -> DateTime:
    if not isinstance(value, str):
        raise ValueError("DateTime is an RFC 3339 text")
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"DateTime is an RFC 3339 text, not {value!r}") from None
    return DateTime(value)


def _read_big(value: object) -> BigInt:
    try:
        return BigInt(int(str(value)))
    except ValueError:
        raise ValueError(f"BigInt is a whole number, not {value!r}") from None


def _read_duration(value: object) -> Duration:
    if not isinstance(value, str):
        raise ValueError("Duration is a text such as 1h30m")
    seconds(value)
    return Duration(value)


def _as_is(value: Any) -> Any:
    return value


SCALARS: Final[dict[object, ScalarDefinition]] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A point in time in RFC 3339, as the upstream wrote it.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=str,
        parse_value=_read_moment,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value; used only where the upstream's own shape is open.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=_as_is,
        parse_value=_as_is,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A 64-bit counter; text on the wire, since JSON numbers are not that exact.",
        serialize=str,
        parse_value=_read_big,
    ),
    Duration: strawberry.scalar(
        name="Duration",
        description="A duration as Go writes it: `250ms`, `5s`, `1h30m`.",
        specified_by_url="https://pkg.go.dev/time#ParseDuration",
        serialize=str,
        parse_value=_read_duration,
    ),
}

CONFIG: Final = StrawberryConfig(scalar_map=SCALARS)
