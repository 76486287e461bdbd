"""Insights: the streams that proxies and zones hold, as a control plane writes them down."""

import hashlib
import uuid
from typing import Any, Final

from gateway.upstreams.kuma.fake.dialect import ISSUED_BACKENDS, LABELS, Release
from gateway.upstreams.kuma.fake.times import written_time

KEPT: Final = {"Zone": 10}
"""How many subscriptions an insight keeps; 2 where it is not said."""

ENVOYS: Final = (
    ((2, 14), "1.36.2"),
    ((2, 10), "1.33.0"),
    ((2, 6), "1.28.0"),
    ((2, 0), "1.23.1"),
    ((1, 8), "1.22.7"),
    ((1, 2), "1.18.3"),
    ((0, 0), "1.17.1"),
)
"""Which Envoy came with which release."""

_DAY: Final = 86_400.0


def envoy_of(release: Release) -> str:
    """The Envoy that a release brings."""
    return next(version for since, version in ENVOYS if release >= since)


def token_of(*parts: object) -> str:
    """An identifier that is the same each time the same things happen."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def is_connected(content: dict[str, Any]) -> bool:
    """Whether any subscription was opened and not closed."""
    return any(
        "connectTime" in one and "disconnectTime" not in one
        for one in content.get("subscriptions", [])
    )


def started(
    content: dict[str, Any],
    *,
    kind: str,
    release: Release,
    now: float,
    token: str,
    backend: str | None,
) -> dict[str, Any]:
    """An insight with one subscription more; one that is open already is ended first."""
    subscription = (
        _zone_stream(release, now, token) if kind == "Zone" else _proxy_stream(release, now, token)
    )
    streams = ended(content, now).get("subscriptions", [])
    found = {**content, "subscriptions": [*streams, subscription][-KEPT.get(kind, 2) :]}
    if backend is not None:
        found["mTLS"] = _certificate(release, now, backend, content.get("mTLS", {}))
    if kind != "Zone" and release >= LABELS:
        found["metadata"] = {"dataplane.proxyType": _PROXY_TYPES.get(kind, "dataplane")}
    return found


def ended(content: dict[str, Any], now: float) -> dict[str, Any]:
    """An insight whose subscriptions are all closed."""
    return {
        **content,
        "subscriptions": [
            one if "disconnectTime" in one else {**one, "disconnectTime": written_time(now)}
            for one in content.get("subscriptions", [])
        ],
    }


_PROXY_TYPES: Final = {"ZoneIngress": "ingress", "ZoneEgress": "egress"}


def _proxy_stream(release: Release, now: float, token: str) -> dict[str, Any]:
    number = ".".join(map(str, release))
    envoy = envoy_of(release)
    discovery = {"responsesSent": "1", "responsesAcknowledged": "1"}
    kuma_dp: dict[str, Any] = {
        "version": number,
        "gitTag": number if release < (2, 0) else f"v{number}",
        "gitCommit": "0000000",
        "buildDate": "2026-08-07T00:00:00Z",
    }
    build: dict[str, Any] = {
        "version": envoy,
        "build": f"hash/{envoy}/Clean/RELEASE/BoringSSL",
    }
    if release >= (1, 8):
        kuma_dp["kumaCpCompatible"] = True
    if release >= (2, 0):
        build["kumaDpCompatible"] = True
    return {
        "id": token,
        "controlPlaneInstanceId": "kuma-cp-fake",
        "connectTime": written_time(now),
        "status": {
            "lastUpdateTime": written_time(now),
            "total": {"responsesSent": "3", "responsesAcknowledged": "3"},
            "cds": discovery,
            "eds": discovery,
            "lds": discovery,
            "rds": {},
        },
        "version": {"kumaDp": kuma_dp, "envoy": build},
    }


def _zone_stream(release: Release, now: float, token: str) -> dict[str, Any]:
    number = ".".join(map(str, release))
    once = {"responsesSent": "1", "responsesAcknowledged": "1"}
    return {
        "id": token,
        "globalInstanceId": "kuma-cp-fake",
        "connectTime": written_time(now),
        "status": {
            "lastUpdateTime": written_time(now),
            "total": {"responsesSent": "3", "responsesAcknowledged": "3"},
            "stat": {"Mesh": once, "Secret": once, "Dataplane": once},
        },
        "version": {
            "kumaCp": {
                "version": number,
                "gitTag": number,
                "gitCommit": "0000000",
                "buildDate": "2026-08-07T00:00:00Z",
            }
        },
    }


def _certificate(
    release: Release, now: float, backend: str, before: dict[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "certificateExpirationTime": written_time(float(int(now + _DAY))),
        "lastCertificateRegeneration": written_time(now),
        "certificateRegenerations": before.get("certificateRegenerations", 0) + 1,
    }
    if release >= ISSUED_BACKENDS:
        found |= {"issuedBackend": backend, "supportedBackends": [backend]}
    return found
