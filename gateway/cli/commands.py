"""What can be asked of `meshgate`, and the help for it.

The work of a command is in a file of its own, imported when it runs, so that no command waits for
what another one needs.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from gateway import __version__
from gateway.cli import exits
from gateway.cli.printing import Form

app = typer.Typer(
    name="meshgate",
    context_settings={"help_option_names": ["-h", "--help"]},
    # Its tracebacks print local variables, and those may hold tokens.
    pretty_exceptions_enable=False,
)


Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="The settings file (MESHGATE_CONFIG)."),
]
Kuma = Annotated[
    list[str] | None,
    typer.Option("--kuma", metavar="URL", help="A Kuma control plane, beside those of the file."),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"meshgate {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def meshgate(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """One typed GraphQL graph in front of every service-mesh control plane.

    Settings come from a TOML file, and variables such as MESHGATE_SERVER__PORT stand above it.

    \b
    Exit codes:
      0    All is well.
      1    The command ran and found or met something wrong.
      2    The settings, the arguments or the options cannot be used.
      130  Ctrl-C.

    \b
    Examples:
      meshgate demo
      meshgate serve --kuma http://127.0.0.1:5681
      meshgate doctor --config meshgate.toml
      meshgate query '{ meshes { nodes { name } } }' --kuma http://127.0.0.1:5681
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def serve(
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one."),
    ] = None,
    kuma: Kuma = None,
) -> None:
    """Serve the graph.

    Ctrl-C and SIGTERM let running requests end; a second Ctrl-C does not wait for them.
    Ends with 1 where the address is not to be had, and with 2 where the settings are wrong.

    \b
    Examples:
      meshgate serve --kuma http://127.0.0.1:5681
      meshgate serve --config meshgate.toml --host 0.0.0.0 --port 8080
    """
    settings = exits.settings(config, kuma or ())
    wanted = {"host": host, "port": port}
    server = msgspec.structs.replace(
        settings.server, **{key: value for key, value in wanted.items() if value is not None}
    )
    from gateway.cli.serve import run

    with exits.refusals():
        raise typer.Exit(run(msgspec.structs.replace(settings, server=server)))


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the graph of imitated control planes.

    Their data moves, and nothing else is needed.

    \b
    Examples:
      meshgate demo
      meshgate demo --port 8080
    """
    from gateway.demo import run

    raise typer.Exit(run(port=port, host=host))


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The settings file (MESHGATE_CONFIG).")
    ] = None,
    output: Annotated[
        Literal["toml", "json"], typer.Option("--output", "-o", help="The form of the answer.")
    ] = "toml",
) -> None:
    """Check the settings and print what is in force.

    Secrets are masked. Ends with 2 where something is wrong: a line for each flaw, with its
    place and the nearest right key.

    \b
    Examples:
      meshgate check meshgate.toml
      MESHGATE_SERVER__PORT=9000 meshgate check meshgate.toml -o json
    """
    settings = exits.settings(file)
    from gateway.cli.check import run

    run(settings, as_json=output == "json")


@app.command()
def doctor(
    config: Config = None,
    kuma: Kuma = None,
    output: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="The form of the answer.")
    ] = "text",
) -> None:
    """Examine the upstreams and say what to mend.

    Each is asked who it is, as whom it sees us and what it stores. Ends with 1 where an
    upstream is unwell; warnings alone are no illness.

    \b
    Examples:
      meshgate doctor --kuma https://kuma.example:5682
      meshgate doctor --config meshgate.toml -o json
    """
    with exits.interruptible(), exits.refusals():
        settings = exits.settings(config, kuma or ())
        from gateway.cli.doctor import run

        raise typer.Exit(run(settings, as_json=output == "json"))


@app.command()
def schema(
    what: Annotated[
        Literal["graph", "settings"], typer.Argument(help="Of what the schema is printed.")
    ] = "graph",
) -> None:
    """Print the schema of the graph or of the settings.

    The graph's is SDL, that of the settings file is JSON Schema.

    \b
    Examples:
      meshgate schema > schema.graphql
      meshgate schema settings > meshgate.schema.json
    """
    if what == "settings":
        from gateway.cli.printing import show
        from gateway.settings import json_schema

        show(json_schema())
    else:
        from gateway.schema import build

        typer.echo(build().as_str())


@app.command()
def query(
    document: Annotated[
        str | None,
        typer.Argument(metavar="DOCUMENT|-", help="The document; - is standard input."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="A file with the document.")
    ] = None,
    variables: Annotated[
        str | None,
        typer.Option("--variables", "-v", metavar="JSON|@FILE", help="The document's variables."),
    ] = None,
    operation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which operation of the document to run.")
    ] = None,
    config: Config = None,
    kuma: Kuma = None,
    output: Annotated[
        Literal["json", "yaml"], typer.Option("--output", "-o", help="The form of the answer.")
    ] = "json",
) -> None:
    """Run a GraphQL document without a server.

    The answer is printed: coloured on a terminal, plain to a pipe. Ends with 1 where the answer
    has errors; it is printed all the same.

    \b
    Examples:
      meshgate query '{ meshes { nodes { name } } }' --kuma http://127.0.0.1:5681
      meshgate query -f proxies.graphql -v '{"mesh": "default"}' -o yaml
      cat proxies.graphql | meshgate query - -v @variables.json | jq .data
    """
    with exits.interruptible(), exits.refusals():
        from gateway.cli.query import read_document, read_variables, run
        from gateway.execution.requests import GraphQLRequest

        request = GraphQLRequest(
            query=read_document(document, file),
            variables=read_variables(variables),
            operation_name=operation,
        )
        settings = exits.settings(config, kuma or ())
        raise typer.Exit(run(settings, request, Form(output)))
