"""The API of an imitated mesh: requests in, the answers of a release out."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway.model.versions import parse
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_service_mesh.fake import config
from gateway.upstreams.nginx_service_mesh.fake.injection import Form, injected
from gateway.upstreams.nginx_service_mesh.fake.kubernetes import Kubernetes, said, status

GROUP: Final = "/apis/nsm.nginx.com"
VERBS: Final = {"services": ["list"], "config": ["list", "patch"], "inject": ["create"]}
METHODS: Final = {
    "config": ("GET", "PATCH"),
    "inject": ("POST",),
    "resources": ("GET",),
    "services": ("GET",),
    "version": ("GET",),
}


class ControlPlane:
    """One install: its release, its configuration, and what takes part in the mesh."""

    def __init__(self, version: str, kubernetes: Kubernetes) -> None:
        release = parse(version)
        if release is None:
            raise ValueError(f"{version} is no version of NGINX Service Mesh")
        self.version = version
        self.release = tuple(release)
        self.config = config.installed(release)
        self.services: list[dict[str, Any]] = []
        self.workloads: dict[str, dict[str, list[str]]] = {}
        self._kubernetes = kubernetes
        self._base = "/api" if self.release < (1, 4) else f"{GROUP}/v1alpha1"

    def owns(self, path: str) -> bool:
        """Whether a path is the mesh's own."""
        return path.startswith(f"{GROUP}/")

    def is_alone(self, path: str) -> bool:
        """Whether a path is asked of the mesh's own server, without Kubernetes before it."""
        return self.release < (1, 4) and self.owns(path)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a caller who may do everything."""
        if self.release >= (2, 0):
            return self._of_kubernetes(method, path)
        if path == self._base and self.release >= (1, 4):
            return said(200, self._index())
        name = path.removeprefix(f"{self._base}/")
        if name == path or name not in METHODS:
            return said(404, {"message": "Not Found"})
        if method not in METHODS[name]:
            return said(405, {"message": "Method Not Allowed"})
        match method, name:
            case "GET", "config":
                return said(200, self.config)
            case "GET", "services":
                return said(200, self.services)
            case "GET", "resources":
                return said(200, self.workloads)
            case "GET", _:
                components = ("nginx-mesh-api", "nginx-mesh-metrics", "nginx-mesh-sidecar")
                return said(200, {name: [self.version] for name in components})
            case "PATCH", _:
                return self._patch(headers, body)
            case _:
                return self._inject(headers, body)

    def _index(self) -> dict[str, Any]:
        return {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": "nsm.nginx.com/v1alpha1",
            "resources": [
                {"name": name, "singularName": "", "namespaced": False, "kind": "", "verbs": verbs}
                for name, verbs in VERBS.items()
            ],
        }

    def _patch(self, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            given = msgspec.json.decode(body)
        except msgspec.DecodeError:
            given = None
        items = given if isinstance(given, list) else [given]
        media = headers.get("content-type", "").partition(";")[0]
        if media != "application/json" or not all(map(_conforms, items)):
            return self._refused("bad request")
        for item in items:
            made = config.patched(self.config, item["op"], item["field"])
            breakers = bool(self._kubernetes.resources["CircuitBreaker"])
            told = config.refusal(made, circuit_breakers=breakers)
            if told is not None:
                return self._refused(told)
            self.config = made
        return said(200, self.config)

    def _refused(self, message: str) -> Answer:
        # Releases up to 1.2 said 500 here.
        code = 400 if self.release >= (1, 3) else 500
        return said(code, {"message": message, "code": 7892})

    def _inject(self, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            text = injected(Form(headers.get("content-type", ""), body), self.config)
        except ValueError as error:
            return self._refused(str(error))
        # Before 1.6 the manifest came as one JSON string.
        shown = text.encode() if self.release >= (1, 6) else msgspec.json.encode(text)
        return Answer(200, {"content-type": "text/plain"}, shown)

    def _of_kubernetes(self, method: str, path: str) -> Answer:
        base = f"{GROUP}/v1alpha2"
        if method == "GET" and path == base:
            return said(200, {"kind": "APIResourceList", "groupVersion": "nsm.nginx.com/v1alpha2"})
        if method == "GET" and path == f"{base}/meshconfigs":
            return said(200, {"kind": "MeshConfigList", "items": [self._resource()]})
        return status(404, "NotFound", "the server could not find the requested resource")

    def _resource(self) -> dict[str, Any]:
        names = (
            "accessControlMode",
            "clientMaxBodySize",
            "mtls",
            "nginxErrorLogLevel",
            "nginxLogFormat",
            "prometheusAddress",
            "telemetry",
        )
        return {
            "apiVersion": "nsm.nginx.com/v1alpha2",
            "kind": "MeshConfig",
            "metadata": {"name": "nginx-mesh-config", "namespace": self.config["namespace"]},
            "spec": {
                "meshConfigClassName": "nginx-mesh-config-class",
                "nginxLBMethod": self.config["loadBalancingMethod"],
                **{name: self.config[name] for name in names},
            },
            "status": {"transparent": False},
        }


def _conforms(item: Any) -> bool:
    """Whether a step of a patch has the shape that the document wants."""
    return (
        isinstance(item, dict)
        and item.keys() == {"op", "field"}
        and item["op"] in ("add", "remove", "replace")
        and isinstance(item["field"], dict)
        and item["field"].keys() <= config.PATCHABLE
    )
