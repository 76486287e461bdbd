import asyncio
import gc
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.errors import BadResponse, UpstreamError, UpstreamTimeout, UpstreamUnavailable
from gateway.upstreams import faults
from gateway.upstreams.base import Transport
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

HEAD = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def sending(
    script: Script, max_body: int = 1 << 20
) -> AsyncIterator[tuple[Transport, Loopback]]:
    async with loopback(script) as server:
        transport = default_transport(upstream(server.url, max_body=max_body))
        try:
            yield transport, server
        finally:
            await transport.close()


async def test_an_exchange_is_one_request_with_the_headers_given_and_one_answer() -> None:
    async with sending(always(reply(b'{"a":1}', x_some="thing"))) as (transport, server):
        answer = await transport.send("GET", f"{server.url}/a?b=c", {"X-One": "1"}, None)
    assert (answer.status, answer.body) == (200, b'{"a":1}')
    assert answer.headers["x-some"] == "thing"
    (request,) = server.requests
    assert (request.method, request.target) == ("GET", "/a?b=c")
    assert request.headers == {"host": f"127.0.0.1:{server.port}", "x-one": "1"}


async def test_a_body_is_sent_with_its_length() -> None:
    async with sending(always(reply())) as (transport, server):
        await transport.send("PUT", f"{server.url}/a", {}, b"{}")
        await transport.send("PUT", f"{server.url}/a", {}, None)
        await transport.send("DELETE", f"{server.url}/a", {}, None)
    assert [r.body for r in server.requests] == [b"{}", b"", b""]
    assert [r.headers.get("content-length") for r in server.requests] == ["2", "0", None]


async def test_a_connection_is_used_again() -> None:
    async with sending(always(reply())) as (transport, server):
        for _ in range(5):
            await transport.send("GET", f"{server.url}/a", {}, None)
    assert (len(server.requests), server.connections) == (5, 1)


async def test_calls_at_once_have_connections_of_their_own() -> None:
    async def script(request: Request) -> Reply:
        return reply(request.target.encode())

    async with sending(script) as (transport, server):
        answers = await asyncio.gather(
            *(transport.send("GET", f"{server.url}/{n}", {}, None) for n in range(20))
        )
    assert [a.body for a in answers] == [b"/%d" % n for n in range(20)]


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n3;x=y\r\n   \r\n0\r\n\r\n",
            b"{}   ",
        ),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n", b"{}"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + reply(b"[]").data, b"[]"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (HEAD + b"content-LENGTH: 0\r\n\r\n", b""),
    ],
)
async def test_framings_of_an_answer(data: bytes, body: bytes) -> None:
    async with sending(always(Reply(data))) as (transport, server):
        for _ in range(2):
            answer = await transport.send("GET", f"{server.url}/", {}, None)
            assert answer.body == body
        assert "x" not in answer.headers
    assert server.connections == 1


@pytest.mark.parametrize(
    "head", [HEAD, HEAD.replace(b"1.1", b"1.0"), HEAD + b"Connection: close\r\n"]
)
async def test_an_answer_may_end_with_its_connection(head: bytes) -> None:
    async with sending(always(Reply(head + b"\r\n{}", closes=True))) as (transport, server):
        for _ in range(2):
            assert (await transport.send("GET", f"{server.url}/", {}, None)).body == b"{}"
    assert server.connections == 2


async def test_a_server_that_says_close_is_believed() -> None:
    async with sending(always(reply(connection="close"))) as (transport, server):
        for _ in range(3):
            await transport.send("GET", f"{server.url}/", {}, None)
    assert server.connections == 3


async def test_a_head_that_comes_again_stands_before_what_comes_with_it() -> None:
    bodies = [b"ab", b"cd", b"efg", b"hi", b"", b"jk"]
    sent = iter([*bodies, *bodies])

    async def script(_: Request) -> Reply:
        return reply(next(sent), etag="x")

    async with sending(script) as (transport, server):
        answers = [await transport.send("GET", f"{server.url}/", {}, None) for _ in range(12)]
    assert [it.body for it in answers] == [*bodies, *bodies]
    assert {(it.status, it.headers["etag"]) for it in answers} == {(200, "x")}
    assert server.connections == 1


async def test_behind_a_known_head_a_body_may_come_in_pieces_or_not_at_all() -> None:
    whole = reply(b"{}").data
    given = iter([Reply(whole), Reply(whole), Reply(whole[:-1], closes=True), Reply(whole), CLOSE])

    async def script(_: Request) -> Reply:
        return next(given)

    async with sending(script) as (transport, server):
        for fault in (None, None, faults.TRUNCATED, None, faults.CLOSED):
            if fault is None:
                assert (await transport.send("GET", f"{server.url}/", {}, None)).body == b"{}"
                continue
            with pytest.raises(fault.raises) as raised:
                await transport.send("GET", f"{server.url}/", {}, None)
            assert faults.name(raised.value) == fault.name


async def test_a_header_that_comes_twice_is_joined() -> None:
    data = HEAD + b"Warning: a\r\nwarning: b\r\nContent-Length: 0\r\n\r\n"
    async with sending(always(Reply(data))) as (transport, server):
        answer = await transport.send("GET", f"{server.url}/", {}, None)
    assert answer.headers["warning"] == "a, b"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (CLOSE, faults.CLOSED),
        (Reply(b"HTTP/1.1 200", closes=True), faults.TRUNCATED),
        (Reply(HEAD + b"Content-Length: 9\r\n\r\n{", closes=True), faults.TRUNCATED),
        (Reply(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{", closes=True), faults.TRUNCATED),
        (Reply(b"SSH-2.0-OpenSSH_9.2\r\n", closes=True), faults.NOT_HTTP),
        (Reply(b"\x15\x03\x01\x00\x02\x02F", closes=True), faults.NOT_HTTP),
        (Reply(b"HTTP/1.1 101 A\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), faults.NOT_HTTP),
        (Reply(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"), faults.NOT_HTTP),
        (
            Reply(HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            faults.NOT_HTTP,
        ),
        (Reply(HEAD + b"Content-Length: -1\r\n\r\n"), faults.NOT_HTTP),
        (Reply(HEAD + b"X: " + b"y" * (600 * 1024)), faults.TOO_LARGE),
        (reply(b"\x1f\x8b", content_encoding="gzip"), faults.COMPRESSED),
    ],
)  # fmt: skip
async def test_a_fault_is_told_from_every_other(given: Reply, fault: faults.Fault) -> None:
    async with sending(always(given)) as (transport, server):
        for _ in range(2):
            with pytest.raises(fault.raises) as raised:
                await transport.send("GET", f"{server.url}/secret", {}, None)
            assert type(raised.value) is fault.raises
            assert faults.name(raised.value) == fault.name
            assert "127.0.0.1" not in raised.value.message
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "data",
    [
        reply(b"x" * 1001).data,
        HEAD + b"Content-Length: 99999999999999\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"64\r\n" + b"x" * 100 + b"\r\n") * 11,
        HEAD + b"\r\n" + b"x" * 1001,
    ],
)
async def test_a_body_beyond_the_limit_is_refused_while_it_is_read(data: bytes) -> None:
    async with sending(always(Reply(data)), max_body=1000) as (transport, server):
        with pytest.raises(BadResponse, match="1000 bytes"):
            await transport.send("GET", f"{server.url}/", {}, None)


async def test_a_body_of_just_the_limit_is_taken() -> None:
    async with sending(always(reply(b"x" * 1000)), max_body=1000) as (transport, server):
        answer = await transport.send("GET", f"{server.url}/", {}, None)
    assert len(answer.body) == 1000


async def test_a_large_body_in_both_directions() -> None:
    async def script(request: Request) -> Reply:
        return reply(request.body)

    sent = b"x" * 900_000
    async with sending(script) as (transport, server):
        answer = await transport.send("PUT", f"{server.url}/", {}, sent)
    assert answer.body == sent


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_nothing_is_sent_twice_on_a_connection_that_was_dropped(method: str) -> None:
    async def script(request: Request) -> Reply:
        return reply() if request.number == 0 else CLOSE

    async with sending(script) as (transport, server):
        await transport.send("GET", f"{server.url}/", {}, None)
        with pytest.raises(BadResponse, match="without an answer"):
            await transport.send(method, f"{server.url}/", {}, None)
    assert [r.connection for r in server.requests] == [0, 0]


async def test_a_write_takes_no_connection_that_lay_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.upstreams.http1.MAX_IDLE_BEFORE_WRITE", -1.0)
    async with sending(always(reply())) as (transport, server):
        for method in ("GET", "GET", "PUT"):
            await transport.send(method, f"{server.url}/", {}, None)
    assert [r.connection for r in server.requests] == [0, 0, 1]


async def test_a_connection_closed_while_idle_is_not_used() -> None:
    async with sending(always(reply(closes=True), reply())) as (transport, server):
        await transport.send("GET", f"{server.url}/", {}, None)
        await asyncio.sleep(0.02)
        await transport.send("PUT", f"{server.url}/", {}, None)
    assert [r.connection for r in server.requests] == [0, 1]


async def test_what_nobody_asked_for_is_nobodys_answer() -> None:
    async with sending(always(Reply(reply(b"1").data + reply(b"2").data), reply(b"3"))) as (
        transport,
        server,
    ):
        first = await transport.send("GET", f"{server.url}/", {}, None)
        second = await transport.send("GET", f"{server.url}/", {}, None)
    assert (first.body, second.body, server.connections) == (b"1", b"3", 2)


async def test_a_call_given_up_takes_its_connection_with_it() -> None:
    async def script(request: Request) -> Reply:
        if request.number == 0:
            await asyncio.sleep(30)
        return reply(b"second")

    async with sending(script) as (transport, server):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await transport.send("GET", f"{server.url}/", {}, None)
        answer = await transport.send("GET", f"{server.url}/", {}, None)
    assert (answer.body, server.connections) == (b"second", 2)


async def test_closing_drops_what_is_under_way() -> None:
    async def script(request: Request) -> Reply:
        await asyncio.sleep(30)
        return reply()

    async with sending(script) as (transport, server):
        call = asyncio.create_task(transport.send("GET", f"{server.url}/", {}, None))
        await server.arrived(1)
        await transport.close()
        with pytest.raises(BadResponse):
            await call


async def given_up_while_connecting(debug: bool) -> None:
    asyncio.get_running_loop().set_debug(debug)
    async with sending(always(reply())) as (transport, server):
        for turns in range(12):
            calls = [
                asyncio.create_task(transport.send("GET", f"{server.url}/", {}, None))
                for _ in range(3)
            ]
            for _ in range(turns):
                await asyncio.sleep(0)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        async with asyncio.timeout(5):
            await transport.close()


@pytest.mark.parametrize("debug", [True, False])
async def test_a_call_given_up_while_it_connects_is_no_reason_to_wait(debug: bool) -> None:
    await given_up_while_connecting(debug)


@pytest.mark.parametrize("debug", [True, False])
def test_nor_is_it_on_uvloop(debug: bool) -> None:
    pytest.importorskip("uvloop").run(given_up_while_connecting(debug))


async def test_a_closed_port_is_a_refused_connection() -> None:
    async with loopback(always(reply())) as server:
        url = server.url
    transport = default_transport(upstream(url))
    with pytest.raises(UpstreamUnavailable) as raised:
        await transport.send("GET", f"{url}/", {}, None)
    assert raised.value.message == "the connection was refused"


async def test_a_name_with_several_addresses_can_be_refused_too() -> None:
    async with loopback(always(reply())) as server:
        url = f"http://localhost:{server.port}"
    with pytest.raises(UpstreamUnavailable) as raised:
        await default_transport(upstream(url)).send("GET", f"{url}/", {}, None)
    assert faults.name(raised.value) == faults.REFUSED.name


async def test_a_name_that_is_not_known() -> None:
    url = "http://nowhere.invalid"
    with pytest.raises(UpstreamUnavailable) as raised:
        await default_transport(upstream(url)).send("GET", f"{url}/", {}, None)
    assert faults.name(raised.value) == faults.NAME_NOT_FOUND.name
    assert "nowhere" not in raised.value.message


async def test_a_connection_that_does_not_come_about_in_time() -> None:
    # Nobody accepts, so TLS never begins.
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(UpstreamTimeout) as raised:
            await default_transport(upstream(url, connect_timeout=0.05)).send(
                "GET", f"{url}/", {}, None
            )
    assert faults.name(raised.value) == faults.CONNECT_TIMEOUT.name


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/a b", {}),
        ("GET", "/a\r\nX: y", {}),
        ("GET", "/", {"X": "a\r\nY: b"}),
        ("GET", "/", {"X": "a\nY: b"}),
        ("GET", "/", {"X": "a\0b"}),
        ("GET", "/", {"X": "\u20ac"}),
        ("GET\r\nX: y", "/", {}),
    ],
)
async def test_nothing_can_be_smuggled_into_a_request(
    method: str, path: str, headers: dict[str, str]
) -> None:
    async with sending(always(reply())) as (transport, server):
        with pytest.raises(ValueError):  # noqa: PT011 -- UnicodeEncodeError is one, too.
            await transport.send(method, server.url + path, headers, None)
    assert not server.requests


async def test_a_transport_sends_to_its_own_upstream_alone() -> None:
    async with sending(always(reply())) as (transport, server):
        for url in ("http://127.0.0.1/", f"{server.url}1/", f"{server.url}@evil.test/"):
            with pytest.raises(ValueError, match="not an address of this upstream"):
                await transport.send("GET", url, {}, None)


async def test_a_finished_connection_leaves_nothing_for_the_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        async with sending(always(reply())) as (transport, server):
            await transport.send("GET", f"{server.url}/", {}, None)
            (connection,) = transport._open  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        # The local name and the argument of getrefcount itself.
        assert sys.getrefcount(connection) <= 3
    finally:
        gc.enable()


async def test_every_error_of_a_transport_is_an_upstream_error() -> None:
    assert all(issubclass(row.raises, UpstreamError) for row in faults.FAULTS.values())


async def test_speaking_tls_to_what_does_not() -> None:
    plain = await asyncio.start_server(_bad_request, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}"
    with pytest.raises(UpstreamUnavailable) as raised:
        await default_transport(upstream(url)).send("GET", f"{url}/", {}, None)
    assert faults.name(raised.value) == faults.NOT_TLS.name
    plain.close()
    await plain.wait_closed()


async def _bad_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


@pytest.mark.parametrize(
    ("given", "fault"),
    [(CLOSE, faults.CLOSED), (Reply(HEAD + b"Content-Length: 9\r\n\r\n", True), faults.TRUNCATED)],
)
def test_all_of_it_on_uvloop(given: Reply, fault: faults.Fault) -> None:
    async def scenario() -> None:
        async with sending(always(reply(b"1"), reply(b"2"), given)) as (transport, server):
            for body in (b"1", b"2"):
                assert (await transport.send("PUT", f"{server.url}/", {}, b"{}")).body == body
            with pytest.raises(fault.raises) as raised:
                await transport.send("PUT", f"{server.url}/", {}, b"{}")
            assert faults.name(raised.value) == fault.name
        assert [r.connection for r in server.requests] == [0, 0, 0]
        with pytest.raises(UpstreamUnavailable, match="refused"):
            await transport.send("GET", f"{server.url}/", {}, None)

    uvloop = pytest.importorskip("uvloop")
    uvloop.run(scenario())
