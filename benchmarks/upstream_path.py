"""CPU from a loader to an upstream's bytes: what one read or write of an operation costs.

Run it with `python -m benchmarks.upstream_path [--rounds N]`. Every operation has its own loaders
over one Kuma adapter, as in the gateway. `in memory` answers at once, so that only our own work is
left; `loopback` asks a process of its own, pinned to another core where there is one, beside a bare
protocol that sends ready bytes and looks at nothing: what the kernel and the loop cost.
"""

import argparse
import asyncio
import gc
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import cast

import uvloop

# Also where this file is run by its path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.upstream_get import TOKEN, cpu_seconds, pin
from gateway.loaders import Loaders
from gateway.model.changes import Apply
from gateway.model.pages import Listing
from gateway.model.resources import ResourceKey
from gateway.settings import AuthSettings, UpstreamSettings
from gateway.telemetry import emit, wanted
from gateway.upstreams.base import Answer, Operation, Transport, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.kuma import Kuma
from gateway.upstreams.transports import default_transport

AT_ONCE = 32
CALLS = 6400

MESH = b'{"type":"Mesh","name":"m","creationTime":"2026-11-21T00:00:00Z","mtls":{"backends":[]}}'
MESHES = b'{"total":10,"items":[' + b",".join([MESH] * 10) + b'],"next":null}'
INDEX = b'{"product":"Kuma","version":"2.14.3"}'
FOUND = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: nginx\r\n"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"


def said(method: str, path: str) -> tuple[int, bytes]:
    """What the upstream answers."""
    if method == "PUT":
        return 200, b"{}"
    if path == "/":
        return 200, INDEX
    if path.startswith("/meshes?"):
        return 200, MESHES
    return (200, MESH) if path.startswith("/meshes/") else (404, b"404: Page Not Found")


class Upstream(asyncio.Protocol):
    """The upstream on loopback."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        *requests, self.rest = (self.rest + data).split(b"\r\n\r\n")
        for one in requests:
            # The body of a PUT stands before the next request's line.
            method, path, _ = one.partition(b"\r\n")[0].lstrip(b"{}").decode().split(" ")
            status, body = said(method, path)
            head = FOUND if status == 200 else NOT_FOUND
            length = b"Date: Sat, 21 Nov 2026 00:00:00 GMT\r\nContent-Length: %d\r\n\r\n"
            self.transport.write(head + length % len(body) + body)


class InMemory:
    """A transport that answers at once."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        await asyncio.sleep(0)
        status, found = said(method, url.removeprefix("http://127.0.0.1"))
        return Answer(status, {"content-type": "application/json"}, found)

    async def close(self) -> None:
        """Nothing is open."""


class Bare(asyncio.Protocol):
    """Sends ready bytes, and takes whatever comes for the whole answer."""

    request = (
        f"GET /meshes/m HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 10.0.0.1\r\n"
        f"Authorization: Bearer {TOKEN}\r\nAccept: application/json\r\n\r\n"
    ).encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def ask(self) -> asyncio.Future[bytes]:
        self.waiter: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(self.request)
        return self.waiter

    def data_received(self, data: bytes) -> None:
        self.waiter.set_result(data)


Work = Callable[[int], Awaitable[object]]


async def cost(work: Work) -> float:
    """Microseconds of CPU for each turn, with so many tasks taking turns."""

    async def caller(number: int) -> None:
        for turn in range(CALLS // AT_ONCE):
            await work(number * CALLS + turn)

    before = cpu_seconds()
    await asyncio.gather(*map(caller, range(AT_ONCE)))
    return (cpu_seconds() - before) * 1e6 / CALLS


def works(transport: Transport, url: str, *, share: bool) -> tuple[dict[str, Work], Kuma]:
    """What an operation may do, over one upstream."""
    settings = UpstreamSettings(
        name="bench", product="kuma", url=url, concurrency=200, share_calls=share
    )
    credentials = Credentials(AuthSettings(type="bearer", token=TOKEN), upstream="bench")
    kuma = Kuma(settings, Client(settings, transport, credentials, emit, listens=wanted))
    viewer = Viewer("10.0.0.1")

    def loaders() -> Loaders:
        return Loaders({"bench": kuma}, Operation(viewer, seconds=15, calls=100))

    async def one(turn: int) -> object:
        return await loaders().resource(ResourceKey("bench", "Mesh", None, f"m-{turn}"))

    async def listed(turn: int) -> object:
        return await loaders().page(Listing("bench", "Mesh"))

    async def written(turn: int) -> object:
        change = Apply(ResourceKey("bench", "Mesh", None, f"m-{turn}"), {})
        return await kuma.write(change, Operation(viewer, seconds=15, calls=100))

    if share:
        return {"one list, shared": listed}, kuma
    return {"one get": one, "one list": listed, "one put": written}, kuma


async def measure(port: int, rounds: int) -> dict[str, list[float]]:
    """The costs of each kind of work, round by round."""
    url = f"http://127.0.0.1:{port}"
    known = UpstreamSettings(name="bench", product="kuma", url=url)
    all_works: dict[str, Work] = {}
    adapters = []
    for share in (False, True):
        for name, transport, place in (
            ("in memory", InMemory(), "http://127.0.0.1"),
            ("loopback", default_transport(known), url),
        ):
            made, kuma = works(transport, place, share=share)
            await kuma.discover(Viewer())
            adapters.append(kuma)
            all_works |= {f"{name}: {what}": work for what, work in made.items()}
    # As the server does once it has started.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    loop = asyncio.get_running_loop()
    bare = [(await loop.create_connection(Bare, "127.0.0.1", port))[1] for _ in range(AT_ONCE)]
    all_works["loopback: a bare protocol"] = lambda turn: bare[turn // CALLS].ask()
    costs: dict[str, list[float]] = {name: [] for name in sorted(all_works)}
    for _ in range(rounds + 1):
        for name, found in costs.items():
            found.append(await cost(all_works[name]))
    for kuma in adapters:
        await kuma.close()
    for one in bare:
        one.transport.close()
    # The first round opens the connections.
    return {name: found[1:] for name, found in costs.items()}


async def serve() -> None:
    """Listen on a free port, and print it."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU from a loader to an upstream's bytes.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        pin(1)
        uvloop.run(serve())
        return
    pin(0)
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        costs = uvloop.run(measure(int(server.stdout.readline()), given.rounds))
        print(f"{'CPU in µs for each, median (least)':<40}")
        for name, found in costs.items():
            print(f"{name:<40}{statistics.median(found):8.1f} ({min(found):.1f})")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
