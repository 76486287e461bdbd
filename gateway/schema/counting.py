"""What is in a control plane that counts nothing itself: its lists, counted here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gateway.errors import MeshgateError, Unsupported
from gateway.model import insights as model
from gateway.model.dataplanes import Dataplane
from gateway.model.kinds import Noun
from gateway.model.nginx_instance_manager.instances import Instance
from gateway.model.origins import Identity
from gateway.model.resources import Resource
from gateway.model.status import DataplaneStatus, ServiceStatus, dataplane_status, service_status
from gateway.model.subscriptions import Versions
from gateway.schema.collecting import every
from gateway.schema.context import Info, asks
from gateway.schema.federation import Federation
from gateway.schema.waiting import outcomes
from gateway.upstreams.base import Adapter

FIELDS = {
    Noun.DATAPLANE: frozenset(("dataplanes", "versions")),
    Noun.SERVICE: frozenset(("services",)),
    Noun.POLICY: frozenset(("policies",)),
}
"""The fields of totals for which a noun is listed."""


class Counted(msgspec.Struct, frozen=True):
    """What was counted here, as a mesh insight has it; None for what was not."""

    dataplanes: model.Counts | None = None
    services: model.ServiceTotals | None = None
    policies: dict[str, model.KindTotal] = {}
    resources: dict[str, model.KindTotal] = {}
    dp_versions: model.DpVersions | None = None

    @property
    def fields(self) -> list[str]:
        """The fields of totals that it is in."""
        names = {
            "dataplanes": self.dataplanes,
            "services": self.services,
            "policies": self.policies or None,
            "versions": self.dp_versions,
        }
        return [name for name, found in names.items() if found is not None]


class Once:
    """Lets each resource through once, whichever control planes store it."""

    def __init__(self, federation: Federation) -> None:
        self._federation = federation
        self._seen: set[Identity] = set()

    def of(self, rows: Iterable[Resource]) -> list[Resource]:
        """The rows that were let through nowhere yet."""
        named = {self._federation.identity(row): row for row in rows}
        fresh = [row for key, row in named.items() if key not in self._seen]
        self._seen |= named.keys()
        return fresh


async def counted(
    info: Info, upstream: Adapter, mesh: str | None, once: Once
) -> tuple[Counted, MeshgateError | None]:
    """What is asked of a control plane's totals, and why a part of it is not to be had there.

    Raises MeshgateError for a list that failed: a sum without it would be wrong.
    """
    nouns = [noun for noun, fields in FIELDS.items() if asks(info, fields)]
    lists = await outcomes([_rows(info, upstream, noun, mesh) for noun in nouns])
    found: dict[Noun, Sequence[Resource]] = {}
    lacking: MeshgateError | None = None
    for noun, rows in zip(nouns, lists, strict=True):
        if isinstance(rows, Unsupported):
            lacking = rows
        elif isinstance(rows, MeshgateError):
            raise rows
        else:
            found[noun] = once.of(rows)
    dataplanes, services = found.get(Noun.DATAPLANE), found.get(Noun.SERVICE)
    counts = Counted(
        dataplanes=None if dataplanes is None else _dataplanes(dataplanes),
        services=None if services is None else _services(services),
        policies=_kinds(found.get(Noun.POLICY, ())),
        dp_versions=_versions(dataplanes or ()),
    )
    return counts, lacking


async def _rows(info: Info, upstream: Adapter, noun: Noun, mesh: str | None) -> list[Resource]:
    pages = await every(info, upstream, noun, mesh, overview=True)
    for page in pages:
        if page.broken:
            raise page.broken[0]
    return [row for page in pages for row in page.rows]


def _dataplanes(rows: Iterable[Resource]) -> model.Counts:
    states = Counter(dataplane_status(row.content) for row in rows)
    return model.Counts(
        total=states.total(),
        online=states[DataplaneStatus.ONLINE],
        offline=states[DataplaneStatus.OFFLINE],
        partially_degraded=states[DataplaneStatus.PARTIALLY_DEGRADED],
    )


def _versions(rows: Iterable[Resource]) -> model.DpVersions | None:
    kuma_dp: dict[str, list[Resource]] = {}
    envoy: dict[str, list[Resource]] = {}
    nginx: dict[str, list[Resource]] = {}
    for row in rows:
        if isinstance(row.content, Dataplane):
            said = _latest(row.content)
            for into, build in ((kuma_dp, said.kuma_dp), (envoy, said.envoy)):
                version = build.version if build else ""
                into.setdefault(version or "unknown", []).append(row)
        elif isinstance(row.content, Instance):
            nginx.setdefault(row.content.nginx or "unknown", []).append(row)
    if not (kuma_dp or nginx):
        return None
    return model.DpVersions(*map(_by_version, (kuma_dp, envoy, nginx)))


def _by_version(rows: Mapping[str, Sequence[Resource]]) -> dict[str, model.Counts]:
    return {version: _dataplanes(some) for version, some in rows.items()}


def _latest(dataplane: Dataplane) -> Versions:
    insight = dataplane.dataplane_insight
    latest = insight.subscriptions[-1].version if insight and insight.subscriptions else None
    return latest or Versions()


def _services(rows: Sequence[Resource]) -> model.ServiceTotals:
    states = Counter(service_status(row.content) for row in rows)
    external = states[ServiceStatus.NOT_AVAILABLE]
    return model.ServiceTotals(len(rows), len(rows) - external, external)


def _kinds(rows: Sequence[Resource]) -> dict[str, model.KindTotal]:
    kinds = Counter(row.kind.name for row in rows)
    return {kind: model.KindTotal(total) for kind, total in kinds.items()}
