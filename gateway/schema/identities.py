"""Identities and trusts: who issues the names of a mesh's dataplanes, and who is believed."""

from typing import Any

import strawberry

from gateway.model import mesh_identities as model
from gateway.model.resources import Resource as Row
from gateway.schema.arguments import After, First
from gateway.schema.collecting import Within, collection
from gateway.schema.connections import Connection
from gateway.schema.context import Info, asks
from gateway.schema.dataplanes import NEED_INSIGHT, Dataplane
from gateway.schema.described import described
from gateway.schema.members import members
from gateway.schema.resources import MeshScoped, Specified
from gateway.schema.views import shows, view


@shows("KumaMeshIdentity")
@described
@strawberry.type
class KumaMeshIdentity(Specified, MeshScoped):
    """Who issues the identities of a mesh's dataplanes, and in which form."""

    @strawberry.field
    def provider(self) -> str | None:
        """Who issues: Bundled, Spire, … as the control plane says."""
        return self.content.spec.provider.type or None

    @strawberry.field
    def trust_domain(self) -> str | None:
        """The trust domain, as a template."""
        found = self.content.spec.spiffe_id
        return found.trust_domain or None if found else None

    @strawberry.field
    def spiffe_path(self) -> str | None:
        """What follows the trust domain in an identity, as a template."""
        found = self.content.spec.spiffe_id
        return found.path or None if found else None

    @strawberry.field
    async def dataplanes(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Dataplane] | None:
        """The dataplanes that its selector fits."""
        content = self.content

        def keep(row: Row) -> bool:
            return model.selects(content, row.content)

        overview = asks(info, NEED_INSIGHT)
        within = Within(self.resource.upstream, self.resource.mesh)
        return await members(  # type: ignore[no-any-return]
            info, within, ("Dataplane",), first, after, keep=keep, overview=overview
        )


@shows("KumaMeshTrust")
@described
@strawberry.type
class KumaMeshTrust(Specified, MeshScoped):
    """A trust domain and the certificate authorities believed in it."""

    @strawberry.field
    def trust_domain(self) -> str | None:
        """The trust domain."""
        return self.content.spec.trust_domain or None

    @strawberry.field
    def bundles(self) -> int:
        """How many bundles of authorities are believed in it."""
        return len(self.content.spec.ca_bundles)


async def identity_of(info: Info, dataplane: Row) -> Any:
    """The view of the MeshIdentity that a dataplane is given; None where none fits it."""
    upstream = info.context.upstream(dataplane.upstream)
    known = await upstream.control_plane(info.context.operation)
    if "MeshIdentity" not in known.kinds:
        return None
    [page] = await collection(info, upstream, "MeshIdentity", dataplane.mesh)
    found = model.identity_of(dataplane.content, page.rows)
    return view(found) if found else None
