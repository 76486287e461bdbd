"""Secrets: that they are there, and what is in them for those whom the settings let see it."""

from typing import Any

import msgspec
import strawberry

from gateway.errors import BadResponse, Forbidden
from gateway.model import resources as model
from gateway.model.pages import Page
from gateway.schema.collecting import collection
from gateway.schema.connections import connection
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.filters.keeping import everything
from gateway.schema.resources import MeshScoped, Resource
from gateway.schema.views import shows
from gateway.upstreams.base import Adapter


class _Held(msgspec.Struct):
    data: str | None = None


def data(secret: model.Resource, info: Info) -> str | None:
    """What is in a secret; raises Forbidden where the settings do not let this caller see it."""
    upstream = info.context.upstream(secret.upstream)
    if not upstream.shows_secrets(info.context.operation.viewer):
        raise Forbidden(
            f"{upstream.name}: the settings do not let this caller read what is in secrets; "
            "an operator can change that with `secret_data`",
            upstream=upstream.name,
        )
    try:
        return msgspec.json.decode(secret.raw, type=_Held).data
    except msgspec.DecodeError:
        raise BadResponse(
            f"{upstream.name}: the answer cannot be shown as a {secret.kind.name}",
            upstream=upstream.name,
        ) from None


@shows("KumaSecret")
@described
@strawberry.type
class KumaSecret(MeshScoped):
    """A secret of one mesh: its name and metadata, and its data for whom the settings name."""

    @strawberry.field
    def data(self, info: Info) -> str | None:
        """What is in it, in base64; FORBIDDEN unless the settings let the caller read it."""
        return data(self.resource, info)


@shows("KumaGlobalSecret")
@described
@strawberry.type
class KumaGlobalSecret(Resource):
    """A secret of the control plane: name and metadata, and data for whom the settings name."""

    @strawberry.field
    def data(self, info: Info) -> str | None:
        """What is in it, in base64; FORBIDDEN unless the settings let the caller read it."""
        return data(self.resource, info)


async def secrets(
    info: Info,
    kind: str,
    control_plane: str | None,
    mesh: str | None,
    first: int | None,
    after: str | None,
) -> Any:
    """The secrets of a mesh or of all, or those of control planes themselves."""

    async def ask(upstream: Adapter) -> list[Page]:
        return await collection(info, upstream, kind, mesh)

    upstreams = info.context.chosen(control_plane)
    return await connection(info, upstreams, ask, keep=everything, first=first, after=after)
