"""What tags say of a dataplane: its services and its zone."""

from typing import Final

from gateway.model.dataplanes import Dataplane

SERVICE: Final = "kuma.io/service"
ZONE: Final = "kuma.io/zone"


def tag_sets(dataplane: Dataplane) -> list[dict[str, str]]:
    """The tags of each inbound, and of the gateway."""
    network = dataplane.network
    found = [one.tags for one in network.inbound]
    return [*found, network.gateway.tags] if network.gateway else found


def zone_name(dataplane: Dataplane) -> str | None:
    """The zone that labels name, or tags in versions without labels."""
    tagged = (one.get(ZONE) for one in tag_sets(dataplane))
    return dataplane.labels.get(ZONE) or next(filter(None, tagged), None)
