"""The gateway with imitated control planes of each product, in one process, with moving data."""

from functools import partial

import typer

from gateway.app import create_app
from gateway.cli import serve
from gateway.settings import (
    AuthSettings,
    KubernetesSettings,
    ServerSettings,
    Settings,
    UpstreamSettings,
)
from gateway.upstreams.imitated import moving
from gateway.upstreams.kuma.fake import FakeKuma, populate, step
from gateway.upstreams.nginx_instance_manager import fake as nginx_instance_manager
from gateway.upstreams.nginx_service_mesh import fake as nginx_service_mesh

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
        "Which services are there, of whatever product?",
        "{ services { totalCount nodes { __typename name addresses controlPlane { name } } } }",
    ),
    (
        "Which certificates end when, and on which instances are they?",
        "{ nginxInstanceManager { certificates { nodes { name validTo instanceNames } } } }",
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
    edge = nginx_service_mesh.FakeNginxMesh()
    nginx_service_mesh.populate(edge)
    fleet = nginx_instance_manager.FakeInstanceManager()
    nginx_instance_manager.populate(fleet)
    settings = Settings(
        server=ServerSettings(host=host, port=port, shutdown_grace=1.0),
        upstreams=(
            *(
                UpstreamSettings(
                    name=name,
                    product="kuma",
                    url=f"http://{name}.demo",
                    auth=AuthSettings(type="bearer", token=fake.admin_token),
                )
                for name, fake in fakes.items()
            ),
            UpstreamSettings(
                name="edge",
                product="nginx-service-mesh",
                url="http://edge.demo",
                auth=AuthSettings(type="bearer", token=edge.token),
                kubernetes=KubernetesSettings(url="http://edge.demo", token=edge.token),
            ),
            UpstreamSettings(
                name="fleet",
                product="nginx-instance-manager",
                url="http://fleet.demo/api/platform/v1",
                auth=AuthSettings(type="basic", username=fleet.user, password=fleet.password),
            ),
        ),
    )
    application = create_app(
        settings,
        {name: fake.transport() for name, fake in fakes.items()}
        | {"edge": edge.transport(), "fleet": fleet.transport()},
        beside=[
            *(moving(partial(step, fake), seconds=1.0) for fake in fakes.values()),
            moving(partial(nginx_instance_manager.step, fleet), seconds=2.0),
        ],
    )
    return serve.run(settings, application, greet)


def greet(url: str) -> None:
    """Say where the demo is and what can be asked of it."""
    typer.secho(f"Meshgate answers at {url}", bold=True)
    typer.echo(
        "in front of imitated control planes: production (Kuma 2.14), legacy (Kuma 1.1), "
        "edge (NGINX Service Mesh 1.7) and fleet (NGINX Instance Manager)."
    )
    typer.echo("Open the address in a browser for GraphiQL, or ask:\n")
    for question, query in QUERIES:
        typer.secho(f"# {question}", dim=True)
        body = query.replace('"', '\\"')
        typer.echo(f"curl -s {url} -H 'content-type: application/json' \\")
        typer.echo(f'  -d \'{{"query": "{body}"}}\'\n')
    typer.echo("Ctrl-C ends it.")
