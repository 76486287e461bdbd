"""The policies of NGINX Service Mesh: a type per kind, with its members typed."""

from typing import Any

import strawberry

from gateway.model.nginx_service_mesh import policies as model
from gateway.schema.described import described
from gateway.schema.policies import Policy
from gateway.schema.views import shows
from gateway.upstreams.nginx_service_mesh.kinds import KINDS


@described
@strawberry.type
class NginxReference:
    """A Kubernetes object that a policy names."""

    content: strawberry.Private[model.Reference]

    @strawberry.field
    def kind(self) -> str:
        """Service, ServiceAccount, Deployment, HTTPRouteGroup, …"""
        return self.content.kind

    @strawberry.field
    def name(self) -> str:
        """Its name."""
        return self.content.name

    @strawberry.field
    def namespace(self) -> str | None:
        """Its namespace; null means that of the policy."""
        return self.content.namespace or None

    @strawberry.field
    def port(self) -> int | None:
        """The port that is meant; null means any."""
        return self.content.port

    @strawberry.field
    def matches(self) -> list[str]:
        """The parts of a route group that are meant; empty means all."""
        return list(self.content.matches)


def references(found: tuple[model.Reference, ...]) -> list[NginxReference]:
    """References as clients see them."""
    return [NginxReference(content=one) for one in found]


@strawberry.type
class _Namespaced(Policy):
    """What all custom resources have."""

    @strawberry.field
    def display_name(self) -> str:
        """Its name without the namespace."""
        return str(self.content.name).rpartition("/")[2]

    @strawberry.field
    def namespace(self) -> str:
        """Its Kubernetes namespace."""
        return str(self.content.namespace)


@strawberry.type
class _Directed(_Namespaced):
    """What policies for the traffic between objects have."""

    @strawberry.field
    def destination(self) -> NginxReference | None:
        """Whose incoming traffic it is for."""
        found = self.content.spec.destination
        return NginxReference(content=found) if found else None

    @strawberry.field
    def source_refs(self) -> list[NginxReference]:
        """Whose outgoing traffic it is for; for a RateLimit none means anybody's."""
        return references(self.content.spec.sources)

    @strawberry.field
    def rules(self) -> list[NginxReference]:
        """The route groups, and parts of them, to which it is confined."""
        return references(self.content.spec.rules)


def of_kind(cls: Any) -> Any:
    """Enter a type as the view of the kind whose row names it, described by the row."""
    row = next(kind for kind in KINDS.values() if kind.type_name == cls.__name__)
    cls.__doc__ = row.summary
    return shows(cls.__name__)(described(strawberry.type(cls)))


@of_kind
class NginxTrafficTarget(_Directed):
    pass


@of_kind
class NginxRateLimit(_Directed):
    @strawberry.field
    def limit_name(self) -> str:
        """The name under which the limit is counted."""
        return str(self.content.spec.name)

    @strawberry.field
    def rate(self) -> str:
        """How many requests in which time: `10r/m`, `5r/s`."""
        return str(self.content.spec.rate)

    @strawberry.field
    def burst(self) -> int | None:
        """How many requests beyond the rate wait instead of being refused."""
        return self.content.spec.burst  # type: ignore[no-any-return]

    @strawberry.field
    def delay(self) -> str | None:
        """From how many waiting requests on they are delayed; or `nodelay`."""
        found = self.content.spec.delay
        return None if found is None else str(found)


@described
@strawberry.type
class NginxFallback:
    """What is called while a circuit is open."""

    service: str | None = strawberry.field(description="The service: `namespace/name`.")
    port: int | None = strawberry.field(description="Its port.")


@of_kind
class NginxCircuitBreaker(_Namespaced):
    @strawberry.field
    def destination(self) -> NginxReference | None:
        """The service that is left alone once it fails."""
        found = self.content.spec.destination
        return NginxReference(content=found) if found else None

    @strawberry.field
    def errors(self) -> int:
        """How many errors open the circuit."""
        return self.content.spec.errors  # type: ignore[no-any-return]

    @strawberry.field
    def timeout_seconds(self) -> int:
        """Within how many seconds they count, and for how many it stays open."""
        return self.content.spec.timeout_seconds  # type: ignore[no-any-return]

    @strawberry.field
    def fallback(self) -> NginxFallback | None:
        """What is called meanwhile."""
        found = self.content.spec.fallback
        return NginxFallback(service=found.service, port=found.port) if found else None


@described
@strawberry.type
class NginxTrafficSplitBackend:
    """A service that is given a part of the traffic."""

    service: str = strawberry.field(description="Its name, in the policy's namespace.")
    weight: int = strawberry.field(description="Its share, beside those of the others.")


@of_kind
class NginxTrafficSplit(_Namespaced):
    @strawberry.field
    def service(self) -> str:
        """The service whose traffic it is, in the policy's namespace."""
        return str(self.content.spec.service)

    @strawberry.field
    def backends(self) -> list[NginxTrafficSplitBackend]:
        """The services that are given it."""
        return [
            NginxTrafficSplitBackend(service=one.service, weight=one.weight)
            for one in self.content.spec.backends
        ]

    @strawberry.field
    def matches(self) -> list[NginxReference]:
        """The route groups to which it is confined."""
        return references(self.content.spec.matches)


@described
@strawberry.type
class NginxHeaderMatch:
    """A header of an HTTP request, and what it has to look like."""

    name: str = strawberry.field(description="The header's name.")
    pattern: str = strawberry.field(description="A regular expression for its value.")


@described
@strawberry.type
class NginxRouteMatch:
    """Which HTTP requests are meant."""

    content: strawberry.Private[model.RouteMatch]

    @strawberry.field
    def name(self) -> str | None:
        """The name by which policies mean these requests."""
        return self.content.name

    @strawberry.field
    def methods(self) -> list[str]:
        """The methods; empty means any."""
        return list(self.content.methods)

    @strawberry.field
    def path_regex(self) -> str | None:
        """A regular expression for the path; null means any."""
        return self.content.path_regex

    @strawberry.field
    def headers(self) -> list[NginxHeaderMatch]:
        """The headers; empty means any."""
        found = self.content.headers
        return [NginxHeaderMatch(name=key, pattern=found[key]) for key in sorted(found)]


@of_kind
class NginxHTTPRouteGroup(_Namespaced):
    @strawberry.field
    def matches(self) -> list[NginxRouteMatch]:
        """The requests, each sort of them under a name."""
        return [NginxRouteMatch(content=one) for one in self.content.spec.matches]


@of_kind
class NginxTCPRoute(_Namespaced):
    pass
