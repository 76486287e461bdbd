import pytest

from gateway.execution.results import Operation
from gateway.server.graphql import HEADERS, announced, viewer
from gateway.server.negotiation import Media
from gateway.server.requests import got, posted
from gateway.upstreams.base import Viewer
from tests.server.desk import Desk

JSON = b"application/json"
FIELDS = {b"content-type": JSON, b"content-length": b"20"}


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        ({}, Media.JSON),
        ({b"accept": b"application/graphql-response+json"}, Media.RESPONSE),
        ({b"accept": b"text/html,*/*;q=0.1"}, Media.JSON),
        ({b"content-encoding": b"identity"}, Media.JSON),
        ({b"content-type": b"application/json; charset=utf-8"}, Media.JSON),
        ({b"content-length": b"2000"}, Media.JSON),
        ({b"accept": b"text/html"}, None),
        ({b"content-encoding": b"gzip"}, None),
        ({b"content-type": b""}, None),
        ({b"content-type": b"application/json; charset=utf-16"}, None),
        ({b"content-length": b"2001"}, None),
        ({b"content-length": b"0"}, None),
        ({b"content-length": b""}, None),
        ({b"content-length": b"9" * 30}, None),
        ({b"content-length": b"-1"}, None),
    ],
)
def test_a_plain_post_is_known_by_its_headers(
    fields: dict[bytes, bytes], media: Media | None
) -> None:
    assert Desk().graph.plain(FIELDS | fields) is media


@pytest.mark.parametrize(
    ("length", "known"),
    [(b"", 0), (b"0", 0), (b"17", 17), (b"x", 0), (b"9" * 20, 0), (b"9" * 19, 10**19 - 1)],
)
def test_an_announced_length_is_a_number(length: bytes, known: int) -> None:
    assert announced({b"content-length": length}) == known
    assert announced({}) == 0


@pytest.mark.parametrize(
    ("client", "fields", "known"),
    [
        (("10.0.0.7", 4000), {}, Viewer("10.0.0.7")),
        (("10.0.0.7", 4000), {b"authorization": b"Bearer \xe4"}, Viewer("10.0.0.7", "Bearer ä")),
        (None, {b"authorization": b"Bearer a"}, Viewer(authorization="Bearer a")),
        (None, {b"authorization": b""}, Viewer()),
    ],
)
def test_a_viewer_is_who_asks(
    client: tuple[str, int] | None, fields: dict[bytes, bytes], known: Viewer
) -> None:
    assert viewer(client, fields) == known


async def test_an_answer_says_what_was_run() -> None:
    desk = Desk()
    body = b'{"query":"query Q { meshes(first: 1) { name } }"}'
    answer = await desk.graph.answer(posted, body, Media.JSON, Viewer("a"), "r")
    assert (answer.status, answer.headers) == (200, HEADERS[Media.JSON])
    assert answer.body == b'{"data":{"meshes":[{"name":"m"}]}}'
    assert answer.operation == Operation("query", "Q")
    assert desk.viewers == [Viewer("a")]


async def test_a_mutation_needs_post() -> None:
    query = b"query=mutation%7Bapply(name%3A%22a%22)%7D"
    answer = await Desk().graph.answer(got, query, Media.RESPONSE, Viewer(), "r")
    assert answer.status == 405
    assert (b"allow", b"POST") in answer.headers
    assert answer.operation == Operation("mutation")


async def test_what_nobody_foresaw_is_reported_with_the_id() -> None:
    desk = Desk()
    desk.broken = True
    answer = await desk.graph.answer(posted, b'{"query":"{a}"}', Media.JSON, Viewer(), "r")
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert [str(fault) for fault in desk.faults] == ["secret"]
