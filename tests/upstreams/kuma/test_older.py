import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadResponse
from gateway.model.versions import Version
from gateway.upstreams.kuma import older, responses
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import recording
from tests.upstreams.kuma import malformed
from tests.upstreams.kuma.canned import listed, said

OLDEST = Version(0, 1)


def read(kind: str, body: Any, version: Version = OLDEST) -> Any:
    found = older.present(KINDS[kind], version, json.dumps(body).encode())
    return json.loads(found) if found else body


def networking(**members: Any) -> dict[str, Any]:
    return {"networking": members}


INTERFACES = [
    (
        "127.0.0.1:11011:11012",
        {"address": "127.0.0.1", "inbound": [{"port": 11011, "servicePort": 11012}]},
    ),
    ("192.168.0.1:80", {"address": "192.168.0.1", "inbound": [{"port": 80}]}),
    (":80:8080", {"inbound": [{"port": 80, "servicePort": 8080}]}),
    ("[::1]:80:8080", {"address": "::1", "inbound": [{"port": 80, "servicePort": 8080}]}),
    ("web.local:80:81", {"address": "web.local", "inbound": [{"port": 80, "servicePort": 81}]}),
    ("80", {"inbound": [{"interface": "80"}]}),
    ("::1:80:81", {"inbound": [{"interface": "::1:80:81"}]}),
    ("1.1.1.1:x:y", {"inbound": [{"interface": "1.1.1.1:x:y"}]}),
    (None, {"inbound": [{"interface": None}]}),
    ([1], {"inbound": [{"interface": [1]}]}),
]


@pytest.mark.parametrize(("interface", "network"), INTERFACES)
def test_an_interface_is_an_address_and_ports(interface: Any, network: dict[str, Any]) -> None:
    body = networking(inbound=[{"interface": interface}])
    assert read("Dataplane", body) == {"networking": network}
    assert read("Dataplane", {"dataplane": body}) == {"dataplane": {"networking": network}}


def test_an_inbound_at_another_address_than_the_first_keeps_its_own() -> None:
    body = networking(inbound=[{"interface": f"10.0.0.{at}:80:81"} for at in (1, 1, 2)])
    found = read("Dataplane", body)["networking"]
    assert found["address"] == "10.0.0.1"
    assert [one.get("address") for one in found["inbound"]] == [None, None, "10.0.0.2"]


@pytest.mark.parametrize(
    ("outbound", "present"),
    [
        ({"interface": ":33033", "service": "db"}, {"port": 33033}),
        ({"interface": "127.0.0.2:80", "service": "db"}, {"port": 80, "address": "127.0.0.2"}),
        ({"port": 33033, "service": "db"}, {"port": 33033}),
    ],
)
@pytest.mark.parametrize("version", [OLDEST, Version(0, 7, 3), Version(1, 1, 6), Version(1, 8, 8)])
def test_an_outbound_leads_to_a_service_by_its_tag(
    outbound: Any, present: Any, version: Version
) -> None:
    found = read("Dataplane", networking(outbound=[outbound]), version)["networking"]
    assert found["outbound"] == [present | {"tags": {"kuma.io/service": "db"}}]


OLD_TAGS = {"service": "web", "protocol": "http", "zone": "east", "env": "production"}
NEW_TAGS = {"kuma.io/service": "web", "kuma.io/protocol": "http"} | {
    "kuma.io/zone": "east",
    "env": "production",
}


@pytest.mark.parametrize("part", ["sources", "destinations", "selectors"])
@pytest.mark.parametrize(("version", "found"), [(OLDEST, NEW_TAGS), (Version(0, 6, 9), NEW_TAGS)])
def test_tags_of_kumas_own_are_prefixed_before_0_7(
    part: str, version: Version, found: dict[str, str]
) -> None:
    assert read("TrafficLog", {part: [{"match": OLD_TAGS}]}, version) == {part: [{"match": found}]}
    assert read("Dataplane", networking(gateway={"tags": OLD_TAGS}), version) == networking(
        gateway={"tags": found}
    )


@pytest.mark.parametrize("version", [Version(0, 7), Version(1, 1, 6)])
def test_selectors_since_0_7_mean_the_tags_that_they_name(version: Version) -> None:
    body = {"sources": [{"match": OLD_TAGS}]}
    assert read("TrafficLog", body, version) == body


def test_a_dataplane_that_has_the_new_tag_keeps_the_old_one_as_any_other() -> None:
    body = networking(inbound=[{"tags": {"kuma.io/service": "web", "service": "legacy"}}])
    assert read("Dataplane", body, Version(1, 1, 6)) == body


@pytest.mark.parametrize(
    ("old", "present"),
    [
        (
            {"mtls": {"enabled": True, "ca": {"builtin": {}}}},
            {
                "mtls": {
                    "enabledBackend": "ca-1",
                    "backends": [{"name": "ca-1", "type": "builtin"}],
                }
            },
        ),
        (
            {"mtls": {"ca": {"provided": {"a": 1}}}},
            {"mtls": {"backends": [{"name": "ca-1", "type": "provided", "conf": {"a": 1}}]}},
        ),
        (
            {"mtls": {"enabled": True}},
            {
                "mtls": {
                    "enabledBackend": "ca-1",
                    "backends": [{"name": "ca-1", "type": "builtin"}],
                }
            },
        ),
        ({"mtls": {"enabled": False}}, {"mtls": {}}),
        (
            {"logging": {"backends": [{"name": "f", "file": {"path": "/a"}}]}},
            {"logging": {"backends": [{"name": "f", "type": "file", "conf": {"path": "/a"}}]}},
        ),
        (
            {"tracing": {"backends": [{"name": "z", "zipkin": {"url": "u"}, "sampling": 1}]}},
            {
                "tracing": {
                    "backends": [
                        {"name": "z", "sampling": 1, "type": "zipkin", "conf": {"url": "u"}}
                    ]
                }
            },
        ),
        (
            {"metrics": {"prometheus": {"port": 1}}},
            {
                "metrics": {
                    "enabledBackend": "prom-1",
                    "backends": [{"name": "prom-1", "type": "prometheus", "conf": {"port": 1}}],
                }
            },
        ),
        ({"mtls": None, "logging": 7, "metrics": []}, {"mtls": None, "logging": 7, "metrics": []}),
    ],
)
def test_what_a_mesh_had_one_of_is_a_list_of_backends(old: Any, present: Any) -> None:
    assert read("Mesh", {"name": "m", **old}) == {"name": "m", **present}


def test_the_checks_of_a_health_check_are_its_conf() -> None:
    conf = {"activeChecks": {"interval": "10s"}, "passiveChecks": {"penaltyInterval": "5s"}}
    found = read("HealthCheck", {"conf": conf})["conf"]
    assert found == {"interval": "10s", "passiveChecks": {"penaltyInterval": "5s"}}


@pytest.mark.parametrize("version", [OLDEST, Version(0, 7, 3)])
def test_the_list_of_a_route_is_its_split(version: Version) -> None:
    one = {"weight": 1, "destination": {"kuma.io/service": "web"}}
    assert read("TrafficRoute", {"conf": [one]}, version) == {"conf": {"split": [one]}}


def test_a_body_that_is_spelled_as_today_is_left_alone() -> None:
    kept = recording("0.7.3").snapshot
    for path in ("/meshes", "/dataplanes", "/traffic-permissions", "/health-checks"):
        for item in kept[path]["items"]:
            raw = json.dumps(item).encode()
            assert older.present(KINDS[item["type"]], Version(0, 7, 3), raw) is None


@pytest.mark.parametrize("version", [None, Version(2, 0), Version(2, 14, 3), Version(3)])
@pytest.mark.parametrize("kind", sorted({row.of for row in older.SPELLINGS} & set(KINDS)))
def test_nothing_is_looked_for_in_what_is_new(kind: str, version: Version | None) -> None:
    assert older.spellings(KINDS[kind], version, b'"interface" "service" "ca" "conf"') == []


def test_a_list_is_read_with_every_row_in_the_present_spelling_and_as_it_came() -> None:
    rows = [{"name": name, "mesh": "m", "conf": []} for name in "ab"]
    page = responses.page("cp", KINDS["TrafficRoute"], said(listed(rows)), version=Version(0, 7, 3))
    assert [json.loads(bytes(row.raw))["conf"] for row in page.rows] == [{"split": []}] * 2
    assert [json.loads(bytes(row.answered or b"")) for row in page.rows] == rows


@given(st.data())
def test_a_body_that_is_not_what_it_should_be_costs_no_more_than_itself(
    data: st.DataObject,
) -> None:
    kind = data.draw(st.sampled_from(["Dataplane", "Mesh", "TrafficRoute", "HealthCheck"]))
    seed = data.draw(st.sampled_from(SEEDS))
    body = data.draw(malformed.broken(seed))
    answer = said(b'{"items": [' + body + b', {"name": "b", "mesh": "m"}]}')
    try:
        page = responses.page("cp", KINDS[kind], answer, version=OLDEST)
    except BadResponse:
        return
    assert "b" in [row.content.name for row in page.rows]


SEEDS: list[Any] = [
    {"name": "a", "mesh": "m", **networking(inbound=[{"interface": "1.1.1.1:1:2"}])},
    {
        "name": "a",
        "mtls": {"enabled": True, "ca": {"builtin": {}}},
        "metrics": {"prometheus": {}},
        "logging": {"backends": [{"file": {}}]},
    },
    {"name": "a", "mesh": "m", "sources": [{"match": OLD_TAGS}], "conf": [{"destination": {}}]},
    {"name": "a", "mesh": "m", "conf": {"activeChecks": {"interval": "1s"}}},
]
