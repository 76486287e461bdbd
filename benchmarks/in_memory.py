"""CPU from the bytes of a request to the bytes of its answer, with no socket on either side.

Run it with `python -m benchmarks.in_memory [--only W1,W6] [--rounds N]`. Requests are put into the
server's protocol, and the upstream's connections are given answers, by the loop itself: what is
left is the gateway's own work, and the loop's. The answers' `Date` moves as a server's does. A
round is short, so that some rounds meet a quiet machine; the fastest and the median are shown.
"""

import argparse
import asyncio
import gc
import statistics
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

import uvicorn
import uvloop
from uvicorn.server import ServerState

from benchmarks import data
from benchmarks.workloads import WORKLOADS, Workload, operations
from gateway import telemetry
from gateway.app import create_app
from gateway.cli.serve import keep_memory, spare_collector
from gateway.server.protocol import DirectProtocol
from gateway.settings import LoggingSettings, Settings, UpstreamSettings
from gateway.upstreams.connection import Connection
from gateway.upstreams.http1 import Http1Transport, Origin

ORIGIN: Final = Origin("http://127.0.0.1", "127.0.0.1", 80, "127.0.0.1")
PIECE: Final = 64 * 1024
"""Bytes that come at once, as from a socket."""
MANY: Final = 32
"""The connections of a workload of small requests; from them on a round has REQUESTS of them."""
REQUESTS: Final = 640
ANSWER: Final = (
    b"HTTP/1.1 %b\r\nServer: nginx\r\nDate: Mon, 30 Nov 2026 00:00:%02d GMT\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n%b"
)
REQUEST: Final = (
    b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAccept: application/json\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
)


class Wire:
    """In place of a socket's transport: who reads the other end is called by the loop."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader

    def write(self, sent: bytes) -> None:
        asyncio.get_running_loop().call_soon(self.reader, sent)

    def writelines(self, parts: Sequence[bytes]) -> None:
        self.write(b"".join(parts))

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("127.0.0.1", 1) if name in ("peername", "sockname") else default

    def close(self) -> None:
        """There is nothing to close, nor to read no more of."""

    abort = pause_reading = resume_reading = close


def unregistered(_: Connection) -> None:
    """Nobody has to know of it."""


class Upstream(Http1Transport):
    """The gateway's own transport, whose connections are answered from files."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(ORIGIN, connect_timeout=1.0, max_body=64 << 20)
        self._files = files
        self._said = lru_cache(maxsize=1024)(self._answer)

    def _answer(self, line: bytes, second: int) -> bytes:
        method, target, _ = line.decode().split(" ")
        path = target.partition("?")[0]
        body = b"{}" if method == "PUT" else self._files.get("/index" if path == "/" else path)
        status = b"404 Not Found" if body is None else b"200 OK"
        return ANSWER % (status, second % 60, len(body or b""), body or b"")

    async def _connect(self) -> Connection:
        connection = Connection(
            self._max_body, self._bodies, self._known, unregistered, unregistered
        )

        def read(sent: bytes) -> None:
            line = sent.partition(b"\r\n")[0]
            said = self._said(line, int(time.monotonic()))
            for begin in range(0, len(said), PIECE):
                connection.data_received(said[begin : begin + PIECE])

        connection.connection_made(cast(asyncio.Transport, Wire(read)))
        return connection


class Client:
    """Clients of one workload, each of which asks again when it is answered."""

    def __init__(self, config: uvicorn.Config, workload: Workload) -> None:
        self._requests = [REQUEST % (len(it), it) for it in operations("meshgate", workload)]
        self._left = self._asked = 0
        self._ended: asyncio.Future[bytes] | None = None
        self._lines = [self._line(config) for _ in range(workload.connections)]
        small = workload.connections >= MANY
        self._count = REQUESTS if small else workload.connections * 2

    def _line(self, config: uvicorn.Config) -> DirectProtocol:
        line = DirectProtocol(config, ServerState(), {}, asyncio.get_running_loop())
        line.connection_made(cast(asyncio.Transport, Wire(lambda sent: self._answered(line, sent))))
        return line

    def _answered(self, line: DirectProtocol, sent: bytes) -> None:
        self._left -= 1
        if self._left == 0 and self._ended is not None:
            self._ended.set_result(sent)
        elif self._asked < self._count:
            self._ask(line)

    def _ask(self, line: DirectProtocol) -> None:
        self._asked += 1
        line.data_received(self._requests[self._asked % len(self._requests)])

    async def round(self) -> float:
        """Microseconds of CPU for each request; SystemExit shows an answer that is wrong."""
        self._left, self._asked = self._count, 0
        self._ended = asyncio.get_running_loop().create_future()
        before = time.process_time()
        for line in self._lines:
            self._ask(line)
        answer = await self._ended
        taken = time.process_time() - before
        if b'"errors"' in answer or not answer.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(answer.decode(errors="replace")[:1000])
        return taken * 1e6 / self._count


async def measure(config: uvicorn.Config, app: Any, names: set[str], rounds: int) -> None:
    """Take turns, and print what each workload cost."""
    inner = app._app
    async with inner.router.lifespan_context(inner):
        await asyncio.sleep(0.2)
        clients = {it.name: Client(config, it) for it in WORKLOADS if it.name in names}
        costs: dict[str, list[float]] = {name: [] for name in clients}
        for number in range(rounds + 1):
            for name, client in clients.items():
                cost = await client.round()
                if number:
                    costs[name].append(cost)
        for name, found in costs.items():
            print(f"{name}  {min(found):9.1f} us  median {statistics.median(found):9.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.in_memory", description=__doc__)
    parser.add_argument("--only", default=",".join(it.name for it in WORKLOADS))
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    telemetry.configure(LoggingSettings(level="warning"))
    gc.disable()
    upstream = UpstreamSettings(
        name="bench", product="kuma", url="http://127.0.0.1", share_calls=False
    )
    app = create_app(
        Settings(upstreams=(upstream,)), {"bench": Upstream(data.files(data.stored()))}
    )
    config = uvicorn.Config(app, http=DirectProtocol, ws="none", log_config=None, access_log=False)
    config.proxy_headers = config.server_header = False
    config.load()
    spare_collector()
    keep_memory()
    uvloop.run(measure(config, app, set(given.only.upper().split(",")), given.rounds))


if __name__ == "__main__":
    main()
