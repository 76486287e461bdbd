"""Ten thousand dataplanes in twenty meshes: pages, totals, and an export beside another client.

Run it with `python -m benchmarks.large [--rounds N]`. Each question is put to the gateway and, in
the same round, to the control plane itself by plain REST. The gateway has one core; its clients
and the control plane share the other.
"""

import argparse
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http.client import HTTPConnection
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from benchmarks.__main__ import cores
from benchmarks.paging import COUNT, IN_EACH, MESHES
from benchmarks.processes import Process, answering, free_port
from benchmarks.startup import ROOT

ALL: Final = IN_EACH * len(MESHES)
PAGE: Final = 50
EXPORT: Final = 500
"""Rows in a page of the gateway's export."""
LARGEST: Final = 1000
"""Rows in a page of Kuma's."""
CONNECTION: Final = """query ($first: Int, $after: String) {
  dataplanes(first: $first, after: $after) {
    %s nodes { id name status tags { key value } }
    pageInfo { hasNextPage endCursor }
  }
}"""
PAGES: Final = CONNECTION % ""
WITH_TOTAL: Final = CONNECTION % "totalCount"
TOTAL: Final = "{ dataplanes { totalCount } }"
BY_STATUS: Final = (
    f"{{ dataplanes(first: {PAGE}, orderBy: {{ field: STATUS }}) {{ nodes {{ name status }} }} }}"
)
SMALL: Final = '{ dataplane(name: "cart-07", mesh: "mesh-11") { name status } }'
PAUSE: Final = 0.005
"""Seconds between two questions of the other client."""

GOAL_MEGABYTES: Final = 150.0
GOAL_SECONDS: Final = 0.05

Row = tuple[str, int, float]
"""What was asked, how many calls reached the control plane, and seconds."""


class Client:
    """One connection to a port."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def graph(self, query: str, **variables: Any) -> Any:
        """The data of an answer of the gateway."""
        asked = msgspec.json.encode({"query": query, "variables": variables})
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/graphql", asked, headers)
        found = msgspec.json.decode(self._connection.getresponse().read())
        if "errors" in found:
            raise SystemExit(f"the gateway answers with errors: {found['errors'][0]['message']}")
        return found["data"]

    def rest(self, path: str) -> Any:
        """A body of the control plane."""
        self._connection.request("GET", path)
        return msgspec.json.decode(self._connection.getresponse().read())


def export(client: Client) -> int:
    """All dataplanes through the gateway, page by page; how many there are."""
    count, after = 0, None
    while True:
        page = client.graph(PAGES, first=EXPORT, after=after)["dataplanes"]
        count += len(page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            return count
        after = page["pageInfo"]["endCursor"]


def export_rest(client: Client) -> int:
    """All dataplanes from the control plane, page by page; how many there are."""
    count, more = 0, True
    while more:
        page = client.rest(f"/dataplanes/_overview?size={LARGEST}&offset={count}")
        count += len(page["items"])
        more = page["next"] is not None
    return count


def exports(port: int, rounds: int) -> None:
    """So many exports, one after another."""
    client = Client(port)
    for _ in range(rounds):
        export(client)


def exports_rest(port: int, rounds: int) -> None:
    """The same from the control plane."""
    client = Client(port)
    for _ in range(rounds):
        export_rest(client)


def last_cursor(client: Client) -> str:
    """The cursor before the last page."""
    after = None
    for _ in range(ALL // EXPORT - 1):
        after = client.graph(PAGES, first=EXPORT, after=after)["dataplanes"]["pageInfo"][
            "endCursor"
        ]
    rest = EXPORT - PAGE
    found = client.graph(PAGES, first=rest, after=after)["dataplanes"]["pageInfo"]["endCursor"]
    return str(found)


def questions(gateway: Client, kuma: Client) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is asked, and how."""
    overviews = f"/dataplanes/_overview?size={PAGE}"
    after = last_cursor(gateway)
    yield f"first {PAGE}", lambda: gateway.graph(PAGES, first=PAGE)
    yield "— REST", lambda: kuma.rest(overviews)
    yield f"first {PAGE} and totalCount", lambda: gateway.graph(WITH_TOTAL, first=PAGE)
    yield f"last {PAGE}, by cursor", lambda: gateway.graph(PAGES, first=PAGE, after=after)
    yield "— REST, by offset", lambda: kuma.rest(f"{overviews}&offset={ALL - PAGE}")
    yield "totalCount alone", lambda: gateway.graph(TOTAL)
    yield "— REST", lambda: kuma.rest("/dataplanes?size=1")
    yield f"first {PAGE} by status, of the whole list", lambda: gateway.graph(BY_STATUS)
    yield f"all {ALL:,}, {EXPORT} at a time", lambda: export(gateway)
    yield f"— REST, {LARGEST} at a time", lambda: export_rest(kuma)


def measured(gateway: Client, kuma: Client, rounds: int) -> list[Row]:
    """Each question's calls, and the median of its seconds."""
    asked = list(questions(gateway, kuma))
    seconds: list[list[float]] = [[] for _ in asked]
    calls = [0] * len(asked)
    for _ in range(rounds):
        for at, (_, ask) in enumerate(asked):
            before = kuma.rest(COUNT)
            began = time.perf_counter()
            ask()
            seconds[at].append(time.perf_counter() - began)
            calls[at] = kuma.rest(COUNT) - before
    return [
        (name, called, statistics.median(took))
        for (name, _), called, took in zip(asked, calls, seconds, strict=True)
    ]


def other_client(port: int, done: Event, told: Any) -> None:
    """Ask something small over and over; tell how many seconds each answer took."""
    client, took = Client(port), []
    while not done.is_set():
        began = time.perf_counter()
        client.graph(SMALL)
        took.append(time.perf_counter() - began)
        time.sleep(PAUSE)
    told.send(took)


def beside(port: int, work: Callable[[], object]) -> list[float]:
    """The seconds that another client waits for small answers while something is done."""
    context = multiprocessing.get_context("spawn")
    done, (here, there) = context.Event(), context.Pipe(False)
    process = context.Process(target=other_client, args=(port, done, there))
    process.start()
    try:
        # It has to be there before the work begins.
        time.sleep(1)
        work()
    finally:
        done.set()
    took: list[float] = here.recv()
    process.join()
    return took


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values is."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def started(name: str, core: int, folder: Path, port: int, *command: str) -> Process:
    """A program that answers on a port."""
    process = Process(name, (sys.executable, *command), core, folder, directory=ROOT)
    process.start()
    answering(port, process)
    return process


def compare(gateway: Process, port: int, kuma: int, rounds: int) -> None:
    """Everything, as tables; raises SystemExit where a goal is missed."""
    ask = Client(port)
    while ask.graph(TOTAL)["dataplanes"]["totalCount"] != ALL:
        time.sleep(0.1)
    gateway.forget_peak()
    idle = gateway.memory()
    beside_what: dict[str, Callable[[], object]] = {
        "alone": lambda: time.sleep(3),
        "beside exports by plain REST": lambda: exports_rest(kuma, rounds),
        "beside exports by the gateway": lambda: exports(port, rounds),
    }
    for words, work in beside_what.items():
        took = beside(port, work)
        print(f"small queries {words}: {spread(took)}")
    held = gateway.memory()
    print(f"memory: {idle:.0f} MB before, at most {held:.0f} MB while exporting")
    for name, calls, seconds in measured(Client(port), Client(kuma), rounds):
        print(f"| {name} | {calls} | {seconds * 1000:.1f} |")
    if percentile(took, 0.99) > GOAL_SECONDS or held > GOAL_MEGABYTES:
        raise SystemExit("a goal is missed")


def spread(seconds: Sequence[float]) -> str:
    """The median, the 99th percentile and the slowest, in milliseconds."""
    middle, late = statistics.median(seconds) * 1000, percentile(seconds, 0.99) * 1000
    return f"{middle:.1f} ms, p99 {late:.1f}, at most {max(seconds) * 1000:.1f} ({len(seconds)})"


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ours, other = cores()
    port, kuma = free_port(), free_port()
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        paging = ("-m", "benchmarks.paging", str(kuma))
        stack.callback(started("kuma", other, folder, kuma, *paging).stop)
        url = f"http://127.0.0.1:{kuma}"
        serve = ("-m", "gateway", "serve", "--kuma", url, "--port", str(port))
        gateway = started("gateway", ours, folder, port, *serve)
        stack.callback(gateway.stop)
        compare(gateway, port, kuma, rounds)


if __name__ == "__main__":
    main()
