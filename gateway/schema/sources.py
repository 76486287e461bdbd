"""Who counted what of totals, and when."""

from enum import StrEnum

import strawberry

from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.scalars import DateTime


class CountSource(StrEnum):
    """Who counted."""

    MESH_INSIGHTS = "MESH_INSIGHTS"
    GLOBAL_INSIGHT = "GLOBAL_INSIGHT"
    LISTED = "LISTED"
    ITS_GLOBAL = "ITS_GLOBAL"


enum(
    CountSource,
    "CountSource",
    "Who counted a part of totals.",
    {
        "MESH_INSIGHTS": "The control plane, in its insights of meshes; they trail by up to 20 s.",
        "GLOBAL_INSIGHT": "The control plane, in its insight of everything.",
        "LISTED": "The gateway, from lists that it read for this answer.",
        "ITS_GLOBAL": "The zone's Global, which counts what the zone gives to it.",
    },
)


@described
@strawberry.type
class InsightSource:
    """Whence one control plane's part of totals comes."""

    control_plane: str = strawberry.field(description="The control plane's name.")
    source: CountSource = strawberry.field(description="Who counted.")
    counts: list[str] = strawberry.field(description="The fields of the totals that it is in.")
    counted_by: str | None = strawberry.field(
        description="The Global's name, where that counts for a zone.", default=None
    )
    as_of: DateTime | None = strawberry.field(
        description="When the oldest of it was counted; null where it was for this answer.",
        default=None,
    )
