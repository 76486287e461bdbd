import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest

from gateway.errors import (
    BadResponse,
    BadUserInput,
    Forbidden,
    NotFound,
    ReadOnly,
    Unauthenticated,
    Unsupported,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.model.changes import Apply, Delete, Outcome
from gateway.model.control_planes import Served
from gateway.model.pages import Listing, Page
from gateway.model.resources import ResourceKey
from gateway.settings import AuthSettings
from gateway.upstreams.base import Answer, Document, Operation, Viewer
from gateway.upstreams.kuma import lacking
from gateway.upstreams.kuma.kinds import KINDS
from tests.upstreams.kuma.canned import (
    ABSENT,
    JSON,
    NO_ENDPOINT,
    Canned,
    kuma,
    listed,
    operation,
    said,
)

DISCOVERY = ["/", "/config", "/_resources", "/mesh-insights"]
FORWARD = AuthSettings(type="forward")


def names(page: Page) -> list[str]:
    return [row.content.name for row in page.rows]


def resources(*kinds: str, **changed: Any) -> dict[str, Any]:
    """What `/_resources` says of these kinds."""
    return {
        "resources": [
            {"name": kind, "path": kind.lower() + "s", "scope": "Mesh", "readOnly": False} | changed
            for kind in kinds
        ]
    }


async def test_operations_at_the_same_time_share_one_discovery() -> None:
    transport = Canned({"/meshes": listed([{"name": "a"}])})
    adapter = kuma(transport)
    found = await asyncio.gather(*(adapter.control_plane(operation()) for _ in range(5)))
    assert sorted(transport.paths()) == sorted(DISCOVERY)
    assert len({id(one) for one in found}) == 1
    await adapter.list(Listing("prod", "Mesh"), operation())
    assert transport.paths() == ["/meshes"]


@pytest.mark.parametrize(
    "answer",
    [
        NO_ENDPOINT,
        said({"title": "Access Denied"}, 403),
        said(b"<html>"),
        said({"title": "Internal Server Error"}, 500),
        UpstreamUnavailable("the connection closed without an answer"),
        BadResponse("the answer is no HTTP"),
    ],
    ids=["absent", "forbidden", "no json", "fault", "closed", "broken"],
)
@pytest.mark.parametrize("path", ["/config", "/_resources", "/mesh-insights"])
async def test_discovery_bears_what_it_is_not_told(path: str, answer: Answer | Exception) -> None:
    answers: dict[str, Any] = {
        "/config": {"mode": "global"},
        "/_resources": resources("Dataplane", "MeshTimeout"),
        "/mesh-insights": listed([{"name": "a", "dataplanes": {"total": 3}}]),
    }
    transport = Canned(answers | {path: answer})
    found = await kuma(transport).control_plane(operation())
    assert found.version_text == "2.14.3"
    assert found.mode == (None if path == "/config" else "global")
    assert len(found.kinds) == (53 if path == "/_resources" else 2)
    assert bool(found.counts.get(("Dataplane", None))) is (path != "/mesh-insights")


async def test_a_discovery_that_fails_is_tried_again_by_the_next_operation() -> None:
    transport = Canned({"/": said({"title": "no"}, 401)})
    adapter = kuma(transport)
    with pytest.raises(Unauthenticated):
        await adapter.control_plane(operation())
    assert adapter.known(Viewer()) is None
    transport.answers["/"] = {"version": "2.14.3"}
    assert (await adapter.control_plane(operation())).version_text == "2.14.3"


async def test_who_waits_for_a_discovery_waits_until_its_own_deadline() -> None:
    transport = Canned()
    transport.gate.clear()
    adapter = kuma(transport)
    with pytest.raises(UpstreamTimeout):
        await adapter.control_plane(Operation(Viewer(), seconds=0.01, calls=9))
    waiting = asyncio.create_task(adapter.control_plane(operation()))
    await asyncio.sleep(0)
    transport.gate.set()
    assert (await waiting).version_text == "2.14.3"
    assert transport.paths().count("/") == 1


async def test_a_discovery_that_fails_with_nobody_waiting_leaves_no_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    transport = Canned({"/": said({"title": "Invalid authentication data"}, 401)})
    transport.gate.clear()
    adapter = kuma(transport)
    with pytest.raises(UpstreamTimeout):
        await adapter.control_plane(Operation(Viewer(), seconds=0.01, calls=9))
    transport.gate.set()
    for _ in range(20):
        await asyncio.sleep(0)
    gc.collect()
    assert adapter.known(Viewer()) is None
    assert [record.message for record in caplog.records] == []


def seen_by(bearer: str, kinds: dict[str, Any]) -> Callable[[Any], Answer]:
    """An answer for one bearer; to all others it is forbidden."""

    def answer(headers: Any) -> Answer:
        mine = headers.get("Authorization") == bearer
        return said(kinds) if mine else said({"title": "Access Denied"}, 403)

    return answer


async def test_two_callers_never_share_what_only_one_of_them_was_told() -> None:
    transport = Canned(
        {
            "/": seen_by("Bearer a", {"version": "2.14.3"}),
            "/_resources": seen_by("Bearer a", resources("MeshLevitation")),
        }
    )
    adapter = kuma(transport, auth=FORWARD)
    found = await adapter.control_plane(operation("Bearer a"))
    assert set(found.kinds) == {"MeshLevitation"}
    assert adapter.known(Viewer(authorization="Bearer a")) is found
    for other in ("Bearer b", None):
        assert adapter.known(Viewer(authorization=other)) is None
        with pytest.raises(Forbidden):
            await adapter.control_plane(operation(other))


async def test_callers_at_the_same_time_are_discovered_for_apart() -> None:
    def answer(headers: Any) -> Answer:
        return said({"version": f"2.14.{headers['Authorization'][-1]}"})

    adapter = kuma(Canned({"/": answer}), auth=FORWARD)
    found = await asyncio.gather(*(adapter.control_plane(operation(f"Bearer {n}")) for n in "1212"))
    assert [one.version_text for one in found] == ["2.14.1", "2.14.2", "2.14.1", "2.14.2"]


async def test_what_anybody_is_told_every_caller_knows() -> None:
    transport = Canned()
    adapter = kuma(transport, auth=FORWARD)
    found = await adapter.discover(Viewer())
    transport.asked.clear()
    assert await adapter.control_plane(operation("Bearer a")) is found
    assert transport.asked == []


async def test_a_kind_that_no_row_declares_is_listed_and_got_at_its_path() -> None:
    level = {"type": "MeshLevitation", "mesh": "m", "name": "up", "spec": {"height": 1}}
    transport = Canned(
        {
            "/_resources": resources("MeshLevitation"),
            "/meshes/m/meshlevitations": listed([level]),
            "/meshes/m/meshlevitations/up": level,
        }
    )
    adapter = kuma(transport)
    page = await adapter.list(Listing("prod", "MeshLevitation", "m"), operation())
    key = ResourceKey("prod", "MeshLevitation", "m", "up")
    one = await adapter.get(key, operation(), overview=False)
    assert one is not None
    assert [row.key for row in page.rows] == [key] == [one.key]
    assert one.kind.type_name == "UnknownResource"


@pytest.mark.parametrize(
    ("version", "kind", "sentence"),
    [
        ("2.6.0", "MeshTLS", "MeshTLS needs Kuma 2.9 or later; this control plane is 2.6.0"),
        ("3.0.0", "Retry", "Retry was dropped by Kuma 3.0; this control plane is 3.0.0"),
        ("2.6.0", "Levitation", "this control plane stores no kind 'Levitation'"),
    ],
)
async def test_a_kind_that_is_not_stored_is_unsupported_and_the_version_named(
    version: str, kind: str, sentence: str
) -> None:
    transport = Canned(version=version)
    adapter = kuma(transport)
    found = await adapter.control_plane(operation())
    transport.asked.clear()
    assert lacking(kind, found) == sentence
    key = ResourceKey("prod", kind, "m", "x")
    for asking in (
        adapter.list(Listing("prod", kind), operation()),
        adapter.get(key, operation(), overview=False),
        adapter.write(Delete(key), operation()),
    ):
        with pytest.raises(Unsupported) as caught:
            await asking
        assert caught.value.message == f"prod: {sentence}"
        assert caught.value.upstream == "prod"
    assert transport.asked == []


async def test_a_former_path_is_asked_where_the_version_has_no_other() -> None:
    transport = Canned({"/zone-ingresses": listed([{"name": "i"}])}, version="1.8.8")
    found = await kuma(transport).list(Listing("prod", "ZoneIngress"), operation())
    assert names(found) == ["i"]


async def test_a_mesh_that_is_not_there_is_an_empty_list_and_an_absent_endpoint_is_not() -> None:
    transport = Canned({"/meshes/m/dataplanes": ABSENT})
    adapter = kuma(transport)
    assert await adapter.list(Listing("prod", "Dataplane", "m"), operation()) == Page()
    transport.answers["/meshes/m/dataplanes"] = NO_ENDPOINT
    with pytest.raises(Unsupported):
        await adapter.list(Listing("prod", "Dataplane", "m"), operation())


async def test_what_is_not_there_is_none_and_an_absent_endpoint_is_not() -> None:
    transport = Canned({"/meshes/m": ABSENT})
    adapter = kuma(transport)
    key = ResourceKey("prod", "Mesh", None, "m")
    assert await adapter.get(key, operation(), overview=False) is None
    transport.answers["/meshes/m"] = NO_ENDPOINT
    with pytest.raises(Unsupported):
        await adapter.get(key, operation(), overview=False)


async def test_an_insight_of_no_service_is_none() -> None:
    empty = {"type": "ServiceInsight", "mesh": "m", "name": "x", "dataplanes": {}}
    adapter = kuma(Canned({"/meshes/m/service-insights/x": empty}))
    key = ResourceKey("prod", "ServiceInsight", "m", "x")
    assert await adapter.get(key, operation(), overview=False) is None


@pytest.mark.parametrize(
    ("status", "body", "outcome", "warnings"),
    [
        (201, b"", Outcome.CREATED, ()),
        (200, b"{}", Outcome.UPDATED, ()),
        (200, b'{"warnings":["old"]}', Outcome.UPDATED, ("old",)),
        (204, b"", Outcome.UPDATED, ()),
    ],
)
async def test_what_an_apply_did_is_told_by_its_status(
    status: int, body: bytes, outcome: Outcome, warnings: tuple[str, ...]
) -> None:
    adapter = kuma(Canned({"/meshes/m": Answer(status, JSON, body)}))
    change = Apply(ResourceKey("prod", "Mesh", None, "m"), {"type": "Mesh", "name": "m"})
    written = await adapter.write(change, operation())
    assert (written.outcome, written.warnings) == (outcome, warnings)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ABSENT, NotFound),
        (said({"title": "Method not allowed"}, 405), ReadOnly),
        (said({"title": "no", "detail": "Mesh is not found"}, 400), NotFound),
        (said({"title": "no", "causes": [{"field": "a", "message": "b"}]}, 400), BadUserInput),
    ],
)
async def test_what_a_control_plane_says_against_a_write_is_raised(
    answer: Answer, error: type[Exception]
) -> None:
    adapter = kuma(Canned({"/meshes/m": answer}))
    with pytest.raises(error):
        await adapter.write(Delete(ResourceKey("prod", "Mesh", None, "m")), operation())


@pytest.mark.parametrize(("version", "stored"), [("2.5.9", False), ("2.6.0", True), ("dev", True)])
async def test_labels_that_would_be_lost_without_a_word_are_refused(
    version: str, stored: bool
) -> None:
    transport = Canned({"/meshes/m": {}}, version=version)
    change = Apply(ResourceKey("prod", "Mesh", None, "m"), {"name": "m", "labels": {"a": "b"}})
    asking = kuma(transport).write(change, operation())
    if stored:
        await asking
        return
    with pytest.raises(Unsupported, match=r"labels need Kuma 2\.6 or later"):
        await asking
    assert "PUT" not in [method for method, _ in transport.asked]


async def test_what_was_written_is_known_for_as_long_as_insights_may_trail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    adapter = kuma(Canned({"/meshes/m/retries/r": {}}))
    assert not adapter.written_lately("Retry")
    change = Apply(ResourceKey("prod", "Retry", "m", "r"), {})
    await adapter.write(change, operation())
    written = loop.time()
    assert adapter.written_lately("Retry")
    assert not adapter.written_lately("Timeout")
    monkeypatch.setattr(loop, "time", lambda: written + 29)
    assert adapter.written_lately("Retry")
    monkeypatch.setattr(loop, "time", lambda: written + 31)
    assert not adapter.written_lately("Retry")


async def test_a_write_that_failed_may_have_been_written_all_the_same() -> None:
    adapter = kuma(Canned({"/meshes/m/retries/r": UpstreamUnavailable("closed")}))
    with pytest.raises(UpstreamUnavailable):
        await adapter.write(Delete(ResourceKey("prod", "Retry", "m", "r")), operation())
    assert adapter.written_lately("Retry")


async def test_a_mesh_that_is_written_brings_resources_of_every_kind() -> None:
    adapter = kuma(Canned({"/meshes/m": {}}))
    await adapter.write(Apply(ResourceKey("prod", "Mesh", None, "m"), {}), operation())
    assert adapter.written_lately("MeshTimeout")


async def test_the_documents_of_a_control_plane_are_told_as_they_are() -> None:
    transport = Canned({"/config": {"mode": "zone"}, "/versions": {"kumaDp": {}}}, version="1.1.6")
    adapter = kuma(transport)
    config = await adapter.document(Document.CONFIGURATION, operation())
    versions = await adapter.document(Document.SUPPORTED_VERSIONS, operation())
    assert config is not None
    assert bytes(config) == b'{"mode": "zone"}'
    assert versions is not None
    newer = kuma(Canned({"/versions": {"kumaDp": {}}}))
    assert await newer.document(Document.SUPPORTED_VERSIONS, operation()) is None


async def test_a_kind_is_served_as_discovery_found_it() -> None:
    adapter = kuma(Canned({"/_resources": resources("Dataplane", readOnly=True)}))
    found = await adapter.control_plane(operation())
    assert adapter.served(found, "Dataplane") == Served(KINDS["Dataplane"], "dataplanes", False)
