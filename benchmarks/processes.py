"""Processes that are measured: each on a core of its own, its CPU and memory from /proc."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
PATIENCE: Final = 60.0
"""Seconds within which a process has to answer for the first time."""
GRACE: Final = 5.0


class Process:
    """A program on one core, with all its children; its output goes to a file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        core: int,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = ("taskset", "-c", str(core), *command)
        self._environment = {**os.environ, **(environment or {})}
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in a group of its own."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """End it and its children."""
        process, self._process = self._process, None
        if process is None:
            return
        self._signal(process.pid, signal.SIGCONT)
        self._signal(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._signal(process.pid, signal.SIGKILL)
            process.wait()

    def rest(self) -> None:
        """Let it do nothing at all until it is woken."""
        self._signal(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self._signal(self.pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process is not None, f"{self.name} is not running"
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._process is None or self._process.poll() is not None

    def cpu(self) -> float:
        """Seconds of CPU that it and its children have used, in user and system mode."""
        return sum(cpu(one) for one in family(self.pid))

    def memory(self) -> float:
        """Megabytes that it and its children held at most since the peak was forgotten."""
        return sum(peak(one) for one in family(self.pid))

    def forget_peak(self) -> None:
        """Let the peak of memory be what is held now."""
        for one in family(self.pid):
            Path(f"/proc/{one}/clear_refs").write_text("5")

    def said(self) -> str:
        """The end of its output."""
        return self.log.read_text(errors="replace")[-2000:]

    @staticmethod
    def _signal(group: int, number: signal.Signals) -> None:
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return


def fields(pid: int) -> list[str]:
    """What /proc tells of a process, from its state on; nothing where it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The name stands in brackets and may hold any character.
    return text.rpartition(")")[2].split()


def cpu(pid: int) -> float:
    """Seconds of CPU of a process and of its children that have ended."""
    found = fields(pid)
    return sum(map(int, found[11:15])) / TICKS if found else 0.0


def peak(pid: int) -> float:
    """Megabytes that a process held at most."""
    try:
        found = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(found.partition("VmHWM:")[2].split()[0]) / 1024


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = thread.read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            yield from family(int(child))


def busy() -> float:
    """Seconds of CPU that all processes of the machine have used, and others' machines took."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / TICKS


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answering(port: int, process: Process, path: str = "/") -> None:
    """Wait until something answers on a port, whatever it says."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not process.ended:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise SystemExit(f"{process.name} does not answer:\n{process.said()}")
