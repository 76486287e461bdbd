from typing import Any

import pytest

from gateway.model.versions import Version, parse
from gateway.schema.confs.given import WRITTEN
from gateway.upstreams.kuma import spans
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.kuma.spans import SPANS, Span
from tests.recorded import recording

FILTERS = [{"type": "RequestMirror", "requestMirror": {"backendRef": {"kind": "Mesh"}}}]
LABELLED = {"kind": "MeshService", "labels": {"app": "web"}}
ADVERTISED = {"networking": {"advertisedAddress": "203.0.113.7"}}


def known(version: str) -> Version:
    found = parse(version)
    assert found is not None
    return found


def inbound(**members: Any) -> dict[str, Any]:
    return {"networking": {"inbound": [{"port": 80, **members}]}}


MIRROR = {"to": [{"rules": [{"default": {"filters": FILTERS}}]}]}


@pytest.mark.parametrize(
    ("kind", "body", "version", "path"),
    [
        ("TrafficRoute", {"conf": {"http": []}}, "1.1.6", "conf.http"),
        ("TrafficRoute", {"conf": {"http": []}}, "1.2.0", None),
        ("TrafficRoute", {"conf": {"split": []}}, "0.7.3", None),
        ("TrafficRoute", {"conf": {"loadBalancer": {}}}, "0.7.3", "conf.loadBalancer"),
        ("TrafficRoute", {}, "0.7.3", None),
        ("HealthCheck", {"conf": {"reuseConnection": False}}, "0.7.3", "conf.reuseConnection"),
        ("HealthCheck", {"conf": {"reuseConnection": False}}, "1.1.6", None),
        ("MeshHTTPRoute", MIRROR, "2.2.0", "to.rules.default.filters.requestMirror"),
        ("MeshHTTPRoute", MIRROR, "2.3.0", None),
        ("MeshHTTPRoute", {"to": []}, "2.2.0", None),
        ("MeshTimeout", {"rules": []}, "2.9.19", "rules"),
        ("MeshTimeout", {"rules": []}, "2.10.0", None),
        ("MeshTimeout", {"from": []}, "2.14.3", None),
        ("MeshTimeout", {"from": []}, "3.0.0-dev", "from"),
        ("MeshTimeout", {"from": []}, "preview", None),
        ("MeshTrafficPermission", {"rules": []}, "2.11.0", "rules"),
        ("Retry", {"conf": {"http": []}}, "0.1.0", None),
        ("HealthCheck", {"conf": {"http": {}}}, "0.7.3", "conf.http"),
        ("HealthCheck", {"conf": {"http": {}}}, "1.1.6", None),
        ("MeshTimeout", {"targetRef": {"proxyTypes": []}}, "2.5.0", "targetRef.proxyTypes"),
        ("MeshTimeout", {"targetRef": {"proxyTypes": []}}, "2.6.0", None),
        ("MeshTimeout", {"to": [{"targetRef": LABELLED}]}, "2.7.0", "to.targetRef.labels"),
        ("MeshTimeout", {"to": [{"targetRef": LABELLED}]}, "2.14.3", None),
        ("Mesh", {"mtls": {}}, "2.14.3", None),
        ("Mesh", {"mtls": {}}, "3.0.0-dev", "mtls"),
        ("Dataplane", inbound(tags={}), "2.14.3", None),
        ("Dataplane", inbound(tags={}), "3.0.0-dev", "networking.inbound.tags"),
        ("Dataplane", inbound(state="Ready"), "1.8.8", "networking.inbound.state"),
        ("Dataplane", inbound(name="main"), "2.7.0", "networking.inbound.name"),
        ("Dataplane", inbound(name="main", state="Ready"), "2.14.3", None),
        ("Dataplane", ADVERTISED, "1.1.6", "networking.advertisedAddress"),
        ("Dataplane", ADVERTISED, "1.8.8", None),
        ("Dataplane", ADVERTISED, "3.0.0-dev", "networking.advertisedAddress"),
    ],
)
def test_the_first_member_that_a_version_lacks_is_named(
    kind: str, body: dict[str, Any], version: str, path: str | None
) -> None:
    found = spans.lacking(kind, body, parse(version))
    assert (found.path if found else None) == path


@pytest.mark.parametrize("row", SPANS, ids=lambda row: f"{row.kind}.{row.path}")
def test_every_row_is_of_a_member_that_its_kind_has_in_some_version(row: Span) -> None:
    kind = KINDS[row.kind]
    assert kind.since < row.since or row.until is not None
    assert row.until is None or kind.until is None or row.until < kind.until


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (Span("K", "a", since=(2, 10)), "needs Kuma 2.10 or later"),
        (Span("K", "a", until=(3, 0)), "was dropped by Kuma 3.0"),
    ],
)
def test_a_row_says_which_versions_have_it(row: Span, reason: str) -> None:
    assert row.reason == reason


UNTYPED = {
    "Dataplane": ("networking.admin", "networking.inbound.health", "probes"),
    "Mesh": ("logging", "metrics", "tracing"),
}
"""What no typed input says of a kind, and what may be lost without a refusal."""


def paths(value: Any, path: str = "") -> set[str]:
    """Each member of a body, by the names on the way to it."""
    if isinstance(value, list):
        return {found for one in value for found in paths(one, path)}
    if isinstance(value, dict):
        below = {key: paths(one, f"{path}.{key}".lstrip(".")) for key, one in value.items()}
        return {path for found in below.values() for path in found}
    return {path}


@pytest.mark.parametrize("version", ["0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev"])
@pytest.mark.parametrize("kind", ["Dataplane", "Mesh", *WRITTEN])
@pytest.mark.parametrize(
    ("sent", "kept"), [("1-create", "2-get"), ("5-update", "6-get-after-update")]
)
def test_what_was_recorded_to_come_back_with_less_is_refused(
    kind: str, version: str, sent: str, kept: str
) -> None:
    steps = {one.name: one for one in recording(version).area(f"02-kinds/{kind}")}
    if not steps.keys() >= {sent, kept}:
        return
    lost = paths(steps[sent].request_body) - paths(steps[kept].body)
    lacking = [row.path for row in SPANS if row.kind == kind and not row.holds(known(version))]
    told = (*lacking, *UNTYPED.get(kind, ()))
    assert {path for path in lost if not path.startswith(tuple(told))} == set()
