from urllib.parse import urlencode

import pytest

from gateway.errors import BadUserInput
from gateway.execution.requests import GraphQLRequest
from gateway.server.requests import got, posted


def test_a_body_is_read_whole() -> None:
    body = b'{"query":"{a}","variables":{"x":[1]},"operationName":"A","extensions":{"y":2},"z":3}'
    assert posted(body) == GraphQLRequest("{a}", {"x": [1]}, "A", {"y": 2})


def test_what_is_null_or_left_out_is_none() -> None:
    assert posted(b'{"query":"{a}","variables":null}') == GraphQLRequest("{a}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is not JSON"),
        (b"{", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (b'{"query":"\xff"}', "the body is not JSON"),
        (b'{"query":"\\ud800"}', "the body is not JSON"),
        (b"[]", "not a GraphQL request: Expected `object`, got `array`"),
        (b"{}", "missing required field `query`"),
        (b'{"query":1}', "Expected `str`, got `int` - at `$.query`"),
        (b'{"query":"","variables":[]}', "at `$.variables`"),
        (b'{"query":"","operationName":1}', "at `$.operationName`"),
        (b'{"query":"","extensions":"x"}', "at `$.extensions`"),
        (b'{"query":"","variables":{"x":' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_body_that_is_no_request_says_where(body: bytes, message: str) -> None:
    with pytest.raises(BadUserInput) as raised:
        posted(body)
    assert message in raised.value.message


def test_parameters_are_read_and_change_nothing() -> None:
    parameters = {"query": "{ä}", "variables": '{"x":1}', "operationName": "A", "extensions": "{}"}
    query_string = urlencode(parameters).encode()
    assert got(query_string) == GraphQLRequest("{ä}", {"x": 1}, "A", {}, queries_only=True)


@pytest.mark.parametrize(
    ("query_string", "message"),
    [
        (b"", "no parameter query"),
        (b"query=", "no parameter query"),
        (b"query=a&query=b", "given twice"),
        (b"query=%ff", "cannot be read"),
        (b"query=\xff", "cannot be read"),
        (b"query=a&variables=1", "parameter variables is not a GraphQL request"),
        (b"query=a&variables={", "parameter variables is not JSON"),
        (b"query=a&extensions=[]", "parameter extensions is not a GraphQL request"),
        (b"&".join(b"%d=1" % n for n in range(40)), "cannot be read"),
    ],
)
def test_parameters_that_are_no_request_say_which(query_string: bytes, message: str) -> None:
    with pytest.raises(BadUserInput) as raised:
        got(query_string)
    assert message in raised.value.message
