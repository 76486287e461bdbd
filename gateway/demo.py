"""The gateway with two imitated control planes, in one process and with data that moves."""

import typer

from gateway.app import create_app
from gateway.cli import serve
from gateway.settings import AuthSettings, ServerSettings, Settings, UpstreamSettings
from gateway.upstreams.kuma.fake import FakeKuma, move, populate

QUERIES = (
    (
        "How is everything doing?",
        "{ dataplanes(first: 5) { totalCount nodes { name status statusReasons mesh { name } } } }",
    ),
    (
        "What do two control planes of different ages say?",
        "{ controlPlanes { name version insight { dataplanes { total online offline } } } }",
    ),
    (
        "Which policies are there, of whatever kind?",
        '{ policies(filter: { mesh: "shop" }) { totalCount nodes { kind name spec } } }',
    ),
)


def run(host: str, port: int) -> int:
    """Serve until a signal comes; the exit code."""
    fakes = {"production": FakeKuma("2.14.3"), "legacy": FakeKuma("1.1.6", mode="standalone")}
    for fake in fakes.values():
        populate(fake)
    settings = Settings(
        server=ServerSettings(host=host, port=port, shutdown_grace=1.0),
        upstreams=tuple(
            UpstreamSettings(
                name=name,
                product="kuma",
                url=f"http://{name}.demo",
                auth=AuthSettings(type="bearer", token=fake.admin_token),
            )
            for name, fake in fakes.items()
        ),
    )
    application = create_app(
        settings,
        {name: fake.transport() for name, fake in fakes.items()},
        beside=[move(fake) for fake in fakes.values()],
    )
    return serve.run(settings, application, greet)


def greet(url: str) -> None:
    """Say where the demo is and what can be asked of it."""
    typer.secho(f"Meshgate answers at {url}", bold=True)
    typer.echo(
        "in front of two imitated control planes: production (Kuma 2.14), legacy (Kuma 1.1)."
    )
    typer.echo("Open the address in a browser for GraphiQL, or ask:\n")
    for question, query in QUERIES:
        typer.secho(f"# {question}", dim=True)
        body = query.replace('"', '\\"')
        typer.echo(f"curl -s {url} -H 'content-type: application/json' \\")
        typer.echo(f'  -d \'{{"query": "{body}"}}\'\n')
    typer.echo("Ctrl-C ends it.")
