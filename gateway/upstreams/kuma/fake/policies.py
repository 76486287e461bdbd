"""The policies of the demo's shop, in the words of the release that stores them."""

from collections.abc import Iterator
from typing import Any, Final

from gateway.upstreams.kuma.fake.dialect import LABELS, Release

JSONObject = dict[str, Any]
Policy = tuple[str, str, str, JSONObject]
"""Kind, mesh, name and content."""

_MESH: Final = {"kind": "Mesh"}


def policies(release: Release) -> Iterator[Policy]:
    """What a shop of that release has besides the defaults."""
    if release >= LABELS:
        yield from _target_ref()
    if release < (3, 0):
        yield from _legacy(release)


def _pair(source: str, destination: str, **conf: Any) -> JSONObject:
    found: JSONObject = {
        "sources": [{"match": {"kuma.io/service": source}}],
        "destinations": [{"match": {"kuma.io/service": destination}}],
    }
    return found | ({"conf": conf} if conf else {})


def _legacy(release: Release) -> Iterator[Policy]:
    yield "TrafficPermission", "shop", "frontend-to-catalog", _pair("frontend", "catalog")
    yield "TrafficPermission", "shop", "frontend-to-cart", _pair("frontend", "cart")
    yield "TrafficPermission", "payments", "payments-to-ledger", _pair("payments", "ledger")
    split = [
        {"weight": 90, "destination": {"kuma.io/service": "catalog", "version": "v1"}},
        {"weight": 10, "destination": {"kuma.io/service": "catalog", "version": "v2"}},
    ]
    yield "TrafficRoute", "shop", "catalog-canary", _pair("frontend", "catalog", split=split)
    yield (
        "HealthCheck",
        "shop",
        "cart-is-up",
        _pair("*", "cart", interval="10s", timeout="2s", unhealthyThreshold=3, healthyThreshold=1),
    )
    yield (
        "FaultInjection",
        "shop",
        "search-is-slow",
        {
            "sources": [{"match": {"kuma.io/service": "frontend", "kuma.io/protocol": "http"}}],
            "destinations": [{"match": {"kuma.io/service": "search", "kuma.io/protocol": "http"}}],
            "conf": {"delay": {"percentage": 5, "value": "2s"}},
        },
    )
    yield "TrafficLog", "shop", "log-everything", _pair("*", "*", backend="file")
    if release < LABELS:
        yield (
            "Retry",
            "payments",
            "ledger-retries",
            _pair("payments", "ledger", grpc={"numRetries": 3, "perTryTimeout": "1s"}),
        )
        yield "Timeout", "shop", "orders-timeout", _pair("*", "orders", connectTimeout="2s")
        yield (
            "CircuitBreaker",
            "payments",
            "fraud-check-breaker",
            _pair(
                "*",
                "fraud-check",
                interval="1s",
                baseEjectionTime="30s",
                maxEjectionPercent=20,
                detectors={"totalErrors": {"consecutive": 20}},
            ),
        )


def _target_ref() -> Iterator[Policy]:
    for name, kind, mesh, spec in (
        (
            "orders-timeout",
            "MeshTimeout",
            "shop",
            {
                "targetRef": _MESH,
                "to": [
                    {
                        "targetRef": {"kind": "MeshService", "name": "orders"},
                        "default": {"connectionTimeout": "2s", "idleTimeout": "1h0m0s"},
                    }
                ],
            },
        ),
        (
            "ledger-retries",
            "MeshRetry",
            "payments",
            {
                "targetRef": _MESH,
                "to": [
                    {
                        "targetRef": {"kind": "MeshService", "name": "ledger"},
                        "default": {"grpc": {"numRetries": 3, "perTryTimeout": "1s"}},
                    }
                ],
            },
        ),
        (
            "only-payments-may-call",
            "MeshTrafficPermission",
            "payments",
            {
                "targetRef": {"kind": "Dataplane", "labels": {"app": "ledger"}},
                "rules": [
                    {
                        "default": {
                            "allow": [
                                {"spiffeID": {"type": "Prefix", "value": "spiffe://payments/"}}
                            ]
                        }
                    }
                ],
            },
        ),
        (
            "catalog-canary",
            "MeshHTTPRoute",
            "shop",
            {
                "targetRef": {"kind": "Dataplane", "labels": {"app": "frontend"}},
                "to": [
                    {
                        "targetRef": {"kind": "MeshService", "name": "catalog"},
                        "rules": [
                            {
                                "matches": [{"path": {"type": "PathPrefix", "value": "/new"}}],
                                "default": {
                                    "backendRefs": [
                                        {"kind": "MeshService", "name": "catalog", "weight": 1}
                                    ]
                                },
                            }
                        ],
                    }
                ],
            },
        ),
        (
            "fraud-check-breaker",
            "MeshCircuitBreaker",
            "payments",
            {
                "targetRef": _MESH,
                "to": [
                    {
                        "targetRef": {"kind": "MeshService", "name": "fraud-check"},
                        "default": {"connectionLimits": {"maxConnections": 256}},
                    }
                ],
            },
        ),
        (
            "log-everything",
            "MeshAccessLog",
            "shop",
            {
                "targetRef": _MESH,
                "rules": [
                    {"default": {"backends": [{"type": "File", "file": {"path": "/dev/stdout"}}]}}
                ],
            },
        ),
        (
            "cart-is-up",
            "MeshHealthCheck",
            "shop",
            {
                "targetRef": _MESH,
                "to": [
                    {
                        "targetRef": {"kind": "MeshService", "name": "cart"},
                        "default": {"interval": "10s", "timeout": "2s"},
                    }
                ],
            },
        ),
        (
            "search-at-most",
            "MeshRateLimit",
            "shop",
            {
                "targetRef": {"kind": "Dataplane", "labels": {"app": "search"}},
                "rules": [
                    {
                        "default": {
                            "local": {"http": {"requestRate": {"num": 100, "interval": "1s"}}}
                        }
                    }
                ],
            },
        ),
        (
            "metrics",
            "MeshMetric",
            "shop",
            {
                "targetRef": _MESH,
                "default": {
                    "backends": [
                        {"type": "Prometheus", "prometheus": {"port": 5670, "path": "/metrics"}}
                    ]
                },
            },
        ),
    ):
        yield kind, mesh, name, {"spec": spec}
