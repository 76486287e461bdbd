"""The command line; each command's work is in the file of its name."""

from gateway.cli.commands import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command that the arguments name, and end the process with its code."""
    app()
