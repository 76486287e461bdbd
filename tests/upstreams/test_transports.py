import inspect
import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.errors import BadResponse, SettingsError, UpstreamError, UpstreamTimeout
from gateway.upstreams import faults
from gateway.upstreams.transports import HttpxTransport, default_transport, httpx_fault
from tests.upstreams.loopback import CLOSE, Reply, always, loopback, reply, upstream

URL = "http://kuma.example:5681/base/meshes?size=1000"


def httpx_errors() -> list[type[Exception]]:
    return [k for _, k in inspect.getmembers(httpx, inspect.isclass) if issubclass(k, Exception)]


def mocked(answer: httpx.Response | Exception, seen: list[httpx.Request]) -> httpx.MockTransport:
    def give(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.MockTransport(give)


async def test_a_transport_made_for_httpx_is_adapted() -> None:
    seen: list[httpx.Request] = []
    answer = httpx.Response(201, headers={"X-Some": "thing"}, content=b"{}")
    transport = HttpxTransport(mocked(answer, seen), connect_timeout=1.5)
    got = await transport.send("PUT", URL, {"Accept": "application/json"}, b"[]")
    await transport.close()
    assert (got.status, got.body, got.headers["x-some"]) == (201, b"{}", "thing")
    (request,) = seen
    assert (request.method, str(request.url), request.content) == ("PUT", URL, b"[]")
    assert sorted(request.headers) == ["accept", "content-length", "host"]
    assert request.extensions["timeout"]["connect"] == 1.5


async def test_an_app_answers_without_a_network() -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def echo(request: Request) -> JSONResponse:
        return JSONResponse({"path": request.url.path, "body": (await request.body()).decode()})

    app = Starlette(routes=[Route("/{rest:path}", echo, methods=["GET", "PUT"])])
    transport = HttpxTransport(httpx.ASGITransport(app))
    answer = await transport.send("PUT", "http://fake/meshes/a", {}, b"x")
    assert answer.body == b'{"path":"/meshes/a","body":"x"}'


@pytest.mark.parametrize("exception", [*httpx_errors(), RuntimeError, OSError, TimeoutError])
async def test_every_exception_becomes_an_error_of_ours(exception: type[Exception]) -> None:
    words = "kuma.example Bearer token"
    if exception is httpx.HTTPStatusError:
        made: Exception = httpx.HTTPStatusError(
            words, request=httpx.Request("GET", URL), response=httpx.Response(500)
        )
    elif issubclass(exception, httpx.StreamError) and exception is not httpx.StreamError:
        made = exception()  # type: ignore[call-arg]
    else:
        made = exception(words)
    transport = HttpxTransport(mocked(made, []))
    with pytest.raises(UpstreamError) as raised:
        await transport.send("GET", URL, {}, None)
    assert "kuma.example" not in str(raised.value.extensions()) + raised.value.message
    assert isinstance(raised.value, UpstreamTimeout) == issubclass(
        exception, httpx.TimeoutException | TimeoutError
    )


async def test_what_lies_behind_httpxs_exception_is_told() -> None:
    async with loopback(always(reply())) as server:
        url = server.url
    transport = HttpxTransport(httpx.AsyncHTTPTransport(trust_env=False))
    with pytest.raises(UpstreamError) as raised:
        await transport.send("GET", f"{url}/", {}, None)
    assert faults.name(raised.value) == faults.REFUSED.name
    await transport.close()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (CLOSE, faults.CLOSED),
        (Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", closes=True), faults.TRUNCATED),
        (Reply(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", closes=True), faults.NOT_HTTP),
        (reply(b"\x1f\x8b", content_encoding="gzip"), faults.COMPRESSED),
    ],
)
async def test_faults_are_the_same_through_httpx(given: Reply, fault: faults.Fault) -> None:
    async with loopback(always(given)) as server:
        transport = HttpxTransport(httpx.AsyncHTTPTransport(trust_env=False))
        with pytest.raises(fault.raises) as raised:
            await transport.send("GET", f"{server.url}/", {}, None)
        assert faults.name(raised.value) == fault.name
        await transport.close()


async def test_a_body_beyond_the_limit_is_not_read_to_its_end() -> None:
    given = []

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(100):
            given.append(1)
            yield b"x" * 100

    answer = httpx.Response(200, content=parts())
    with pytest.raises(BadResponse, match="250 bytes"):
        await HttpxTransport(mocked(answer, []), max_body=250).send("GET", URL, {}, None)
    assert len(given) == 3


def test_a_fault_is_found_for_any_exception() -> None:
    assert httpx_fault(ZeroDivisionError()) is faults.FAILED


@pytest.mark.parametrize(
    "url",
    [
        "kuma.example:5681",
        "ftp://kuma.example",
        "http://",
        "http://user:secret@kuma.example",
        "http://kuma.example:port",
        "http://" + "a" * 64 + "ö.example",
    ],
)
def test_an_address_that_cannot_be_used_names_its_setting(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^upstreams\.prod\.url: ") as raised:
        default_transport(upstream(url))
    assert "secret" not in raised.value.message


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://kuma.example", "kuma.example"),
        ("HTTP://Kuma.example:5681/base", "kuma.example:5681"),
        ("http://[::1]:5681", "[::1]:5681"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
    ],
)
def test_the_host_that_is_named_to_an_upstream(url: str, host: str) -> None:
    transport = default_transport(upstream(url))
    path = url.rstrip("/") + "/meshes"
    head = transport._request("GET", path, {}, None)  # type: ignore[attr-defined]
    assert f"\r\nHost: {host}\r\n".encode() in head


def test_nothing_of_httpx_is_imported_by_who_does_not_use_it() -> None:
    program = (
        "import sys, gateway.upstreams.client, gateway.upstreams.transports as t\n"
        "from gateway.settings import UpstreamSettings as S\n"
        "t.default_transport(S(name='a', product='kuma', url='http://127.0.0.1'))\n"
        "print([m for m in ('httpx', 'aiohttp', 'pyreqwest') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
