import pytest

from gateway.errors import BadResponse
from gateway.upstreams.base import Answer
from gateway.upstreams.bodies import document


def test_a_document_is_passed_on_as_it_came() -> None:
    body = b'{"mode" : "zone"}'
    assert bytes(document("prod", Answer(200, {}, body))) == body


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"[" * 100_000, b'"\xff"'])
def test_a_document_that_is_no_json_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(BadResponse):
        document("prod", Answer(200, {}, body))
