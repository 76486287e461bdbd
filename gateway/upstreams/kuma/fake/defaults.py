"""What a control plane makes by itself: at its start, and for each new mesh."""

from typing import Any, Final

from gateway.upstreams.kuma.fake.dialect import DEFAULTS, V3, Release

JSONObject = dict[str, Any]

REDACTED: Final = "UkVEQUNURUQ="

_ANY: Final = [{"match": {"kuma.io/service": "*"}}]
_FROM_ANY_TO_ANY: Final[JSONObject] = {"sources": _ANY, "destinations": _ANY}
_BACK_OFF: Final = {"baseInterval": "0.025s", "maxInterval": "0.250s"}
_TRIES: Final = {"numRetries": 5, "perTryTimeout": "16s", "backOff": _BACK_OFF}
_LIMITS: Final = {
    "maxConnections": 1024,
    "maxPendingRequests": 1024,
    "maxRetries": 3,
    "maxRequests": 1024,
}
_NEW_BACK_OFF: Final = {"baseInterval": "25ms", "maxInterval": "250ms"}
_NEW_TRIES: Final = {"numRetries": 5, "perTryTimeout": "16s", "backOff": _NEW_BACK_OFF}


def of_mesh(mesh: str, release: Release) -> list[tuple[str, str, JSONObject]]:
    """Kind, name and content of what a new mesh gets."""
    if release < DEFAULTS:
        return []
    made = _target_ref(mesh) if release >= (2, 6) else _legacy(mesh, release)
    return (_of_3(mesh) if release >= V3 else made) + [
        ("Secret", name, {"data": REDACTED}) for name in _signing_keys(mesh, release)
    ]


def of_start(release: Release) -> list[tuple[str, str, JSONObject, dict[str, str]]]:
    """Kind, name, content and labels of the global resources of a new control plane."""
    found: list[tuple[str, str, JSONObject, dict[str, str]]] = []
    if release >= (1, 4):
        names = ["admin-user-token", "envoy-admin-ca", "user-token-signing-key-1"]
        names += ["zone-token-signing-key-1"]
        names += ["inter-cp-ca"] if release >= (2, 0) else ["zone-ingress-token-signing-key-1"]
        found += [("GlobalSecret", name, {"data": REDACTED}, {}) for name in names]
    if release >= (2, 8):
        found += [
            (
                "HostnameGenerator",
                name,
                {
                    "spec": {
                        "selector": {selector: {"matchLabels": {"kuma.io/origin": "zone"}}},
                        "template": template,
                    }
                },
                {"kuma.io/origin": "zone"},
            )
            for name, selector, template in (
                (
                    "local-mesh-external-service",
                    "meshExternalService",
                    "{{ .DisplayName }}.extsvc.mesh.local",
                ),
                (
                    "local-universal-mesh-service",
                    "meshService",
                    "{{ .DisplayName }}.svc.mesh.local",
                ),
            )
        ]
    return found


def _signing_keys(mesh: str, release: Release) -> list[str]:
    if release < (1, 4):
        return [
            f"dataplane-token-signing-key-{mesh}",
            f"envoy-admin-client-token-signing-key-{mesh}",
        ]
    return [f"dataplane-token-signing-key-{mesh}-1"]


def _legacy(mesh: str, release: Release) -> list[tuple[str, str, JSONObject]]:
    split = {"split": [{"weight": 100, "destination": {"kuma.io/service": "*"}}]}
    route: JSONObject = split if release < (1, 2) else {"destination": {"kuma.io/service": "*"}}
    timeouts: JSONObject = {
        "connectTimeout": "5s",
        "tcp": {"idleTimeout": "3600s"},
        "http": {"requestTimeout": "15s", "idleTimeout": "3600s"},
    }
    if release < (1, 2):
        timeouts["grpc"] = {"streamIdleTimeout": "300s"}
    else:
        timeouts["http"]["streamIdleTimeout"] = "1800s"
    retries = {"http": _TRIES, "tcp": {"maxConnectAttempts": 5}, "grpc": _TRIES}
    found: list[tuple[str, str, JSONObject]] = [
        ("TrafficPermission", f"allow-all-{mesh}", dict(_FROM_ANY_TO_ANY)),
        (
            "TrafficRoute",
            f"route-all-{mesh}",
            {**_FROM_ANY_TO_ANY, "conf": {**route, "loadBalancer": {"roundRobin": {}}}},
        ),
        ("Timeout", f"timeout-all-{mesh}", {**_FROM_ANY_TO_ANY, "conf": timeouts}),
        ("Retry", f"retry-all-{mesh}", {**_FROM_ANY_TO_ANY, "conf": retries}),
    ]
    if release >= (1, 2):
        found.append(
            (
                "CircuitBreaker",
                f"circuit-breaker-all-{mesh}",
                {**_FROM_ANY_TO_ANY, "conf": {"thresholds": _LIMITS}},
            )
        )
    return found


def _target_ref(mesh: str) -> list[tuple[str, str, JSONObject]]:
    every: JSONObject = {"kind": "Mesh"}
    return [
        (
            "MeshTimeout",
            f"mesh-timeout-all-{mesh}",
            {
                "spec": {
                    "targetRef": {"kind": "Mesh", "proxyTypes": ["Sidecar"]},
                    "to": [
                        {
                            "targetRef": every,
                            "default": {
                                "connectionTimeout": "5s",
                                "idleTimeout": "1h0m0s",
                                "http": {"requestTimeout": "15s", "streamIdleTimeout": "30m0s"},
                            },
                        }
                    ],
                    "from": [
                        {
                            "targetRef": every,
                            "default": {
                                "connectionTimeout": "10s",
                                "idleTimeout": "2h0m0s",
                                "http": {
                                    "requestTimeout": "0s",
                                    "streamIdleTimeout": "1h0m0s",
                                    "maxStreamDuration": "0s",
                                },
                            },
                        }
                    ],
                }
            },
        ),
        (
            "MeshTimeout",
            f"mesh-gateways-timeout-all-{mesh}",
            {
                "spec": {
                    "targetRef": {"kind": "Mesh", "proxyTypes": ["Gateway"]},
                    "to": [
                        {
                            "targetRef": every,
                            "default": {
                                "idleTimeout": "1h0m0s",
                                "http": {"streamIdleTimeout": "5s"},
                            },
                        }
                    ],
                    "from": [
                        {
                            "targetRef": every,
                            "default": {
                                "idleTimeout": "5m0s",
                                "http": {
                                    "streamIdleTimeout": "5s",
                                    "requestHeadersTimeout": "500ms",
                                },
                            },
                        }
                    ],
                }
            },
        ),
        (
            "MeshCircuitBreaker",
            f"mesh-circuit-breaker-all-{mesh}",
            {
                "spec": {
                    "targetRef": every,
                    "to": [{"targetRef": every, "default": {"connectionLimits": _LIMITS}}],
                }
            },
        ),
        (
            "MeshRetry",
            f"mesh-retry-all-{mesh}",
            {
                "spec": {
                    "targetRef": every,
                    "to": [
                        {
                            "targetRef": every,
                            "default": {
                                "tcp": {"maxConnectAttempt": 5},
                                "http": _NEW_TRIES,
                                "grpc": _NEW_TRIES,
                            },
                        }
                    ],
                }
            },
        ),
    ]


def _of_3(mesh: str) -> list[tuple[str, str, JSONObject]]:
    """The same without builtin gateways, and with rules for what comes in."""
    timeouts, _, *others = _target_ref(mesh)
    spec = timeouts[2]["spec"]
    every = {"targetRef": {"kind": "Mesh"}}
    rules = [{"default": spec["from"][0]["default"]}]
    return [
        ("MeshTimeout", f"mesh-timeout-all-{mesh}", {"spec": {**every, "rules": rules}}),
        ("MeshTimeout", f"mesh-timeout-to-all-{mesh}", {"spec": {**every, "to": spec["to"]}}),
        *others,
    ]
