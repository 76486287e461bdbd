"""A small shop in an imitated mesh."""

from typing import Any

from gateway.upstreams.nginx_service_mesh.fake.app import FakeNginxMesh

SERVICES = ("catalogue", "checkout", "frontend", "payments")
LATENCIES = (("p99", "2969m"), ("p90", "2700m"), ("p50", "1499m"))


def populate(fake: FakeNginxMesh, services: int = len(SERVICES)) -> None:
    """Services with a deployment each, two versions of the frontend, a policy of each kind."""
    names = [*SERVICES, *(f"service-{number}" for number in range(services))][:services]
    mesh = fake.control_plane
    mesh.services += [
        {
            "name": name,
            "namespace": "shop",
            "addresses": [f"10.36.{number}.12", f"10.36.{number}.13"],
            "ports": [{"port": 8080, "protocol": "http"}],
            "serviceIP": f"10.40.{number}.1",
        }
        for number, name in enumerate(names)
    ]
    mesh.workloads["shop"] = {"deployments": [f"{name}-v1" for name in names]}
    fake.kubernetes.traffic += [_traffic(f"{name}-v1", number) for number, name in enumerate(names)]
    reference = {"kind": "Service", "name": "payments", "namespace": "shop"}
    group = {"kind": "HTTPRouteGroup", "name": "reads"}
    specs: dict[str, dict[str, Any]] = {
        "CircuitBreaker": {
            "destination": reference,
            "errors": 3,
            "timeoutSeconds": 30,
            "fallback": {"service": "shop/checkout", "port": 8080},
        },
        "HTTPRouteGroup": {
            "matches": [{"name": "get", "methods": ["GET"], "pathRegex": "/.*", "headers": {}}]
        },
        "RateLimit": {
            "name": "payments-10rm",
            "destination": reference,
            "sources": [{"kind": "Deployment", "name": "checkout-v1", "namespace": "shop"}],
            "rate": "10r/m",
            "burst": 5,
            "delay": "nodelay",
            "rules": [group | {"matches": ["get"]}],
        },
        "TCPRoute": {},
        "TrafficSplit": {
            "service": "frontend",
            "backends": [
                {"service": "frontend-v1", "weight": 90},
                {"service": "frontend-v2", "weight": 10},
            ],
            "matches": [group],
        },
        "TrafficTarget": {
            "destination": {"kind": "ServiceAccount", "name": "payments"},
            "sources": [{"kind": "ServiceAccount", "name": "checkout"}],
            "rules": [group],
        },
    }
    names_of = {"HTTPRouteGroup": "reads"}
    for kind, spec in specs.items():
        fake.kubernetes.put(kind, "shop", names_of.get(kind, "payments"), spec)


def _traffic(name: str, number: int) -> dict[str, Any]:
    counts = (("success_count", str(10 * number)), ("failure_count", "0"))
    return {
        "kind": "TrafficMetrics",
        "timestamp": "2023-01-10T12:00:30Z",
        "window": "30s",
        "resource": {"kind": "Deployment", "namespace": "shop", "name": name},
        "metrics": [
            *({"name": f"{p}_response_latency", "unit": "ms", "value": v} for p, v in LATENCIES),
            *({"name": key, "value": value} for key, value in counts),
        ],
    }
