import pytest

from gateway.model.durations import seconds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", 0),
        ("0s", 0),
        ("5s", 5),
        ("250ms", 0.25),
        ("1h30m", 5400),
        ("1.5h", 5400),
        (".5s", 0.5),
        ("1.s", 1),
        ("3\u03bcs", 3e-6),
        ("-2m", -120),
        ("3us", 3e-6),
        ("3µs", 3e-6),
        ("1m1ns", 60.000000001),
    ],
)
def test_a_duration_is_read_as_go_reads_it(text: str, found: float) -> None:
    assert seconds(text) == pytest.approx(found)


@pytest.mark.parametrize(
    "text", ["", "5", "s", "30d", "1h 30m", "h1", "--1s", "1,5h", "1h30", "∞", ".s", "\u0665s"]
)
def test_other_texts_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration such as 1h30m"):
        seconds(text)
