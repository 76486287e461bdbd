import contextlib
import json
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadResponse
from gateway.model.dataplanes import Dataplane
from gateway.model.insights import Counts, KindTotal, MeshInsight
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.policies import Policy
from gateway.model.reads import Reads, paths
from gateway.model.resources import Resource, ResourceKey, Stored
from gateway.model.services import ExternalService, MeshService, ServiceInsight
from gateway.model.versions import Version
from gateway.model.zones import Zone
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.reading import document
from tests.upstreams.kuma import malformed

READ = ("Mesh", "Dataplane", "Zone", "MeshInsight", "ServiceInsight", "MeshService")
STAMPED = {"creationTime": "2026-11-21T09:15:41Z", "modificationTime": "0001-01-01T00:00:00Z"}


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"content-type": "application/json"} | headers, content)


def listed(*items: Any, **envelope: Any) -> Answer:
    return answer({"total": len(items), "items": items, "next": None} | envelope)


def page(kind: str, said: Answer, offset: int = 0) -> Page:
    return responses.page("prod", KINDS[kind], said, offset)


def read(kind: str, **members: Any) -> Any:
    row = KINDS[kind]
    meta = {"type": kind, "name": "x"} | ({"mesh": "m"} if row.scope == "Mesh" else {})
    return responses.resource("prod", row, json.dumps(meta | members).encode()).content


def names(found: Page) -> list[str]:
    return [row.content.name for row in found.rows]


def test_a_list_is_its_rows_in_the_order_of_the_control_plane() -> None:
    found = page("Mesh", listed({"name": "b"}, {"name": "a"}))
    assert names(found) == ["b", "a"]
    assert (found.total, found.next_offset, found.broken) == (2, None, ())


@pytest.mark.parametrize(
    ("envelope", "total"),
    [
        ({"total": 0, "items": None, "next": None}, 0),
        ({"items": []}, None),
        ({"total": None, "items": []}, None),
        ({"total": "many", "items": [], "next": ""}, None),
        ({"total": 0, "items": [], "kind": "MeshList"}, 0),
    ],
)
def test_an_empty_list_is_empty_in_every_dialect(envelope: Any, total: int | None) -> None:
    assert page("Mesh", answer(envelope)) == Page(total=total)


def test_a_row_that_cannot_be_read_leaves_the_list_and_is_named() -> None:
    rows = [{"name": "a"}, {"name": 7}, None, "b", {"mesh": "m"}, {"name": "c"}]
    found = page("Zone", listed(*rows))
    assert names(found) == ["a", "c"]
    assert [(error.code, error.upstream) for error in found.broken] == [
        ("UPSTREAM_BAD_RESPONSE", "prod")
    ] * 4


def test_a_row_that_does_not_say_its_mesh_is_broken_where_kinds_stand_in_one() -> None:
    assert len(page("Dataplane", listed({"name": "a"})).broken) == 1
    assert page("Zone", listed({"name": "a"})).broken == ()


def test_bytes_that_are_no_text_break_the_row_even_where_nothing_reads_them() -> None:
    body = b'{"total":2,"items":[{"name":"a","later":"\xff"},{"name":"b"}]}'
    found = page("Mesh", answer(body))
    assert (names(found), len(found.broken)) == (["b"], 1)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"null", b"[]", b'{"total":1}', b'{"items":{}}', b'{"items":[', b"\xff"],
)
def test_what_is_no_list_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(BadResponse) as caught:
        page("Mesh", answer(body))
    assert caught.value.message == "prod: the answer cannot be read as the list of Mesh"
    assert (caught.value.upstream, caught.value.status) == ("prod", 200)


def test_a_bad_response_names_the_media_type_that_came() -> None:
    html = Answer(200, {"content-type": "text/html; charset=utf-8"}, b"<html>")
    with pytest.raises(BadResponse, match=r"the list of Mesh \(text/html\)$"):
        page("Mesh", html)


@pytest.mark.parametrize(
    ("link", "offset", "found"),
    [
        (None, 0, None),
        ("", 0, None),
        ("http://10.0.0.1:5681/meshes?offset=1000&size=1000", 0, 1000),
        ("https://elsewhere.example.com/x?size=1000&offset=2000", 1000, 2000),
        ("/meshes?offset=1", 0, 1),
        ("?offset=+7", 0, 7),
    ],
)
def test_of_the_link_to_the_next_page_the_offset_counts_alone(
    link: Any, offset: int, found: int | None
) -> None:
    assert responses.next_offset("prod", link, offset) == found


@pytest.mark.parametrize(
    ("link", "offset"),
    [
        ("http://h/meshes?offset=1000", 1000),
        ("http://h/meshes?offset=999", 1000),
        ("http://h/meshes?offset=-1", 0),
        ("http://h/meshes?offset=0", 0),
        ("http://h/meshes?size=1000", 0),
        ("http://h/meshes?offset=", 0),
        ("http://h/meshes?offset=ten", 0),
        ("http://[::1/meshes?offset=1000", 0),
        ("?offset=" + "9" * 5000, 0),
        (["?offset=1000"], 1000),
        (True, 0),
    ],
)
def test_a_link_that_leads_nowhere_is_a_bad_response(link: Any, offset: int) -> None:
    with pytest.raises(BadResponse, match="the pages of a list do not go on"):
        responses.next_offset("prod", link, offset)


@pytest.mark.parametrize(
    ("kind", "members", "path", "value"),
    [
        ("Mesh", {"labels": None}, "labels", {}),
        ("Mesh", {"mtls": None}, "mtls", None),
        ("Mesh", {"mtls": {"backends": None}}, "mtls.backends", ()),
        ("Mesh", {"mtls": {"backends": [None]}}, "mtls.backends", ()),
        ("Mesh", {"meshServices": {"mode": None}}, "mesh_services.mode", ""),
        ("Mesh", {"creationTime": None}, "creation_time", None),
        ("Dataplane", {"networking": None}, "network.inbound", ()),
        ("Dataplane", {"networking": {"inbound": None}}, "network.inbound", ()),
        ("Dataplane", {"networking": {"inbound": [{"tags": None}]}}, "network.inbound.0.tags", {}),
        (
            "Dataplane",
            {"networking": {"inbound": [{"tags": {"a": None}}]}},
            "network.inbound.0.tags",
            {},
        ),
        (
            "Dataplane",
            {"networking": {"inbound": [{"health": {}}]}},
            "network.inbound.0.health.ready",
            False,
        ),
        ("Dataplane", {"dataplane": None}, "dataplane", None),
        ("Dataplane", {"dataplane": {"networking": None}}, "network.address", ""),
        ("Dataplane", {"dataplaneInsight": None}, "dataplane_insight", None),
        (
            "Dataplane",
            {"dataplaneInsight": {"subscriptions": None}},
            "dataplane_insight.subscriptions",
            (),
        ),
        (
            "Dataplane",
            {"dataplaneInsight": {"subscriptions": [{"status": None, "version": None}]}},
            "dataplane_insight.subscriptions.0.status.total.responses_sent",
            0,
        ),
        (
            "Dataplane",
            {
                "dataplaneInsight": {
                    "subscriptions": [{"status": {"total": {"responsesSent": "22"}}}]
                }
            },
            "dataplane_insight.subscriptions.0.status.total.responses_sent",
            22,
        ),
        (
            "Dataplane",
            {
                "dataplaneInsight": {
                    "subscriptions": [{"status": {"cds": {"responsesSent": str(2**63 - 1)}}}]
                }
            },
            "dataplane_insight.subscriptions.0.status.cds.responses_sent",
            2**63 - 1,
        ),
        ("Dataplane", {"networking": {"inbound": [{"port": "80"}]}}, "network.inbound.0.port", 80),
        ("Zone", {"zone": {}}, "disabled", False),
        ("Zone", {"zone": {"enabled": None}}, "disabled", False),
        ("Zone", {"zone": {"enabled": False}}, "disabled", True),
        ("Zone", {"enabled": False}, "disabled", True),
        ("Zone", {"zoneInsight": None}, "zone_insight", None),
        (
            "Zone",
            {"zoneInsight": {"subscriptions": [{"id": "1", "config": "{}", "status": None}]}},
            "zone_insight.subscriptions.0.id",
            "1",
        ),
        ("MeshInsight", {"policies": None, "resources": None}, "policies", {}),
        ("MeshInsight", {"policies": {"Retry": None}}, "policies", {}),
        ("MeshInsight", {"policies": {"Retry": {}}}, "policies", {"Retry": KindTotal(0)}),
        ("MeshInsight", {"dataplanes": {}}, "dataplanes", Counts()),
        ("MeshInsight", {"mTLS": None}, "mtls", None),
        ("ServiceInsight", {"dataplanes": {"total": "3"}}, "dataplanes.total", 3),
        ("ServiceInsight", {"zones": None, "issuedBackends": None}, "zones", ()),
        ("MeshService", {"spec": None, "status": None}, "spec.ports", ()),
        ("MeshService", {"status": {"vips": None, "addresses": None}}, "status.vips", ()),
        ("ExternalService", {"tags": None, "networking": None}, "networking.address", ""),
        ("Retry", {"sources": None}, "sources", ()),
        ("MeshTimeout", {"spec": None}, "spec.target_ref", None),
        ("MeshTimeout", {"spec": {"targetRef": None}}, "spec.target_ref", None),
        ("MeshTimeout", {"spec": {"targetRef": {"kind": "Mesh"}}}, "spec.target_ref.labels", {}),
        (
            "MeshTimeout",
            {"spec": {"targetRef": {"kind": "Levitation"}}},
            "spec.target_ref.kind",
            "Levitation",
        ),
    ],
)
def test_what_is_null_or_left_out_has_its_zero_value(
    kind: str, members: dict[str, Any], path: str, value: Any
) -> None:
    found = read(kind, **members)
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else getattr(found, step)
    assert found == value


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("Dataplane", Dataplane),
        ("Zone", Zone),
        ("MeshInsight", MeshInsight),
        ("ServiceInsight", ServiceInsight),
        ("ExternalService", ExternalService),
        ("MeshService", MeshService),
        ("MeshMultiZoneService", MeshService),
        ("MeshExternalService", MeshService),
        ("Retry", Policy),
        ("MeshTimeout", Policy),
        ("Secret", Stored),
        ("HostnameGenerator", Stored),
    ],
)
def test_a_body_is_read_into_the_struct_of_its_kind(kind: str, content: type[Stored]) -> None:
    assert type(read(kind)) is content


def test_a_kind_that_no_row_declares_is_read_as_what_every_thing_says_of_itself() -> None:
    unknown = msgspec.structs.replace(KINDS["MeshTimeout"], name="MeshLevitation")
    assert responses.content_type(unknown) is Policy
    other = msgspec.structs.replace(unknown, noun=Noun.RESOURCE)
    assert responses.content_type(other) is Stored


def test_a_resource_keeps_the_very_bytes_it_came_in() -> None:
    body = b'{"name" : "x",  "type":"Mesh", "new": {"in": [2.15]}}\n'
    assert bytes(responses.resource("prod", KINDS["Mesh"], body).raw) == body


@pytest.mark.parametrize(
    ("reads", "version", "fields"),
    [
        (Reads(paths("labels")), (2, 14, 3), {"name", "mesh", "labels"}),
        (Reads(paths("labels"), raw=True), (2, 14, 3), None),
        (None, (2, 14, 3), None),
        # It may be spelled in an old way.
        (Reads(paths("labels")), (0, 6, 0), None),
    ],
)
def test_of_one_resource_no_more_is_read_than_is_wanted(
    reads: Reads | None, version: tuple[int, int, int], fields: set[str] | None
) -> None:
    body = {"type": "Dataplane", "mesh": "m", "name": "a", "labels": {"k": "v"}}
    body |= {"networking": {"inbound": [{"port": 80, "tags": {"service": "s"}}]}}
    raw, one = msgspec.json.encode(body), KINDS["Dataplane"]
    found = responses.resource("prod", one, raw, version=Version(*version), reads=reads)
    assert isinstance(found.content, Dataplane)
    assert found.content.labels == {"k": "v"}
    assert found.key == ResourceKey("prod", "Dataplane", "m", "a")
    if fields is None:
        assert found.content.networking is not None
        assert bytes(found.answered or found.raw) == raw
    else:
        assert set(type(found.content).__struct_fields__) == fields
        assert bytes(found.raw) == b""


def test_what_nobody_reads_is_not_looked_at_and_what_says_where_it_stands_is() -> None:
    one, reads = KINDS["Dataplane"], Reads(paths("labels"))
    body: dict[str, Any] = {"type": "Dataplane", "mesh": "m", "name": "a", "networking": 1}
    found = responses.resource("prod", one, msgspec.json.encode(body), reads=reads)
    assert found.content.labels == {}
    wrong: list[Any] = [{"mesh": None}, {"name": 1}, {"labels": 1}]
    for broken in (*(body | it for it in wrong), [], 1):
        with pytest.raises(BadResponse):
            responses.resource("prod", one, msgspec.json.encode(broken), reads=reads)


def test_whether_an_insight_stands_for_a_service_is_known_whatever_is_read() -> None:
    for status in ("online", ""):
        body = {"type": "ServiceInsight", "mesh": "m", "name": "a", "status": status}
        raw, reads = msgspec.json.encode(body), Reads(paths("labels"))
        found = responses.resource("prod", KINDS["ServiceInsight"], raw, reads=reads)
        assert responses.exists(found) is bool(status)


@pytest.mark.parametrize(
    ("kind", "members", "there"),
    [
        ("ServiceInsight", {"dataplanes": {}}, False),
        ("ServiceInsight", {"status": "offline", "dataplanes": {}}, True),
        ("Mesh", {}, True),
    ],
)
def test_an_insight_without_a_status_stands_for_no_service(
    kind: str, members: dict[str, Any], there: bool
) -> None:
    body = json.dumps({"name": "x", "mesh": "m", **members}).encode()
    assert responses.exists(responses.resource("prod", KINDS[kind], body)) is there


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        (b"", ()),
        (b"{}", ()),
        (b'{"warnings":null}', ()),
        (
            b'{"warnings":["`from` is deprecated","and so on"]}',
            ("`from` is deprecated", "and so on"),
        ),
        (b'{"warnings":[1,null]}', ("1", "None")),
        (b'{"warnings":"x"}', ()),
    ],
)
def test_a_write_may_be_answered_with_warnings_or_with_nothing(
    body: bytes, warnings: tuple[str, ...]
) -> None:
    assert responses.warnings("prod", answer(body, 201)) == warnings


@pytest.mark.parametrize("body", [b"[]", b"created", b"[" * 100_000])
def test_what_answers_a_write_with_anything_else_is_no_control_plane(body: bytes) -> None:
    with pytest.raises(BadResponse, match="prod: the answer cannot be read as the answer to"):
        responses.warnings("prod", answer(body))


def envelopes() -> st.SearchStrategy[tuple[str, bytes]]:
    """A list of two real items of some kind, tampered with anywhere."""

    def lists(kind: str) -> st.SearchStrategy[tuple[str, bytes]]:
        row = KINDS[kind]
        real: Iterable[Any] = malformed.items(kind, overview=row.overview)
        richest = sorted(real, key=lambda item: len(json.dumps(item)))[-2:]
        envelope = {"total": 2, "items": richest, "next": "http://h/x?offset=2&size=2"}
        return st.tuples(st.just(kind), malformed.broken(envelope))

    return st.sampled_from([*READ, "Retry", "MeshHTTPRoute"]).flatmap(lists)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(envelopes())
def test_a_malformed_list_is_a_page_or_our_error(case: tuple[str, bytes]) -> None:
    kind, body = case
    try:
        found = page(kind, answer(body))
    except BadResponse:
        return
    for row in found.rows:
        assert isinstance(row, Resource)
        assert row.key.name == row.content.name
        str(row.raw, "utf-8")
    assert all(isinstance(error, BadResponse) for error in found.broken)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(malformed.broken({"warnings": ["a"], "mode": "zone"}))
def test_a_malformed_answer_to_a_write_or_a_document_is_a_value_or_our_error(body: bytes) -> None:
    with contextlib.suppress(BadResponse):
        assert all(isinstance(one, str) for one in responses.warnings("prod", answer(body)))
    with contextlib.suppress(BadResponse):
        document("prod", answer(body))
