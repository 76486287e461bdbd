import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadResponse
from gateway.model.control_planes import ControlPlane
from gateway.model.kinds import Family, Noun, Scope
from gateway.model.versions import Version
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import discovery, requests, responses
from gateway.upstreams.kuma.discovery import Config
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import recording
from tests.upstreams.kuma import malformed
from tests.upstreams.kuma.canned import listed, said

NEW = Version(2, 14, 3)


def config(**members: Any) -> Config:
    return discovery.config(said(members))


def found(
    version: str, *, resources: Any = None, insights: Any = (), settings: Config | None = None
) -> ControlPlane:
    index = discovery.index("prod", said({"version": version}))
    answer = None if resources is None else said(resources)
    rows = responses.page("prod", KINDS["MeshInsight"], said(listed(insights))).rows
    return discovery.control_plane("prod", index, settings or Config(), answer, rows)


def recorded(version: str, *, of_global: bool = False) -> ControlPlane:
    kept = recording(version)
    snapshot = kept.snapshot_global if of_global else kept.snapshot

    def answer(path: str) -> Answer | None:
        return said(snapshot[path]) if path in snapshot else None

    index = discovery.index("prod", said(snapshot["/"]))
    insights = answer("/mesh-insights")
    rows = responses.page("prod", KINDS["MeshInsight"], insights).rows if insights else ()
    listing = answer(requests.RESOURCES) or answer(requests.POLICIES)
    return discovery.control_plane(
        "prod", index, discovery.config(answer("/config")), listing, rows
    )


@pytest.mark.parametrize(
    ("version", "of_global", "mode", "kinds"),
    [
        ("0.7.3", False, "standalone", 13),
        ("1.1.6", False, "standalone", 20),
        ("1.8.8", False, "standalone", 28),
        ("2.14.3", False, "zone", 53),
        ("2.14.3", True, None, 53),
        ("3.0.0-dev", False, "zone", 34),
    ],
)
def test_a_recorded_control_plane_is_who_it_says_it_is(
    version: str, of_global: bool, mode: str | None, kinds: int
) -> None:
    plane = recorded(version, of_global=of_global)
    assert (plane.version_text, str(plane.version)) == (version, version.removesuffix("-dev"))
    assert plane.mode == mode
    assert plane.read_only is False
    assert len(plane.kinds) == kinds
    assert all(one.kind is KINDS[name] for name, one in plane.kinds.items())


def test_a_global_lets_no_one_write_what_belongs_to_zones() -> None:
    # It lists none of it as read-only, and answers 405 all the same.
    resources = recording("2.14.3").snapshot_global["/_resources"]
    kinds = found("2.14.3", resources=resources, settings=config(mode="global")).kinds
    assert [name for name, one in kinds.items() if not one.writable and "Insight" not in name] == [
        *("Dataplane", "MeshService", "MeshZoneAddress", "Workload", "ZoneEgress", "ZoneIngress")
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<html>", b'{"version":7}', b'{"version":null}', b"[]"]
)
def test_whatever_is_no_kuma_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(BadResponse, match="the index of a Kuma control plane"):
        discovery.index("prod", said(body))


@pytest.mark.parametrize(
    ("version", "number"),
    [("2.14.3", (2, 14, 3)), ("v3.0.0-dev+1", (3, 0, 0)), ("1.1", (1, 1, 0)), ("unknown", None)],
)
def test_a_version_is_kept_as_it_is_told(version: str, number: tuple[int, ...] | None) -> None:
    plane = found(version)
    assert plane.version_text == version
    assert plane.version == number


@pytest.mark.parametrize(
    ("body", "federated", "read_only"),
    [
        ({}, False, False),
        ({"mode": "zone"}, False, False),
        ({"mode": "zone", "multizone": {"zone": {"globalAddress": ""}}}, False, False),
        ({"mode": "zone", "multizone": {"zone": {"globalAddress": "grpcs://g:1"}}}, True, False),
        ({"mode": "remote", "multizone": {"zone": {"globalAddress": "g"}}}, True, False),
        ({"mode": "remote", "multicluster": {"remote": {"globalAddress": "g"}}}, True, False),
        ({"mode": "global", "multizone": {"zone": {"globalAddress": "g"}}}, False, False),
        ({"mode": "zone", "apiServer": {"readOnly": True}}, False, True),
        ({"mode": "zone", "apiServer": {"readOnly": "true"}}, False, True),
        ({"mode": "zone", "apiServer": None, "multizone": {"zone": None}}, False, False),
        ({"mode": "zone", "multizone": {"zone": {"globalAddress": "g"}}, "dns": 1}, True, False),
    ],
)
def test_the_configuration_says_what_may_be_written(
    body: Any, federated: bool, read_only: bool
) -> None:
    told = discovery.config(said(body))
    assert (told.federated, told.api_server.read_only) == (federated, read_only)


@pytest.mark.parametrize("answer", [None, said(b"<html>"), said({"mode": []}), said({}, 403)])
def test_what_a_configuration_does_not_tell_is_left_open(answer: Answer | None) -> None:
    assert discovery.config(answer) == Config()


FEDERATED = config(mode="zone", multizone={"zone": {"globalAddress": "grpcs://global:5685"}})


@pytest.mark.parametrize(
    ("version", "settings", "writable", "read_only"),
    [
        ("0.2.0", Config(), {"Mesh", "Dataplane", "DataplaneInsight"}, set()),
        ("0.7.3", Config(), {"Mesh", "Dataplane", "Zone", "DataplaneInsight"}, {"ZoneInsight"}),
        ("0.7.3", config(mode="remote"), {"Dataplane", "Zone"}, {"Mesh", "TrafficRoute"}),
        ("1.1.6", Config(), {"Mesh", "Dataplane", "Retry", "Zone", "MeshInsight"}, set()),
        ("1.2.3", Config(mode="standalone"), {"ServiceInsight", "DataplaneInsight"}, set()),
        ("1.8.8", Config(), {"Mesh", "Dataplane", "Retry", "Zone"}, {"MeshInsight"}),
        ("1.8.8", Config(mode="global"), {"Mesh", "Retry", "Zone"}, {"Dataplane", "ZoneIngress"}),
        ("1.8.8", FEDERATED, {"Dataplane", "ZoneIngress", "Zone"}, {"Mesh", "Retry"}),
        ("1.8.8", config(mode="standalone", apiServer={"readOnly": True}), set(), {"Mesh", "Zone"}),
    ],
)
def test_without_a_list_the_rows_say_what_may_be_written(
    version: str, settings: Config, writable: set[str], read_only: set[str]
) -> None:
    kinds = found(version, settings=settings).kinds
    assert {name for name in writable | read_only if kinds[name].writable} == writable


def test_a_control_plane_that_lets_nothing_be_written_is_read_only() -> None:
    assert found("1.8.8", settings=config(apiServer={"readOnly": True})).read_only is True
    assert found("1.8.8").read_only is False


def test_a_federated_zone_may_write_more_than_it_lists() -> None:
    # It lists every kind as read-only, and takes those of zones all the same.
    names = ("Dataplane", "MeshTimeout", "Mesh", "MeshMultiZoneService", "MeshLevitation")
    rows = [
        {"name": name, "path": name.lower() + "s", "scope": "Mesh", "readOnly": True}
        for name in names
    ]
    kinds = found("2.14.3", resources={"resources": rows}, settings=FEDERATED).kinds
    assert [name for name in names if kinds[name].writable] == [
        "Dataplane",
        "MeshTimeout",
        "MeshLevitation",
    ]


@pytest.mark.parametrize(
    ("version", "path"),
    [("1.2.3", "zone-ingresses"), ("1.8.8", "zone-ingresses"), ("2.0.1", "zoneingresses")],
)
def test_a_kind_is_asked_for_where_its_version_has_it(version: str, path: str) -> None:
    assert found(version).kinds["ZoneIngress"].path == path


@pytest.mark.parametrize(
    ("version", "path"), [("0.1.2", "traffic-permission"), ("0.2.0", "traffic-permissions")]
)
def test_the_first_release_called_permissions_by_one(version: str, path: str) -> None:
    assert found(version).kinds["TrafficPermission"].path == path


def test_the_kinds_of_a_version_come_and_go() -> None:
    old, new, next_ = found("1.1.6").kinds, found("2.14.3").kinds, found("3.0.0").kinds
    oldest = found("0.1.2").kinds
    assert set(oldest) == {
        *("Mesh", "Dataplane", "DataplaneInsight", "ProxyTemplate", "TrafficPermission")
    }
    assert "Retry" in old
    assert "MeshRetry" not in old
    assert {"Retry", "MeshRetry"} <= set(new)
    assert "MeshRetry" in next_
    assert not {"Retry", "ExternalService", "ZoneIngress"} & set(next_)


UNKNOWN = [
    pytest.param(
        {"resources": [{"name": "MeshLevitation", "path": "meshlevitations", "scope": "Mesh"}]},
        ("UnknownResource", Noun.RESOURCE, None, False, Scope.MESH),
        id="resource",
    ),
    pytest.param(
        {"resources": [{"name": "MeshLevitation", "path": "meshlevitations", "scope": "Global"}]},
        ("UnknownResource", Noun.RESOURCE, None, False, Scope.GLOBAL),
        id="global resource",
    ),
    pytest.param(
        {
            "resources": [
                {
                    "name": "MeshLevitation",
                    "path": "meshlevitations",
                    "scope": "Mesh",
                    "policy": {"isTargetRef": True, "hasToTargetRef": True},
                }
            ]
        },
        ("UnknownPolicy", Noun.POLICY, Family.TARGET_REF, True, Scope.MESH),
        id="targetRef policy",
    ),
    pytest.param(
        {
            "resources": [
                {
                    "name": "MeshLevitation",
                    "path": "meshlevitations",
                    "scope": "Mesh",
                    "policy": {"isTargetRef": False},
                }
            ]
        },
        ("UnknownPolicy", Noun.POLICY, Family.CONFIGURATION, False, Scope.MESH),
        id="legacy policy",
    ),
    pytest.param(
        {"policies": [{"name": "MeshLevitation", "path": "meshlevitations"}]},
        ("UnknownPolicy", Noun.POLICY, Family.CONFIGURATION, False, Scope.MESH),
        id="policy of 1.8",
    ),
]


@pytest.mark.parametrize(("listing", "expected"), UNKNOWN)
def test_a_kind_that_no_row_declares_is_served_as_an_unknown_one(
    listing: Any, expected: tuple[Any, ...]
) -> None:
    served = found("2.14.3", resources=listing).kinds["MeshLevitation"]
    kind = served.kind
    assert (kind.type_name, kind.noun, kind.family, kind.plugin, kind.scope) == expected
    assert served.path == "meshlevitations"


@pytest.mark.parametrize("path", ["../secrets", "a/b", "a?b", "", "a b", "äöü", "a\n", "//h", "."])
def test_a_path_that_would_lead_elsewhere_is_not_followed(path: str) -> None:
    rows = [{"name": name, "path": path, "scope": "Mesh"} for name in ("Dataplane", "Levitation")]
    kinds = found("2.14.3", resources={"resources": rows}).kinds
    assert {name: one.path for name, one in kinds.items()} == {"Dataplane": "dataplanes"}


def test_nulls_in_a_list_of_kinds_cost_nothing() -> None:
    row = {"name": "MeshLevitation", "path": "meshlevitations", "scope": None, "shortName": None}
    kinds = found("2.14.3", resources={"resources": [row, None], "policies": None}).kinds
    assert set(kinds) == {"MeshLevitation"}


def test_a_list_of_kinds_that_cannot_be_read_leaves_what_the_rows_say() -> None:
    plane = found("2.14.3", resources={"resources": "all of them"})
    assert set(plane.kinds) == {kind.name for kind in KINDS.values() if kind.served_by(NEW)}


@pytest.mark.parametrize(
    ("version", "ordered"),
    [("0.4.0", False), ("0.7.3", False), ("1.1.6", True), ("2.14.3", True), ("dev", True)],
)
def test_lists_are_by_mesh_and_name_from_1_1_on(version: str, ordered: bool) -> None:
    assert found(version).ordered is ordered


def test_counts_are_those_of_each_mesh_and_of_all_together() -> None:
    insights = [
        {
            "name": "a",
            "dataplanes": {"total": 3},
            "policies": {"Retry": {"total": 2}},
            "resources": {"Retry": {"total": 2}, "MeshService": {"total": 5}},
        },
        {"name": "b", "dataplanes": {}, "policies": {"Retry": {"total": 1}}},
    ]
    assert found("2.14.3", insights=insights).counts == {
        ("Mesh", None): 2,
        ("MeshInsight", None): 2,
        ("Dataplane", "a"): 3,
        ("Dataplane", "b"): 0,
        ("Dataplane", None): 3,
        ("Retry", "a"): 2,
        ("Retry", "b"): 1,
        ("Retry", None): 3,
        ("MeshService", "a"): 5,
        ("MeshService", None): 5,
    }


def bodies() -> st.SearchStrategy[bytes]:
    """Discovery's documents as they were recorded, tampered with."""
    new, old = recording("2.14.3").snapshot, recording("1.8.8").snapshot
    resources = {"resources": new["/_resources"]["resources"][:3]}
    policies = {"policies": old["/policies"]["policies"][:2]}
    insights = listed(new["/mesh-insights"]["items"][:1])
    some = [new["/"], resources, policies, insights]
    some.append({"mode": "zone", "apiServer": {"readOnly": False}, "multizone": {"zone": {}}})
    return st.sampled_from(some).flatmap(malformed.broken)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(bodies())
def test_malformed_documents_make_a_control_plane_or_our_error(body: bytes) -> None:
    answer = Answer(200, {}, body)
    told = discovery.config(answer)
    try:
        index = discovery.index("prod", answer)
    except BadResponse:
        index = discovery.index("prod", said({"version": "2.14.3"}))
    try:
        rows = responses.page("prod", KINDS["MeshInsight"], answer).rows
    except BadResponse:
        rows = ()
    plane = discovery.control_plane("prod", index, told, answer, rows)
    for one in plane.kinds.values():
        assert json.loads(json.dumps(one.path)).replace("-", "").replace("_", "").isalnum()
