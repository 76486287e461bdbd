"""A row per condition of a filter: its field, what tests it, and what the test reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from gateway.model import origins, references, status
from gateway.model.dataplanes import Dataplane
from gateway.model.durations import seconds
from gateway.model.gateways import GatewayKind, gateway_kind
from gateway.model.nginx_instance_manager.instances import Instance
from gateway.model.resources import Resource
from gateway.model.services import ServiceInsight
from gateway.model.subscriptions import Versions
from gateway.model.tags import SERVICE, ZONE, zone_name
from gateway.schema.federation import Federation
from gateway.schema.filters.inputs import (
    DataplaneFilter,
    LabelInput,
    MeshFilter,
    PolicyFilter,
    ServiceFilter,
    TagInput,
    TargetFilter,
    VersionFilter,
    ZoneFilter,
)


class Asked(msgspec.Struct, frozen=True):
    """When conditions are held against resources, and of which control planes these are."""

    now: float
    federation: Federation
    behind: Callable[[Resource], bool]
    """Whether a dataplane is behind the service that is asked for, where no tags tell."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One condition: by which field it is given, and whether it holds of a resource as it is asked.

    `reads` names the members of the content that it looks at, `insight` says that one of them is in
    an overview alone, and `narrows` what control planes may be asked to leave out by it.
    """

    field: str
    holds: Callable[[Resource, Any, Asked], bool]
    reads: tuple[str, ...]
    insight: bool = False
    narrows: Callable[[Any], Mapping[str, Any]] | None = None


def pairs(found: Iterable[LabelInput | TagInput]) -> tuple[tuple[str, str], ...]:
    """Labels or tags as pairs."""
    return tuple((one.key, one.value) for one in found)


def tagged(dataplane: Dataplane, tags: Iterable[TagInput]) -> bool:
    """Whether one inbound of a dataplane, or its gateway, has all of the tags."""
    wanted = set(pairs(tags))
    return any(wanted <= one.items() for one in dataplane.tag_sets)


def _labelled(one: Resource, wanted: Sequence[LabelInput], _: Asked) -> bool:
    found = one.content.labels
    return all(found.get(label.key) == label.value for label in wanted)


def _of_kind(one: Resource, wanted: GatewayKind, _: Asked) -> bool:
    found = gateway_kind(one.content)
    return found is wanted or (wanted is GatewayKind.ANY and found is not GatewayKind.NONE)


def _offers(one: Resource, service: str, asked: Asked) -> bool:
    named = any(tags.get(SERVICE) == service for tags in one.content.tag_sets)
    return named or asked.behind(one)


def _runs(one: Resource, wanted: VersionFilter, _: Asked) -> bool:
    insight = one.content.dataplane_insight
    latest = insight.subscriptions[-1].version if insight and insight.subscriptions else None
    versions = latest or Versions()
    return all(
        condition is None or (version is not None and condition.keeps(version))
        for condition, version in (
            (wanted.kuma_dp, versions.kuma_dp.version if versions.kuma_dp else None),
            (wanted.envoy, versions.envoy.version if versions.envoy else None),
            (wanted.nginx, one.content.nginx if isinstance(one.content, Instance) else None),
        )
    )


def _expires(one: Resource, within: str, asked: Asked) -> bool:
    insight = one.content.dataplane_insight
    ends = insight.mtls.certificate_expiration_time if insight and insight.mtls else None
    try:
        return ends is not None and datetime.fromisoformat(ends).timestamp() <= (
            asked.now + seconds(within)
        )
    except ValueError:
        return False


def _for(one: Resource, target: TargetFilter, _: Asked) -> bool:
    if not one.kind.plugin:
        return False
    found = one.content.spec.target_ref
    kind, name = (found.kind, found.name) if found else ("Mesh", None)
    return target.kind in (None, kind) and (
        target.name is None or (name is not None and target.name.keeps(name))
    )


def _in_zone(one: Resource, zone: str, _: Asked) -> bool:
    content = one.content
    zones = content.zones if isinstance(content, ServiceInsight) else ()
    return zone in zones or content.labels.get(ZONE) == zone


def _narrowed_gateway(kind: GatewayKind) -> Mapping[str, str]:
    spelled = {GatewayKind.ANY: "true", GatewayKind.NONE: "false"}
    return {"gateway": spelled.get(kind, kind.lower())}


_NAME: Final = Row(
    field="name",
    holds=lambda one, wanted, _: wanted.keeps(one.content.name),
    reads=("name",),
    narrows=lambda wanted: {"name": wanted.part},
)
_LABELS: Final = Row(
    field="labels",
    holds=_labelled,
    reads=("labels",),
    narrows=lambda wanted: {"labels": pairs(wanted)},
)
_ORIGIN: Final = Row(
    field="origin",
    holds=lambda one, wanted, asked: wanted.keeps(one, asked.federation),
    reads=origins.TELLING,
)

ROWS: Final[Mapping[type, tuple[Row, ...]]] = {
    MeshFilter: (_NAME, _LABELS, _ORIGIN),
    ZoneFilter: (
        _NAME,
        _LABELS,
        _ORIGIN,
        Row(
            field="status",
            holds=lambda one, wanted, _: status.zone_status(one.content) in wanted,
            reads=("enabled", "zone", "zone_insight"),
            insight=True,
        ),
    ),
    DataplaneFilter: (
        _NAME,
        _LABELS,
        _ORIGIN,
        Row(
            field="tags",
            holds=lambda one, wanted, _: tagged(one.content, wanted),
            reads=("networking", "dataplane"),
            narrows=lambda wanted: {"tags": pairs(wanted)},
        ),
        Row(
            field="status",
            holds=lambda one, wanted, _: status.dataplane_status(one.content) in wanted,
            reads=("networking", "dataplane", "dataplane_insight"),
            insight=True,
        ),
        # Not asked of control planes by its label: what has none is in a zone by its tags.
        Row(
            field="zone",
            holds=lambda one, zone, _: zone_name(one.content) == zone,
            reads=("labels", "networking", "dataplane"),
        ),
        Row(
            field="gateway",
            holds=_of_kind,
            reads=("networking", "dataplane"),
            narrows=_narrowed_gateway,
        ),
        # After `tags`, which go before it where both are given: one inbound has all tags asked for.
        Row(
            field="service",
            holds=_offers,
            reads=("labels", "networking", "dataplane"),
            narrows=lambda service: {"tags": ((SERVICE, service),)},
        ),
        Row(field="version", holds=_runs, reads=("dataplane_insight",), insight=True),
        Row(
            field="certificate_expiring_within",
            holds=_expires,
            reads=("dataplane_insight",),
            insight=True,
        ),
    ),
    ServiceFilter: (
        _NAME,
        _LABELS,
        _ORIGIN,
        Row(
            field="status",
            holds=lambda one, wanted, _: status.service_status(one.content) in wanted,
            reads=("status", "spec", "service_type", "dataplanes"),
        ),
        Row(field="zone", holds=_in_zone, reads=("labels", "zones")),
    ),
    PolicyFilter: (
        _NAME,
        _LABELS,
        _ORIGIN,
        Row(field="target", holds=_for, reads=("spec",)),
        Row(
            field="service",
            holds=lambda one, service, _: service in references.services(one.raw),
            reads=(),
        ),
    ),
}
"""The conditions of each filter, but for control plane, product, mesh and kind: these choose lists.

What comes first narrows first: a later condition does not replace what an earlier one asks for.
"""

CHOOSING: Final = frozenset(("control_plane", "product", "mesh", "kind"))
"""The fields that choose lists instead of rows of them."""
