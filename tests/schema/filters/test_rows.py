"""Each row says what it reads, and reads nothing else."""

import json
from typing import Any

import msgspec
import pytest

from gateway.model.gateways import GatewayKind
from gateway.model.reads import IDENTITY, paths
from gateway.model.resources import Resource
from gateway.model.status import DataplaneStatus, ServiceStatus, ZoneStatus
from gateway.schema.federation import Federation
from gateway.schema.filters.inputs import (
    DataplaneFilter,
    Filter,
    LabelInput,
    NameFilter,
    PolicyFilter,
    ServiceFilter,
    TagInput,
    TargetFilter,
    VersionFilter,
    ZoneFilter,
)
from gateway.schema.filters.keeping import conditions, keeps, narrowing, needs_insight, nothing
from gateway.schema.filters.rows import CHOOSING, ROWS, Asked, Row
from gateway.schema.origins import Origin, OriginFilter
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.narrowing import narrowed

NOW = 1_790_000_000.0
ASKED = Asked(NOW, Federation(), nothing)


def resource(kind: str, **members: Any) -> Resource:
    body = json.dumps({"name": "web-1", "mesh": "m", **members}).encode()
    return responses.resource("prod", KINDS[kind], body)


def version(number: str) -> dict[str, Any]:
    return {"kumaDp": {"version": number}, "envoy": {"version": f"1.{number}"}}


DATAPLANE = resource(
    "Dataplane",
    labels={"kuma.io/zone": "east"},
    dataplane={
        "networking": {
            "inbound": [
                {"port": 1, "tags": {"kuma.io/service": "web", "version": "1"}},
                {"port": 2, "state": "NotReady", "tags": {"kuma.io/service": "admin"}},
            ]
        }
    },
    dataplaneInsight={
        "subscriptions": [
            {"connectTime": "2026-01-01T00:00:00Z", "version": version("2.13.0")},
            {"connectTime": "2026-01-02T00:00:00Z", "version": version("2.14.3")},
        ],
        "mTLS": {"certificateExpirationTime": "2026-09-21T14:13:20Z"},
    },
)
GATEWAY = resource("Dataplane", networking={"gateway": {"type": "BUILTIN", "tags": {"a": "b"}}})
BARE = resource("Dataplane", dataplane={"networking": {}})
TIMEOUT = resource("MeshTimeout", spec={"targetRef": {"kind": "Dataplane", "name": "web-1"}})
WHOLE = resource("MeshTimeout", spec={"to": [{"targetRef": {"kind": "MeshService", "name": "b"}}]})
RETRY = resource("Retry", sources=[{"match": {"kuma.io/service": "web"}}])
SERVICE = resource("ServiceInsight", status="offline", zones=["east", "west"])
EXTERNAL = resource("ExternalService", labels={"kuma.io/zone": "east"})
ZONE = resource("Zone", zone={"enabled": False})


def test_the_certificate_of_the_example_ends_when_it_is_now() -> None:
    chosen = DataplaneFilter(certificate_expiring_within="0s")  # type: ignore[arg-type]
    assert keeps(chosen, lambda: NOW)(DATAPLANE)
    assert not keeps(chosen, lambda: NOW - 1)(DATAPLANE)


def within(duration: str) -> DataplaneFilter:
    return DataplaneFilter(certificate_expiring_within=duration)  # type: ignore[arg-type]


def runs(**conditions: NameFilter) -> DataplaneFilter:
    return DataplaneFilter(version=VersionFilter(**conditions))


def tags(*pairs: tuple[str, str]) -> list[TagInput]:
    return [TagInput(key=key, value=value) for key, value in pairs]


CASES: list[tuple[Filter, Resource, bool]] = [
    (DataplaneFilter(status=[DataplaneStatus.PARTIALLY_DEGRADED]), DATAPLANE, True),
    (DataplaneFilter(status=[DataplaneStatus.ONLINE]), DATAPLANE, False),
    (DataplaneFilter(status=[DataplaneStatus.OFFLINE]), BARE, True),
    (DataplaneFilter(status=[]), BARE, False),
    (DataplaneFilter(zone="east"), DATAPLANE, True),
    (DataplaneFilter(zone="eas"), DATAPLANE, False),
    (DataplaneFilter(zone="east"), BARE, False),
    (DataplaneFilter(gateway=GatewayKind.ANY), GATEWAY, True),
    (DataplaneFilter(gateway=GatewayKind.BUILTIN), GATEWAY, True),
    (DataplaneFilter(gateway=GatewayKind.DELEGATED), GATEWAY, False),
    (DataplaneFilter(gateway=GatewayKind.NONE), GATEWAY, False),
    (DataplaneFilter(gateway=GatewayKind.NONE), DATAPLANE, True),
    (DataplaneFilter(service="web"), DATAPLANE, True),
    (DataplaneFilter(service="we"), DATAPLANE, False),
    (DataplaneFilter(service="web", tags=tags(("kuma.io/service", "admin"))), DATAPLANE, True),
    (runs(kuma_dp=NameFilter(equals="2.14.3")), DATAPLANE, True),
    (runs(kuma_dp=NameFilter(equals="2.13.0")), DATAPLANE, False),
    (runs(envoy=NameFilter(prefix="1.2")), DATAPLANE, True),
    (runs(kuma_dp=NameFilter(prefix="2"), envoy=NameFilter(prefix="2")), DATAPLANE, False),
    (runs(envoy=NameFilter(contains="")), BARE, False),
    (within("1s"), DATAPLANE, True),
    (within("-1s"), DATAPLANE, False),
    (within("876000h"), BARE, False),
    (ZoneFilter(status=[ZoneStatus.DISABLED]), ZONE, True),
    (ZoneFilter(status=[ZoneStatus.OFFLINE, ZoneStatus.ONLINE]), ZONE, False),
    (ServiceFilter(status=[ServiceStatus.OFFLINE]), SERVICE, True),
    (ServiceFilter(status=[ServiceStatus.NOT_AVAILABLE]), EXTERNAL, True),
    (ServiceFilter(zone="west"), SERVICE, True),
    (ServiceFilter(zone="west"), EXTERNAL, False),
    (ServiceFilter(zone="east"), EXTERNAL, True),
    (PolicyFilter(target=TargetFilter(kind="Dataplane")), TIMEOUT, True),
    (PolicyFilter(target=TargetFilter(kind="Mesh")), TIMEOUT, False),
    (PolicyFilter(target=TargetFilter(kind="Mesh")), WHOLE, True),
    (PolicyFilter(target=TargetFilter(kind="Mesh")), RETRY, False),
    (PolicyFilter(target=TargetFilter(name=NameFilter(prefix="web"))), TIMEOUT, True),
    (PolicyFilter(target=TargetFilter(name=NameFilter(prefix=""))), WHOLE, False),
    (DataplaneFilter(origin=OriginFilter(at=Origin.ZONE, zone="east")), DATAPLANE, True),
    (DataplaneFilter(origin=OriginFilter(zone="west")), DATAPLANE, False),
    (DataplaneFilter(origin=OriginFilter(at=Origin.ZONE)), BARE, False),
    (DataplaneFilter(origin=OriginFilter(once=True)), BARE, True),
    (PolicyFilter(service="web"), RETRY, True),
    (PolicyFilter(service="b"), WHOLE, True),
    (PolicyFilter(service="web-1"), TIMEOUT, False),
]


@pytest.mark.parametrize(("chosen", "one", "kept"), CASES)
def test_a_condition_holds_or_does_not(chosen: Filter, one: Resource, kept: bool) -> None:
    assert keeps(chosen, lambda: NOW)(one) is kept


@pytest.mark.parametrize(("chosen", "one", "kept"), CASES)
def test_a_condition_reads_no_more_than_its_row_says(
    chosen: Filter, one: Resource, kept: bool
) -> None:
    for row, value in conditions(chosen):
        part = narrowed(type(one.content), IDENTITY | paths(*row.reads))
        content = msgspec.json.decode(one.raw, type=part, strict=False)
        narrow = msgspec.structs.replace(one, content=content)
        assert row.holds(narrow, value, ASKED) is row.holds(one, value, ASKED), row.field
        assert row.insight is any("insight" in member for member in row.reads)


@pytest.mark.parametrize("chosen", ROWS, ids=lambda one: one.__name__)
def test_every_field_of_a_filter_has_a_row_or_chooses_lists(chosen: type) -> None:
    fields = set(chosen.__annotations__)
    for base in chosen.__mro__:
        fields |= set(getattr(base, "__annotations__", {}))
    rows: tuple[Row, ...] = ROWS[chosen]
    assert fields - CHOOSING == {row.field for row in rows}


def test_a_filter_without_conditions_on_insights_needs_none() -> None:
    assert not needs_insight(None)
    assert not needs_insight(DataplaneFilter(zone="east", gateway=GatewayKind.ANY))
    assert needs_insight(within("1h"))


def test_what_stands_first_narrows_first() -> None:
    given = tags(("version", "1"))
    found = narrowing(DataplaneFilter(service="web", tags=given, name=NameFilter(prefix="w")))
    assert (found.name, found.tags) == ("w", (("version", "1"),))
    assert narrowing(DataplaneFilter(service="web")).tags == (("kuma.io/service", "web"),)


@pytest.mark.parametrize(
    ("condition", "part"),
    [
        (NameFilter(), ""),
        (NameFilter(contains="b", prefix="abc"), "abc"),
        (NameFilter(any_of=["one"]), "one"),
        (NameFilter(any_of=["one", "two"]), ""),
        (NameFilter(any_of=[]), ""),
    ],
)
def test_a_name_is_narrowed_to_the_longest_part_that_it_must_have(
    condition: NameFilter, part: str
) -> None:
    assert condition.part == part
    assert narrowing(DataplaneFilter(name=condition)).name == part


def test_labels_narrow_as_they_are() -> None:
    found = narrowing(PolicyFilter(labels=[LabelInput(key="a", value="b")]))
    assert found.labels == (("a", "b"),)
