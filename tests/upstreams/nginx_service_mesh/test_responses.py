"""What comes is read as what it is, whatever is null, missing or malformed in it."""

import json
from typing import Any

import pytest

from gateway.errors import BadResponse
from gateway.model.policies import TargetRef
from gateway.upstreams.nginx_service_mesh import responses
from gateway.upstreams.nginx_service_mesh.kinds import KINDS
from tests.upstreams.nginx_service_mesh.canned import said
from tests.upstreams.nginx_service_mesh.recorded import Case, cases, fixture


@pytest.mark.parametrize("case", cases("installed") + cases("installed-by-version"), ids=str)
def test_a_configuration_names_the_mesh_and_is_kept_as_it_came(case: Case) -> None:
    body = json.dumps(case["mesh_config"]).encode()
    found = responses.config("edge", said(body), "1.4")
    assert found.content.name == "nginx-mesh"
    assert bytes(found.raw) == body


def test_unknown_names_in_a_configuration_are_no_fault() -> None:
    [case] = [one for one in cases("client") if one.name == "040-config-unknown-fields"]
    body = json.loads(case["answer_given_to_the_client"]["body"])
    assert responses.config("edge", said({"namespace": "m", **body}), "1.4")


@pytest.mark.parametrize("body", [{}, [], {"namespace": 5}, b"<html>", b'{"namespace":"\xff"}'])
def test_what_is_no_configuration_is_not_taken_for_one(body: Any) -> None:
    with pytest.raises(BadResponse, match="cannot be read as the configuration"):
        responses.config("edge", said(body), "1.4")


SERVICES = {
    "002-services": ["default/reviews"],
    "003-services-empty": [],
    "004-services-null": [],
    "005-services-no-addresses": None,
    "007-services-unknown-field": None,
}


@pytest.mark.parametrize("name", SERVICES)
def test_what_its_client_takes_for_services_is_read_as_services(name: str) -> None:
    [case] = [one for one in cases("client") if one.name == name]
    body = case["answer_given_to_the_client"]["body"].encode()
    page = responses.services("edge", said(body), "m")
    assert page.broken == ()
    expected = json.loads(body) or []
    assert [row.content.listed.name for row in page.rows] == [one["name"] for one in expected]
    assert page.total == len(expected)


def test_a_service_needs_no_namespace_no_address_and_no_port() -> None:
    page = responses.services("edge", said(fixture("services.get.200.no-namespace.json")), "m")
    [row] = page.rows
    assert (row.content.name, row.content.listed.addresses, row.mesh) == ("legacy", (), "m")


def test_null_is_nothing() -> None:
    ports = [{"port": 1, "protocol": None}]
    body = [{"name": "a", "namespace": None, "addresses": None, "ports": ports}]
    [row] = responses.services("edge", said(body), None).rows
    assert row.content.listed.ports[0].protocol == ""


def test_a_row_that_cannot_be_read_leaves_its_list_and_is_named() -> None:
    page = responses.services("edge", said([{"name": "a"}, {"name": 5}, "x", {}]), "m")
    assert [row.content.name for row in page.rows] == ["a"]
    assert len(page.broken) == 3


def test_workloads_are_named_by_namespace_kind_and_name() -> None:
    page = responses.workloads("edge", said(fixture("resources.get.200.json")), "m")
    assert [row.content.name for row in page.rows] == [
        "default/deployments/productpage-v1",
        "default/deployments/reviews-v1",
        "default/statefulsets/db",
    ]
    assert json.loads(bytes(page.rows[2].raw)) == {
        "namespace": "default",
        "kind": "statefulsets",
        "name": "db",
    }
    assert responses.workloads("edge", said(b"null"), "m").rows == ()


TARGETS = {
    "circuitbreakers": TargetRef("Service", "target-svc", "default"),
    "httproutegroups": None,
    "ratelimits": TargetRef("Service", "dest-svc", "default"),
    "trafficsplits": TargetRef("Service", "target-svc"),
    "traffictargets": TargetRef("ServiceAccount", "destination-sa"),
}


@pytest.mark.parametrize("plural", TARGETS)
def test_a_policy_says_for_what_it_is(plural: str) -> None:
    kind = next(one for one in KINDS.values() if one.path.endswith(plural))
    page = responses.custom("edge", kind, said(fixture(f"k8s.{plural}.list.200.json")), "m")
    assert page.broken == ()
    [row] = page.rows
    assert row.content.spec.target_ref == TARGETS[plural]
    assert row.content.namespace == "default"


def test_a_custom_resource_may_have_no_spec_and_null_labels() -> None:
    items = [{"metadata": {"name": "a", "namespace": "b", "labels": None}}]
    page = responses.custom("edge", KINDS["TCPRoute"], said({"items": items}), "m")
    [row] = page.rows
    assert (row.content.name, row.content.labels) == ("b/a", {})
    assert responses.custom("edge", KINDS["TCPRoute"], said({"items": None}), "m").rows == ()


def test_traffic_is_read_as_it_was_written_down() -> None:
    found = responses.traffic("edge", said(fixture("smi-metrics.deployment-edges.get.200.json")))
    assert [(one.edge.direction, one.window) for one in found if one.edge] == [
        ("to", "30s"),
        ("from", "30s"),
    ]
    assert [one.value for one in found[0].metrics] == ["2969m", "2700m", "1499m", "9", "0"]
    with pytest.raises(BadResponse):
        responses.traffic("edge", said({"items": [{"metrics": 5}]}))


@pytest.mark.parametrize(
    ("body", "manifest"),
    [
        (b"# the injected manifest\n", "# the injected manifest\n"),
        (b'"---\\nkind: \\"Pod\\"\\n"', '---\nkind: "Pod"\n'),
        (b'"kind": Pod\n', '"kind": Pod\n'),
        (b"", ""),
    ],
)
def test_an_injected_manifest_is_text_that_old_releases_escaped(body: bytes, manifest: str) -> None:
    assert responses.manifest("edge", said(body)) == manifest


def test_a_manifest_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadResponse):
        responses.manifest("edge", said(b"\xff"))
