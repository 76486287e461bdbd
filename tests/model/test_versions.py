import pytest

from gateway.model.versions import Version, parse


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2.14.3", Version(2, 14, 3)),
        ("v2.14.3", Version(2, 14, 3)),
        ("1.1", Version(1, 1)),
        ("3.0.0-dev", Version(3, 0, 0)),
        ("2.6.0-rc.1+build.7", Version(2, 6, 0)),
        ("0.0.0-preview.vabc1234", None),
        ("2.10.1.2", Version(2, 10, 1)),
        ("", None),
        (None, None),
        ("unknown", None),
        ("2", None),
        ("latest-2.1", None),
        ("9" * 5000 + ".1", None),
        ("1." + "9" * 7, Version(1, 999999)),
    ],
)
def test_a_version_is_read_by_its_numbers(text: str | None, version: Version | None) -> None:
    assert parse(text) == version


def test_versions_are_compared_by_their_numbers() -> None:
    assert Version(2, 9) < Version(2, 10) < Version(3)
    assert Version(2, 5, 0) >= (2, 5)
    assert str(Version(2, 5)) == "2.5.0"
