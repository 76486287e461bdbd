"""`meshgate query`: one document against the configured upstreams, without a server."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import typer

from gateway.cli.exits import DONE, FAILED
from gateway.cli.printing import Form, show
from gateway.execution.requests import GraphQLRequest
from gateway.settings import Settings
from gateway.upstreams.base import Viewer


def run(settings: Settings, request: GraphQLRequest, form: Form) -> int:
    """Print the answer; the exit code tells whether there are errors in it."""
    answer = asyncio.run(_answer(settings, request))
    show(answer, form)
    return FAILED if answer.get("errors") else DONE


async def _answer(settings: Settings, request: GraphQLRequest) -> dict[str, Any]:
    from gateway.app import create_gateway

    gateway = create_gateway(settings)
    async with gateway:
        return await gateway.execute(request, Viewer())


def read_document(given: str | None, file: Path | None) -> str:
    """The text of the document, from the one place that was named; raises BadParameter."""
    if given is not None and file is not None:
        raise typer.BadParameter("give a document or --file, not both")
    if file is not None:
        return _text(file)
    if given is not None and given != "-":
        return given
    if given is None and sys.stdin.isatty():
        raise typer.BadParameter("give a document, --file, or - for standard input")
    return sys.stdin.read()


def read_variables(given: str | None) -> dict[str, Any] | None:
    """Variables from JSON, or from a file after `@`; raises BadParameter."""
    if given is None:
        return None
    text = _text(Path(given[1:])) if given.startswith("@") else given
    try:
        found = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"--variables is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise typer.BadParameter('--variables must be an object, such as {"name": "default"}')
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise typer.BadParameter(f"{path} cannot be read: {reason}") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path} is not text in UTF-8") from None
