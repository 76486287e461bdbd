import pytest

from gateway.upstreams.headers import Received, Sent, lines


def test_headers_are_written_line_by_line() -> None:
    values = {"Accept": "application/json", "X-Forwarded-For": "10.0.0.1"}
    written = b"Accept: application/json\r\nX-Forwarded-For: 10.0.0.1\r\n"
    sent = Sent(values)
    assert lines(values) == lines(sent) == sent.lines == written
    assert dict(sent) == values
    assert len(sent) == 2
    assert sent.get("Authorization") is None


@pytest.mark.parametrize(
    "value", ["a\r\nY: b", "a\nY: b", "a\rb", "a\0b", "a\x7fb", "\u20ac", "a\u0100"]
)
def test_a_value_that_would_end_its_line_is_refused_before_it_is_sent(value: str) -> None:
    for make in (lines, Sent):
        with pytest.raises(ValueError, match="no header may hold"):
            make({"X": value})


@pytest.mark.parametrize("name", ["", "X Y", "X:", "X\r\nY", "X\0", "\xe9"])
def test_a_name_that_is_none_is_refused_too(name: str) -> None:
    with pytest.raises(ValueError, match="no header may hold"):
        Sent({name: "a"})


def test_what_changes_afterwards_changes_nothing_that_is_sent() -> None:
    values = {"X": "a"}
    sent = Sent(values)
    values["X"] = "b\r\nY: c"
    assert sent["X"] == "a"
    assert sent.lines == b"X: a\r\n"


def test_headers_that_came_are_known_by_their_lower_case_names_and_joined() -> None:
    head = b"HTTP/1.1 200 OK: yes\r\nWarning: a\r\nRetry-AFTER:1 \t\r\nwarning: \xe9\r\nServer:"
    received = Received(head)
    assert received["retry-after"] == "1"
    assert dict(received) == {"warning": "a, \xe9", "retry-after": "1", "server": ""}
    assert len(received) == 3
    assert received.get("content-type") is None
