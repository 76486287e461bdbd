"""How a command ends: the codes that scripts can use, and the ways to them."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Final

import typer

from gateway.errors import SettingsError
from gateway.settings import Settings, load

DONE: Final = 0
FAILED: Final = 1
UNUSABLE: Final = 2
INTERRUPTED: Final = 130

CODES: Final = MappingProxyType(
    {
        DONE: "All is well.",
        FAILED: "The command ran and found or met something wrong.",
        UNUSABLE: "The settings, the arguments or the options cannot be used.",
        INTERRUPTED: "Ctrl-C.",
    }
)


def settings(path: Path | None, kuma: Sequence[str] = ()) -> Settings:
    """The settings in force; where they cannot be used, the command ends and tells why."""
    with refusals():
        return load(path, kuma=kuma)


@contextmanager
def refusals() -> Iterator[None]:
    """End the command where settings turn out to be unusable, with a line for each flaw."""
    try:
        yield
    except SettingsError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(UNUSABLE) from None


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end the process at once.

    What only asks has nothing to tidy up, and waiting for a name service or a hanging upstream to
    be cancelled would take its time.
    """

    def leave(number: int, frame: FrameType | None) -> None:
        os._exit(INTERRUPTED)

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
