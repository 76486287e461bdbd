from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from gateway.execution.results import Operation
from gateway.server.access import OPERATION, Access, Served, ids, request_id
from gateway.server.replies import reply


class Porter:
    """An application behind Access, and what Access said of it."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.served: list[Served] = []
        times = iter((10.0, 10.25))
        self.app = Access(
            self.inner, self.begun.append, self.served.append, clock=lambda: next(times)
        )
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://gateway")

    async def inner(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/broken":
            raise RuntimeError("no")
        scope[OPERATION] = Operation("query", "Q")
        await reply(send, 201, [], request_id(scope).encode())


@pytest.fixture
def porter() -> Porter:
    return Porter()


async def test_a_request_gets_an_id_and_the_answer_carries_it(porter: Porter) -> None:
    answer = await porter.client.get("/x")
    name = answer.headers["x-request-id"]
    assert len(name) == 32
    assert answer.text == name
    assert porter.begun == [name]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-1.2_3:x/y+z=", True),
        ("x" * 128, True),
        ("x" * 129, False),
        ("", False),
        ("a b", False),
        ('a"b', False),
        ("ä", False),
    ],
)
async def test_a_well_formed_id_is_taken_over(porter: Porter, given: str, kept: bool) -> None:
    answer = await porter.client.get("/x", headers={b"x-request-id": given.encode()})
    assert (answer.headers["x-request-id"] == given) == kept


async def test_each_request_leaves_a_line(porter: Porter) -> None:
    answer = await porter.client.get("/x?token=1")
    name = answer.headers["x-request-id"]
    assert porter.served == [
        Served("GET", "/x", 201, 0.25, name, "127.0.0.1", "query", "Q"),
    ]


async def test_a_request_that_broke_leaves_one_too(porter: Porter) -> None:
    await porter.client.get("/broken")
    (line,) = porter.served
    assert (line.status, line.operation_type) == (None, None)


async def test_what_is_not_http_passes_by() -> None:
    passed: list[Any] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    await Access(inner, passed.append, passed.append)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert passed == ["lifespan"]


async def test_no_line_is_made_where_none_is_wanted() -> None:
    async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
        await reply(send, 200, [])

    told: list[Any] = []
    app = Access(inner, lambda _: None, told.append, wanted=lambda: False)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answer = await client.get("/x")
    assert answer.headers["x-request-id"]
    assert told == []


def test_no_two_ids_are_alike() -> None:
    one, other = ids(), ids()
    found = [next(it) for it in (one, one, other, other)]
    assert len(set(found)) == 4
    assert {len(it) for it in found} == {32}
    assert found[0][:16] == found[1][:16] != found[2][:16]
