"""CPU that one upstream GET costs the gateway, beside what other clients would cost.

Run it with `python -m benchmarks.upstream_get [--rounds N] [--loop asyncio|uvloop]`. A process of
its own, pinned to another core where there is one, answers with 4 kB of JSON over loopback. Rounds
of all clients are interleaved, so that a busy machine disturbs them alike; medians are compared.
"""

import argparse
import asyncio
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import httpx

# Also where this file is run by its path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gateway.settings import AuthSettings, UpstreamSettings
from gateway.upstreams.base import Operation, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.transports import HttpxTransport, default_transport

Get = Callable[[], Awaitable[object]]

CONCURRENCIES = (1, 8, 32, 100)
PATH = "/meshes?size=1000"
TOKEN = "t" * 400
HEADERS = {
    "Accept": "application/json",
    "Authorization": f"Bearer {TOKEN}",
    "X-Forwarded-For": "10.0.0.1",
}


class Upstream(asyncio.Protocol):
    """Answers every request with the same 4 kB of JSON."""

    row = b'{"type":"Mesh","name":"mesh-0001","labels":{"kuma.io/env":"universal"}}'
    body = b'{"items":[' + b",".join([row] * 56) + b"]}"
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Date: Sat, 21 Nov 2026 00:00:00 GMT\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not asyncio's by inheritance.
        self.transport = cast(asyncio.Transport, transport)
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        requests, _, self.rest = (self.rest + data).rpartition(b"\r\n\r\n")
        if requests:
            self.transport.write(self.answer * (requests.count(b"\r\n\r\n") + 1))


async def serve() -> None:
    """Listen on a free port, and print it."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def pin(core: int) -> None:
    """Stay on one core, where the system lets us choose."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def cpu_seconds() -> float:
    """User and system time of this process, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def cost(get: Get, concurrency: int, calls: int) -> float:
    """Milliseconds of CPU for each call."""

    async def caller() -> None:
        for _ in range(calls // concurrency):
            await get()

    before = cpu_seconds()
    await asyncio.gather(*(caller() for _ in range(concurrency)))
    return (cpu_seconds() - before) * 1000 / (calls // concurrency * concurrency)


def settings(port: int) -> UpstreamSettings:
    return UpstreamSettings(
        name="bench", product="kuma", url=f"http://127.0.0.1:{port}", concurrency=200
    )


class Paths:
    """A path for every call, so that none is shared with another under way."""

    def __init__(self) -> None:
        self.turn = 0

    def next(self) -> str:
        self.turn += 1
        return f"{PATH}&offset={self.turn}"


def candidates(port: int) -> tuple[dict[str, Get], list[Callable[[], Awaitable[object]]]]:
    """Every client by its name, and what closes them; those not installed are left out."""
    url = f"http://127.0.0.1:{port}{PATH}"
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    plain = httpx.AsyncClient(trust_env=False, limits=limits)
    below = HttpxTransport(httpx.AsyncHTTPTransport(trust_env=False, limits=limits))
    ours = default_transport(settings(port))
    client = Client(
        settings(port),
        default_transport(settings(port)),
        Credentials(AuthSettings(type="bearer", token=TOKEN), upstream="bench"),
    )
    operation = Operation(Viewer("10.0.0.1"), seconds=3600, calls=10**9)
    paths = Paths()

    async def by_httpx() -> object:
        answer = await plain.get(url, headers=HEADERS)
        return answer.status_code, answer.content

    gets: dict[str, Get] = {
        "httpx.AsyncClient": by_httpx,
        "httpx.AsyncHTTPTransport": lambda: below.send("GET", url, HEADERS, None),
    }
    closes: list[Callable[[], Awaitable[object]]] = [plain.aclose, below.close]

    try:
        import aiohttp
    except ImportError:
        pass
    else:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )

        async def by_aiohttp() -> object:
            async with session.get(url, headers=HEADERS, allow_redirects=False) as answer:
                return answer.status, dict(answer.headers), await answer.read()

        gets["aiohttp"] = by_aiohttp
        closes.append(session.close)

    try:
        from pyreqwest.client import ClientBuilder
    except ImportError:
        pass
    else:
        rust = ClientBuilder().no_proxy().follow_redirects(False).build()

        async def by_pyreqwest() -> object:
            answer = await rust.request("GET", url).headers(HEADERS).build().send()
            return answer.status, dict(answer.headers.items()), (await answer.bytes()).to_bytes()

        gets["pyreqwest"] = by_pyreqwest
        closes.append(rust.close)

    gets["our transport"] = lambda: ours.send("GET", url, HEADERS, None)
    gets["our Client"] = lambda: client.send("GET", paths.next(), operation=operation)
    closes += [ours.close, client.close]
    return gets, closes


async def measure(port: int, rounds: int) -> dict[str, list[float]]:
    """For every client, the median cost at each concurrency."""
    gets, closes = candidates(port)
    medians: dict[str, list[float]] = {name: [] for name in gets}
    for concurrency in CONCURRENCIES:
        costs: dict[str, list[float]] = {name: [] for name in gets}
        for _ in range(rounds + 1):
            for name, get in gets.items():
                calls = max(concurrency * 4, 200 if name.startswith("httpx") else 800)
                costs[name].append(await cost(get, concurrency, calls))
        for name, found in costs.items():
            # The first round opens the connections.
            medians[name].append(statistics.median(found[1:]))
    for close in closes:
        await close()
    return medians


def table(medians: dict[str, list[float]]) -> str:
    """The medians, and how many times less than plain httpx each is."""
    first = medians["httpx.AsyncClient"]
    heads = "".join(f"{f'{number} at once':>18}" for number in CONCURRENCIES)
    lines = [f"{'CPU ms per GET (less than plain httpx)':<40}{heads}"]
    for name, found in medians.items():
        cells = (
            f"{f'{value:.3f} ({one / value:.1f}x)':>18}"
            for value, one in zip(found, first, strict=True)
        )
        lines.append(f"{name:<40}{''.join(cells)}")
    return "\n".join(lines)


def run(work: Callable[[], Awaitable[object]], loop: str) -> object:
    async def worked() -> object:
        return await work()

    if loop == "uvloop":
        import uvloop

        return uvloop.run(worked())
    return asyncio.run(worked())


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU of an upstream GET, client by client.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), default="uvloop")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        pin(1)
        run(serve, given.loop)
        return
    pin(0)
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", "--loop", given.loop], stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        medians = run(lambda: measure(port, given.rounds), given.loop)
        assert isinstance(medians, dict)
        print(table(medians))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
