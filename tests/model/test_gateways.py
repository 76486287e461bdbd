import json
from typing import Any

import pytest

from gateway.model.dataplanes import Dataplane, DataplaneSpec, Gateway, Networking
from gateway.model.gateways import GatewayKind, gateway_kind, gateway_of, routes_through
from gateway.model.resources import Resource
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS


def resource(kind: str, name: str = "x", **members: Any) -> Resource:
    body = json.dumps({"name": name, "mesh": "m", **members}).encode()
    return responses.resource("prod", KINDS[kind], body)


def dataplane(type: str = "BUILTIN", **tags: str) -> Any:
    gateway = {"type": type, "tags": {"kuma.io/service": "edge", **tags}}
    return resource("Dataplane", networking={"gateway": gateway}).content


def gateway(name: str, *listeners: dict[str, str], **match: str) -> Resource:
    selector = {"match": {"kuma.io/service": "edge", **match}}
    conf = {"listeners": [{"port": 80, "tags": tags} for tags in listeners]}
    return resource("MeshGateway", name, selectors=[selector], tags={"team": "web"}, conf=conf)


def test_a_builtin_gateway_carries_the_listeners_that_fit_it_best() -> None:
    general, special = gateway("general"), gateway("special", stage="prod")
    found = gateway_of(dataplane(stage="prod"), [general, special])
    assert found is special
    assert gateway_of(dataplane(stage="test"), [general, special]) is general
    assert gateway_of(dataplane(stage="test"), [special]) is None


@pytest.mark.parametrize("type", ["", "DELEGATED"])
def test_no_other_dataplane_carries_listeners(type: str) -> None:
    assert gateway_of(dataplane(type), [gateway("general")]) is None


ROUTES = [
    (resource("MeshGatewayRoute", selectors=[{"match": {"kuma.io/service": "edge"}}]), True),
    (resource("MeshGatewayRoute", selectors=[{"match": {"port": "http/80", "team": "web"}}]), True),
    (resource("MeshGatewayRoute", selectors=[{"match": {"port": "http/81"}}]), False),
    (resource("MeshGatewayRoute", selectors=[{"match": {"kuma.io/service": "other"}}]), False),
    (resource("MeshHTTPRoute", spec={}), True),
    (resource("MeshHTTPRoute", spec={"targetRef": {"kind": "Mesh"}}), True),
    (
        resource("MeshHTTPRoute", spec={"targetRef": {"kind": "Mesh", "proxyTypes": ["Sidecar"]}}),
        False,
    ),
    (resource("MeshHTTPRoute", spec={"targetRef": {"kind": "MeshGateway", "name": "gw"}}), True),
    (resource("MeshTCPRoute", spec={"targetRef": {"kind": "MeshGateway", "name": "no"}}), False),
    (resource("MeshTCPRoute", spec={"targetRef": {"kind": "MeshService", "name": "gw"}}), False),
    (
        resource(
            "MeshHTTPRoute",
            spec={"targetRef": {"kind": "MeshGateway", "name": "gw", "tags": {"port": "http/80"}}},
        ),
        True,
    ),
    (
        resource(
            "MeshHTTPRoute",
            spec={"targetRef": {"kind": "MeshGateway", "name": "gw", "tags": {"port": "tcp/1"}}},
        ),
        False,
    ),
]


@pytest.mark.parametrize(("route", "leads"), ROUTES)
def test_a_route_leads_through_the_gateway_that_it_names(route: Resource, leads: bool) -> None:
    assert routes_through(route, gateway("gw", {"port": "http/80"}).content) is leads


@pytest.mark.parametrize(
    ("gateway", "kind"),
    [
        (None, GatewayKind.NONE),
        (Gateway(), GatewayKind.DELEGATED),
        (Gateway(type="DELEGATED"), GatewayKind.DELEGATED),
        (Gateway(type="BUILTIN"), GatewayKind.BUILTIN),
    ],
)
def test_a_dataplane_is_a_gateway_or_none(gateway: Gateway | None, kind: GatewayKind) -> None:
    network = Networking(gateway=gateway)
    assert gateway_kind(Dataplane(name="a", networking=network)) is kind
    assert gateway_kind(Dataplane(name="a", dataplane=DataplaneSpec(network))) is kind
