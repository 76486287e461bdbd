from urllib.parse import unquote

import pytest

from gateway.errors import BadUserInput
from gateway.upstreams.paths import segment


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("a.b-c_1", "a.b-c_1"),
        ("x?y#z", "x%3Fy%23z"),
        ("100%", "100%25"),
        ("a b", "a%20b"),
        ("größe", "gr%C3%B6%C3%9Fe"),
        ("...", "..."),
        ("..a", "..a"),
        ("%2e%2e", "%252e%252e"),
        ("dataplanes+insights", "dataplanes%2Binsights"),
    ],
)
def test_a_name_reaches_the_control_plane_as_that_name(name: str, escaped: str) -> None:
    assert segment(name) == escaped
    assert unquote(escaped) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x?y#z", "a/b", "/", "a\x00", "a\nb", "\x1f", "\ud800"]
)
def test_a_name_that_would_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(BadUserInput, match="cannot be the name of a resource"):
        segment(name)
