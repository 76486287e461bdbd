from functools import partial
from pathlib import Path

import pytest

from gateway.errors import BadResponse, BudgetExceeded, UpstreamTimeout
from gateway.settings import AuthSettings
from gateway.upstreams.breaker import Breaker
from tests.upstreams.asking import BUSY, Told, asking, hang, operation
from tests.upstreams.loopback import CLOSE, Reply, Request, always, reply, upstream


@pytest.mark.parametrize("share", [True, False])
async def test_a_broken_answer_is_not_asked_for_again(share: bool) -> None:
    truncated = Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", closes=True)
    change = partial(upstream, share_calls=share)
    async with asking(always(truncated), change) as (client, server):
        with pytest.raises(BadResponse, match="prod: its answer broke off"):
            await client.send("GET", "/meshes", operation=operation())
        assert client.health.reachable
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_get_is_made_again_when_the_upstream_may_soon_do_better(status: int) -> None:
    told = Told()
    async with asking(always(reply(b"", status), reply(b"ok")), told=told) as (client, _):
        op = operation()
        answer = await client.send("GET", "/meshes", operation=op)
        assert (answer.body, op.calls_left) == (b"ok", 98)
        assert client.health.last_error is None
    assert [e["attempt"] for e in told.of("upstream.request")] == [1, 2]
    assert [e["attempt"] for e in told.of("upstream.retry")] == [1]


@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_the_last_answer_is_returned_when_the_retries_are_used_up(retries: int) -> None:
    async with asking(always(BUSY), lambda url: upstream(url, retries=retries)) as (client, server):
        answer = await client.send("GET", "/meshes", operation=operation())
    assert (answer.status, answer.body, len(server.requests)) == (503, b"busy", retries + 1)


@pytest.mark.parametrize("share", [True, False])
async def test_a_connection_that_closes_is_tried_once_more(share: bool) -> None:
    change = partial(upstream, retries=5, share_calls=share)
    async with asking(always(CLOSE), change) as (client, server):
        with pytest.raises(BadResponse):
            await client.send("GET", "/meshes", operation=operation())
        server.script = always(CLOSE, CLOSE, CLOSE, reply())
        await client.send("GET", "/meshes", operation=operation())
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (CLOSE, "prod: it closed the connection without an answer"),
        (Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", closes=True), "prod: its answer"),
        (Reply(b"SSH-2.0", closes=True), "prod: "),
    ],
)
async def test_what_fails_of_a_write_is_told_as_of_a_get(given: Reply, told: str) -> None:
    events = Told()
    async with asking(always(given), told=events) as (client, _):
        with pytest.raises(BadResponse, match=told) as raised:
            await client.send("PUT", "/meshes/x", operation=operation(), body=b"{}")
        assert raised.value.upstream == "prod"
        assert client.health.last_error == raised.value.code
    [event] = events.of("upstream.request")
    assert event["error"] == raised.value.code


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
@pytest.mark.parametrize("given", [CLOSE, BUSY, reply(b"", 429, retry_after=0)])
async def test_a_write_is_sent_once(method: str, given: Reply) -> None:
    async with asking(always(reply(), given)) as (client, server):
        # So that there is a connection to drop.
        await client.send("GET", "/meshes", operation=operation())
        try:
            answer = await client.send(method, "/meshes/x", operation=operation(), body=b"{}")
        except BadResponse:
            assert given is CLOSE
        else:
            assert answer.status in (429, 503)
    assert [r.method for r in server.requests] == ["GET", method]
    assert [r.connection for r in server.requests] == [0, 0]


async def test_a_timed_out_write_is_sent_once() -> None:
    async with asking(hang, lambda url: upstream(url, timeout=0.05)) as (client, server):
        with pytest.raises(UpstreamTimeout):
            await client.send("PUT", "/meshes/x", operation=operation(), body=b"{}")
    assert len(server.requests) == 1


async def test_retry_after_is_waited_for() -> None:
    told = Told()
    async with asking(always(reply(b"", 503, retry_after=0), reply()), told=told) as (client, _):
        assert (await client.send("GET", "/meshes", operation=operation())).status == 200
    assert [e["delay"] for e in told.of("upstream.retry")] == [0.0]


@pytest.mark.parametrize("told", ["60", "Sat, 21 Nov 2099 00:00:00 GMT"])
async def test_retry_after_beyond_the_deadline_ends_the_call(told: str) -> None:
    async with asking(always(reply(b"", 429, retry_after=told), reply())) as (client, server):
        answer = await client.send("GET", "/meshes", operation=operation(1))
    assert (answer.status, answer.headers["retry-after"], len(server.requests)) == (429, told, 1)


async def test_retries_stop_when_they_are_too_great_a_share() -> None:
    breaker = Breaker(threshold=10**6)
    async with asking(always(BUSY), breaker=breaker) as (client, server):
        for n in range(30):
            await client.send("GET", f"/meshes/{n}", operation=operation())
    # Ten in reserve and a fifth of thirty, less what was over the reserve at first.
    assert 40 <= len(server.requests) <= 46


async def test_retries_are_calls_of_the_operation() -> None:
    async with asking(always(BUSY)) as (client, server):
        answer = await client.send("GET", "/meshes", operation=operation(calls=2))
        assert answer.status == 503
        with pytest.raises(BudgetExceeded):
            await client.send("GET", "/meshes", operation=operation(calls=0))
    assert len(server.requests) == 2


async def test_a_refused_token_whose_file_has_another_is_tried_once_more(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("stale")

    async def script(request: Request) -> Reply:
        path.write_text("fresh")
        is_fresh = request.headers["authorization"] == "Bearer fresh"
        return reply(b"", 200 if is_fresh else 401)

    auth = AuthSettings(type="bearer", token_file=str(path))
    for method in ("GET", "PUT"):
        path.write_text("stale")
        async with asking(script, lambda url: upstream(url, auth=auth)) as (client, server):
            op = operation()
            assert (await client.send(method, "/meshes", operation=op)).status == 200
            assert op.calls_left == 98
            assert len(server.requests) == 2


async def test_a_refused_token_is_not_sent_again_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("wrong")
    auth = AuthSettings(type="bearer", token_file=str(tmp_path / "token"))
    given = always(reply(b"", 401))
    async with asking(given, lambda url: upstream(url, auth=auth)) as (client, server):
        assert (await client.send("GET", "/meshes", operation=operation())).status == 401
        assert client.health.last_error == "UNAUTHENTICATED"
    assert len(server.requests) == 1
