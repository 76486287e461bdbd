"""The results as a picture: a panel for each workload, a bar for each row."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from benchmarks.report import figure
from benchmarks.rounds import Cell
from benchmarks.rows import MESHGATE
from benchmarks.workloads import WORKLOADS, Workload

WIDTH: Final = 460
BAR: Final = 20
LEFT: Final = 140
RIGHT: Final = 70
TOP: Final = 44
COLUMNS: Final = 2
OURS: Final = "#2563eb"
THEIRS: Final = "#94a3b8"


def svg(cells: Sequence[Cell]) -> str:
    """The whole picture; in each panel the longest bar is the fastest row's."""
    workloads = [one for one in WORKLOADS if any(cell.workload == one.name for cell in cells)]
    rows = max(sum(cell.workload == one.name for cell in cells) for one in workloads)
    height = TOP + rows * BAR + 16
    lines = -(-len(workloads) // COLUMNS)
    size = f"{COLUMNS * WIDTH} {lines * height + 10}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#0f172a">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for at, workload in enumerate(workloads):
        x, y = at % COLUMNS * WIDTH, at // COLUMNS * height
        parts.append(f'<g transform="translate({x},{y})">')
        parts += panel(workload, [cell for cell in cells if cell.workload == workload.name])
        parts.append("</g>")
    return "\n".join((*parts, "</svg>")) + "\n"


def panel(workload: Workload, cells: list[Cell]) -> Iterator[str]:
    """One workload."""
    most = max((cell.rate for cell in cells), default=0.0) or 1.0
    yield text(12, 18, f"{workload.name}: {workload.summary}", weight="600")
    yield text(12, 34, f"answers a second, {workload.connections} connections", fill="#64748b")
    for at, cell in enumerate(sorted(cells, key=lambda one: -one.rate)):
        y = TOP + at * BAR
        ours = cell.row.startswith(MESHGATE)
        yield text(LEFT - 8, y + 13, cell.row, anchor="end", weight="600" if ours else "400")
        if cell.reason:
            yield text(LEFT, y + 13, "\u2013", fill="#64748b")
            continue
        length = (WIDTH - LEFT - RIGHT) * cell.rate / most
        color = OURS if ours else THEIRS
        yield (
            f'<rect x="{LEFT}" y="{y + 2}" width="{max(1.0, length):.1f}" '
            f'height="{BAR - 6}" rx="2" fill="{color}"/>'
        )
        yield text(round(LEFT + length + 6), y + 13, figure(cell.rate))


def text(
    x: int, y: int, words: str, anchor: str = "start", weight: str = "400", fill: str = "#0f172a"
) -> str:
    """A line of text."""
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}" fill="{fill}">'
        f"{escape(words)}</text>"
    )
