from typing import Any

import pytest

from gateway.model.control_planes import ControlPlane, Product
from gateway.model.origins import Identity, Made, Origin, identity, made, zone_of
from gateway.model.resources import Resource, Stored
from gateway.model.versions import Version
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import recording


def plane(mode: str | None, version: tuple[int, int] = (2, 14), **more: Any) -> ControlPlane:
    return ControlPlane(
        name="cp", product=Product.KUMA, mode=mode, version=Version(*version), **more
    )


GLOBAL = plane("global", cluster="c")
ZONE_1 = plane("zone", zone="zone-1", federated=True, cluster="c")
ALONE = plane("zone", zone="default")
NONE = Made()


@pytest.mark.parametrize(
    ("labels", "kri", "where", "expected"),
    [
        ({"kuma.io/origin": "global"}, None, ZONE_1, Made(Origin.GLOBAL)),
        ({"kuma.io/origin": "zone", "kuma.io/zone": "z"}, None, GLOBAL, Made(Origin.ZONE, "z")),
        ({"kuma.io/origin": "zone"}, None, ZONE_1, Made(Origin.ZONE, "zone-1")),
        ({"kuma.io/origin": "zone"}, None, GLOBAL, Made(Origin.ZONE)),
        ({"kuma.io/zone": "z"}, None, None, Made(Origin.ZONE, "z")),
        ({}, "kri_mt_shop_zone-1__from-zone_", None, Made(Origin.ZONE, "zone-1")),
        ({}, "kri_mt_shop___from-global_", GLOBAL, Made(Origin.GLOBAL)),
        ({}, None, GLOBAL, Made(Origin.GLOBAL)),
        ({}, None, plane("global", (2, 5)), NONE),
        ({}, "kri_m____default_", ALONE, Made(Origin.ZONE, "default")),
        ({}, "kri_z____zone-1_", ZONE_1, Made(Origin.GLOBAL)),
        ({}, None, ZONE_1, NONE),
        ({}, None, plane("standalone", (1, 8)), NONE),
        ({}, None, plane(None), NONE),
        ({}, None, None, NONE),
        ({"kuma.io/origin": "moon"}, "kri_broken", None, NONE),
    ],
)
def test_labels_tell_before_a_kri_does_and_that_before_the_control_plane(
    labels: dict[str, str], kri: str | None, where: ControlPlane | None, expected: Made
) -> None:
    assert made(Stored(name="a", labels=labels, kri=kri), where) == expected


def recorded(name: str, where: ControlPlane, upstream: str) -> dict[Identity, str]:
    """The identities of a recorded list's rows, each with its stored name."""
    rows = recording("2.14.3").one(f"10-multizone/{name}").body["items"]
    found: dict[Identity, str] = {}
    for row in rows:
        content = Stored(
            name=row["name"], mesh=row["mesh"], labels=row.get("labels", {}), kri=row.get("kri")
        )
        one = Resource(upstream, KINDS[row["type"].replace("Overview", "")], content, b"")  # type: ignore[arg-type]
        found[identity(one, where)] = row["name"]
    assert len(found) == len(rows)
    return found


def test_what_synchronisation_renamed_is_the_same_at_the_global_and_in_the_zone() -> None:
    above = recorded("global-timeouts", GLOBAL, "global")
    below = recorded("zone-1-timeouts", ZONE_1, "zone-1")
    assert above.keys() == below.keys()
    assert set(above.values()).isdisjoint(below.values())


def test_dataplanes_of_one_name_in_two_zones_are_two() -> None:
    above = recorded("global-dataplanes", GLOBAL, "global")
    below = recorded("zone-1-dataplanes-overview", ZONE_1, "zone-1")
    assert below.keys() < above.keys()
    assert len(above) == 9


def test_control_planes_that_belong_to_no_cluster_share_nothing() -> None:
    names = [recorded("zone-1-timeouts", ALONE, upstream).keys() for upstream in ("a", "b")]
    assert names[0].isdisjoint(names[1])


@pytest.mark.parametrize(
    ("kri", "zone"),
    [
        ("kri_dp_shop_zone-1__web_", "zone-1"),
        ("kri_m____default_", None),
        ("kri_dp_shop", None),
        ("", None),
        (None, None),
    ],
)
def test_the_zone_is_the_fourth_part_of_a_kri(kri: str | None, zone: str | None) -> None:
    assert zone_of(kri) == zone
