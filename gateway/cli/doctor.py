"""`meshgate doctor`: each upstream, how it is, and what to do."""

import asyncio
from collections.abc import Iterable, Iterator
from textwrap import wrap

import msgspec
import typer

from gateway.cli.exits import DONE, FAILED
from gateway.cli.printing import show
from gateway.doctor import Asked, Checkup, examine_all
from gateway.settings import Settings, UpstreamSettings
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.transports import default_transport


def connect(settings: UpstreamSettings) -> Asked:
    """The client that the gateway itself would use."""
    credentials = Credentials(settings.auth, upstream=settings.name)
    return Client(settings, default_transport(settings), credentials)


def run(settings: Settings, *, as_json: bool) -> int:
    """Examine every upstream and print what was found; the exit code."""
    found = asyncio.run(examine_all(settings.upstreams, connect))
    if as_json:
        show([{**msgspec.to_builtins(each), "well": each.well} for each in found])
    else:
        for line in lines(found):
            typer.echo(line)
    return DONE if all(each.well for each in found) else FAILED


def lines(found: Iterable[Checkup]) -> Iterator[str]:
    """What people read: an upstream, its facts, then each finding with its advice."""
    for number, each in enumerate(found):
        if number:
            yield ""
        mark = typer.style("well", fg="green") if each.well else typer.style("unwell", fg="red")
        yield f"{typer.style(each.name, bold=True)}  {mark}  {each.url}"
        for label, fact in _facts(each):
            first, *rest = wrap(fact, 88)
            yield f"  {typer.style(label.ljust(8), dim=True)} {first}"
            yield from (" " * 11 + line for line in rest)
        for finding in each.findings:
            sign = ("error", "red") if finding.ill else ("warning", "yellow")
            yield f"  {typer.style(sign[0], fg=sign[1])}: {finding.seen}"
            yield from wrap(finding.advice, 98, initial_indent="    -> ", subsequent_indent=" " * 7)


def _facts(each: Checkup) -> Iterator[tuple[str, str]]:
    if each.version is not None:
        mode = f", {each.mode}" if each.mode else ""
        yield "is", f"{each.product} {each.version}{mode}"
    if each.seen_as is not None:
        groups = f" ({', '.join(each.groups)})" if each.groups else ""
        yield "sees us", f"as {each.seen_as}{groups}"
    if each.seconds is not None:
        yield "answers", f"in {each.seconds * 1000:.0f} ms"
    if each.kinds:
        counts = (f"{name}={'?' if n is None else n}" for name, n in each.kinds.items())
        yield "stores", ", ".join(counts)
