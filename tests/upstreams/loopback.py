"""A server on loopback that answers, or fails, as a test says, and keeps what it was sent."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import msgspec

from gateway.settings import AuthSettings, TlsSettings, UpstreamSettings


class Request(msgspec.Struct, frozen=True):
    """What arrived: header names are in lower case."""

    number: int
    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Reply(msgspec.Struct, frozen=True):
    """Bytes to write, and whether the connection ends after them."""

    data: bytes
    closes: bool = False


CLOSE = Reply(b"", closes=True)
Script = Callable[[Request], Awaitable[Reply]]


def reply(
    body: bytes = b"{}", status: int = 200, closes: bool = False, **headers: str | int
) -> Reply:
    """A whole answer; `retry_after=1` becomes `Retry-After: 1`."""
    lines = [f"HTTP/1.1 {status} Something", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return Reply("\r\n".join([*lines, "", ""]).encode() + body, closes)


def always(*replies: Reply) -> Script:
    """Give the replies in their order, the last of them for ever."""

    async def script(request: Request) -> Reply:
        return replies[min(request.number, len(replies) - 1)]

    return script


class Loopback:
    """The server: its address, and every request in the order of arrival."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self.url = ""
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    async def arrived(self, number: int) -> None:
        """Wait until so many requests are there."""
        while len(self.requests) < number:
            self._news.clear()
            await self._news.wait()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection, self.connections = self.connections, self.connections + 1
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                while await self._exchange(reader, writer, connection):
                    pass
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> bool:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        method, target, _ = first.split(" ")
        headers = {
            name.lower(): value for name, _, value in (x.partition(": ") for x in lines if x)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Request(len(self.requests), connection, method, target, headers, body)
        self.requests.append(request)
        self._news.set()
        given = await self.script(request)
        writer.write(given.data)
        await writer.drain()
        if given.closes:
            writer.close()
        return not given.closes

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def loopback(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Loopback]:
    """Serve on a free port of 127.0.0.1."""
    running = Loopback(script)
    server = await asyncio.start_server(running.talk, "127.0.0.1", 0, ssl=tls)
    running.port = server.sockets[0].getsockname()[1]
    running.url = f"{'https' if tls else 'http'}://127.0.0.1:{running.port}"
    try:
        yield running
    finally:
        server.close()
        await running.stop()
        await server.wait_closed()


def upstream(
    url: str,
    *,
    timeout: float = 2.0,
    connect_timeout: float = 1.0,
    concurrency: int = 32,
    retries: int = 2,
    max_body: int = 1 << 20,
    share_calls: bool = True,
    auth: AuthSettings | None = None,
    tls: TlsSettings | None = None,
) -> UpstreamSettings:
    """The settings of an upstream called prod."""
    return UpstreamSettings(
        name="prod",
        product="kuma",
        url=url,
        timeout=timeout,
        connect_timeout=connect_timeout,
        concurrency=concurrency,
        retries=retries,
        max_body=max_body,
        share_calls=share_calls,
        auth=auth or AuthSettings(),
        tls=tls or TlsSettings(),
    )
