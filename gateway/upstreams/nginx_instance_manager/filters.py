"""Conditions on events and metrics → the API's language of filters, from checked parts alone."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from gateway.upstreams.nginx_instance_manager.problems import refused


class Operator(StrEnum):
    """How a dimension is compared; the value is the API's own sign."""

    EQUALS = "="
    NOT_EQUALS = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    IN = "IN"


class Condition(msgspec.Struct, frozen=True):
    """One comparison; `IN` has several values, every other sign has one."""

    dimension: str
    operator: Operator
    values: tuple[str, ...]


class Window(msgspec.Struct, frozen=True):
    """From when until when: an RFC 3339 text, or `now`, `now-3h`."""

    start: str | None = None
    end: str | None = None


_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,127}")
_MOMENT: Final = re.compile(
    r"now(?:-[0-9]{1,9}[smhdwMy])?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+\-][0-9]{2}:[0-9]{2})"
)
_STEP: Final = re.compile(r"[0-9]{1,9}[smhdwMy]")
# How a quote inside of a value would be written is nowhere documented.
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f'\"\\()`;]")


def dimension(text: str, field: str) -> str:
    """The name of a metric or a dimension; raises BadUserInput for anything else."""
    if not _NAME.fullmatch(text):
        raise refused(field, "must be a name of letters, digits, dots, dashes and underscores")
    return text


def moment(text: str | None, field: str) -> str | None:
    """A point in time; raises BadUserInput for anything else."""
    if text is not None and not _MOMENT.fullmatch(text):
        raise refused(field, "must be an RFC 3339 time, `now`, or `now-3h`")
    return text


def step(text: str | None, field: str) -> str | None:
    """A length of time; raises BadUserInput for anything else."""
    if text is not None and not _STEP.fullmatch(text):
        raise refused(field, "must be a number with its unit, such as `30s` or `5m`")
    return text


def window(given: Window) -> dict[str, str]:
    """The parameters of a window; raises BadUserInput for an end without a start."""
    start, end = moment(given.start, "startTime"), moment(given.end, "endTime")
    if end is not None and start is None:
        raise refused("endTime", "needs a `startTime`")
    pairs = {"startTime": start, "endTime": end}
    return {key: value for key, value in pairs.items() if value is not None}


def expression(conditions: Iterable[Condition]) -> str:
    """All conditions, joined by AND. Raises BadUserInput for a value that could end its quotes."""
    return " AND ".join(_one(one, f"filter[{at}]") for at, one in enumerate(conditions))


def _one(given: Condition, field: str) -> str:
    name = dimension(given.dimension, f"{field}.dimension")
    for value in given.values:
        if not value or _UNSAFE.search(value):
            raise refused(
                f"{field}.values",
                "must not be empty or hold a quote, a parenthesis, a backslash, a semicolon or a "
                "control character: the API's filters have no known spelling for them",
            )
    quoted = [f"'{value}'" for value in given.values]
    if given.operator is Operator.IN:
        if not quoted:
            raise refused(f"{field}.values", "must have a value")
        return f"{name} IN ({','.join(quoted)})"
    if len(quoted) != 1:
        raise refused(
            f"{field}.values", f"must have one value for {given.operator.name}; several are for IN"
        )
    return f"{name}{given.operator}{quoted[0]}"
