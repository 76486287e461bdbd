"""Answers on standard output: coloured for a terminal, plain for a pipe."""

import sys
from enum import StrEnum
from typing import Any

import msgspec
import typer


class Form(StrEnum):
    """How an answer is written."""

    JSON = "json"
    YAML = "yaml"


def show(value: object, form: Form = Form.JSON) -> None:
    """Print a value as JSON or YAML; a terminal gets colours."""
    if form is Form.YAML:
        typer.echo(_yaml(msgspec.to_builtins(value)), nl=False)
        return
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    if sys.stdout.isatty():
        from rich.console import Console

        Console().print_json(text)
    else:
        typer.echo(text)


def _yaml(value: Any) -> str:
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
    return text
