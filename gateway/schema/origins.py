"""Where resources were made, as clients see it and choose by it."""

import strawberry

from gateway.model.origins import Origin
from gateway.model.resources import Resource
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.federation import Federation

__all__ = ["Origin", "OriginFilter"]

enum(
    Origin,
    "Origin",
    "Where a resource was made.",
    {
        "GLOBAL": "At a Global, which gives it to its zones.",
        "ZONE": "In a zone, whose Global shows it as well.",
    },
)


@described
@strawberry.input
class OriginFilter:
    """Conditions on where a resource was made; all have to hold."""

    at: Origin | None = strawberry.field(
        default=None, description="Made there; what does not tell is left out."
    )
    zone: str | None = strawberry.field(
        default=None, description="Made in the zone of this name; what does not tell is left out."
    )
    once: bool | None = strawberry.field(
        default=None,
        description="If true, without copies of what another of the control planes that are asked "
        "shows as well: of a Global and its zones, the one where it was made.",
    )

    def keeps(self, resource: Resource, federation: Federation) -> bool:
        """Whether a resource passes, among those of the control planes that are asked."""
        found = federation.made(resource)
        return (
            self.at in (None, found.origin)
            and self.zone in (None, found.zone)
            and not (self.once and federation.is_copy(resource))
        )
