from typing import Any

import pytest

from gateway.model.confs.parts import Duration
from gateway.schema.scalars import SCALARS, BigInt, DateTime, as_int, moment


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-21T09:15:41.5Z", "2026-11-21T09:15:41.5Z"),
        ("0001-01-01T00:00:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_the_time_zero_of_go_is_no_time(text: str | None, shown: str | None) -> None:
    assert moment(text) == shown


def read(scalar: object, value: Any) -> Any:
    parse = SCALARS[scalar].parse_value
    assert parse is not None
    return parse(value)


@pytest.mark.parametrize("text", ["2026-11-21T09:15:41Z", "2026-11-21T09:15:41.123+02:00"])
def test_a_time_is_read_as_it_is_written(text: str) -> None:
    assert read(DateTime, text) == text


@pytest.mark.parametrize("value", ["yesterday", "", 7, None, [], {}])
def test_what_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="DateTime is an RFC 3339 text"):
        read(DateTime, value)


@pytest.mark.parametrize(("value", "number"), [("9223372036854775807", 2**63 - 1), (-3, -3)])
def test_a_large_number_is_read_from_text_or_number(value: Any, number: int) -> None:
    assert read(BigInt, value) == number


@pytest.mark.parametrize("value", ["", "1.5", "many", None, True, [], "9" * 5000])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="BigInt is a whole number"):
        read(BigInt, value)


def test_a_large_number_is_shown_as_text() -> None:
    serialize = SCALARS[BigInt].serialize
    assert serialize is not None
    assert serialize(2**63) == "9223372036854775808"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(7, 7), (2**31 - 1, 2**31 - 1), (2**31, 2**31 - 1), (-(10**400), 1 - 2**31)],
)
def test_a_sum_goes_as_far_as_a_whole_number_of_graphql(number: int, shown: int) -> None:
    assert as_int(number) == shown


@pytest.mark.parametrize("text", ["5s", "0", "0s", "1h30m", "1.5s", ".5s", "-2ms", "10µs", "1m0s"])
def test_a_duration_is_read_as_go_writes_it(text: str) -> None:
    assert read(Duration, text) == text


@pytest.mark.parametrize(
    "value", ["soon", "", "5", "5 s", "1d", "s", "5s ", "\u0665s", 5, None, []]
)
def test_what_is_no_duration_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"Duration is a text such as|is no duration such as"):
        read(Duration, value)
