"""Secrets: that they are there, and never what is in them."""

from typing import Any

import strawberry

from gateway.model.pages import Page
from gateway.schema.collecting import collection
from gateway.schema.connections import connection
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.resources import MeshScoped, Resource
from gateway.schema.views import shows
from gateway.upstreams.base import Adapter


@shows("KumaSecret")
@described
@strawberry.type
class KumaSecret(MeshScoped):
    """A secret of one mesh: its name and metadata, never its data."""


@shows("KumaGlobalSecret")
@described
@strawberry.type
class KumaGlobalSecret(Resource):
    """A secret of the control plane: its name and metadata, never its data."""


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
    return await connection(info, upstreams, ask, keep=lambda _: True, first=first, after=after)
