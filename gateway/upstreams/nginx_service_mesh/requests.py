"""What is asked of NGINX Service Mesh and of Kubernetes beside it; no line waits or knows a host.

Source: the API document of 1.7, and what its own client sends.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from gateway.errors import BadUserInput
from gateway.model.changes import JSONObject
from gateway.model.kinds import Kind
from gateway.model.nginx_service_mesh.metrics import Scope
from gateway.upstreams.nginx_service_mesh.dialects import Dialect
from gateway.upstreams.paths import segment

CONFIG: Final = "config"
VERSION: Final = "version"
METRICS: Final = "/apis/metrics.smi-spec.io/v1alpha1/namespaces"
JSON: Final = "application/json"


class Request(msgspec.Struct, frozen=True):
    """One exchange to come: a method, a path below the server's root, a body and its type."""

    method: str
    path: str
    body: bytes | None = None
    content_type: str = JSON


def told(dialect: Dialect, name: str) -> Request:
    """A GET of what the mesh's own API tells."""
    return Request("GET", f"{dialect.base}/{name}")


def configs(dialect: Dialect) -> Request:
    """A GET of the MeshConfig resources in which 2.0 keeps its configuration."""
    return Request("GET", f"{dialect.base}/meshconfigs")


def resources(kind: Kind) -> Request:
    """A GET of all custom resources of a kind, in all namespaces."""
    return Request("GET", f"/apis/{kind.path}")


def patch(dialect: Dialect, items: Sequence[JSONObject]) -> Request:
    """A PATCH of the configuration: a list of `{op, field}`, which is no patch of any RFC."""
    return Request("PATCH", f"{dialect.base}/{CONFIG}", msgspec.json.encode(items))


def inject(
    dialect: Dialect, manifest: str, incoming: Iterable[int], outgoing: Iterable[int]
) -> Request:
    """A POST of a manifest whose workloads are to be given a sidecar; ports that it leaves alone.

    A form: the file first, then each port in a part of its own.
    """
    name = "manifest.json" if manifest.lstrip()[:1] in ("{", "[") else "manifest.yaml"
    boundary = f"meshgate-{blake2b(manifest.encode(), digest_size=16).hexdigest()}"
    parts = [_part("file", manifest, "application/octet-stream", name)]
    for field, ports in (("ignoreIncomingPorts", incoming), ("ignoreOutgoingPorts", outgoing)):
        parts += [_part(field, str(port), "text/plain") for port in ports]
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    media = f"multipart/form-data; boundary={boundary}"
    return Request("POST", f"{dialect.base}/inject", body.encode(), media)


def _part(name: str, content: str, media: str, filename: str | None = None) -> str:
    file = f'; filename="{filename}"' if filename else ""
    disposition = f'Content-Disposition: form-data; name="{name}"{file}'
    return f"{disposition}\r\nContent-Type: {media}\r\n\r\n{content}"


def traffic(scope: Scope) -> Request:
    """A GET of traffic metrics; raises BadUserInput for a scope that Kubernetes has no path for."""
    if scope.namespace is None:
        if scope.kind or scope.name or scope.edges:
            raise BadUserInput("a kind, a name or edges are those of a `namespace`; say of which")
        return Request("GET", METRICS)
    if scope.name is not None and scope.kind is None:
        raise BadUserInput("a name is that of a `kind`, such as deployments; say of which")
    if scope.edges and scope.kind is not None and scope.name is None:
        raise BadUserInput("`edges` are those of a namespace or of one object; give its `name`")
    words = [one for one in (scope.namespace, scope.kind, scope.name) if one is not None]
    path = "/".join((METRICS, *map(segment, words)))
    return Request("GET", f"{path}/edges" if scope.edges else path)
