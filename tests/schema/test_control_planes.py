from typing import Any

import pytest

from gateway.errors import UpstreamUnavailable
from gateway.schema.masks import MASK
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import Graph, graph
from tests.upstreams.kuma.canned import Canned, said

ABOUT = """{ controlPlane(name: "cp") {
  __typename id name product version mode readOnly
  health { reachable latency circuit lastError lastContact }
  kinds { name path meshScoped policy writable summary }
} }"""


async def about(one: Graph) -> Any:
    return (await one.data(ABOUT))["controlPlane"]


@pytest.mark.parametrize(
    ("fake", "version", "mode", "read_only"),
    [
        (FakeKuma("1.1.6"), "1.1.6", "standalone", False),
        (FakeKuma("2.14.3"), "2.14.3", "zone", False),
        (FakeKuma("2.14.3", mode="global"), "2.14.3", "global", False),
        (FakeKuma("2.14.3", read_only=True), "2.14.3", "zone", True),
    ],
    ids=["1.1", "2.14", "global", "read-only"],
)
async def test_a_control_plane_says_who_it_is(
    fake: FakeKuma, version: str, mode: str, read_only: bool
) -> None:
    async with graph({"cp": fake.transport()}) as one:
        found = await about(one)
    assert (found["name"], found["product"], found["version"]) == ("cp", "KUMA", version)
    assert found["readOnly"] is read_only
    assert (mode == "standalone") or found["mode"] == mode


async def test_its_kinds_are_told_in_the_order_of_their_names() -> None:
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        kinds = (await about(one))["kinds"]
    names = [kind["name"] for kind in kinds]
    assert names == sorted(names)
    [retry] = [kind for kind in kinds if kind["name"] == "MeshRetry"]
    assert retry == {
        "name": "MeshRetry",
        "path": "meshretries",
        "meshScoped": True,
        "policy": True,
        "writable": True,
        "summary": "How often a failed request is tried again.",
    }


async def test_one_that_never_answered_is_there_all_the_same() -> None:
    transport = Canned({"/": UpstreamUnavailable("the connection was refused")})
    async with graph({"cp": transport}, discovered=False, retries=0) as one:
        await about(one)
        found = await about(one)
    assert found["id"]
    assert [found[key] for key in ("version", "mode", "readOnly", "kinds")] == [
        None,
        None,
        None,
        [],
    ]
    assert found["health"]["reachable"] is False
    assert found["health"]["lastError"] == "UPSTREAM_UNAVAILABLE"
    assert found["health"]["lastContact"] is None


async def test_its_health_is_that_of_the_last_answer() -> None:
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        health = (await about(one))["health"]
    assert (health["reachable"], health["circuit"], health["lastError"]) == (True, "CLOSED", None)
    assert health["latency"] >= 0
    assert health["lastContact"].endswith("+00:00")


DOCUMENTS = '{ controlPlane(name: "cp") { configuration supportedVersions } }'


@pytest.mark.parametrize(
    ("version", "supported"), [("1.1.6", {"kumaDp": {}}), ("1.8.8", None), ("2.14.3", None)]
)
async def test_its_documents_are_shown_as_they_are(version: str, supported: Any) -> None:
    transport = Canned(
        {"/config": {"mode": "zone", "later": 2.15}, "/versions": {"kumaDp": {}}}, version=version
    )
    async with graph({"cp": transport}) as one:
        found = await one.data(DOCUMENTS)
    assert found["controlPlane"] == {
        "configuration": {"mode": "zone", "later": 2.15},
        "supportedVersions": supported,
    }


async def test_a_document_that_is_not_told_costs_itself_alone() -> None:
    transport = Canned({"/config": said({"title": "Access Denied"}, 403)}, version="1.1.6")
    transport.answers["/versions"] = {"kumaDp": {}}
    async with graph({"cp": transport}) as one:
        found = await one.answer(DOCUMENTS)
    assert found["data"]["controlPlane"] == {
        "configuration": None,
        "supportedVersions": {"kumaDp": {}},
    }
    assert found["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert found["errors"][0]["path"] == ["controlPlane", "configuration"]


async def test_configuration_is_masked_once_more() -> None:
    config = {
        "mode": "zone",
        "store": {"postgres": {"password": "hunter2", "user": "kuma"}},
        "a": [{"clientSecret": "hunter2", "token": "", "bootstrapAdminToken": True}],
        "b": {"password": "*****", "tokenFile": "/run/token"},
    }
    async with graph({"cp": Canned({"/config": config})}) as one:
        found = await one.data('{ controlPlane(name: "cp") { configuration } }')
    assert found["controlPlane"]["configuration"] == {
        "mode": "zone",
        "store": {"postgres": {"password": MASK, "user": "kuma"}},
        "a": [{"clientSecret": MASK, "token": "", "bootstrapAdminToken": True}],
        "b": {"password": "*****", "tokenFile": "/run/token"},
    }


DEEP = b'{"mtls":' + b'{"a":' * 900 + b"1" + b"}" * 901


async def test_configuration_that_is_nested_too_deep_is_named_as_broken() -> None:
    answers = {"/config": said(DEEP)}
    async with graph({"cp": Canned(answers)}) as one:
        found = await one.answer('{ controlPlane(name: "cp") { configuration } }')
    assert found["data"] == {"controlPlane": {"configuration": None}}
    assert found["errors"][0]["extensions"]["code"] == "UPSTREAM_BAD_RESPONSE"
