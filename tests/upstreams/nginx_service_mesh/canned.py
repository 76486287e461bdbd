"""An install that says what it is told to say, path by path."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from gateway.settings import AuthSettings, UpstreamSettings
from gateway.upstreams.base import Answer, Operation, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.nginx_service_mesh import NginxServiceMesh
from tests.upstreams.nginx_service_mesh.recorded import cases, fixture

BASE = "/apis/nsm.nginx.com/v1alpha1"
INSTALLED = cases("installed")[0]["mesh_config"]
ABSENT = Answer(404, {"content-type": "application/json"}, b'{"message":"Not Found"}')


def said(body: Any, status: int = 200) -> Answer:
    """An answer with a body: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"content-type": "application/json"}, content)


class Canned:
    """A Transport over answers by method and path, or by path alone; others are not there."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers: dict[str, Any] = {
            BASE: fixture("apiresourcelist.get.200.json"),
            f"{BASE}/config": INSTALLED,
        }
        self.answers |= answers or {}
        self.asked: list[str] = []

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        path = urlsplit(url).path
        self.asked.append(f"{method} {path}")
        found = self.answers.get(f"{method} {path}", self.answers.get(path, ABSENT))
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Answer) else said(found)

    async def close(self) -> None:
        """Nothing is open."""


def mesh(
    transport: Canned,
    *,
    kubernetes: bool = False,
    url: str = "http://mesh.example.com",
    generation: Any = "auto",
    forward: bool = False,
) -> NginxServiceMesh:
    """The adapter in front of an install that is canned, and of Kubernetes by the same."""
    auth = AuthSettings(type="forward") if forward else AuthSettings()
    settings = UpstreamSettings(
        "edge", "nginx-service-mesh", url, generation=generation, retries=0, auth=auth
    )

    def client() -> Client:
        return Client(settings, transport, Credentials(auth, upstream="edge"))

    return NginxServiceMesh(settings, client(), client() if kubernetes else None)


def operation(authorization: str | None = None) -> Operation:
    """An operation of a caller."""
    return Operation(Viewer(authorization=authorization), seconds=10, calls=100)
