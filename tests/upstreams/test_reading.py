from typing import Any

import pytest

from gateway.errors import BadResponse
from gateway.upstreams.base import Answer
from gateway.upstreams.reading import document, unreadable, without_nulls


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (None, None),
        ({"a": None, "b": [None, {"c": None}, 1]}, {"b": [{}, 1]}),
        ([0, "", False, [], {}], [0, "", False, [], {}]),
    ],
)
def test_null_is_nothing_and_nothing_else_is(value: Any, left: Any) -> None:
    assert without_nulls(value) == left


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"content-type": "text/html; charset=utf-8"}, "prod: … a Mesh (text/html)"),
        ({"content-type": "application/json"}, "prod: … a Mesh"),
        ({}, "prod: … a Mesh"),
    ],
)
def test_an_error_says_what_came_and_nothing_of_it(headers: dict[str, str], message: str) -> None:
    error = unreadable("prod", "a Mesh", Answer(200, headers, b"hunter2"))
    assert error.message == message.replace("…", "the answer cannot be read as")
    assert error.status == 200


def test_a_document_is_passed_on_as_it_came() -> None:
    body = b'{"mode" : "zone"}'
    assert bytes(document("prod", Answer(200, {}, body))) == body


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"[" * 100_000, b'"\xff"'])
def test_a_document_that_is_no_json_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(BadResponse):
        document("prod", Answer(200, {}, body))
