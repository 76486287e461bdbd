"""The Kubernetes API beside an imitated mesh: custom resources, and traffic metrics."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_service_mesh.kinds import POLICIES

JSON: Final = {"content-type": "application/json"}
METRICS: Final = "/apis/metrics.smi-spec.io/v1alpha1/namespaces"
_PATHS: Final = {f"/apis/{kind.path}": kind for kind in POLICIES}


def said(status: int, body: Any) -> Answer:
    """An answer in JSON."""
    return Answer(status, JSON, msgspec.json.encode(body))


def status(code: int, reason: str, message: str) -> Answer:
    """A failure in the words of Kubernetes."""
    return said(
        code,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        },
    )


class Kubernetes:
    """What it stores: custom resources by kind, and the traffic of objects."""

    def __init__(self) -> None:
        self.resources: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.traffic: list[dict[str, Any]] = []

    def put(self, kind: str, namespace: str, name: str, spec: Mapping[str, Any]) -> None:
        """Store a custom resource."""
        row = next(one for one in POLICIES if one.name == kind)
        self.resources[kind].append(
            {
                "apiVersion": row.path.rpartition("/")[0],
                "kind": kind,
                "metadata": {
                    "name": name,
                    "namespace": namespace,
                    "creationTimestamp": "2023-01-10T12:00:00Z",
                },
                "spec": dict(spec),
            }
        )

    def answer(self, method: str, path: str) -> Answer:
        """The answer to a caller with a token."""
        if path in _PATHS and method == "GET":
            kind = _PATHS[path]
            return said(
                200,
                {
                    "apiVersion": kind.path.rpartition("/")[0],
                    "kind": f"{kind.name}List",
                    "metadata": {"resourceVersion": "1"},
                    "items": self.resources[kind.name],
                },
            )
        if path.startswith(METRICS) and method == "GET":
            return said(200, self._metrics(path))
        return status(404, "NotFound", "the server could not find the requested resource")

    def unauthenticated(self) -> Answer:
        """What a caller without a token is told."""
        return status(401, "Unauthorized", "Unauthorized")

    def _metrics(self, path: str) -> dict[str, Any]:
        words = path.removeprefix(METRICS).strip("/").split("/")
        edges = words[-1] == "edges"
        namespace, kind, name = [*(words[:-1] if edges else words), "", "", ""][:3]
        wanted = kind.removesuffix("s").lower() if kind else "namespace"
        items = [
            one
            for one in self.traffic
            if ("edge" in one) is edges
            and one["resource"]["kind"].lower() == wanted
            and namespace in ("", one["resource"].get("namespace") or one["resource"]["name"])
            and name in ("", one["resource"]["name"])
        ]
        return {
            "kind": "TrafficMetricsList",
            "apiVersion": "metrics.smi-spec.io/v1alpha1",
            "metadata": {"selfLink": path},
            "resource": {"kind": wanted.title(), "namespace": namespace, "name": name},
            "items": items,
        }
