"""A row per kind that NGINX Service Mesh stores or tells of.

Sources: the API document of 1.7; the custom resources of its charts, from 1.3 on read through
Kubernetes alone.
"""

from typing import Final

from gateway.model.kinds import Family, Kind, Noun, Scope, by_name


def told(name: str, path: str, noun: Noun, type_name: str, summary: str) -> Kind:
    """What the mesh's own API tells of."""
    return Kind(
        name=name,
        path=path,
        noun=noun,
        type_name=type_name,
        summary=summary,
        scope=Scope.GLOBAL if noun is Noun.MESH else Scope.MESH,
        since=(1, 2),
        writable="",
        listed_only=True,
    )


def policy(name: str, path: str, summary: str, family: Family = Family.TARGET_REF) -> Kind:
    """A custom resource of Kubernetes; `path` is its group, version and plural."""
    return Kind(
        name=name,
        path=path,
        noun=Noun.POLICY,
        type_name=f"Nginx{name}",
        summary=summary,
        scope=Scope.MESH,
        since=(1, 2),
        writable="",
        family=family,
        plugin=True,
        listed_only=True,
    )


MESH: Final = told(
    "MeshConfig",
    "config",
    Noun.MESH,
    "NginxMesh",
    "One install of NGINX Service Mesh and its configuration.",
)
SERVICE: Final = told(
    "Service",
    "services",
    Noun.SERVICE,
    "NginxMeshService",
    "A Kubernetes Service that takes part in the mesh.",
)
WORKLOAD: Final = told(
    "ProxiedResource",
    "resources",
    Noun.DATAPLANE,
    "NginxWorkload",
    "A workload whose Pods carry the mesh's sidecar.",
)

POLICIES: Final = (
    policy(
        "CircuitBreaker",
        "specs.smi.nginx.com/v1alpha1/circuitbreakers",
        "When a service that fails is left alone, and what answers meanwhile.",
    ),
    policy(
        "HTTPRouteGroup",
        "specs.smi-spec.io/v1alpha3/httproutegroups",
        "HTTP requests under names that other policies use.",
        Family.CONFIGURATION,
    ),
    policy(
        "RateLimit",
        "specs.smi.nginx.com/v1alpha2/ratelimits",
        "How many requests a destination takes from its sources.",
    ),
    policy(
        "TCPRoute",
        "specs.smi-spec.io/v1alpha3/tcproutes",
        "TCP traffic under a name that other policies use.",
        Family.CONFIGURATION,
    ),
    policy(
        "TrafficSplit",
        "split.smi-spec.io/v1alpha3/trafficsplits",
        "How the traffic to a service is spread over others.",
    ),
    policy(
        "TrafficTarget",
        "access.smi-spec.io/v1alpha2/traffictargets",
        "Which identities may call which, and how.",
    ),
)

KINDS: Final = by_name((MESH, SERVICE, WORKLOAD, *POLICIES))
