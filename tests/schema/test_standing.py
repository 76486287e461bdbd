from collections.abc import Callable
from typing import Any

import pytest

from gateway.schema.standing import BY_HOST
from gateway.settings import AuthSettings
from gateway.upstreams.base import Transport
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import graph
from tests.recorded import recording
from tests.replay import snapshot
from tests.upstreams.kuma.canned import Canned, said

IDENTITY = '{ controlPlane(name: "cp") { identity { name groups administrator warning } } }'
ZONES = '{ controlPlane(name: "cp") { zoneStatuses { name active } } }'
ABOUT = '{ controlPlane(name: "cp") { mode environment store zoneName supportedVersions } }'
GLOBAL = """{ controlPlane(name: "cp") { globalInsight {
  asOf meshes policies resources { kind total }
  dataplanes { standard { total online offline partiallyDegraded } gatewayBuiltin { total } }
  services { internal { total } external gatewayDelegated { total } }
  zones { online total } zoneIngresses { online total } zoneEgresses { total }
} } }"""
ADMIN = {"name": "mesh-system:admin", "groups": ["mesh-system:admin"]}


async def asked(transport: Transport, query: str, **upstream: Any) -> Any:
    async with graph({"cp": transport}, **upstream) as one:
        return (await one.data(query))["controlPlane"]


async def test_a_caller_is_told_whom_it_is_taken_for() -> None:
    made = FakeKuma("2.14.3")
    anybody = (await asked(made.transport(), IDENTITY))["identity"]
    assert anybody == {
        "name": "mesh-system:anonymous",
        "groups": ["mesh-system:unauthenticated"],
        "administrator": False,
        "warning": None,
    }
    auth = AuthSettings(type="bearer", token=made.admin_token)
    known = (await asked(made.transport(), IDENTITY, auth=auth))["identity"]
    assert (known["name"], known["administrator"]) == ("mesh-system:admin", True)
    assert known["warning"] is None


async def test_everybody_is_warned_of_a_control_plane_on_our_host() -> None:
    found = (await asked(Canned({"/who-am-i": ADMIN}), IDENTITY))["identity"]
    assert found["administrator"]
    assert found["warning"] == BY_HOST


async def test_a_version_that_does_not_tell_says_nothing() -> None:
    assert await asked(FakeKuma("1.8.8").transport(), IDENTITY) == {"identity": None}


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8", "2.14.3"])
async def test_a_control_plane_says_where_it_runs_and_what_it_keeps(version: str) -> None:
    found = await asked(snapshot(version), ABOUT)
    recorded = recording(version).one("01-system/config").body
    assert found["mode"] == recorded["mode"]
    assert (found["environment"], found["store"]) == ("universal", "memory")
    assert found["zoneName"] == (recorded["multizone"].get("zone", {}).get("name") or None)
    assert (found["supportedVersions"] is not None) is (version == "1.1.6")


async def test_what_does_not_tell_its_configuration_has_none_of_it() -> None:
    found = await asked(Canned(), ABOUT)
    assert (found["environment"], found["store"], found["zoneName"]) == (None, None, None)


MANY: list[tuple[str, Callable[[], Transport], list[dict[str, Any]]]] = [
    ("null", lambda: Canned({"/status/zones": said(b"null")}, "1.8.8"), []),
    (
        "recorded",
        lambda: snapshot("1.8.8"),
        [{"name": "zone-east", "active": False}, {"name": "zone-west", "active": False}],
    ),
    (
        "said",
        lambda: Canned({"/status/zones": [{"name": "a", "active": True}, {"name": "b"}]}, "1.8.8"),
        [{"name": "a", "active": True}, {"name": "b", "active": False}],
    ),
    (
        "derived",
        lambda: snapshot("2.14.3", of_global=True),
        [
            {"name": "zone-1", "active": True},
            {"name": "zone-2", "active": False},
            {"name": "zone-offline", "active": False},
        ],
    ),
]


@pytest.mark.parametrize(("_", "transport", "expected"), MANY)
async def test_zones_are_active_whether_a_version_says_so_or_not(
    _: str, transport: Callable[[], Transport], expected: list[dict[str, Any]]
) -> None:
    assert await asked(transport(), ZONES) == {"zoneStatuses": expected}


async def test_what_everything_counts_is_shown_as_recorded() -> None:
    body = recording("2.14.3").one("10-multizone/global-global-insight").body
    found = (await asked(Canned({"/global-insight": body}), GLOBAL))["globalInsight"]
    assert found == {
        "asOf": body["createdAt"],
        "meshes": 2,
        "policies": 10,
        "resources": [
            {"kind": kind, "total": count["total"]} for kind, count in body["resources"].items()
        ],
        "dataplanes": {"standard": body["dataplanes"]["standard"], "gatewayBuiltin": {"total": 0}},
        "services": {"internal": {"total": 2}, "external": 0, "gatewayDelegated": {"total": 0}},
        "zones": {"online": 2, "total": 2},
        "zoneIngresses": {"online": 0, "total": 0},
        "zoneEgresses": {"total": 0},
    }


async def test_what_a_version_does_not_count_is_null() -> None:
    assert await asked(snapshot("1.8.8"), GLOBAL) == {"globalInsight": None}
    without = {"dataplanes": {"standard": {"total": 3}}, "services": {}}
    found = (await asked(Canned({"/global-insight": without}, "3.0.0"), GLOBAL))["globalInsight"]
    assert found["dataplanes"]["standard"]["total"] == 3
    assert found["dataplanes"]["gatewayBuiltin"] is None
    assert found["services"] == {"internal": None, "external": None, "gatewayDelegated": None}


@pytest.mark.parametrize(
    ("path", "body", "query"),
    [
        ("/status/zones", {"zones": 1}, ZONES),
        ("/global-insight", [], GLOBAL),
        ("/who-am-i", [], IDENTITY),
    ],
)
async def test_a_document_that_cannot_be_read_is_an_error_of_its_field(
    path: str, body: Any, query: str
) -> None:
    version = "1.8.8" if path == "/status/zones" else "2.14.3"
    async with graph({"cp": Canned({path: body}, version)}) as one:
        found = await one.answer(query)
    assert list(found["data"]["controlPlane"].values()) == [None]
    assert found["errors"][0]["extensions"]["code"] == "UPSTREAM_BAD_RESPONSE"
