"""What is in a control plane that counts nothing itself: its lists, counted here."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import msgspec

from gateway.errors import MeshgateError, Unsupported
from gateway.model import insights as model
from gateway.model.kinds import Noun
from gateway.model.resources import Resource
from gateway.model.status import DataplaneStatus, ServiceStatus, dataplane_status, service_status
from gateway.schema.collecting import every
from gateway.schema.context import Info, asks
from gateway.upstreams.base import Adapter

FIELDS = {
    Noun.DATAPLANE: frozenset(("dataplanes",)),
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
    modification_time: str | None = None


async def counted(
    info: Info, upstream: Adapter, mesh: str | None
) -> tuple[Counted, MeshgateError | None]:
    """What is asked of a control plane's totals, and why a part of it is not to be had there.

    Raises MeshgateError for a list that failed: a sum without it would be wrong.
    """
    nouns = [noun for noun, fields in FIELDS.items() if asks(info, fields)]
    lists = await asyncio.gather(
        *(_rows(info, upstream, noun, mesh) for noun in nouns), return_exceptions=True
    )
    found: dict[Noun, Sequence[Resource]] = {}
    lacking: MeshgateError | None = None
    for noun, rows in zip(nouns, lists, strict=True):
        if isinstance(rows, Unsupported):
            lacking = rows
        elif isinstance(rows, BaseException):
            raise rows
        else:
            found[noun] = rows
    dataplanes, services = found.get(Noun.DATAPLANE), found.get(Noun.SERVICE)
    return (
        Counted(
            dataplanes=None if dataplanes is None else _dataplanes(dataplanes),
            services=None if services is None else _services(services),
            policies=_kinds(found.get(Noun.POLICY, ())),
        ),
        lacking,
    )


async def _rows(info: Info, upstream: Adapter, noun: Noun, mesh: str | None) -> list[Resource]:
    pages = await every(info, upstream, noun, mesh, overview=True)
    for page in pages:
        if page.broken:
            raise page.broken[0]
    return [row for page in pages for row in page.rows]


def _dataplanes(rows: Sequence[Resource]) -> model.Counts:
    states = Counter(dataplane_status(row.content) for row in rows)
    return model.Counts(
        total=len(rows),
        online=states[DataplaneStatus.ONLINE],
        offline=states[DataplaneStatus.OFFLINE],
        partially_degraded=states[DataplaneStatus.PARTIALLY_DEGRADED],
    )


def _services(rows: Sequence[Resource]) -> model.ServiceTotals:
    states = Counter(service_status(row.content) for row in rows)
    external = states[ServiceStatus.NOT_AVAILABLE]
    return model.ServiceTotals(len(rows), len(rows) - external, external)


def _kinds(rows: Sequence[Resource]) -> dict[str, model.KindTotal]:
    kinds = Counter(row.kind.name for row in rows)
    return {kind: model.KindTotal(total) for kind, total in kinds.items()}
