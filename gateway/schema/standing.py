"""What a control plane tells of itself beside its kinds: whom it takes us for, zones, totals."""

from typing import Any, Final

import msgspec
import strawberry

from gateway.errors import BadResponse
from gateway.model import identities as model
from gateway.model.global_insight import GlobalInsight, ZoneActivity
from gateway.model.status import ZoneStatus, zone_status
from gateway.schema.collecting import collection
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.upstreams.base import Adapter, Document

BY_HOST: Final = (
    "the control plane takes whoever calls from this gateway's host for its administrator and "
    "looks at no token, so every caller of the gateway is: set "
    "KUMA_API_SERVER_AUTHN_LOCALHOST_IS_ADMIN=false there, or reach it by another address"
)
"""What an operator has to know of a control plane on the same host."""


@described
@strawberry.type
class Identity:
    """Whom a control plane takes the caller for."""

    content: strawberry.Private[model.Identity]

    @strawberry.field
    def name(self) -> str | None:
        """The user's name; null before Kuma 2.2, which does not tell."""
        return self.content.name

    @strawberry.field
    def groups(self) -> list[str]:
        """The groups that the user is in."""
        return list(self.content.groups)

    @strawberry.field
    def administrator(self) -> bool:
        """Whether it is the administrator, who may read secrets and have tokens made."""
        return self.content.administrator

    @strawberry.field
    def warning(self) -> str | None:
        """What to do where everybody is the administrator, for we are on its host."""
        return BY_HOST if self.content.by_host else None


@described
@strawberry.type
class KumaZoneStatus:
    """Whether a zone is switched on and connected."""

    name: str = strawberry.field(description="The zone's name.")
    active: bool = strawberry.field(description="Whether it is both.")


async def identity(info: Info, upstream: Adapter) -> Identity | None:
    """Whom an upstream takes the caller for."""
    found = await upstream.identity(info.context.operation)
    return Identity(content=found) if found else None


async def zone_statuses(info: Info, upstream: Adapter) -> list[KumaZoneStatus] | None:
    """The zones as they say themselves, or from 2.12 on as their overviews do."""
    said = await told(info, upstream, Document.ZONES, list[ZoneActivity] | None)
    if said is not ABSENT:
        return [KumaZoneStatus(name=one.name, active=one.active) for one in said or ()]
    [page] = await collection(info, upstream, "Zone", overview=True)
    if page.broken:
        raise page.broken[0]
    rows = [row.content for row in page.rows]
    return [
        KumaZoneStatus(name=one.name, active=zone_status(one) is ZoneStatus.ONLINE) for one in rows
    ]


async def global_insight(info: Info, upstream: Adapter) -> GlobalInsight | None:
    """What an upstream counts of everything; None where its version does not."""
    said = await told(info, upstream, Document.GLOBAL_INSIGHT, GlobalInsight)
    return None if said is ABSENT else said


ABSENT: Final = object()
"""A document that there is none of in a version; it may be null where there is one."""


async def told(info: Info, upstream: Adapter, document: Document, kind: Any) -> Any:
    """A document of an upstream's, or ABSENT. Raises BadResponse where it is none such."""
    found = await upstream.document(document, info.context.operation)
    if found is None:
        return ABSENT
    try:
        return msgspec.json.decode(found, type=kind, strict=False)
    except (msgspec.DecodeError, RecursionError):
        raise BadResponse(
            f"{upstream.name}: the answer cannot be read as its {document.value}",
            upstream=upstream.name,
        ) from None
