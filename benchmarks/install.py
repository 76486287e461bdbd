"""What the benchmark needs beside the gateway: nginx, wrk, and the peers by their lock files."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
PEERS: Final = HERE / "peers"
WORK: Final = HERE / ".work"
STRAWBERRY: Final = WORK / "strawberry"
NODE: Final = ("javascript", "hive", "tailcall")
PROGRAMS: Final = {"nginx": "nginx", "wrk": "wrk", "taskset": "util-linux"}
"""Programs by the Debian packages that have them."""


def install() -> None:
    """Install what is missing; SystemExit says what a person has to do."""
    WORK.mkdir(exist_ok=True)
    # What is made here is nobody's to keep, check or format.
    (WORK / ".gitignore").write_text("*\n")
    programs()
    for name in NODE:
        packages(PEERS / name)
    environment(PEERS / "strawberry" / "requirements.lock")


def programs() -> None:
    """The programs of the system."""
    if sys.platform != "linux":
        raise SystemExit("the benchmark needs Linux: it pins processes and reads /proc")
    missing = [package for name, package in PROGRAMS.items() if not found(name)]
    if not found("node"):
        raise SystemExit("the peers in JavaScript need Node.js 20 or later, with npm")
    if not missing:
        return
    command = ("apt-get", "install", "--yes", "--no-install-recommends", *missing)
    if os.geteuid() or not shutil.which("apt-get"):
        raise SystemExit(f"missing: {', '.join(missing)}; as root: {' '.join(command)}")
    # A service that a package starts by itself would take part in the measurement.
    run(command, HERE, {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"})


def found(program: str) -> bool:
    """Whether a program is there."""
    return bool(shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"))


def packages(folder: Path) -> None:
    """A peer's packages, as its lock file has them."""
    done, lock = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    if newer(done, lock):
        return
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run(("npm", "ci", *options), folder)


def environment(lock: Path) -> None:
    """A virtual environment for the peer in Python."""
    done = STRAWBERRY / "done"
    if newer(done, lock):
        return
    run((sys.executable, "-m", "venv", "--clear", str(STRAWBERRY)), HERE)
    pip = (str(STRAWBERRY / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
    run((*pip, "install", "--require-hashes", "-r", str(lock)), HERE)
    done.touch()


def newer(done: Path, lock: Path) -> bool:
    """Whether what was installed is as new as what it was installed from."""
    return done.exists() and done.stat().st_mtime >= lock.stat().st_mtime


def run(command: Sequence[str], folder: Path, more: dict[str, str] | None = None) -> None:
    """Run a command that has to succeed."""
    print("…", " ".join(command[:4]), "in", folder.name, file=sys.stderr, flush=True)
    done = subprocess.run(command, cwd=folder, env={**os.environ, **(more or {})}, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {done.returncode}")
