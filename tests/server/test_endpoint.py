from typing import Any

import httpx
import pytest

from gateway.server.endpoint import GraphQLEndpoint
from gateway.upstreams.base import Viewer
from tests.server.desk import Desk

RESPONSE = "application/graphql-response+json"
JSON = "application/json"


class Asked(Desk):
    """The desk behind its endpoint, and a client."""

    def __init__(self) -> None:
        super().__init__()
        self.endpoint = GraphQLEndpoint(self.graph, page=self)
        transport = httpx.ASGITransport(self.endpoint, client=("10.0.0.7", 4000))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.fixture
def desk() -> Asked:
    return Asked()


async def post(desk: Asked, query: str, accept: str = RESPONSE, **more: Any) -> httpx.Response:
    body = {"query": query, **more}
    return await desk.client.post("/graphql", json=body, headers={"accept": accept})


@pytest.mark.parametrize("accept", [RESPONSE, JSON])
async def test_an_answer_is_in_the_words_that_are_accepted(desk: Asked, accept: str) -> None:
    answer = await post(desk, "{ meshes { name } }", accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {"data": {"meshes": [{"name": "m"}, {"name": "mm"}]}}


@pytest.mark.parametrize(
    ("query", "accept", "status", "code"),
    [
        ("{", RESPONSE, 400, "GRAPHQL_PARSE_FAILED"),
        ("{", JSON, 200, "GRAPHQL_PARSE_FAILED"),
        ("{ x }", RESPONSE, 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ x }", JSON, 200, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { meshes(first: $n) { name } }", RESPONSE, 400, "BAD_USER_INPUT"),
        ("query ($n: Int!) { meshes(first: $n) { name } }", JSON, 200, "BAD_USER_INPUT"),
        ("{ must }", RESPONSE, 200, "INTERNAL_SERVER_ERROR"),
        ("{ meshes { status } }", RESPONSE, 200, "CONFLICT"),
    ],
)
async def test_a_status_tells_whether_anything_ran(
    desk: Asked, query: str, accept: str, status: int, code: str
) -> None:
    answer = await post(desk, query, accept)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert ("data" in answer.json()) == (code in ("INTERNAL_SERVER_ERROR", "CONFLICT"))


@pytest.mark.parametrize("accept", [RESPONSE, JSON])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"query":{}}'])
async def test_what_is_no_request_is_400_with_a_graphql_error(
    desk: Asked, body: bytes, accept: str
) -> None:
    headers = {"content-type": JSON, "accept": accept}
    answer = await desk.client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_query_may_be_asked_with_get(desk: Asked, method: str) -> None:
    parameters = {
        "query": "query A($n: Int) { meshes(first: $n) { name } }",
        "variables": '{"n":1}',
    }
    answer = await desk.client.request(method, "/graphql", params=parameters)
    assert answer.status_code == 200
    assert answer.headers["content-length"] == "34"
    assert answer.text == ('{"data":{"meshes":[{"name":"m"}]}}' if method == "GET" else "")


@pytest.mark.parametrize("accept", [RESPONSE, JSON])
async def test_a_mutation_may_not(desk: Asked, accept: str) -> None:
    parameters = {"query": 'mutation { apply(name: "a") }'}
    answer = await desk.client.get("/graphql", params=parameters, headers={"accept": accept})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("method", "headers", "content", "status"),
    [
        ("PUT", {}, b"", 405),
        ("DELETE", {}, b"", 405),
        ("POST", {"accept": "text/html"}, b"{}", 406),
        ("GET", {"accept": "image/png"}, b"", 406),
        ("POST", {}, b"{}", 415),
        ("POST", {"content-type": "text/plain"}, b"{}", 415),
        ("POST", {"content-type": "application/x-www-form-urlencoded"}, b"query=a", 415),
        ("POST", {"content-type": "application/json; charset=utf-16"}, b"{}", 415),
        ("POST", {"content-type": JSON, "content-encoding": "gzip"}, b"{}", 415),
        ("POST", {"content-type": JSON}, b" " * 2001, 413),
        ("POST", {"content-type": JSON, "content-length": "9" * 30}, b" " * 2001, 413),
    ],
)
async def test_what_http_refuses_is_a_problem(
    desk: Asked, method: str, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = await desk.client.request(method, "/graphql", headers=headers, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert ("allow" in answer.headers) == (status == 405)


async def test_parameters_may_be_so_long(desk: Asked) -> None:
    answer = await desk.client.get("/graphql", params={"query": "{" * 17_000})
    assert answer.status_code == 414


async def test_a_body_without_a_length_is_read_no_further_than_the_limit(desk: Asked) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b" " * 900, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "headers": headers, "query_string": b""}
    await desk.endpoint(scope, receive, send)
    assert sent[0]["status"] == 413
    assert read == 3


@pytest.mark.parametrize("content_type", [JSON, "Application/JSON; charset=UTF-8"])
async def test_json_is_json_however_it_is_spelt(desk: Asked, content_type: str) -> None:
    answer = await desk.client.post(
        "/graphql",
        content=b'{"query":"{ __typename }"}',
        headers={"content-type": content_type},
    )
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_a_browser_is_shown_the_page(desk: Asked) -> None:
    browser = {"accept": "text/html,application/xml;q=0.9,*/*;q=0.8"}
    answer = await desk.client.get("/graphql", headers=browser)
    assert answer.text == "the page"


@pytest.mark.parametrize("authorization", [None, "Bearer abc"])
async def test_the_viewer_is_who_asks_and_what_proves_it(
    desk: Asked, authorization: str | None
) -> None:
    headers = {"authorization": authorization} if authorization else {}
    await desk.client.post("/graphql", json={"query": "{ must }"}, headers=headers)
    assert desk.viewers == [Viewer("10.0.0.7", authorization)]


async def test_what_nobody_foresaw_is_reported_and_masked(desk: Asked) -> None:
    desk.broken = True
    answer = await post(desk, "{ must }")
    assert answer.status_code == 500
    assert answer.json() == {
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Internal error",
    }
    assert [str(fault) for fault in desk.faults] == ["secret"]
