"""`meshgate serve`: the gateway on a port, until it is asked to end."""

import asyncio
import ctypes
import gc
import math
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

import typer
import uvicorn
from starlette.types import ASGIApp

from gateway import __version__, telemetry
from gateway.cli.exits import DONE, FAILED
from gateway.settings import ServerSettings, Settings

KEPT: Final = 64 * 2**20
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3


class Server(uvicorn.Server):
    """uvicorn, which tells when it is ready, and ends in peace when a signal asks it to."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # uvicorn would raise the signal again at the end, and so make a failure of a good end.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def run(
    settings: Settings,
    application: ASGIApp | None = None,
    greet: Callable[[str], None] | None = None,
) -> int:
    """Serve until a signal comes; the exit code.

    `application` is served instead of the one that the settings make, and `greet` is given its
    address instead of the usual announcement.
    """
    telemetry.configure(settings.logging)
    try:
        listener = listening(settings.server)
    except OSError as error:
        typer.echo(_refusal(settings.server, error), err=True)
        return FAILED
    # What is made from here on lives for good; to look for cycles in it is a tenth of the start.
    gc.disable()
    from gateway.app import create_app

    http: str | type[asyncio.Protocol] = "auto"
    if sys.platform != "win32":
        from gateway.server.protocol import DirectProtocol

        http = DirectProtocol
    config = uvicorn.Config(
        application or create_app(settings),
        loop="auto" if sys.platform == "win32" else "uvloop",
        http=http,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=math.ceil(settings.server.shutdown_grace),
    )
    spare_collector()
    keep_memory()
    started = time.monotonic()
    url = address(settings.server, listener)
    server = Server(config, lambda: greet(url) if greet else _announce(settings, url))
    server.run(sockets=[listener])
    telemetry.emit(telemetry.GATEWAY_STOPPED, seconds=round(time.monotonic() - started, 3))
    return DONE


def spare_collector() -> None:
    """Keep the collector of cycles from looking at what lives for good, and from looking often.

    An answer is thousands of dicts without a cycle among them, freed as soon as it is sent.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def keep_memory() -> None:
    """Keep what large answers need from one to the next, up to KEPT bytes.

    The C library would give a body of some MB back to the system as soon as it was read: to get its
    pages anew costs a tenth of such an answer, and what comes between them keeps holes open. See
    https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune is not None:
        tune(_M_MMAP_THRESHOLD, KEPT // 2)
        tune(_M_TRIM_THRESHOLD, KEPT)


def listening(server: ServerSettings) -> socket.socket:
    """A socket that listens already; raises OSError where the address is not to be had."""
    family, *_, where = socket.getaddrinfo(
        server.host, server.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(
        where[:2],
        family=family,
        backlog=2048,
        dualstack_ipv6=server.host == "::" and socket.has_dualstack_ipv6(),
    )


def address(server: ServerSettings, listener: socket.socket) -> str:
    """The URL that a browser on this machine would open."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.host, server.host)
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}{server.path}"


def _announce(settings: Settings, url: str) -> None:
    names = ", ".join(upstream.name for upstream in settings.upstreams)
    telemetry.emit(telemetry.GATEWAY_STARTED, url=url, upstreams=names, version=__version__)
    if sys.stderr.isatty():
        hint = "Open it in a browser for GraphiQL. " if settings.server.graphiql else ""
        typer.secho(f"Meshgate answers at {url} for {names}.", bold=True, err=True)
        typer.echo(f"{hint}Ctrl-C ends it.", err=True)


def _refusal(server: ServerSettings, error: OSError) -> str:
    import errno

    where = f"port {server.port} of {server.host}"
    reasons = {
        errno.EADDRINUSE: f"{where} is taken by another program: end it, or choose another --port",
        errno.EACCES: f"{where} may not be taken by this user: choose a --port above 1023",
        errno.EADDRNOTAVAIL: f"{server.host} is no address of this machine: choose another --host",
    }
    reason = (error.strerror or "unknown reason").lower()
    return reasons.get(error.errno or 0, f"{where} cannot be listened on: {reason}")
