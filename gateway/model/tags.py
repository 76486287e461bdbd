"""What tags say of a dataplane: its services and its zone."""

from typing import Final

from gateway.model.dataplanes import Dataplane

SERVICE: Final = "kuma.io/service"
ZONE: Final = "kuma.io/zone"
TAGGED: Final = (
    "networking.inbound.tags",
    "networking.gateway.tags",
    "dataplane.networking.inbound.tags",
    "dataplane.networking.gateway.tags",
)
"""Where the tags of a dataplane are."""
ZONE_BY: Final = ("labels", *TAGGED)
"""By what a dataplane's zone is known."""


def zone_name(dataplane: Dataplane) -> str | None:
    """The zone that labels name, or tags in versions without labels; the host where that is one."""
    tagged = (one.get(ZONE) for one in dataplane.tag_sets)
    return dataplane.host or dataplane.labels.get(ZONE) or next(filter(None, tagged), None)
