"""The pages of Kuma's own GUI as one query each, beside the calls that the GUI makes.

Run it with `python -m benchmarks.pages [--rounds N] [--keep]`. A Global and a zone are imitated in
a process of their own (`pages_upstream`), each answer 5 ms late; the gateway is `meshgate serve`.
The GUI's calls go straight to the control planes, those that wait for nothing side by side, six at
once as in a browser. Both ways take turns; medians are shown, once for a client beside the servers
and once for one whose every call takes 40 ms longer.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.pages_upstream import COUNT
from benchmarks.startup import free_port
from gateway.errors import UpstreamUnavailable
from gateway.model.resources import ResourceKey
from gateway.schema.ids import node_id
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Answer
from gateway.upstreams.transports import default_transport

ROOT: Final = Path(__file__).resolve().parent.parent
QUERIES: Final = Path(__file__).parent / "queries/pages"
RESULTS: Final = Path(__file__).parent / "results/pages.md"
AT_ONCE: Final = 6
"""Connections of a browser to one host."""
AWAY: Final = 0.04
"""Seconds that a call takes to and from a client that is elsewhere."""
DEADLINE: Final = 30.0
KINDS: Final = (
    "meshaccesslogs", "meshcircuitbreakers", "meshhttproutes", "meshhealthchecks", "meshmetrics",
    "meshratelimits", "meshretries", "meshtimeouts", "fault-injections", "health-checks",
    "traffic-logs", "traffic-permissions", "traffic-routes",
)  # fmt: skip
"""The kinds of policies of which the mesh `shop` has any."""
CART: Final = "/meshes/shop/dataplanes/cart-01"
PAYMENTS: Final = "/meshes/payments/dataplanes/payments-01"
KRI: Final = "kri_dp_payments_east__payments-01"
OUT: Final = "kri_msvc_payments_east"
SERVED_BY: Final = ("fraud-check", "ledger", "payments")


SERVICE: Final = node_id(ResourceKey("zone", "MeshService", "payments", "payments"))
"""Whoever opens a service has its id from a list."""


class Page(msgspec.Struct, frozen=True):
    """One page: its query's file, its control plane, and the GUI's calls in the rounds in which
    they can be made."""

    title: str
    query: str
    plane: str
    rounds: Sequence[Sequence[str]]

    @property
    def document(self) -> bytes:
        """The body of the request to the gateway."""
        text = (QUERIES / f"{self.query}.graphql").read_text()
        return msgspec.json.encode({"query": text, "variables": {"id": SERVICE}})


ZONES: Final = ("/zones/_overview", "/zone-ingresses/_overview", "/zoneegresses/_overview")
PAGES: Final = (
    Page(
        "Control plane",
        "01-control-plane",
        "global",
        [["/_resources", "/global-insight", "/mesh-insights", *ZONES]],
    ),
    Page("Meshes", "02-meshes", "global", [["/mesh-insights"]]),
    Page(
        "Mesh",
        "03-mesh",
        "zone",
        [
            [
                "/_resources",
                "/meshes/payments",
                "/mesh-insights/payments",
                "/meshes/payments/meshidentities",
                "/meshes/payments/meshtrusts",
                "/meshes/payments?format=kubernetes",
            ]
        ],
    ),
    Page(
        "Dataplanes",
        "04-dataplanes",
        "zone",
        [["/meshes/shop", "/meshes/shop/dataplanes/_overview?size=50"]],
    ),
    Page(
        "Dataplane, Exclusive",
        "05-dataplane",
        "zone",
        [
            ["/_resources", "/meshes/payments", f"/_kri/{KRI}_", f"{PAYMENTS}/_overview"],
            [
                *(f"{PAYMENTS}/{it}" for it in ("_layout", "_policies", "stats")),
                f"{PAYMENTS}?format=kubernetes",
            ],
        ],
    ),
    Page(
        "Dataplane, by tags",
        "06-dataplane-of-tags",
        "zone",
        [
            ["/_resources", "/meshes/shop", CART, f"{CART}/_overview"],
            [f"{CART}/{it}" for it in ("_rules", "policies", "stats")],
        ],
    ),
    Page(
        "Its five ports, Envoy",
        "07-ports",
        "zone",
        [
            ["/_resources", f"{PAYMENTS}/_layout", f"{PAYMENTS}/clusters", f"{PAYMENTS}/xds"],
            [
                *(f"{PAYMENTS}/_inbounds/{KRI}_{port}/_policies" for port in (8090, 9904)),
                *(f"{PAYMENTS}/_outbounds/{OUT}__{one}_main/_policies" for one in SERVED_BY),
            ],
        ],
    ),
    Page(
        "All policies of a mesh",
        "08-policies",
        "zone",
        [
            ["/_resources", "/meshes/shop", "/mesh-insights/shop"],
            [f"/meshes/shop/{kind}?size=50" for kind in KINDS],
        ],
    ),
    Page(
        "Policy, with statuses",
        "09-policy",
        "zone",
        [
            [
                "/_resources",
                "/meshes/shop",
                "/meshes/shop/meshtimeouts/mesh-timeout-all-shop",
                "/meshes/shop/meshtimeouts/mesh-timeout-all-shop/_resources/dataplanes?size=50",
                "/meshes/shop/meshtimeouts/mesh-timeout-all-shop?format=kubernetes",
            ]
        ],
    ),
    Page(
        "Service",
        "10-service",
        "zone",
        [
            [
                "/meshes/payments",
                "/meshes/payments/meshservices/payments",
                "/meshes/payments/meshservices/payments/_hostnames",
            ],
            ["/meshes/payments/dataplanes/_overview?size=50&tag=kuma.io%2Fservice%3Apayments"],
        ],
    ),
    Page("Zones", "11-zones", "global", [ZONES]),
)
"""What each page asks for: kumahq/kuma-gui, its views and sources, at 734c6914b3."""


class Measured(msgspec.Struct, frozen=True):
    """What one page costs one way: calls to control planes, bytes to the client, seconds."""

    calls: int
    size: int
    seconds: float


class Ways:
    """The two ways to a page, over connections that stay open; `away` is a client's distance."""

    def __init__(self, planes: Mapping[str, str], gateway: str, away: float = 0.0) -> None:
        self._planes = planes
        self._away = away
        self._gateway = gateway
        urls = {**planes, "gateway": gateway}
        self._clients = {
            name: default_transport(UpstreamSettings(name=name, product="kuma", url=url))
            for name, url in urls.items()
        }
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def gui(self, page: Page) -> Measured:
        """The calls that the GUI makes."""
        began, size, calls = time.perf_counter(), 0, 0
        for paths in page.rounds:
            answers = await asyncio.gather(*(self._get(page.plane, path) for path in paths))
            for path, answer in zip(paths, answers, strict=True):
                if answer.status != 200:
                    raise SystemExit(f"{page.title}: {path} is answered by {answer.status}")
                size += len(answer.body)
            calls += len(paths)
        return Measured(calls, size, time.perf_counter() - began)

    async def query(self, page: Page) -> Measured:
        """The one query, with the calls that it makes upstream."""
        await self.counted()
        headers = {"content-type": "application/json", "accept": "application/json"}
        began = time.perf_counter()
        await asyncio.sleep(self._away)
        answer = await self._clients["gateway"].send("POST", self._gateway, headers, page.document)
        seconds = time.perf_counter() - began
        if b'"errors"' in answer.body or answer.status != 200:
            raise SystemExit(f"{page.title}: {answer.body[:600].decode()}")
        return Measured(await self.counted(), len(answer.body), seconds)

    async def counted(self) -> int:
        """The calls that reached the control planes since the last time."""
        answers = [await self._get(plane, COUNT) for plane in self._planes]
        return sum(int(one.body) for one in answers)

    async def _get(self, plane: str, path: str) -> Answer:
        async with self._slots:
            await asyncio.sleep(self._away)
            url = self._planes[plane] + path
            return await self._clients[plane].send("GET", url, {}, None)

    async def ready(self) -> None:
        """Wait until everybody answers."""
        urls = {name: url + COUNT for name, url in self._planes.items()}
        for name, url in (urls | {"gateway": self._gateway}).items():
            ends = time.perf_counter() + DEADLINE
            while True:
                try:
                    await self._clients[name].send("GET", url, {}, None)
                    break
                except UpstreamUnavailable:
                    if time.perf_counter() > ends:
                        raise SystemExit(f"{url} does not answer") from None
                    await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.close()


Figures = Sequence[tuple[Measured, Measured]]


async def measure(ways: Ways, rounds: int) -> Figures:
    """The medians of each page, the GUI's way first."""
    await ways.ready()
    found: list[tuple[list[Measured], list[Measured]]] = [([], []) for _ in PAGES]
    # The first round discovers, and makes the plans that the others find.
    for turn in range(rounds + 1):
        for page, (gui, query) in zip(PAGES, found, strict=True):
            both = (await ways.gui(page), await ways.query(page))
            if turn:
                gui.append(both[0])
                query.append(both[1])
    await ways.close()
    return [(median(gui), median(query)) for gui, query in found]


def median(found: Sequence[Measured]) -> Measured:
    """What is usual of several times."""
    return Measured(
        statistics.median_low([one.calls for one in found]),
        statistics.median_low([one.size for one in found]),
        statistics.median(one.seconds for one in found),
    )


def table(near: Figures, far: Figures) -> str:
    """The figures in Markdown, of a client beside the servers and of one that is away."""
    lines = [
        "| page | GUI: calls | rounds | kB | ms | ms, away "
        "| one query: upstream calls | kB | ms | ms, away |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for page, beside, away in zip(PAGES, near, far, strict=True):
        gui, query = (
            [*shown(one), milliseconds(late)] for one, late in zip(beside, away, strict=True)
        )
        cells = (page.title, gui[0], str(len(page.rounds)), *gui[1:], *query)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(found: Measured) -> list[str]:
    """What one way costs."""
    return [str(found.calls), f"{found.size / 1000:.1f}", milliseconds(found)]


def milliseconds(found: Measured) -> str:
    """How long it takes."""
    return f"{found.seconds * 1000:.1f}"


def settings(planes: Mapping[str, str]) -> str:
    """The gateway's settings."""
    rows = (
        f'[[upstreams]]\nname = "{name}"\nproduct = "kuma"\nurl = "{url}"\n'
        for name, url in planes.items()
    )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="The pages of Kuma's GUI, as one query each.")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--keep", action="store_true", help="write the table into results/")
    given = parser.parse_args()
    ports = [free_port() for _ in range(3)]
    planes = {
        "global": f"http://127.0.0.1:{ports[0]}",
        "zone": f"http://127.0.0.1:{ports[1]}",
    }
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = folder / "meshgate.toml"
        file.write_text(settings(planes))
        commands = (
            ("benchmarks.pages_upstream", str(ports[0]), str(ports[1])),
            ("gateway", "serve", "--config", str(file), "--port", str(ports[2])),
        )
        for command in commands:
            process = subprocess.Popen(
                (sys.executable, "-m", *command),
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
        gateway = f"http://127.0.0.1:{ports[2]}/graphql"
        near = asyncio.run(measure(Ways(planes, gateway), given.rounds))
        far = asyncio.run(measure(Ways(planes, gateway, AWAY), given.rounds))
        text = table(near, far)
    print(text)
    if given.keep:
        RESULTS.write_text(f"# The pages of Kuma's GUI\n\n{text}\n")


if __name__ == "__main__":
    main()
