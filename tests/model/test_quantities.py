import pytest

from gateway.model.quantities import quantity


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("2969m", 2.969),
        ("29600m", 29.6),
        ("26", 26.0),
        ("0", 0.0),
        ("-1.5", -1.5),
        ("+1.", 1.0),
        (".5", 0.5),
        ("1k", 1000.0),
        ("1Ki", 1024.0),
        ("2E", 2e18),
        ("2Ei", 2.0 * 1024**6),
        ("100n", 1e-7),
        ("5u", 5e-6),
        ("12e6", 12e6),
        ("12E-3", 0.012),
        (9, 9.0),
        (0.1, 0.1),
    ],
)
def test_a_quantity_is_a_number(written: str | float, number: float) -> None:
    assert quantity(written) == number


@pytest.mark.parametrize(
    "written", [None, "", "m", "1K", "1 m", "1mm", "NaN", "inf", "1e", "\u0661", "1e9999", "9" * 50]
)
def test_what_is_no_quantity_has_no_number(written: str | None) -> None:
    assert quantity(written) is None
