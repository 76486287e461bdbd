"""The results, as tables that people read and as JSON that programs read."""

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.goals import CALLS, MEGABYTES, ratios
from benchmarks.late import Late
from benchmarks.rounds import Cell
from benchmarks.rows import MESHGATE
from benchmarks.workloads import WORKLOADS

HEAD: Final = (
    "| | req/s | ± | CPU ms | p50 ms | p99 ms | upstream calls | under load | MB |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


class Results(msgspec.Struct, frozen=True):
    """Everything that one run found."""

    machine: str
    versions: str
    rounds: int
    seconds: int
    overview: tuple[int, float]
    """Bytes of one overview alone, and of one in a list on average."""
    cells: Sequence[Cell]
    late: Sequence[Late] = ()


def machine() -> str:
    """What it was measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [one.partition(":")[2].strip() for one in lines if one.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} x {model}, {platform.system()} {platform.release()}"


def versions() -> str:
    """The programs that it was measured with."""
    node = subprocess.run(("node", "--version"), capture_output=True, text=True, check=True)
    return f"Python {platform.python_version()}, Node.js {node.stdout.strip()}"


def markdown(results: Results) -> str:
    """All tables."""
    alone, listed = results.overview
    parts = [
        f"{results.machine}; {results.versions}; {results.rounds} rounds of {results.seconds} s "
        f"or more. An overview has {alone:,} bytes alone and {listed:,.0f} in a list. Server on "
        "one core, clients and upstream on the other; ± is half of what lies between the slowest "
        "and the fastest round; CPU is the whole process tree's for one request; MB its peak. "
        "Upstream calls are those of one request alone, and for one request under load, where "
        "calls under way may be shared.",
        *(table(one.name, one.summary, one.connections, results.cells) for one in WORKLOADS),
        goals(results.cells),
        late(results.late),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def table(name: str, summary: str, connections: int, cells: Sequence[Cell]) -> str:
    """One workload: who was fastest stands first."""
    found = [one for one in cells if one.workload == name]
    if not found:
        return ""
    found.sort(key=lambda one: -one.rate)
    plural = "connections" if connections > 1 else "connection"
    title = f"**{name}** {summary} ({connections} {plural})"
    return "\n".join((title, "", HEAD, *map(line, found)))


def line(cell: Cell) -> str:
    """One row of a workload."""
    name = f"**{cell.row}**" if cell.row.startswith(MESHGATE) else cell.row
    if cell.reason:
        return f"| {name} | \u2013 | | | | | | | {cell.reason} |"
    spread = (cell.fastest - cell.slowest) / cell.rate / 2 if cell.rate else 0.0
    notes = [f"{cell.failed} failed"] if cell.failed else []
    notes += [f"{cell.disturbed} of {cell.turns} disturbed"] if cell.disturbed else []
    values = (
        figure(cell.rate),
        f"{spread:.0%}",
        figure(cell.cpu),
        figure(cell.p50),
        figure(cell.p99),
        f"{cell.calls:g}",
        f"{cell.calls_under_load:.2f}",
        " · ".join((f"{cell.megabytes:.0f}", *notes)),
    )
    return f"| {name} | {' | '.join(values)} |"


def figure(value: float) -> str:
    """Three digits that count."""
    if value >= 1000:
        return f"{round(value, 3 - len(str(int(value)))):,.0f}"
    return f"{value:#.3g}".rstrip(".")


def goals(cells: Sequence[Cell]) -> str:
    """How far each goal is."""
    lines = [
        f"| {one.goal.workload} | {one.goal.ours} / {one.goal.rival} | ≥ {one.goal.times:g}x "
        f"| {one.found:.2f}x | {'reached' if one.reached else 'missed'} |"
        for one in ratios(cells)
    ]
    ours = {one.workload: one for one in cells if one.row == MESHGATE and not one.reason}
    for what, limits, name in (
        ("upstream calls", CALLS, "calls"),
        ("MB", MEGABYTES, "megabytes"),
    ):
        for workload, most in limits.items():
            if cell := ours.get(workload):
                value = getattr(cell, name)
                verdict = "reached" if value <= most else "missed"
                lines.append(f"| {workload} | {what} | ≤ {most} | {value:.0f} | {verdict} |")
    if not lines:
        return ""
    return "\n".join(("| | goal | | found | |", "|---|---|---:|---:|---|", *lines))


def late(found: Sequence[Late]) -> str:
    """What is left of one client's wait when the upstream answers late."""
    if not found:
        return ""
    lines = [
        f"| {one.workload} | {one.row} | {one.p50:.2f} | {one.rounds} x {one.upstream:.2f} "
        f"| {one.cpu:.2f} | {one.rest:.2f} |"
        for one in found
    ]
    head = "| | one client, upstream 5 ms late | p50 ms | dependent rounds, ms | CPU ms | rest ms |"
    return "\n".join((head, "|---|---|---:|---:|---:|---:|", *lines))
