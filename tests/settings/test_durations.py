import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings.durations import (
    rate,
    seconds,
    size,
    written_rate,
    written_seconds,
    written_size,
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("500ms", 0.5),
        ("5s", 5.0),
        ("1.5s", 1.5),
        ("1h30m", 5400.0),
        ("2m0.25s", 120.25),
        ("1d", 86400.0),
    ],
)
def test_a_duration_is_read_with_its_units(text: str, meant: float) -> None:
    assert seconds(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"), [("64KiB", 65536), ("1MiB", 2**20), ("10kB", 10_000), ("512B", 512)]
)
def test_a_size_is_read_with_its_unit(text: str, meant: int) -> None:
    assert size(text) == meant


@pytest.mark.parametrize(
    "text", ["", "5", "s", "5 s", "-5s", "5S", "1h30", "\u0665s", "5MiB", "1e9s"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="units"):
        seconds(text)


@pytest.mark.parametrize("text", ["", "5", "5s", "5mib", "MiB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="units"):
        size(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0s"), (0.5, "500ms"), (5.0, "5s"), (5400.0, "1h30m"), (61.5, "1m1s500ms")],
)
def test_a_duration_is_written_in_few_units(value: float, text: str) -> None:
    assert written_seconds(value) == text


@given(st.integers(0, 10**9))
def test_a_written_duration_is_read_as_itself(milliseconds: int) -> None:
    assert seconds(written_seconds(milliseconds / 1000)) == milliseconds / 1000


@given(st.integers(0, 2**40))
def test_a_written_size_is_read_as_itself(count: int) -> None:
    assert size(written_size(count)) == count


@pytest.mark.parametrize(("text", "meant"), [("20/s", 20.0), ("90/m", 1.5), ("0.5/s", 0.5)])
def test_a_rate_is_read_with_its_unit(text: str, meant: float) -> None:
    assert rate(text) == meant
    assert rate(written_rate(meant)) == meant


@pytest.mark.parametrize("text", ["20", "20/h", "/s", "inf/s", "1e3/s", "-1/s", "20 /s"])
def test_a_text_that_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="by a second or a minute"):
        rate(text)
