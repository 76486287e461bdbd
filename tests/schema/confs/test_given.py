"""A typed policy and the same policy as JSON are one PUT."""

import asyncio
import json
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull
from hypothesis import HealthCheck, given, settings

from gateway.model.versions import parse
from gateway.schema.confs.given import WRITTEN, member_of
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.kuma.spans import lacking
from tests.graph import graph
from tests.recorded import ROOT, Exchange, recording
from tests.schema.confs.documents import unshown
from tests.schema.confs.written import as_given, bodies
from tests.schema.selections import SCHEMA
from tests.upstreams.kuma.canned import Canned, said

APPLY = "mutation ($input: ApplyPolicyInput!) { applyPolicy(input: $input) { outcome } }"


def canned(kind: str, version: str, mesh: str = "m", name: str = "x") -> Canned:
    """A control plane that takes one policy."""
    path = f"/meshes/{mesh}/{KINDS[kind].path}/{name}"
    return Canned({path: said({}, 201)}, version)


async def put(
    kind: str, version: str = "2.14.3", mesh: str = "m", name: str = "x", /, **members: Any
) -> Any:
    """The body of the PUT that an input causes."""
    async with graph({"cp": canned(kind, version, mesh, name)}) as one:
        await one.data(APPLY, input={"mesh": mesh, "name": name, **members})
        [sent] = one.sent()
    return json.loads(sent.body or b"")


def typed(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"policy": {member_of(kind): as_given(KINDS[kind].body, body)}}


@pytest.mark.parametrize("kind", WRITTEN)
def test_no_property_of_a_document_is_missing_in_the_input(kind: str) -> None:
    assert unshown(kind, f"{kind}Input") == []


def test_a_policy_is_of_one_kind() -> None:
    found = SCHEMA.type_map["PolicyInput"]
    assert isinstance(found, GraphQLInputObjectType)
    assert found.is_one_of
    assert list(found.fields) == [member_of(kind) for kind in WRITTEN]
    assert not any(isinstance(one.type, GraphQLNonNull) for one in found.fields.values())


@pytest.mark.parametrize("kind", WRITTEN)
def test_the_typed_form_and_json_write_the_same(kind: str) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(bodies(KINDS[kind].body))
    def compare(body: dict[str, Any]) -> None:
        as_json = asyncio.run(put(kind, kind=kind, spec=body))
        assert asyncio.run(put(kind, **typed(kind, body))) == as_json
        assert as_json["type"] == kind

    compare()


NOT_SPELLED = {"extra", "status", "kri", "creationTime", "modificationTime"}
"""Members that control planes drop."""


def recorded() -> list[Any]:
    """Every recorded PUT of these kinds that the control plane took, and dropped nothing of."""
    return [
        pytest.param(version, one, id=f"{version}-{one.area}-{one.name}")
        for version in sorted(path.name for path in ROOT.iterdir())
        for one in recording(version).exchanges
        if one.method == "PUT"
        and one.status in {200, 201}
        and isinstance(one.request_body, dict)
        and one.request_body.get("type") in WRITTEN
        and not NOT_SPELLED & {*one.request_body, *one.request_body.get("spec", ())}
        and not ("labels" in one.request_body and version < "2")
        and not lacking(one.request_body["type"], one.request_body, parse(version))
    ]


@pytest.mark.parametrize(("version", "exchange"), recorded())
async def test_a_recorded_body_is_written_by_its_typed_form(
    version: str, exchange: Exchange
) -> None:
    body = dict(exchange.request_body)
    kind, mesh, name = (body.pop(key) for key in ("type", "mesh", "name"))
    labels = [{"key": key, "value": value} for key, value in body.pop("labels", {}).items()]
    content = body["spec"] if KINDS[kind].plugin else body
    if isinstance(content.get("conf"), list):
        content = content | {"conf": {"split": content["conf"]}}
    given = typed(kind, content) | ({"labels": labels} if labels else {})
    assert await put(kind, version, mesh, name, **given) == exchange.request_body


def test_there_are_recorded_bodies_of_every_kind() -> None:
    kinds = {one.values[1].request_body["type"] for one in recorded()}
    assert kinds == set(WRITTEN)


SPLIT = [{"weight": 1, "destination": [{"key": "a", "value": "b"}]}]


async def test_a_route_of_0_x_has_a_list_for_a_conf() -> None:
    policy = {"trafficRoute": {"sources": [], "conf": {"split": SPLIT}}}
    found = [await put("TrafficRoute", at, policy=policy) for at in ("0.7.3", "1.0.0")]
    split = [{"weight": 1, "destination": {"a": "b"}}]
    assert [one["conf"] for one in found] == [split, {"split": split}]


async def test_what_has_no_type_is_said_in_spec_beside_what_has() -> None:
    policy = {"meshTimeout": {"targetRef": {"kind": "Mesh"}}}
    found = await put("MeshTimeout", policy=policy, spec={"newer": 1}, kind="MeshTimeout")
    assert found["spec"] == {"targetRef": {"kind": "Mesh"}, "newer": 1}
    legacy = await put("TrafficRoute", policy={"trafficRoute": {}}, spec={"conf": []})
    assert legacy == {"type": "TrafficRoute", "mesh": "m", "name": "x", "conf": []}


async def test_a_flag_that_is_off_is_not_said() -> None:
    balancer = {"roundRobin": True, "random": False}
    policy = {"trafficRoute": {"conf": {"loadBalancer": balancer}}}
    found = await put("TrafficRoute", policy=policy)
    assert found["conf"] == {"loadBalancer": {"roundRobin": {}}}


@pytest.mark.parametrize(
    ("version", "members", "code", "sentence"),
    [
        ("2.14.3", {}, "BAD_USER_INPUT", "say of which `kind` it is, or give its body in `policy`"),
        (
            "2.14.3",
            {"kind": "Retry", "policy": {"meshTimeout": {}}},
            "BAD_USER_INPUT",
            "`kind` is 'Retry', and `policy` is of another",
        ),
        (
            "2.14.3",
            {"policy": {"meshTimeout": {"to": []}}, "spec": {"to": []}},
            "BAD_USER_INPUT",
            "'to' is given both by itself and in `spec`",
        ),
        (
            "2.14.3",
            {
                "policy": {
                    "trafficPermission": {"sources": [{"tags": [{"key": "a", "value": "b"}] * 2}]}
                }
            },
            "BAD_USER_INPUT",
            "'a' is given twice",
        ),
        (
            "1.1.6",
            {"policy": {"trafficRoute": {"conf": {"http": []}}}},
            "UNSUPPORTED",
            "cp: `policy.trafficRoute.conf.http` needs Kuma 1.2 or later; "
            "this control plane is 1.1.6",
        ),
        (
            "2.9.0",
            {"policy": {"meshTimeout": {"rules": []}}},
            "UNSUPPORTED",
            "cp: `policy.meshTimeout.rules` needs Kuma 2.10 or later; this control plane is 2.9.0",
        ),
        (
            "3.0.0-dev",
            {"policy": {"meshTrafficPermission": {"from": []}}},
            "UNSUPPORTED",
            "cp: `policy.meshTrafficPermission.from` was dropped by Kuma 3.0; "
            "this control plane is 3.0.0-dev",
        ),
        (
            "1.8.8",
            {"policy": {"meshTimeout": {}}},
            "UNSUPPORTED",
            "cp: MeshTimeout needs Kuma 2.1 or later; this control plane is 1.8.8",
        ),
    ],
)
async def test_what_cannot_be_written_is_said_before_it_is_sent(
    version: str, members: dict[str, Any], code: str, sentence: str
) -> None:
    async with graph({"cp": Canned({}, version)}) as one:
        found = await one.answer(APPLY, input={"mesh": "m", "name": "x", **members})
        assert [sent for sent in one.sent() if sent.method == "PUT"] == []
    [error] = found["errors"]
    assert (error["extensions"]["code"], error["message"]) == (code, sentence)


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"trafficRoute": None},
        {"trafficRoute": {}, "meshTimeout": {}},
        {"retry": {}},
        {"meshTimeout": {"to": [{"default": {"idleTimeout": "soon"}}]}},
        {"meshTimeout": {"targetRef": {"name": "no kind"}}},
    ],
)
async def test_a_policy_that_fits_no_type_is_no_operation(policy: Any) -> None:
    async with graph({"cp": Canned({})}) as one:
        found = await one.answer(APPLY, input={"mesh": "m", "name": "x", "policy": policy})
        assert one.sent() == []
    assert found.get("data") is None
    assert found["errors"]


async def test_a_complaint_names_the_place_in_the_typed_input() -> None:
    causes = [
        {"field": "spec.to[0].default.http", "message": "no"},
        {"field": "spec.from", "message": "deprecated"},
        {"field": "spec.targetRef.kind", "message": "unknown"},
    ]
    body = {"title": "no", "details": "Resource is not valid", "causes": causes}
    transport = Canned({"/meshes/m/meshtimeouts/x": said(body, 400)})
    policy = {"meshTimeout": {"to": [{"default": {}}], "targetRef": {"kind": "Galaxy"}}}
    async with graph({"cp": transport}) as one:
        found = await one.answer(APPLY, input={"mesh": "m", "name": "x", "policy": policy})
    places = found["errors"][0]["extensions"]["problem"]["invalidParameters"]
    assert [one["field"] for one in places] == [
        "policy.meshTimeout.to[0].default.http",
        "spec.from",
        "policy.meshTimeout.targetRef.kind",
    ]
