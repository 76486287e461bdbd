import asyncio
from collections.abc import Callable

import pytest

from gateway.errors import BadResponse, BadUserInput, UpstreamTimeout, UpstreamUnavailable
from gateway.model.health import Circuit
from gateway.settings import AuthSettings, UpstreamSettings
from gateway.upstreams.base import Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import ANONYMOUS, Credentials
from gateway.upstreams.transports import default_transport
from tests.upstreams.asking import Told, asking, client_of, hang, held, operation
from tests.upstreams.loopback import Reply, Request, always, loopback, reply, upstream


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


async def test_the_fingerprint_is_that_of_the_credential() -> None:
    auth = AuthSettings(type="forward")
    client = client_of(upstream("http://127.0.0.1:1", auth=auth))
    assert client.fingerprint(Viewer("10.0.0.1")) == ANONYMOUS
    assert client.fingerprint(Viewer("10.0.0.1", "Bearer a")) != ANONYMOUS


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
