import json
from typing import Any

import msgspec
import pytest

from gateway.errors import BadUserInput, Conflict, MeshgateError, Problem, Violation
from gateway.model.resources import ResourceKey
from gateway.schema import inputs, spelling
from gateway.schema.filters import LabelInput, TagInput
from gateway.schema.masks import MASK
from gateway.schema.scalars import JSON
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.upstreams.kuma.canned import Canned, said

TAGS = [TagInput(key="kuma.io/service", value="web"), TagInput(key="version", value="1")]


def test_a_dataplane_is_spelled_as_the_wire_has_it() -> None:
    given = inputs.ApplyDataplaneInput(
        mesh="m",
        name="web-1",
        networking=inputs.DataplaneNetworkingInput(
            address="10.0.0.1",
            advertised_address="192.168.0.1",
            inbounds=[
                inputs.DataplaneInboundInput(
                    port=8080,
                    tags=TAGS,
                    address="10.0.0.2",
                    service_port=80,
                    service_address="127.0.0.1",
                    name="http",
                    protocol="http",
                    state="Ready",
                ),
                inputs.DataplaneInboundInput(port=9000),
            ],
            outbounds=[
                inputs.DataplaneOutboundInput(port=1, address="127.0.0.1", tags=TAGS[:1]),
                inputs.DataplaneOutboundInput(
                    port=2,
                    backend_ref=inputs.OutboundBackendInput(
                        kind="MeshService",
                        name="api",
                        port=80,
                        labels=[LabelInput(key="a", value="b")],
                    ),
                ),
            ],
            gateway=inputs.DataplaneGatewayInput(type="DELEGATED", tags=TAGS[:1]),
        ),
    )
    assert spelling.dataplane(given) == {
        "networking": {
            "address": "10.0.0.1",
            "advertisedAddress": "192.168.0.1",
            "inbound": [
                {
                    "port": 8080,
                    "address": "10.0.0.2",
                    "servicePort": 80,
                    "serviceAddress": "127.0.0.1",
                    "name": "http",
                    "protocol": "http",
                    "state": "Ready",
                    "tags": {"kuma.io/service": "web", "version": "1"},
                },
                {"port": 9000},
            ],
            "outbound": [
                {"port": 1, "address": "127.0.0.1", "tags": {"kuma.io/service": "web"}},
                {
                    "port": 2,
                    "backendRef": {
                        "kind": "MeshService",
                        "name": "api",
                        "port": 80,
                        "labels": {"a": "b"},
                    },
                },
            ],
            "gateway": {"type": "DELEGATED", "tags": {"kuma.io/service": "web"}},
        }
    }


def test_what_is_not_given_is_not_spelled() -> None:
    least = inputs.DataplaneNetworkingInput(address="10.0.0.1")
    given = inputs.ApplyDataplaneInput(mesh="m", name="x", networking=least)
    assert spelling.dataplane(given) == {"networking": {"address": "10.0.0.1"}}
    assert spelling.dataplane(inputs.ApplyDataplaneInput(mesh="m", name="x")) == {}
    assert spelling.mesh(inputs.ApplyMeshInput(name="m")) == {}
    assert spelling.zone(inputs.ApplyZoneInput(name="z")) == {}
    service = inputs.ApplyExternalServiceInput(mesh="m", name="s")
    assert spelling.external_service(service) == {}


def test_what_is_given_empty_is_spelled_empty() -> None:
    empty = inputs.DataplaneNetworkingInput(address="", inbounds=[], outbounds=[])
    given = inputs.ApplyDataplaneInput(mesh="m", name="x", networking=empty)
    assert spelling.dataplane(given) == {
        "networking": {"address": "", "inbound": [], "outbound": []}
    }
    assert spelling.zone(inputs.ApplyZoneInput(name="z", enabled=False)) == {"enabled": False}


def test_a_mesh_is_spelled_with_its_backends() -> None:
    conf = JSON({"caCert": {"expiration": "1d"}})
    backend = inputs.MeshBackendInput(name="ca", type="builtin", conf=conf)
    mtls = inputs.MeshMtlsInput(enabled_backend="ca", backends=[backend])
    assert spelling.mesh(inputs.ApplyMeshInput(name="m", mtls=mtls)) == {
        "mtls": {
            "enabledBackend": "ca",
            "backends": [
                {"name": "ca", "type": "builtin", "conf": {"caCert": {"expiration": "1d"}}}
            ],
        }
    }


def test_an_external_service_is_spelled_with_its_tags() -> None:
    given = inputs.ApplyExternalServiceInput(mesh="m", name="s", tags=TAGS)
    assert spelling.external_service(given) == {"tags": {"kuma.io/service": "web", "version": "1"}}


@pytest.mark.parametrize(
    ("kind", "mesh", "given", "body"),
    [
        ("Mesh", None, {}, {"type": "Mesh", "name": "x"}),
        (
            "Mesh",
            None,
            {"typed": {"mtls": {}}, "spec": {"routing": {"zoneEgress": True}}},
            {"type": "Mesh", "name": "x", "mtls": {}, "routing": {"zoneEgress": True}},
        ),
        (
            "Retry",
            "m",
            {"spec": {"sources": [], "conf": None}, "labels": [LabelInput(key="a", value="b")]},
            {
                "type": "Retry",
                "mesh": "m",
                "name": "x",
                "labels": {"a": "b"},
                "sources": [],
                "conf": None,
            },
        ),
        (
            "MeshRetry",
            "m",
            {"spec": {"to": []}, "labels": []},
            {"type": "MeshRetry", "mesh": "m", "name": "x", "labels": {}, "spec": {"to": []}},
        ),
        ("MeshRetry", "m", {}, {"type": "MeshRetry", "mesh": "m", "name": "x", "spec": {}}),
        (
            "MeshRetry",
            "m",
            {"spec": {"name": "may be a member of a spec"}},
            {
                "type": "MeshRetry",
                "mesh": "m",
                "name": "x",
                "spec": {"name": "may be a member of a spec"},
            },
        ),
    ],
)
def test_a_body_is_the_meta_and_what_is_typed_and_the_spec(
    kind: str, mesh: str | None, given: Any, body: dict[str, Any]
) -> None:
    assert spelling.body(KINDS[kind], mesh, "x", **given) == body


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        ("Mesh", {"spec": []}, "`spec` is an object"),
        ("Mesh", {"spec": "x"}, "`spec` is an object"),
        ("Mesh", {"spec": {"name": "y"}}, "`spec` is the body without the meta, and has no 'name'"),
        ("Mesh", {"spec": {"type": "Zone"}}, "and has no 'type'"),
        ("Mesh", {"spec": {"labels": {}}}, "and has no 'labels'"),
        (
            "Mesh",
            {"typed": {"mtls": {}}, "spec": {"mtls": {}}},
            "'mtls' is given both by itself and in `spec`",
        ),
        (
            "MeshRetry",
            {"typed": {"to": []}, "spec": {"to": []}},
            "'to' is given both by itself and in `spec`",
        ),
    ],
)
def test_a_body_that_cannot_be_meant_is_bad_input(kind: str, given: Any, sentence: str) -> None:
    with pytest.raises(BadUserInput, match=sentence):
        spelling.body(KINDS[kind], None, "x", **given)


@pytest.mark.parametrize(
    ("resource", "sentence"),
    [
        (None, "`resource` is an object"),
        ([], "`resource` is an object"),
        ({}, "`resource.type` is missing"),
        ({"type": ""}, "`resource.type` is missing"),
        ({"type": 7, "name": "x"}, "`resource.type` is missing"),
        ({"type": "Mesh"}, "`resource.name` is missing"),
        ({"type": "Mesh", "name": None}, "`resource.name` is missing"),
        ({"type": "Retry", "name": "x", "mesh": 7}, "`resource.mesh` is the name of a mesh"),
    ],
)
def test_a_resource_that_says_not_what_it_is_is_bad_input(resource: Any, sentence: str) -> None:
    with pytest.raises(BadUserInput, match=sentence):
        spelling.whole(resource)


@pytest.mark.parametrize(
    "body", [{"mtls": {"x": MASK}}, {"spec": {"to": [MASK]}}, {"name": "x", "mtls": [MASK]}]
)
def test_a_masked_key_is_not_written(body: Any) -> None:
    with pytest.raises(BadUserInput, match="contains a masked private key"):
        spelling.applied(ResourceKey("prod", "Mesh", None, "x"), body)


def test_a_write_has_its_body_as_json() -> None:
    body = {"type": "Mesh", "name": "x", "conf": [None, 1.5]}
    change = spelling.applied(ResourceKey("prod", "Mesh", None, "x"), body)
    assert change.body is body
    assert change.encoded == msgspec.json.encode(body)


def test_a_whole_resource_is_put_as_it_is_given() -> None:
    given = {"type": "Retry", "name": "x", "mesh": None, "conf": {"http": None}}
    assert spelling.whole(given) is given


@pytest.mark.parametrize(
    ("field", "typed", "place"),
    [
        ("spec.to[0].default", (), "spec.to[0].default"),
        ("spec", (), "spec"),
        ("name", (), "name"),
        ("mesh", (), "mesh"),
        ("labels", (), "labels"),
        ('labels["kuma.io/origin"]', (), 'labels["kuma.io/origin"]'),
        ("type", (), "kind"),
        ("", (), ""),
        ("conf.http", (), "spec.conf.http"),
        ("sources[0].match", (), "spec.sources[0].match"),
        ("mtls.backends[0].conf", ("mtls",), "mtls.backends[0].conf"),
        ("mtls.backends[0].conf", (), "spec.mtls.backends[0].conf"),
        ("routing", ("mtls",), "spec.routing"),
        ("networking.address", ("networking",), "networking.address"),
        ("networking.inbound[1].port", ("networking",), "networking.inbounds[1].port"),
        ("networking.outbound", ("networking",), "networking.outbounds"),
        ("networking.inbound[0]", (), "spec.networking.inbound[0]"),
        ("networking", ("networking",), "networking"),
        ("conf.http", None, "resource.conf.http"),
        ("", None, "resource"),
    ],
)
def test_a_path_into_the_body_becomes_one_into_the_input(
    field: str, typed: tuple[str, ...] | None, place: str
) -> None:
    assert spelling.place(field, typed) == place


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("conf.split[0].weight", "policy.trafficRoute.conf.split[0].weight"),
        ('sources[12].match["a"]', 'policy.trafficRoute.sources[12].tags["a"]'),
        ("sources", "policy.trafficRoute.sources"),
        ("destinations", "spec.destinations"),
        ("spec.conf", "policy.trafficRoute.conf"),
        ("spec.to[0]", "spec.to[0]"),
        ("name", "name"),
    ],
)
def test_a_path_into_a_typed_body_becomes_one_into_the_policy(field: str, place: str) -> None:
    assert spelling.place(field, ("conf", "sources"), "policy.trafficRoute") == place


def test_every_complaint_is_placed_and_the_rest_of_the_error_stays() -> None:
    violations = (Violation("conf", "bad"), Violation("sources", "worse"))
    error = BadUserInput("no", problem=Problem(title="no", invalid_parameters=violations))
    found = spelling.placed(error, ()).problem
    assert found == Problem(
        title="no",
        invalid_parameters=(Violation("spec.conf", "bad"), Violation("spec.sources", "worse")),
    )


@pytest.mark.parametrize("error", [Conflict("no"), BadUserInput("no", problem=Problem(title="x"))])
def test_an_error_without_complaints_stays_as_it_is(error: MeshgateError) -> None:
    assert spelling.placed(error, ()) is error


APPLY = """mutation ($networking: DataplaneNetworkingInput!) {
  applyDataplane(input: {mesh: "m", name: "x", networking: $networking, spec: {probes: {}}}) {
    outcome
  }
}"""


async def test_a_complaint_of_a_control_plane_names_the_place_in_the_input() -> None:
    causes = [
        {"field": "networking.inbound[0].tags", "message": "mandatory tag is missing"},
        {"field": "probes.port", "message": "port is taken"},
    ]
    refused = said({"title": "no", "details": "Resource is not valid", "causes": causes}, 400)
    transport = Canned({"/meshes/m/dataplanes/x": refused})
    networking = {"address": "10.0.0.1", "inbounds": [{"port": 80}]}
    async with graph({"prod": transport}) as one:
        found = await one.answer(APPLY, networking=networking)
        [put] = one.sent()
    assert json.loads(put.body or b"") == {
        "type": "Dataplane",
        "mesh": "m",
        "name": "x",
        "networking": {"address": "10.0.0.1", "inbound": [{"port": 80}]},
        "probes": {},
    }
    assert found["errors"][0]["extensions"]["problem"]["invalidParameters"] == [
        {"field": "networking.inbounds[0].tags", "reason": "mandatory tag is missing"},
        {"field": "spec.probes.port", "reason": "port is taken"},
    ]
