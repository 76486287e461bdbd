import pytest

from gateway.model.dataplanes import Dataplane, Gateway, Inbound, Networking
from gateway.model.tags import zone_name

EAST = {"kuma.io/zone": "east"}
WEST = {"kuma.io/zone": "west"}


def test_each_inbound_has_its_tags_and_so_has_the_gateway() -> None:
    network = Networking(inbound=(Inbound(tags=EAST), Inbound()), gateway=Gateway(tags=WEST))
    assert Dataplane(name="a", networking=network).tag_sets == [EAST, {}, WEST]


@pytest.mark.parametrize(
    ("labels", "inbounds", "zone"),
    [
        ({}, (), None),
        ({}, ({}, EAST), "east"),
        (WEST, (EAST,), "west"),
        ({"kuma.io/zone": ""}, (EAST,), "east"),
    ],
)
def test_a_zone_is_that_of_the_label_before_that_of_a_tag(
    labels: dict[str, str], inbounds: tuple[dict[str, str], ...], zone: str | None
) -> None:
    network = Networking(inbound=tuple(Inbound(tags=tags) for tags in inbounds))
    assert zone_name(Dataplane(name="a", labels=labels, networking=network)) == zone
