from base64 import b64encode
from typing import Any

import msgspec
import pytest

from gateway.errors import BadResponse
from gateway.model.nginx_instance_manager.deployments import Accepted, Deployment
from gateway.model.nginx_instance_manager.servers import Scan
from gateway.model.status import DataplaneStatus, dataplane_status
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_instance_manager import responses
from gateway.upstreams.nginx_instance_manager.kinds import KINDS
from tests.upstreams.nginx_instance_manager.fixtures import answer, body, text

SYSTEM = "b9df6377-2c4f-3266-a64a-e064b0371c73"
GROUP = "0ba1d2c3-ce36-44da-a786-94fb65425a30"
STAGED = "724cfcbb-c94c-4d37-800d-96bcf7e6f63e"
UID = "5663cf4e-a0c7-50c8-b93c-16fd11a0f00b"


def content(kind: str, name: str) -> Any:
    """The content of the only thing of a fixture, or of the first of its list."""
    found = answer(name)
    if ".list." not in name:
        return responses.resource("fleet", KINDS[kind], found.body, found).content
    rows, broken = responses.rows(
        "fleet", KINDS[kind], responses.listed("fleet", kind, found), found
    )
    assert not broken
    return rows[0].content


def test_an_instance_is_named_by_two_uids_which_a_single_one_tells_by_a_link() -> None:
    found = content("Instance", "instance.get.200.json")
    assert found.name == f"{SYSTEM}/{UID}"
    assert found.title == "ip-192-0-2-27"
    assert dataplane_status(found) is DataplaneStatus.ONLINE
    assert (found.build.nginx_plus, found.build.release) == (True, "nginx-plus-r28")
    assert found.last_deployment_details.is_settled
    assert content("Instance", "instances.list.200.json").name.startswith("5bece5df-")


@pytest.mark.parametrize(
    "links",
    [
        {"rel": f"/api/platform/v1/systems/{SYSTEM}/instances/{UID}"},
        [{"name": "self", "rel": f"/api/platform/v1/systems/{SYSTEM}/instances/{UID}"}],
        [{"name": "docs", "rel": None}, {"name": "system", "rel": f"/systems/{SYSTEM}"}],
        [{"rel": "/systems/instances/deployments/d"}, {"rel": f"/systems/{SYSTEM}"}],
    ],
)
def test_links_are_read_one_by_itself_and_in_a_list(links: Any) -> None:
    found = Answer(200, {}, msgspec.json.encode({"uid": UID, "links": links}))
    row = responses.resource("fleet", KINDS["Instance"], found.body, found)
    assert row.content.name == f"{SYSTEM}/{UID}"


@pytest.mark.parametrize(
    ("kind", "name", "named", "title"),
    [
        ("System", "systems.list", "5bece5df-c189-8d4e-ab36-c1fd6c542aa1", "nginx1"),
        (
            "InstanceGroup",
            "instance-groups.list",
            GROUP,
            "AzureProd",
        ),
        (
            "StagedConfiguration",
            "configs.list",
            STAGED,
            "base-config",
        ),
        ("Certificate", "certs.list", "manager-server", "manager-server"),
        ("Server", "servers.list", "192.168.56.2:80", "192.168.56.2:80"),
        ("User", "users.list", "devdebs", "Deborah Debuggington"),
    ],
)
def test_everything_has_a_name_and_one_for_people(
    kind: str, name: str, named: str, title: str
) -> None:
    found = content(kind, f"{name}.200.json")
    assert (found.name, found.title) == (named, title)


def test_a_certificate_tells_its_end_and_its_instances() -> None:
    found = content("Certificate", "certs.list.200.json")
    assert found.valid_until == "2122-02-04T06:48:59Z"
    assert found.instances == [f"{SYSTEM}/{UID}"]
    assert found.cert_metadata[0].expiry == 3161225998


def test_deployments_are_settled_once_nothing_is_pending() -> None:
    done = responses.read("fleet", Deployment, "", answer("deployment.get.200.successful.json"))
    failed = responses.read("fleet", Deployment, "", answer("deployment.get.200.failed.json"))
    assert (done.is_settled, failed.is_settled) == (True, True)
    assert failed.details.failure[0].name == "ip-192-0-2-27"
    begun = msgspec.structs.replace(done, status="pending", details=type(done.details)())
    assert not begun.is_settled


def test_links_are_an_object_where_something_is_accepted() -> None:
    found = responses.read("fleet", Accepted, "", answer("instance.config.post.202.json"))
    assert found.place.endswith(found.deployment_uid)


def test_a_scan_and_metrics_are_typed() -> None:
    assert responses.read("fleet", Scan, "", answer("servers.scan.post.200.json")).nginx_found == 6
    found = responses.read(
        "fleet", responses.Metrics, "", answer("metrics.get.200.sum-groupby.json")
    )
    assert [one.aggr for one in found.metrics] == ["SUM"]
    assert found.metrics[0].series is not None
    assert found.metrics[0].series[1].values == (2000.0,)


def test_what_was_not_measured_stays_at_its_time() -> None:
    series = {
        "dimensions": {"nginx_id": None, "port": 80},
        "timestamps": ["2026-11-20T10:00:00Z", "2026-11-20T10:05:00Z"],
        "values": [None, 2],
    }
    told = {"metrics": [{"name": "a", "aggr": None, "series": [series, {"values": None}]}]}
    found = Answer(200, {}, msgspec.json.encode(told))
    [metric] = responses.read("fleet", responses.Metrics, "", found).metrics
    assert metric.series is not None
    assert [one.values for one in metric.series] == [(None, 2.0), None]


@pytest.mark.parametrize("label", ["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
def test_private_keys_are_masked_wherever_an_answer_has_them(label: str) -> None:
    pem = f"-----BEGIN {label}-----\nMIIE\n-----END {label}-----\n"
    told = {"name": "a", "own": pem, "all": [{"chain": f"before {pem}after"}], "cut": pem[:40]}
    found = responses.without_keys(Answer(200, {}, msgspec.json.encode(told)))
    masked = f"{responses.MASK}\n"
    assert msgspec.json.decode(found.body) == {
        "name": "a",
        "own": masked,
        "all": [{"chain": f"before {masked}after"}],
        "cut": responses.MASK,
    }


def test_events_come_with_their_token() -> None:
    found = responses.events("fleet", answer("events.list.200.includeTotal.json"))
    assert (len(found.rows), found.total, found.token) == (4, 4, "1639453182")
    assert (
        found.rows[1].error == "Config apply failed (write): Error running nginx -t exit status 1"
    )


def test_files_are_texts_and_private_keys_in_them_are_masked() -> None:
    key = "a -----BEGIN RSA PRIVATE KEY-----\nTUlJ\n-----END RSA PRIVATE KEY----- z"
    found = body("instance.config.get.200.json")
    found["auxFiles"]["files"] = [
        {"name": "/etc/ssl/key.pem", "contents": b64encode(key.encode()).decode()},
        {"name": "/logo", "contents": b64encode(b"\xff\xfe").decode()},
    ]
    made = responses.configuration("fleet", Answer(200, {}, msgspec.json.encode(found)))
    assert made.config_files.files[0].contents.startswith("events {}\nhttp {")
    assert made.aux_files.files[0].contents == "a (masked by meshgate) z"
    assert [one.is_text for one in made.aux_files.files] == [True, False]


@pytest.mark.parametrize(
    "row", [{"uid": "x"}, {"systemUid": "x"}, {"uid": "x", "systemUid": 5}, 7, {"uid": ["x"]}]
)
def test_a_row_that_cannot_be_found_again_leaves_its_list_and_is_named(row: Any) -> None:
    good = body("instances.list.200.json")["items"][0]
    sent = Answer(200, {}, msgspec.json.encode({"count": 2, "items": [good, row]}))
    found = responses.listed("fleet", "Instance", sent)
    rows, broken = responses.rows("fleet", KINDS["Instance"], found, sent)
    assert len(rows) == 1
    assert [type(one) for one in broken] == [BadResponse]


@pytest.mark.parametrize(
    ("sent", "version"),
    [
        (b'{"nim": "2.20.0", "acm": "1.9"}', "2.20.0"),
        (b'{"modules": [{"acm": "1"}, {"versions": {"nim": "2.17.1"}}]}', "2.17.1"),
        (b'{"adm": "4.0"}', None),
        (b"<html>", None),
    ],
)
def test_the_version_is_found_wherever_it_stands(sent: bytes, version: str | None) -> None:
    assert responses.version(Answer(200, {}, sent)) == version


@pytest.mark.parametrize("sent", [b"", b"<html>", b"[]", b'{"details": 5}', b"\xff"])
def test_what_is_no_deployment_is_a_bad_response(sent: bytes) -> None:
    with pytest.raises(BadResponse):
        responses.read("fleet", Deployment, "a deployment", Answer(200, {}, sent))


def test_nulls_are_forgiven() -> None:
    sent = text("instance.get.200.json").replace(b'"loadableModules": []', b'"links": null')
    found = msgspec.json.decode(sent)
    found |= {"build": None, "configVersion": None, "systemUid": SYSTEM}
    made = Answer(200, {}, msgspec.json.encode(found))
    row = responses.resource("fleet", KINDS["Instance"], made.body, made)
    assert row.content.build.version == ""
