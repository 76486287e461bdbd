"""The policies of an NGINX Service Mesh: custom resources of the Kubernetes API.

Source: the CustomResourceDefinitions of 1.7.
"""

from typing import Any, ClassVar

from gateway.model.policies import TagSelector, TargetRef
from gateway.model.resources import Int32, Stored, Wire


class Reference(Wire, frozen=True):
    """A Kubernetes object that a policy names; `matches` names parts of a route group."""

    kind: str = ""
    name: str = ""
    namespace: str | None = None
    port: Int32 | None = None
    matches: tuple[str, ...] = ()


class Spec(Wire, frozen=True):
    """What a policy says; which object it is for."""

    destination: Reference | None = None
    sources: tuple[Reference, ...] = ()
    rules: tuple[Reference, ...] = ()

    @property
    def target_ref(self) -> TargetRef | None:
        """The object that it is for."""
        found = self.destination
        return TargetRef(found.kind, found.name, found.namespace) if found else None


class Backend(Wire, frozen=True):
    """A service that is given a part of the traffic."""

    service: str = ""
    weight: Int32 = 0


class TrafficSplit(Wire, frozen=True):
    """How the traffic to a service is spread over others."""

    service: str = ""
    backends: tuple[Backend, ...] = ()
    matches: tuple[Reference, ...] = ()

    @property
    def target_ref(self) -> TargetRef:
        """The service whose traffic it is."""
        return TargetRef("Service", self.service)


class TrafficTarget(Spec, frozen=True):
    """Who may call whom."""


class RouteMatch(Wire, frozen=True):
    """Which HTTP requests are meant."""

    name: str | None = None
    methods: tuple[str, ...] = ()
    path_regex: str | None = None
    headers: dict[str, str] = {}


class HTTPRouteGroup(Wire, frozen=True):
    """HTTP requests under names that other policies use."""

    matches: tuple[RouteMatch, ...] = ()
    target_ref: ClassVar = None


class TCPRoute(Wire, frozen=True):
    """TCP traffic under a name that other policies use; its definition leaves the spec open."""

    target_ref: ClassVar = None


class RateLimit(Spec, frozen=True):
    """How many requests a destination takes."""

    name: str = ""
    rate: str = ""
    burst: Int32 | None = None
    delay: int | str | None = None


class Fallback(Wire, frozen=True):
    """The service that is called while the circuit is open."""

    service: str | None = None
    port: Int32 | None = None


class CircuitBreaker(Spec, frozen=True):
    """When a service that fails is left alone."""

    errors: Int32 = 0
    timeout_seconds: Int32 = 0
    fallback: Fallback | None = None


class Policy(Stored, frozen=True):
    """A custom resource; its name here is its namespace and its own name."""

    namespace: str = ""
    spec: Any = None
    sources: ClassVar[tuple[TagSelector, ...]] = ()
    destinations: ClassVar[tuple[TagSelector, ...]] = ()
    selectors: ClassVar[tuple[TagSelector, ...]] = ()
