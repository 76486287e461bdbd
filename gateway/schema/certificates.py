"""The certificates of dataplanes that end soon."""

import time
from collections.abc import Sequence
from datetime import datetime

import strawberry

from gateway.model.confs.parts import Duration
from gateway.model.kinds import Noun
from gateway.model.resources import Resource
from gateway.schema.answering import Answering
from gateway.schema.collecting import every
from gateway.schema.connections import page_size
from gateway.schema.context import Info
from gateway.schema.counting import Once
from gateway.schema.dataplanes import Dataplane
from gateway.schema.described import described
from gateway.schema.failures import Failure
from gateway.schema.filters import DataplaneFilter, keeps
from gateway.schema.scalars import DateTime
from gateway.schema.views import view
from gateway.upstreams.base import Adapter


@described
@strawberry.type
class DataplaneCertificate:
    """The certificate that a dataplane was given."""

    row: strawberry.Private[Resource]

    @strawberry.field
    def dataplane(self) -> Dataplane:
        """Whose it is."""
        return view(self.row)  # type: ignore[no-any-return]

    @strawberry.field
    def expires_at(self) -> DateTime:
        """When it ends, or has ended."""
        return DateTime(ends(self.row))

    @strawberry.field
    def issued_backend(self) -> str | None:
        """The backend that issued it."""
        return self.row.content.dataplane_insight.mtls.issued_backend or None


@described
@strawberry.type
class ExpiringCertificates:
    """The certificates of dataplanes that end within a time, or have ended."""

    total: int = strawberry.field(description="How many there are.")
    expired: int = strawberry.field(description="How many of them have ended.")
    certificates: list[DataplaneCertificate] = strawberry.field(
        description="Those that end first, soonest first."
    )
    failures: list[Failure] = strawberry.field(
        description="The control planes that are not counted, and why."
    )


async def expiring(
    info: Info,
    upstreams: Sequence[Adapter],
    mesh: str | None,
    within: Duration,
    first: int | None,
) -> ExpiringCertificates:
    """What ends within a time, of all dataplanes: they are read with their insights."""
    size = page_size(info, first)
    answering = Answering(info, upstreams)
    await answering.meet()

    async def ask(upstream: Adapter) -> list[Resource]:
        pages = await every(info, upstream, Noun.DATAPLANE, mesh, overview=True)
        for page in pages:
            if page.broken:
                raise page.broken[0]
        return [row for page in pages for row in page.rows]

    given = await answering.answers(ask)
    found = Once(answering.federation).of(row for rows in given.values() for row in rows)
    now = time.time()
    keep = keeps(DataplaneFilter(certificate_expiring_within=within), lambda: now)
    rows = sorted(filter(keep, found), key=moment_of)
    return ExpiringCertificates(
        total=len(rows),
        expired=sum(moment_of(row) <= now for row in rows),
        certificates=[DataplaneCertificate(row=row) for row in rows[:size]],
        failures=list(answering.failures.values()),
    )


def ends(dataplane: Resource) -> str:
    """When the certificate of a dataplane that has one ends, as the control plane says it."""
    found: str = dataplane.content.dataplane_insight.mtls.certificate_expiration_time
    return found


def moment_of(dataplane: Resource) -> float:
    """The same in seconds since the epoch."""
    return datetime.fromisoformat(ends(dataplane)).timestamp()
