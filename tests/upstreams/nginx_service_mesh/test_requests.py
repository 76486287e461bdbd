"""What is asked is what the mesh's own client asks, and what its document lets through."""

import json
import re
from typing import Any

import pytest

from gateway.errors import BadUserInput
from gateway.model.nginx_service_mesh.metrics import Scope
from gateway.upstreams.nginx_service_mesh import requests
from gateway.upstreams.nginx_service_mesh.dialects import dialect
from gateway.upstreams.nginx_service_mesh.kinds import POLICIES
from gateway.upstreams.nginx_service_mesh.requests import Request
from tests.upstreams.nginx_service_mesh.recorded import Case, cases, fixture

OWN = dialect("1.4")
SENT = [case for case in cases("client") if case["requests"]]
INJECTED = [case for case in SENT if case["requests"][0]["path"].endswith("/inject")]
PATCHED = [case for case in cases("contract") if case["request"]["method"] == "PATCH"]
PORTS = {"016-inject-ports": ((80, 90), (1433,))}


def told(sent: Request) -> tuple[str, str]:
    return sent.method, sent.path


@pytest.mark.parametrize("case", SENT, ids=str)
def test_every_path_of_its_client_is_one_of_ours(case: Case) -> None:
    ours = {
        ("GET", OWN.probe),
        *(told(requests.told(OWN, name)) for name in ("config", "services", "version")),
        told(requests.inject(OWN, "", (), ())),
    }
    for sent in case["requests"]:
        assert (sent["method"], sent["path"]) in ours


def parts(content_type: str, body: str) -> list[tuple[list[str], str]]:
    """The parts of a form: the lines of each head, without the file's name, and its content."""
    boundary = content_type.partition("boundary=")[2]
    assert body.endswith(f"--{boundary}--\r\n")
    found = []
    for part in body.split(f"--{boundary}\r\n")[1:]:
        head, _, content = part.partition("\r\n\r\n")
        content = content.removesuffix(f"--{boundary}--\r\n").removesuffix("\r\n")
        found.append((re.sub(r'filename="[^"]*"', "filename", head).split("\r\n"), content))
    return found


@pytest.mark.parametrize("case", INJECTED, ids=str)
def test_a_manifest_is_sent_as_its_client_sends_it(case: Case) -> None:
    [theirs] = case["requests"]
    [(_, manifest), *_] = parts(theirs["headers"]["Content-Type"], theirs["body"])
    sent = requests.inject(OWN, manifest, *PORTS.get(case.name, ((), ())))
    assert sent.body is not None
    ours = parts(sent.content_type, sent.body.decode())
    expected = parts(theirs["headers"]["Content-Type"], theirs["body"])
    # The client keeps the two fields of ports in no order.
    assert sorted(ours) == sorted(expected)
    assert ours[0] == expected[0]


def test_its_client_was_recorded_injecting() -> None:
    assert len(INJECTED) >= 6
    assert {case.name for case in INJECTED} >= set(PORTS)


def test_no_manifest_ends_the_form_that_it_is_in() -> None:
    first = requests.inject(OWN, "kind: Pod", (), ()).content_type.partition("boundary=")[2]
    sent = requests.inject(OWN, f"--{first}--\r\n", (), ())
    boundary = sent.content_type.partition("boundary=")[2]
    assert boundary != first
    assert sent.body is not None
    assert sent.body.count(boundary.encode()) == 2


def test_a_form_has_a_file_and_a_part_for_each_port_as_the_document_shows() -> None:
    [shown] = [case for case in cases("contract") if case.name == "090-inject-file-ports"]
    theirs = shown["request"]
    expected = parts(theirs["headers"]["Content-Type"], theirs["body"])
    sent = requests.inject(OWN, expected[0][1], (80, 90), (1433,))
    assert sent.body is not None
    assert parts(sent.content_type, sent.body.decode()) == expected


@pytest.mark.parametrize(
    ("manifest", "name"),
    [("kind: Pod", "manifest.yaml"), (' {"kind": "Pod"}', "manifest.json"), ("", "manifest.yaml")],
)
def test_a_file_is_named_for_what_is_in_it(manifest: str, name: str) -> None:
    body = requests.inject(OWN, manifest, (), ()).body
    assert body is not None
    assert f'filename="{name}"'.encode() in body


def as_list(body: str) -> Any:
    found = json.loads(body)
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize(
    "name", ["disable-autoinject-list", "replace-single", "remove-all", "all-fields"]
)
def test_a_patch_is_a_list_of_steps(name: str) -> None:
    items = fixture(f"config.patch.request.{name}.json")
    items = items if isinstance(items, list) else [items]
    sent = requests.patch(OWN, items)
    assert told(sent) == ("PATCH", "/apis/nsm.nginx.com/v1alpha1/config")
    assert sent.content_type == "application/json"
    assert json.loads(sent.body or b"") == items


def test_its_type_is_the_one_that_the_document_lets_through() -> None:
    types = {
        case["request"]["headers"].get("Content-Type"): case["verdict"]["accepted"]
        for case in PATCHED
        if case.name.startswith("07") and "ctype" in case.name
    }
    assert types["application/json-patch+json"] is False
    assert requests.patch(OWN, []).content_type == "application/json"
    assert [kind for kind, ok in types.items() if ok] == ["application/json; charset=utf-8"]


def test_each_generation_has_a_base_of_its_own() -> None:
    paths = [requests.told(dialect(one), "config").path for one in ("1.3", "1.4")]
    assert paths == ["/api/config", "/apis/nsm.nginx.com/v1alpha1/config"]
    assert requests.configs(dialect("2.0")).path == "/apis/nsm.nginx.com/v1alpha2/meshconfigs"


def test_custom_resources_are_asked_for_in_all_namespaces() -> None:
    assert {requests.resources(kind).path for kind in POLICIES} == {
        "/apis/access.smi-spec.io/v1alpha2/traffictargets",
        "/apis/specs.smi-spec.io/v1alpha3/httproutegroups",
        "/apis/specs.smi-spec.io/v1alpha3/tcproutes",
        "/apis/specs.smi.nginx.com/v1alpha1/circuitbreakers",
        "/apis/specs.smi.nginx.com/v1alpha2/ratelimits",
        "/apis/split.smi-spec.io/v1alpha3/trafficsplits",
    }


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (Scope(), ""),
        (Scope("shop"), "/shop"),
        (Scope("shop", edges=True), "/shop/edges"),
        (Scope("shop", "deployments"), "/shop/deployments"),
        (Scope("shop", "deployments", "web"), "/shop/deployments/web"),
        (Scope("shop", "deployments", "web", True), "/shop/deployments/web/edges"),
        (Scope("s?p", "a b"), "/s%3Fp/a%20b"),
    ],
)
def test_traffic_is_asked_for_where_kubernetes_has_it(scope: Scope, path: str) -> None:
    expected = f"/apis/metrics.smi-spec.io/v1alpha1/namespaces{path}"
    assert told(requests.traffic(scope)) == ("GET", expected)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(kind="deployments"),
        Scope(name="web"),
        Scope(edges=True),
        Scope("shop", name="web"),
        Scope("shop", "deployments", edges=True),
        Scope("a/b"),
        Scope("shop", ".."),
        Scope(""),
    ],
)
def test_a_scope_that_kubernetes_has_no_path_for_is_refused(scope: Scope) -> None:
    with pytest.raises(BadUserInput):
        requests.traffic(scope)
