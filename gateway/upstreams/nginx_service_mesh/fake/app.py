"""An imitated mesh to talk to: an ASGI application, or a Transport without sockets."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.routing import Route

from gateway.upstreams.base import Answer
from gateway.upstreams.imitated import InProcess, Served
from gateway.upstreams.nginx_service_mesh.fake.control_plane import ControlPlane
from gateway.upstreams.nginx_service_mesh.fake.kubernetes import Kubernetes

TOKEN = "fake-kubernetes-token"


class FakeNginxMesh:
    """An install of a release from 1.2 to 2.0, and the Kubernetes API that it is in.

    `requests` holds the method and target of each request. From 1.4 on all is behind Kubernetes,
    which takes `token` alone.
    """

    def __init__(self, version: str = "1.7.0", *, token: str = TOKEN) -> None:
        self.token = token
        self.kubernetes = Kubernetes()
        self.control_plane = ControlPlane(version, self.kubernetes)
        self.requests: list[tuple[str, str]] = []
        self.app = Starlette(routes=[Route("/{path:path}", Served(self))])

    def transport(self) -> InProcess:
        """A Transport to both APIs that opens no socket."""
        return InProcess(self)

    async def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer to a request; header names are in lower case."""
        self.requests.append((method, target))
        path = target.partition("?")[0]
        mesh = self.control_plane
        if not path.startswith("/apis") or mesh.is_alone(path):
            return mesh.answer(method, path, headers, body)
        if headers.get("authorization") != f"Bearer {self.token}":
            return self.kubernetes.unauthenticated()
        if mesh.owns(path):
            return mesh.answer(method, path, headers, body)
        return self.kubernetes.answer(method, path)
