"""Who is measured: each as its users would run it, on one port, over one upstream."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.install import PEERS, STRAWBERRY
from benchmarks.processes import Process, answering, free_port

ROOT: Final = Path(__file__).parent.parent
PRODUCTION: Final = {"NODE_ENV": "production"}


class Start(msgspec.Struct, frozen=True):
    """How a row is started: the command, where, and with which environment beside ours."""

    command: Sequence[str]
    directory: Path = ROOT
    environment: Mapping[str, str] = {}
    path: str = "/graphql"


class Row(msgspec.Struct, frozen=True):
    """One line of the results: a name, the graph it serves, and why it lacks workloads."""

    name: str
    graph: str
    start: Callable[[int, str, Path], Start]
    lacks: Mapping[str, str] = {}


class Server:
    """A row, running."""

    def __init__(self, row: Row, url: str, folder: Path, core: int) -> None:
        self.row = row
        self.port = free_port()
        start = row.start(self.port, url, folder)
        self.path = start.path
        self.process = Process(
            row.name, start.command, core, folder, start.environment, start.directory
        )

    def start(self) -> None:
        """Start it, and let it rest once it answers."""
        self.process.start()
        answering(self.port, self.process, f"{self.path}?query=%7B__typename%7D")
        self.process.rest()


SETTINGS: Final = """\
[server]
port = {port}
graphiql = false

[logging]
level = "warning"

[[upstreams]]
name = "bench"
product = "kuma"
url = "{url}"
share_calls = {share}
"""


def meshgate(port: int, url: str, folder: Path, share: bool = False) -> Start:
    """This gateway, by a settings file."""
    file = folder / f"meshgate-{'sharing' if share else 'alone'}.toml"
    file.write_text(SETTINGS.format(port=port, url=url, share=str(share).lower()))
    return Start((sys.executable, "-m", "gateway", "serve", "--config", str(file)))


def meshgate_sharing(port: int, url: str, folder: Path) -> Start:
    """The same, with equal calls under way shared, as it is unless it is told otherwise."""
    return meshgate(port, url, folder, share=True)


def strawberry(port: int, url: str, folder: Path) -> Start:
    """uvicorn with uvloop and httptools."""
    options = "--loop uvloop --http httptools --ws none --no-access-log --log-level warning"
    command = (str(STRAWBERRY / "bin/uvicorn"), "app:app", "--port", str(port), *options.split())
    return Start(command, PEERS / "strawberry", {"UPSTREAM": url}, "/")


def yoga(port: int, url: str, folder: Path) -> Start:
    """Node's own HTTP server."""
    command = ("node", "yoga.mjs", str(port), url)
    return Start(command, PEERS / "javascript", PRODUCTION)


def apollo(port: int, url: str, folder: Path) -> Start:
    """Apollo's standalone server."""
    command = ("node", "apollo.mjs", str(port), url)
    return Start(command, PEERS / "javascript", PRODUCTION, "/")


def hive(port: int, url: str, folder: Path) -> Start:
    """A supergraph, composed now, because it holds the upstream's address."""
    supergraph = folder / "supergraph.graphql"
    directory = PEERS / "hive"
    compose = ("npx", "mesh-compose", "-c", "mesh.config.mjs", "-o", str(supergraph))
    environment = {**os.environ, "UPSTREAM": url}
    done = subprocess.run(
        compose, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode or not supergraph.exists():
        raise SystemExit(f"mesh-compose failed:\n{done.stdout}{done.stderr}")
    gateway = ("node", "node_modules/@graphql-hive/gateway/dist/bin.js", "supergraph")
    options = ("-c", "gateway.config.mjs", "--port", str(port), "--host", "127.0.0.1")
    return Start((*gateway, str(supergraph), *options), directory, PRODUCTION)


def tailcall(port: int, url: str, folder: Path, name: str = "tailcall") -> Start:
    """Its configuration, with the port and the upstream's address in it."""
    directory = PEERS / "tailcall"
    text = (directory / "config.graphql").read_text()
    text = text.replace("port: 8000", f"port: {port}").replace("http://127.0.0.1:5681", url)
    if name == "tailcall-dedupe":
        text = re.sub(r"@http\(", "@http(dedupe: true, ", text)
    file = folder / f"{name}.graphql"
    file.write_text(text)
    program = str(directory / "node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall")
    return Start((program, "start", str(file)), folder, {"TAILCALL_TRACKER": "false"})


def tailcall_dedupe(port: int, url: str, folder: Path) -> Start:
    """The same, with equal calls under way shared."""
    return tailcall(port, url, folder, "tailcall-dedupe")


NO_STATUS: Final = "its configuration cannot compute a status"
MESHGATE: Final = "Meshgate"
SHARING: Final = "Meshgate, sharing"
YOGA: Final = "Yoga, graphql-jit"
APOLLO: Final = "Apollo Server"
TAILCALL: Final = "Tailcall"
DEDUPE: Final = "Tailcall, dedupe"
ROWS: Final = (
    Row(MESHGATE, "meshgate", meshgate),
    Row(SHARING, "meshgate", meshgate_sharing),
    Row("Strawberry, httpx", "handwritten", strawberry),
    Row(YOGA, "handwritten", yoga),
    Row("Yoga, tags as JSON", "handwritten-map", yoga),
    Row(APOLLO, "handwritten", apollo),
    Row("Hive Gateway", "hive", hive, {"W7": "Kuma's OpenAPI has no status of a dataplane"}),
    Row(TAILCALL, "tailcall", tailcall, {"W7": NO_STATUS}),
    Row(DEDUPE, "tailcall", tailcall_dedupe, {"W7": NO_STATUS}),
)
