"""`meshgate check`: what is in force, as a file would say it."""

import sys

import typer

from gateway.cli.printing import show
from gateway.settings import Settings, masked
from gateway.settings.shown import toml


def run(settings: Settings, *, as_json: bool) -> None:
    """Print the settings with their secrets masked."""
    if as_json:
        show(masked(settings))
    elif sys.stdout.isatty():
        from rich.console import Console
        from rich.syntax import Syntax

        Console().print(Syntax(toml(settings), "toml", background_color="default"))
    else:
        typer.echo(toml(settings), nl=False)
