import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.errors import (
    BadResponse,
    BadUserInput,
    BudgetExceeded,
    CircuitOpen,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.model.health import Circuit
from gateway.settings import AuthSettings, UpstreamSettings
from gateway.telemetry import Event
from gateway.upstreams.base import Operation, Viewer
from gateway.upstreams.breaker import Breaker
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import ANONYMOUS, Credentials
from gateway.upstreams.transports import default_transport
from tests.upstreams.loopback import (
    CLOSE,
    Loopback,
    Reply,
    Request,
    Script,
    always,
    loopback,
    reply,
    upstream,
)
from tests.upstreams.test_breaker import Clock

BUSY = reply(b"busy", 503)


class Told:
    """Keeps the events of a client."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []

    def __call__(self, event: Event, **fields: object) -> None:
        assert set(fields) <= set(event.fields)
        self.events.append((event.name, fields))

    def of(self, name: str) -> list[dict[str, object]]:
        return [fields for told, fields in self.events if told == name]


def client_of(
    settings: UpstreamSettings, told: Told | None = None, breaker: Breaker | None = None
) -> Client:
    return Client(
        settings,
        default_transport(settings),
        Credentials(settings.auth, upstream=settings.name),
        told or Told(),
        breaker=breaker,
    )


@asynccontextmanager
async def asking(
    script: Script,
    change: Callable[[str], UpstreamSettings] = upstream,
    told: Told | None = None,
    breaker: Breaker | None = None,
) -> AsyncIterator[tuple[Client, Loopback]]:
    async with loopback(script) as server:
        client = client_of(change(server.url), told, breaker)
        try:
            yield client, server
        finally:
            await client.close()


def operation(seconds: float = 5.0, calls: int = 100, viewer: Viewer | None = None) -> Operation:
    return Operation(viewer or Viewer("10.1.2.3"), seconds, calls)


async def hang(request: Request) -> Reply:
    await asyncio.sleep(30)
    return CLOSE


def held(release: asyncio.Event, *replies: Reply) -> Script:
    """Answer as `always` does, once released."""
    script = always(*replies)

    async def wait(request: Request) -> Reply:
        await release.wait()
        return await script(request)

    return wait


async def test_a_call_carries_what_every_control_plane_needs() -> None:
    async with asking(always(reply(b'{"a":1}'))) as (client, server):
        op = operation()
        answer = await client.send("GET", "/meshes?size=1000", operation=op)
        await client.send("PUT", "/meshes/x", operation=op, body=b"{}")
    assert (answer.status, answer.body) == (200, b'{"a":1}')
    get, put = server.requests
    assert get.target == "/meshes?size=1000"
    assert get.headers["accept"] == put.headers["accept"] == "application/json"
    assert get.headers["x-forwarded-for"] == "10.1.2.3"
    assert get.headers["accept-encoding"] == "identity"
    assert "content-type" not in get.headers
    assert put.headers["content-type"] == "application/json"
    assert put.body == b"{}"
    assert op.calls_left == 98


@pytest.mark.parametrize("base", ["/api/mesh", "/api/mesh/"])
async def test_the_base_path_of_the_address_is_kept(base: str) -> None:
    async with asking(always(reply()), lambda url: upstream(url + base)) as (client, server):
        await client.send("GET", "/meshes", operation=operation())
    assert server.requests[0].target == "/api/mesh/meshes"


@pytest.mark.parametrize(
    "path",
    [
        "meshes",
        "/meshes/..",
        "/meshes/../secrets",
        "/meshes/%2e%2E/secrets",
        "/meshes/.%2e",
        "/meshes/./x",
        "/meshes/%2e?size=1",
        "/meshes/a b",
        "/meshes/a#b",
        "/meshes/a\\b",
        "/meshes/a\r\nX: y",
        "/meshes/é",
        "/meshes/%",
        "/meshes/%zz",
        "",
    ],
)
async def test_a_path_that_may_become_another_is_refused(path: str) -> None:
    async with asking(always(reply())) as (client, server):
        for method in ("GET", "PUT"):
            with pytest.raises(BadUserInput):
                await client.send(method, path, operation=operation())
    assert not server.requests


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/meshes/...",
        "/meshes/..%2Fx%3Fy%23z",
        "/meshes/.a/b..",
        "/meshes?name=../x",
        "/dataplanes?filter[labels.kuma.io/zone]=a&tag=b:c",
    ],
)
async def test_an_escaped_path_arrives_as_it_is(path: str) -> None:
    async with asking(always(reply())) as (client, server):
        await client.send("GET", path, operation=operation())
    assert server.requests[0].target == path


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 403, 404, 409, 418, 500])
async def test_any_status_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    given = reply(b"", status, location="http://127.0.0.1:1/elsewhere", set_cookie="a=b")
    async with asking(always(given)) as (client, server):
        for _ in range(2):
            answer = await client.send("GET", "/meshes", operation=operation())
            assert answer.status == status
        assert client.health.circuit == Circuit.CLOSED
    assert len(server.requests) == 2
    assert "cookie" not in server.requests[1].headers


async def test_an_attempt_ends_in_time_and_is_not_made_again() -> None:
    told = Told()
    async with asking(hang, lambda url: upstream(url, timeout=0.05), told) as (client, server):
        with pytest.raises(UpstreamTimeout) as raised:
            await client.send("GET", "/meshes", operation=operation())
        assert client.health.reachable is False
        assert client.health.last_error == "UPSTREAM_TIMEOUT"
    assert raised.value.message == "prod: no answer within 0.05 s"
    assert raised.value.upstream == "prod"
    assert len(server.requests) == 1
    assert [e["error"] for e in told.of("upstream.request")] == ["UPSTREAM_TIMEOUT"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_the_operations_deadline_ends_a_call_too(method: str) -> None:
    async with asking(hang) as (client, server):
        with pytest.raises(UpstreamTimeout, match="deadline"):
            await client.send(method, "/meshes", operation=operation(0.05))
        with pytest.raises(UpstreamTimeout, match="deadline"):
            await client.send(method, "/meshes", operation=operation(0))
    assert len(server.requests) == 1


async def test_headers_that_trickle_in_do_not_outlast_the_deadline() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                writer.write(b"H")
                await asyncio.sleep(0.01)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = client_of(upstream(url, timeout=0.05))
    with pytest.raises((UpstreamTimeout, BadResponse)):
        await client.send("GET", "/meshes", operation=operation())
    await client.close()
    server.close()
    await server.wait_closed()
    await asyncio.sleep(0.03)


async def test_an_error_names_the_upstream_and_nothing_of_its_address() -> None:
    async with loopback(always(reply())) as server:
        url = server.url
    client = client_of(upstream(url, retries=0))
    with pytest.raises(UpstreamUnavailable) as raised:
        await client.send("GET", "/meshes", operation=operation())
    assert raised.value.message == "prod: the connection was refused"
    assert raised.value.extensions() == {
        "code": "UPSTREAM_UNAVAILABLE",
        "retryable": True,
        "upstream": "prod",
        "problem": {"type": "connection-refused", "title": "the connection was refused"},
    }


async def test_a_broken_answer_is_not_asked_for_again() -> None:
    truncated = Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", closes=True)
    async with asking(always(truncated)) as (client, server):
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


async def test_a_connection_that_closes_is_tried_once_more() -> None:
    async with asking(always(CLOSE), lambda url: upstream(url, retries=5)) as (client, server):
        with pytest.raises(BadResponse):
            await client.send("GET", "/meshes", operation=operation())
        server.script = always(CLOSE, CLOSE, CLOSE, reply())
        await client.send("GET", "/meshes", operation=operation())
    assert len(server.requests) == 4


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


async def test_the_fingerprint_is_that_of_the_credential() -> None:
    auth = AuthSettings(type="forward")
    client = client_of(upstream("http://127.0.0.1:1", auth=auth))
    assert client.fingerprint(Viewer("10.0.0.1")) == ANONYMOUS
    assert client.fingerprint(Viewer("10.0.0.1", "Bearer a")) != ANONYMOUS


async def test_equal_gets_at_once_are_one_call() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"), reply(b"2"))) as (client, server):
        first, second = operation(), operation()
        calls = [
            asyncio.create_task(client.send("GET", "/meshes", operation=op))
            for op in (first, first, second)
        ]
        await server.arrived(1)
        release.set()
        assert {(await call).body for call in calls} == {b"1"}
        assert (first.calls_left, second.calls_left) == (99, 100)
        assert (await client.send("GET", "/meshes", operation=second)).body == b"2"


@pytest.mark.parametrize(
    ("other", "path"),
    [
        (Viewer("10.1.2.3", "Bearer b"), "/meshes"),
        (Viewer("10.1.2.3"), "/meshes"),
        (Viewer("127.0.0.1", "Bearer a"), "/meshes"),
        (Viewer("10.1.2.3", "Bearer a"), "/meshes?size=1"),
    ],
)
async def test_nothing_is_shared_with_another_caller_or_path(other: Viewer, path: str) -> None:
    release = asyncio.Event()
    auth = AuthSettings(type="forward")
    async with asking(held(release, reply()), lambda url: upstream(url, auth=auth)) as (
        client,
        server,
    ):
        one = operation(viewer=Viewer("10.1.2.3", "Bearer a"))
        calls = [
            asyncio.create_task(client.send("GET", "/meshes", operation=one)),
            asyncio.create_task(client.send("GET", path, operation=operation(viewer=other))),
        ]
        await server.arrived(2)
        release.set()
        await asyncio.gather(*calls)


async def test_one_callers_leaving_is_nothing_to_the_others() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"))) as (client, server):
        leaving, staying = (
            asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
            for _ in range(2)
        )
        await server.arrived(1)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        release.set()
        assert (await staying).body == b"1"
    assert len(server.requests) == 1


async def test_the_shorter_deadline_of_one_does_not_cut_the_other() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"))) as (client, server):
        short, long = (
            asyncio.create_task(client.send("GET", "/meshes", operation=operation(seconds)))
            for seconds in (0.05, 5)
        )
        await server.arrived(1)
        with pytest.raises(UpstreamTimeout):
            await short
        release.set()
        assert (await long).body == b"1"
        assert client.health.reachable


async def test_a_call_that_nobody_waits_for_any_more_is_dropped() -> None:
    dropped = asyncio.Event()

    async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            arrived.set()
            await reader.read()
        except ConnectionError:
            pass
        finally:
            dropped.set()
            writer.transport.abort()

    arrived = asyncio.Event()
    server = await asyncio.start_server(watched, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = client_of(upstream(url))
    calls = [
        asyncio.create_task(client.send("GET", "/meshes", operation=operation())) for _ in range(2)
    ]
    await arrived.wait()
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    async with asyncio.timeout(1):
        await dropped.wait()
    assert client.health.last_error is None
    await client.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("fails", [False, True])
async def test_a_get_from_before_a_write_is_not_joined_after_it(fails: bool) -> None:
    release = asyncio.Event()

    async def script(request: Request) -> Reply:
        if request.method == "PUT":
            return CLOSE if fails else reply()
        if request.number == 0:
            await release.wait()
            return reply(b"before")
        return reply(b"after")

    async with asking(script) as (client, server):
        early = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(1)
        writing = client.send("PUT", "/meshes/x", operation=operation(), body=b"{}")
        (outcome,) = await asyncio.gather(writing, return_exceptions=True)
        assert isinstance(outcome, BadResponse) == fails
        assert (await client.send("GET", "/meshes", operation=operation())).body == b"after"
        release.set()
        assert (await early).body == b"before"


async def test_a_get_from_during_a_write_is_not_joined_after_it() -> None:
    get, put = asyncio.Event(), asyncio.Event()

    async def script(request: Request) -> Reply:
        await (put if request.method == "PUT" else get).wait()
        return reply(str(request.number).encode())

    async with asking(script) as (client, server):
        writing = asyncio.create_task(
            client.send("PUT", "/meshes/x", operation=operation(), body=b"{}")
        )
        await server.arrived(1)
        during = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(2)
        put.set()
        await writing
        after = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(3)
        get.set()
        assert [(await call).body for call in (during, after)] == [b"1", b"2"]


async def test_a_failure_is_shared_as_well() -> None:
    release = asyncio.Event()
    async with asking(held(release, CLOSE), lambda url: upstream(url, retries=0)) as (client, _):
        calls = [client.send("GET", "/meshes", operation=operation()) for _ in range(3)]
        waiting = asyncio.gather(*calls, return_exceptions=True)
        await asyncio.sleep(0)
        release.set()
        assert all(isinstance(outcome, BadResponse) for outcome in await waiting)


async def test_requests_that_crash_their_handler_do_not_open_the_circuit() -> None:
    async def script(request: Request) -> Reply:
        return CLOSE if request.target == "/crash" else reply()

    settings = lambda url: upstream(url, retries=0)  # noqa: E731
    async with asking(script, settings, breaker=Breaker(threshold=2)) as (client, _):
        for _ in range(5):
            with pytest.raises(BadResponse):
                await client.send("GET", "/crash", operation=operation())
        assert client.health.circuit == Circuit.CLOSED
        assert (await client.send("GET", "/meshes", operation=operation())).status == 200


async def test_no_more_calls_than_allowed_run_at_once() -> None:
    now, most = 0, 0

    async def script(request: Request) -> Reply:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.005)
        now -= 1
        return reply()

    async with asking(script, lambda url: upstream(url, concurrency=3)) as (client, server):
        op = operation()
        await asyncio.gather(
            *(client.send("GET", f"/meshes/{n}", operation=op) for n in range(10)),
            *(client.send("PUT", f"/meshes/{n}", operation=op, body=b"") for n in range(10)),
        )
    assert (most, len(server.requests)) == (3, 20)


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_waiting_for_a_place_counts_and_leaves_no_place_taken(method: str) -> None:
    release = asyncio.Event()
    change = lambda url: upstream(url, concurrency=1)  # noqa: E731 -- an argument, named once.
    async with asking(held(release, reply()), change) as (client, server):
        busy = asyncio.create_task(client.send("GET", "/busy", operation=operation()))
        await server.arrived(1)
        with pytest.raises(UpstreamTimeout):
            await client.send(method, "/late", operation=operation(0.05))
        given_up = asyncio.create_task(client.send(method, "/x", operation=operation()))
        await asyncio.sleep(0.01)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        assert client.health.last_error is None
        release.set()
        await busy
        for _ in range(2):
            await client.send(method, "/after", operation=operation(1))
    assert [r.target for r in server.requests] == ["/busy", "/after", "/after"]


async def test_an_upstream_that_keeps_failing_is_left_alone_and_then_tried_again() -> None:
    clock, told = Clock(), Told()
    breaker = Breaker(clock, threshold=3, rest=5.0)
    async with asking(always(BUSY), lambda url: upstream(url, retries=0), told, breaker) as (
        client,
        server,
    ):
        op = operation()
        for n in range(3):
            await client.send("GET", f"/{n}", operation=op)
        for method in ("GET", "PUT"):
            with pytest.raises(CircuitOpen) as raised:
                await client.send(method, "/x", operation=op)
            assert raised.value.upstream == "prod"
        assert (len(server.requests), op.calls_left) == (3, 97)
        assert client.health.circuit == Circuit.OPEN
        clock.now += 5
        server.script = always(reply())
        await client.send("GET", "/x", operation=op)
        assert client.health.circuit == Circuit.CLOSED  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("listened", [True, False])
async def test_a_call_is_told_of_where_somebody_listens(listened: bool) -> None:
    told = Told()
    async with loopback(always(reply())) as server:
        settings = upstream(server.url)
        client = Client(
            settings,
            default_transport(settings),
            Credentials(settings.auth, upstream="prod"),
            told,
            listens=lambda event: listened,
        )
        await client.send("GET", "/meshes", operation=operation())
        await client.close()
    assert len(told.of("upstream.request")) == listened


async def test_a_caller_who_joins_late_and_leaves_early_costs_the_others_nothing() -> None:
    release = asyncio.Event()
    async with asking(held(release, reply(b"1"))) as (client, server):
        first = asyncio.create_task(client.send("GET", "/meshes", operation=operation()))
        await server.arrived(1)
        for _ in range(3):
            with pytest.raises(UpstreamTimeout, match="deadline"):
                await client.send("GET", "/meshes", operation=operation(0.005))
        release.set()
        assert (await first).body == b"1"
    assert len(server.requests) == 1


async def test_a_status_that_is_an_answer_is_neither_tried_again_nor_held_against_it() -> None:
    async with asking(always(BUSY)) as (client, server):
        for _ in range(20):
            answer = await client.send(
                "GET", "/health", operation=operation(), answers=frozenset((503,))
            )
            assert (answer.status, answer.body) == (503, b"busy")
        assert (client.health.circuit, client.health.last_error) == (Circuit.CLOSED, None)
    assert len(server.requests) == 20


async def test_callers_share_a_call_that_is_made_again() -> None:
    told = Told()
    async with asking(always(BUSY, BUSY, reply(b"ok")), told=told) as (client, server):
        operations = [operation() for _ in range(5)]
        calls = [client.send("GET", "/meshes", operation=one) for one in operations]
        assert {answer.body for answer in await asyncio.gather(*calls)} == {b"ok"}
        assert sorted(one.calls_left for one in operations) == [97, 100, 100, 100, 100]
    assert len(server.requests) == 3


async def test_a_circuit_that_opens_is_told() -> None:
    told = Told()
    async with asking(always(BUSY), lambda url: upstream(url, retries=0), told) as (client, _):
        for n in range(10):
            await client.send("GET", f"/{n}", operation=operation())
    assert told.of("upstream.circuit") == [
        {"upstream": "prod", "state": Circuit.OPEN, "previous": Circuit.CLOSED}
    ]


async def test_deadlines_that_leave_no_time_do_not_open_the_circuit() -> None:
    breaker = Breaker(threshold=3)
    async with asking(hang, breaker=breaker) as (client, _):
        for n in range(5):
            with pytest.raises(UpstreamTimeout):
                await client.send("GET", f"/{n}", operation=operation(0.01))
            with pytest.raises(UpstreamTimeout):
                await client.send("PUT", f"/{n}", operation=operation(0.01))
        assert client.health.circuit == Circuit.CLOSED


async def test_deadlines_that_left_enough_time_do() -> None:
    breaker = Breaker(threshold=3)
    async with asking(hang, lambda url: upstream(url, timeout=0.06), None, breaker) as (client, _):
        for n in range(3):
            with pytest.raises(UpstreamTimeout):
                await client.send("GET", f"/{n}", operation=operation(0.05))
        # The call itself ends a moment after those who waited for it.
        await asyncio.sleep(0.01)
        assert client.health.circuit == Circuit.OPEN


async def test_a_probe_given_up_by_its_caller_leaves_its_place_to_another() -> None:
    clock = Clock()
    breaker = Breaker(clock, threshold=1, rest=5.0)
    async with asking(always(BUSY), lambda url: upstream(url, retries=0), None, breaker) as (
        client,
        server,
    ):
        await client.send("GET", "/0", operation=operation())
        clock.now += 5
        server.script = hang
        probe = asyncio.create_task(client.send("GET", "/1", operation=operation()))
        await server.arrived(2)
        assert client.health.circuit == Circuit.HALF_OPEN
        with pytest.raises(CircuitOpen):
            await client.send("GET", "/2", operation=operation())
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        await asyncio.sleep(0)
        server.script = always(reply())
        await client.send("GET", "/3", operation=operation())
        assert client.health.circuit == Circuit.CLOSED  # type: ignore[comparison-overlap]


async def test_health_before_and_after_the_first_call() -> None:
    async with asking(always(reply())) as (client, _):
        assert client.health.reachable is None
        await client.send("GET", "/", operation=operation())
        health = client.health
    assert health.reachable
    assert health.latency is not None
    assert 0 < health.latency < 5


async def test_two_upstreams_never_see_each_others_credential() -> None:
    def with_token(token: str) -> Callable[[str], UpstreamSettings]:
        return lambda url: upstream(url, auth=AuthSettings(type="bearer", token=token))

    async with (
        asking(always(reply()), with_token("one")) as (first, at_first),
        asking(always(reply(b"", 307, location=at_first.url)), with_token("two")) as (
            second,
            at_second,
        ),
    ):
        for client in (first, second):
            await client.send("GET", "/", operation=operation())
    assert [r.headers["authorization"] for r in at_first.requests] == ["Bearer one"]
    assert [r.headers["authorization"] for r in at_second.requests] == ["Bearer two"]
