"""An install of NGINX Service Mesh in front of an imitation, or of canned answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.settings import AuthSettings, KubernetesSettings, UpstreamSettings
from gateway.upstreams.base import Transport
from gateway.upstreams.nginx_service_mesh.fake import FakeNginxMesh, populate
from gateway.upstreams.nginx_service_mesh.fake.app import TOKEN
from tests.graph import Graph, graph

URL = "https://k8s.example.com"


def settings(name: str = "edge", *, kubernetes: bool = True, **more: str) -> UpstreamSettings:
    """The settings of an install behind Kubernetes."""
    beside = KubernetesSettings(url=URL, token=TOKEN) if kubernetes else KubernetesSettings()
    return UpstreamSettings(
        name=name,
        product="nginx-service-mesh",
        url=more.pop("url", URL),
        retries=0,
        auth=AuthSettings(type="bearer", token=TOKEN),
        kubernetes=beside,
        generation=more.pop("generation", "auto"),  # type: ignore[arg-type]
    )


def shop(version: str = "1.7.0", services: int = 4) -> FakeNginxMesh:
    """An imitated mesh with a shop in it."""
    fake = FakeNginxMesh(version)
    populate(fake, services)
    return fake


@asynccontextmanager
async def edge(
    upstream: FakeNginxMesh | Transport, *, kubernetes: bool = True, **more: str
) -> AsyncIterator[Graph]:
    """The graph of one install called `edge`."""
    transport = upstream.transport() if isinstance(upstream, FakeNginxMesh) else upstream
    others = {"edge": settings(kubernetes=kubernetes, **more)}
    async with graph({"edge": transport}, others=others) as made:
        yield made
