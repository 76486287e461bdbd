from typing import Any

import pytest

from gateway.model.versions import parse
from gateway.upstreams.kuma import spans
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.kuma.spans import SPANS, Span

FILTERS = [{"type": "RequestMirror", "requestMirror": {"backendRef": {"kind": "Mesh"}}}]
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
