"""What a control plane says of itself: its version, its kinds, its configuration."""

import re
from collections.abc import Iterable
from typing import Any, Final

from gateway.model.kinds import Family, Kind, Noun
from gateway.upstreams.kuma.fake.dialect import POLICIES, V3, Mode, Release
from gateway.upstreams.kuma.fake.store import JSONObject
from gateway.upstreams.kuma.kinds import KINDS

TARGETS: Final = {
    "MeshAccessLog": "tfri",
    "MeshCircuitBreaker": "tfri",
    "MeshRateLimit": "tfri",
    "MeshTimeout": "tfri",
    "MeshFaultInjection": "tfr",
    "MeshTLS": "fri",
    "MeshTrafficPermission": "fr",
    "MeshHTTPRoute": "t",
    "MeshHealthCheck": "t",
    "MeshLoadBalancingStrategy": "t",
    "MeshRetry": "t",
    "MeshTCPRoute": "t",
}
"""What a policy's spec may hold: `to`, `from`, `rules`, and i where `from` is read as rules."""

_WORDS: Final = re.compile(r"OpenTelemetry|[A-Z]+(?=[A-Z][a-z])|[A-Z][a-z]+|[A-Z]+")


def index(release: Release, version: str) -> JSONObject:
    """`GET /`."""
    found: JSONObject = {"hostname": "kuma-cp"}
    if release < (2, 0):
        found["tagline"] = "Kuma"
    else:
        found["product"] = "Kuma"
    found["version"] = version
    if release >= POLICIES:
        found |= {
            "instanceId": "kuma-cp-fake",
            "clusterId": "109a7cfd-e500-42be-8606-39ef9888452b",
            "gui": "/gui" if release >= (2, 0) else "The gui is available at /gui",
        }
    return found


def catalog() -> JSONObject:
    """`GET /catalog`: where the other servers of the control plane are."""
    admin = {"localUrl": "http://localhost:5679", "publicUrl": ""}
    return {
        "apis": {
            "bootstrap": {"url": "http://localhost:5682"},
            "dataplaneToken": admin,
            "admin": admin,
            "monitoringAssignment": {"url": "grpc://localhost:5676"},
        }
    }


def versions() -> JSONObject:
    """`GET /versions`: which Envoy each kuma-dp wants."""
    patches = ("1.16.0", "1.16.0", "1.16.1", "1.16.1", "1.16.1") + ("1.16.2",) * 4
    found = {f"1.0.{patch}": {"envoy": envoy} for patch, envoy in enumerate(patches)}
    return {"kumaDp": found | {"^1.1.0": {"envoy": "~1.17.0"}}}


def config(mode: Mode, zone: str, *, read_only: bool) -> JSONObject:
    """`GET /config`, as much of it as tells anything of a control plane's role."""
    return {
        "apiServer": {"readOnly": read_only},
        "environment": "universal",
        "mode": mode,
        "multizone": {"zone": {"name": zone}},
        "store": {"type": "memory"},
    }


def resources(release: Release, *, read_only: bool) -> JSONObject:
    """`GET /_resources`."""
    return {"resources": [_described(kind, release, read_only) for kind in _served(release)]}


def policies(release: Release, *, read_only: bool) -> JSONObject:
    """`GET /policies`."""
    found = []
    for kind in _served(release):
        # 1.8 counts the listeners of a builtin gateway among the policies.
        gateway = kind.name == "MeshGateway" and release < (2, 0)
        if kind.noun is not Noun.POLICY and not gateway:
            continue
        entry: JSONObject = {
            "name": kind.name,
            "readOnly": read_only,
            "path": kind.path,
            "singularDisplayName": singular(kind.name),
            "pluralDisplayName": plural(kind.name),
            "isExperimental": kind.name.startswith("MeshGateway") and release < (2, 0),
        }
        if release >= (2, 0):
            targets = TARGETS.get(kind.name, "")
            entry |= {
                "isTargetRefBased": kind.family is Family.TARGET_REF,
                "isInbound": "f" in targets,
                "isOutbound": "t" in targets,
            }
        found.append(entry)
    return {"policies": found}


def singular(name: str) -> str:
    """A kind's name in words."""
    return " ".join(_WORDS.findall(name))


def plural(name: str) -> str:
    """A kind's name in words, of many."""
    words = singular(name)
    if re.search(r"[^aeiou]y$", words):
        return f"{words[:-1]}ies"
    return f"{words}es" if re.search(r"(s|sh|ch|S)$", words) else f"{words}s"


def _served(release: Release) -> Iterable[Kind]:
    return sorted(
        (kind for kind in KINDS.values() if kind.served_by(release)), key=lambda kind: kind.name
    )


def _described(kind: Kind, release: Release, read_only: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "includeInFederation": "G" in kind.writable and kind.name != "Zone",
        "name": kind.name,
        "path": "globalsecrets" if kind.name == "GlobalSecret" else kind.path,
        "pluralDisplayName": plural(kind.name),
    }
    if kind.noun is Noun.POLICY:
        targets = TARGETS.get(kind.name, "")
        found["policy"] = {
            "hasFromTargetRef": "f" in targets and release < V3,
            "hasRulesTargetRef": "r" in targets,
            "hasToTargetRef": "t" in targets,
            "isFromAsRules": "i" in targets and release < V3,
            "isTargetRef": kind.family is Family.TARGET_REF,
        }
    return found | {
        "readOnly": read_only or not kind.writable,
        "scope": kind.scope.value,
        "shortName": kind.short if release >= (2, 10) else "",
        "singularDisplayName": singular(kind.name),
    }
