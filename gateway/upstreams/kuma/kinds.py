"""A row per kind that Kuma stores, as its releases 0.1 to 3 list them.

Source: the resource descriptors of each minor's last patch; `GET /_resources` from 2.6 on.
"""

from typing import Any, Final

from gateway.model.confs import (
    circuit_breakers,
    external_services,
    faults,
    health_checks,
    http_routes,
    logs,
    outbounds,
    permissions,
    proxy_templates,
    rate_limits,
    retries,
    timeouts,
    traffic_routes,
)
from gateway.model.kinds import Family, Kind, Noun, Scope, by_name

_V3: Final = (3, 0)


def policy(
    name: str, path: str, short: str, since: tuple[int, int], summary: str, body: Any = None
) -> Kind:
    """A policy of the targetRef world, writable everywhere."""
    return Kind(
        name=name,
        path=path,
        short=short,
        since=since,
        summary=summary,
        family=Family.TARGET_REF,
        type_name=name,
        scope=Scope.MESH,
        noun=Noun.POLICY,
        plugin=True,
        body=body,
    )


def legacy(
    name: str,
    path: str,
    since: tuple[int, int],
    summary: str,
    family: Family = Family.SOURCE_DESTINATION,
    *,
    former_path: tuple[tuple[int, int], str] | None = None,
    body: Any = None,
) -> Kind:
    """A policy of the world before targetRef, dropped by 3, written on a Global only."""
    return Kind(
        name=name,
        path=path,
        since=since,
        until=_V3,
        summary=summary,
        family=family,
        type_name=name,
        scope=Scope.MESH,
        noun=Noun.POLICY,
        writable="G",
        former_path=former_path,
        body=body,
    )


def resource(
    name: str,
    path: str,
    short: str,
    since: tuple[int, int],
    summary: str,
    *,
    until: tuple[int, int] | None = None,
    noun: Noun = Noun.RESOURCE,
    scope: Scope = Scope.MESH,
    writable: str = "GZ",
    writable_since: tuple[int, int] | None = None,
    writable_until: tuple[int, int] | None = None,
    plugin: bool = False,
    overview: bool = False,
    type_name: str | None = None,
    former_path: tuple[tuple[int, int], str] | None = None,
    former_overview: str = "",
    masks: tuple[str, ...] = (),
    body: Any = None,
) -> Kind:
    """Anything that is no policy; its GraphQL type carries the product's name."""
    return Kind(
        name=name,
        path=path,
        short=short,
        since=since,
        until=until,
        summary=summary,
        noun=noun,
        scope=scope,
        writable=writable,
        writable_since=writable_since,
        writable_until=writable_until,
        plugin=plugin,
        overview=overview,
        type_name=type_name or f"Kuma{name}",
        former_path=former_path,
        former_overview=former_overview,
        masks=masks,
        body=body,
    )


def insight(
    name: str,
    path: str,
    since: tuple[int, int],
    summary: str,
    *,
    until: tuple[int, int] | None = None,
    scope: Scope = Scope.GLOBAL,
    type_name: str | None = None,
    noun: Noun = Noun.INSIGHT,
    writable_since: tuple[int, int] | None = None,
) -> Kind:
    """What the control plane computes; nobody writes it since 1.3, anybody could before."""
    return resource(
        name,
        path,
        "",
        since,
        summary,
        until=until,
        scope=scope,
        noun=noun,
        writable="",
        writable_since=writable_since,
        writable_until=(1, 3),
        type_name=type_name,
    )


# fmt: off
POLICIES: Final = (
    policy("MeshAccessLog", "meshaccesslogs", "mal", (2, 0), "Which traffic is written to which access log.", body=logs.MeshAccessLog),
    policy("MeshCircuitBreaker", "meshcircuitbreakers", "mcb", (2, 1), "Limits on connections, and when an endpoint that fails is left alone.", body=circuit_breakers.MeshCircuitBreaker),
    policy("MeshFaultInjection", "meshfaultinjections", "mfi", (2, 1), "Delays, aborts and slow answers put into traffic on purpose."),
    policy("MeshHTTPRoute", "meshhttproutes", "mhttpr", (2, 1), "How HTTP requests are matched, changed and routed.", body=http_routes.MeshHTTPRoute),
    policy("MeshHealthCheck", "meshhealthchecks", "mhc", (2, 1), "How a destination's endpoints are probed.", body=health_checks.MeshHealthCheck),
    policy("MeshLoadBalancingStrategy", "meshloadbalancingstrategies", "mlbs", (2, 2), "How traffic is spread over endpoints and localities."),
    policy("MeshMetric", "meshmetrics", "mm", (2, 6), "Which metrics dataplanes give, and to whom."),
    policy("MeshPassthrough", "meshpassthroughs", "mp", (2, 8), "Which traffic may leave the mesh unmanaged."),
    policy("MeshProxyPatch", "meshproxypatches", "mpp", (2, 1), "Changes to the Envoy configuration of the targeted dataplanes."),
    policy("MeshRateLimit", "meshratelimits", "mrl", (2, 1), "How many requests or connections are taken in an interval.", body=rate_limits.MeshRateLimit),
    policy("MeshRetry", "meshretries", "mr", (2, 1), "How often a failed request is tried again.", body=retries.MeshRetry),
    policy("MeshTCPRoute", "meshtcproutes", "mtcpr", (2, 3), "How TCP connections are split between backends."),
    policy("MeshTLS", "meshtlses", "mtls", (2, 9), "TLS mode, versions and ciphers of inbound traffic."),
    policy("MeshTimeout", "meshtimeouts", "mt", (2, 1), "How long a connection, a request or an idle stream may last.", body=timeouts.MeshTimeout),
    policy("MeshTrace", "meshtraces", "mtr", (2, 0), "Where the targeted dataplanes send their traces."),
    policy("MeshTrafficPermission", "meshtrafficpermissions", "mtp", (2, 0), "Which clients may call an inbound.", body=permissions.MeshTrafficPermission),
)

LEGACY: Final = (
    legacy("CircuitBreaker", "circuit-breakers", (0, 5), "When an endpoint that fails is left alone.", body=circuit_breakers.CircuitBreaker),
    legacy("FaultInjection", "fault-injections", (0, 5), "Delays, aborts and slow answers put into traffic on purpose.", body=faults.FaultInjection),
    legacy("HealthCheck", "health-checks", (0, 3), "How a destination's endpoints are probed.", body=health_checks.HealthCheck),
    legacy("MeshGatewayRoute", "meshgatewayroutes", (1, 5), "Where a builtin gateway sends what its listeners accept.", Family.SELECTOR),
    legacy("ProxyTemplate", "proxytemplates", (0, 1), "Changes to the Envoy configuration of the selected dataplanes.", Family.SELECTOR, body=proxy_templates.ProxyTemplate),
    legacy("RateLimit", "rate-limits", (1, 2), "How many requests a source may send in an interval.", body=rate_limits.RateLimit),
    legacy("Retry", "retries", (1, 1), "How often a failed request is tried again.", body=retries.Retry),
    legacy("Timeout", "timeouts", (1, 1), "How long a connection, a request or an idle stream may last.", body=timeouts.Timeout),
    legacy("TrafficLog", "traffic-logs", (0, 2), "Which traffic is written to which access log.", body=logs.TrafficLog),
    legacy("TrafficPermission", "traffic-permissions", (0, 1), "Which services may call which.", former_path=((0, 2), "traffic-permission"), body=permissions.TrafficPermission),
    legacy("TrafficRoute", "traffic-routes", (0, 3), "How traffic is split and routed between destinations.", body=traffic_routes.TrafficRoute),
    legacy("TrafficTrace", "traffic-traces", (0, 4), "Where the selected dataplanes send their traces.", Family.SELECTOR, body=logs.TrafficTrace),
    legacy("VirtualOutbound", "virtual-outbounds", (1, 3), "Hostnames and ports made from the tags of services.", Family.SELECTOR, body=outbounds.VirtualOutbound),
)

RESOURCES: Final = (
    resource("Mesh", "meshes", "m", (0, 1), "A set of dataplanes that trust one authority and share policies.", noun=Noun.MESH, scope=Scope.GLOBAL, writable="G", masks=("mtls.backends[].conf.key", "mtls.ca.provided")),
    resource("Dataplane", "dataplanes", "dp", (0, 1), "A proxy beside a workload, or a gateway, with its inbounds and outbounds.", noun=Noun.DATAPLANE, writable="Z", overview=True),
    resource("Zone", "zones", "z", (0, 7), "A part of a multi-zone deployment with a control plane of its own.", noun=Noun.ZONE, scope=Scope.GLOBAL, overview=True),
    resource("ZoneIngress", "zoneingresses", "zi", (1, 2), "The proxy through which other zones reach the services of its zone.", until=_V3, scope=Scope.GLOBAL, writable="Z", overview=True, former_path=((2, 0), "zone-ingresses"), former_overview="zoneingresses+insights"),
    resource("ZoneEgress", "zoneegresses", "ze", (1, 5), "The proxy through which a zone's traffic leaves it.", until=_V3, scope=Scope.GLOBAL, writable="Z", overview=True, former_overview="zoneegressoverviews"),
    resource("ExternalService", "external-services", "", (1, 0), "A service outside of the mesh that its dataplanes may call by tags.", until=_V3, noun=Noun.SERVICE, writable="G", masks=("networking.tls.clientKey",), body=external_services.ExternalService),
    resource("MeshService", "meshservices", "msvc", (2, 7), "A service of the mesh with its ports, addresses and the dataplanes behind it.", noun=Noun.SERVICE, writable="Z", plugin=True),
    resource("MeshMultiZoneService", "meshmultizoneservices", "mzsvc", (2, 9), "One name for the MeshServices of several zones.", noun=Noun.SERVICE, writable="G", plugin=True),
    resource("MeshExternalService", "meshexternalservices", "extsvc", (2, 8), "A service outside of the mesh with a hostname and endpoints.", noun=Noun.SERVICE, plugin=True, masks=("spec.tls.verification.clientKey",)),
    resource("MeshGateway", "meshgateways", "mgw", (1, 5), "The listeners of a builtin gateway.", until=_V3, masks=("conf.listeners[].tls.certificates[]",)),
    resource("HostnameGenerator", "hostnamegenerators", "hg", (2, 8), "A template that gives services their hostnames.", scope=Scope.GLOBAL, plugin=True),
    resource("MeshIdentity", "meshidentities", "mid", (2, 12), "Who issues the identities of a mesh's dataplanes, and in which form.", plugin=True, masks=("spec.provider.bundled.ca.privateKey",)),
    resource("MeshTrust", "meshtrusts", "mtrust", (2, 12), "A trust domain and the certificate authorities believed in it.", plugin=True),
    resource("MeshOpenTelemetryBackend", "meshopentelemetrybackends", "motb", (2, 14), "An OpenTelemetry collector that policies may name.", plugin=True),
    resource("MeshZoneAddress", "meshzoneaddresses", "mza", (2, 14), "An address under which other zones reach a mesh's zone.", writable="Z", plugin=True),
    resource("Workload", "workloads", "wl", (2, 13), "The dataplanes that carry one `kuma.io/workload` label, counted.", writable="Z", plugin=True),
    resource("Secret", "secrets", "", (1, 0), "A secret of one mesh; its data is shown to whom the settings name alone.", noun=Noun.SECRET),
    resource("GlobalSecret", "global-secrets", "", (1, 1), "A secret of the control plane; its data is shown to whom the settings name alone.", noun=Noun.SECRET, scope=Scope.GLOBAL),
)

INSIGHTS: Final = (
    insight("ServiceInsight", "service-insights", (1, 1), "A service as the tags of the dataplanes make it, with their counts.", scope=Scope.MESH, noun=Noun.SERVICE, type_name="KumaService"),
    insight("MeshInsight", "mesh-insights", (1, 0), "A mesh's dataplanes, policies, services and versions, counted."),
    insight("DataplaneInsight", "dataplane-insights", (0, 1), "A dataplane's connections to the control plane, and its certificate.", scope=Scope.MESH),
    insight("ZoneInsight", "zone-insights", (0, 7), "A zone control plane's connections to the Global.", writable_since=(1, 0)),
    insight("ZoneIngressInsight", "zone-ingress-insights", (1, 3), "A zone ingress's connections to the control plane.", until=_V3),
    insight("ZoneEgressInsight", "zoneegressinsights", (1, 5), "A zone egress's connections to the control plane.", until=_V3),
)

# fmt: on

KINDS: Final = by_name((*RESOURCES, *INSIGHTS, *LEGACY, *POLICIES))
