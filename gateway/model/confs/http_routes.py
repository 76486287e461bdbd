"""How HTTP requests are matched, changed and routed."""

from typing import Annotated

from gateway.model.confs.parts import (
    BackendRef,
    HeaderModifier,
    NamedMatch,
    Percent,
    Target,
    Targeting,
    ValueMatch,
)
from gateway.model.resources import Int32, Wire


class HttpRouteMatch(Wire, frozen=True):
    """Which requests are meant: all that holds of them."""

    path: Annotated[ValueMatch | None, "The path: Exact, PathPrefix or RegularExpression."] = None
    method: Annotated[str | None, "The method."] = None
    query_params: Annotated[tuple[NamedMatch, ...], "Parameters, all of them."] = ()
    headers: Annotated[tuple[NamedMatch, ...], "Headers, all of them."] = ()


class HttpPathModifier(Wire, frozen=True):
    """How a path is changed."""

    type: Annotated[str, "ReplaceFullPath or ReplacePrefixMatch."] = ""
    replace_full_path: Annotated[str | None, "What replaces all of it."] = None
    replace_prefix_match: Annotated[str | None, "What replaces the prefix that matched."] = None


class HttpRequestRedirect(Wire, frozen=True):
    """Where the client is sent."""

    scheme: Annotated[str | None, "http or https."] = None
    hostname: Annotated[str | None, "The host."] = None
    path: Annotated[HttpPathModifier | None, "The path."] = None
    port: Annotated[Int32 | None, "The port."] = None
    status_code: Annotated[Int32 | None, "The status: 301, 302, 303, 307 or 308."] = None


class HttpUrlRewrite(Wire, frozen=True):
    """What of the URL is changed."""

    hostname: Annotated[str | None, "The host."] = None
    host_to_backend_hostname: Annotated[
        bool | None, "Whether the host becomes that of the backend."
    ] = None
    path: Annotated[HttpPathModifier | None, "The path."] = None


class HttpRequestMirror(Wire, frozen=True):
    """Where copies of requests go."""

    percentage: Annotated[Percent | None, "Of how many; of all if left out."] = None
    backend_ref: Annotated[BackendRef | None, "Where they go."] = None


class HttpRouteFilter(Wire, frozen=True):
    """One change of requests or responses: what the type names."""

    type: Annotated[
        str,
        "RequestHeaderModifier, ResponseHeaderModifier, RequestRedirect, URLRewrite or "
        "RequestMirror.",
    ] = ""
    request_header_modifier: Annotated[HeaderModifier | None, "The request's headers."] = None
    response_header_modifier: Annotated[HeaderModifier | None, "The response's headers."] = None
    request_redirect: Annotated[HttpRequestRedirect | None, "Where the client is sent."] = None
    url_rewrite: Annotated[HttpUrlRewrite | None, "What of the URL is changed."] = None
    request_mirror: Annotated[HttpRequestMirror | None, "Where copies go."] = None


class HttpRouteConf(Wire, frozen=True):
    """What becomes of requests."""

    filters: Annotated[tuple[HttpRouteFilter, ...], "How they are changed, in this order."] = ()
    backend_refs: Annotated[tuple[BackendRef, ...], "Where they go, by weight."] = ()


class HttpRouteRule(Wire, frozen=True):
    """Some requests, and what becomes of them."""

    matches: Annotated[tuple[HttpRouteMatch, ...], "Requests of which one of these holds."] = ()
    default: Annotated[HttpRouteConf | None, "What becomes of them."] = None


class MeshHTTPRouteTarget(Target, frozen=True):
    """How requests to one destination are routed."""

    hostnames: Annotated[
        tuple[str, ...], "The hosts for which it holds, where the target is a MeshGateway."
    ] = ()
    rules: Annotated[tuple[HttpRouteRule, ...], "Which requests go where."] = ()


class MeshHTTPRoute(Targeting, frozen=True):
    """The spec of a MeshHTTPRoute."""

    to: Annotated[tuple[MeshHTTPRouteTarget, ...], "Of requests to these."] = ()
