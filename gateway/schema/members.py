"""What of some kinds stands in one mesh, for fields that lead to it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from gateway.model.pages import Page
from gateway.schema.collecting import Within, collection
from gateway.schema.connections import connection
from gateway.schema.context import Info
from gateway.schema.filters import Keep
from gateway.upstreams.base import Adapter


async def members(
    info: Info,
    within: Within,
    kinds: Sequence[str],
    first: int | None,
    after: str | None,
    *,
    keep: Keep = lambda _: True,
    overview: bool = False,
) -> Any:
    """A connection over what stands in a mesh of those kinds that the control plane stores."""

    async def ask(upstream: Adapter) -> list[Page]:
        found = await upstream.control_plane(info.context.operation)
        served = [kind for kind in kinds if kind in found.kinds] or kinds
        asked = (
            collection(info, upstream, kind, within.mesh, overview=overview) for kind in served
        )
        return [page for pages in await asyncio.gather(*asked) for page in pages]

    upstreams = info.context.chosen(within.control_plane)
    return await connection(info, upstreams, ask, keep=keep, first=first, after=after)
