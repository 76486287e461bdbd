from typing import Any

import pytest

from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import graph
from tests.replay import snapshot
from tests.upstreams.kuma.canned import Canned, listed, said

FORTH = "{ services(first: 1000) { nodes { id dataplanes(first: 1000) { nodes { id } } } } }"
BACK = "{ dataplanes(first: 1000) { nodes { id services { id } } } }"


@pytest.mark.parametrize(
    ("version", "pairs"), [("1.1.6", 88), ("1.8.8", 87), ("2.14.3", 88), ("3.0.0-dev", 26)]
)
async def test_services_lead_to_dataplanes_and_these_lead_back(version: str, pairs: int) -> None:
    async with graph({"prod": snapshot(version)}) as one:
        services = (await one.data(FORTH))["services"]["nodes"]
        dataplanes = (await one.data(BACK))["dataplanes"]["nodes"]
    forth = {
        (service["id"], dataplane["id"])
        for service in services
        for dataplane in (service["dataplanes"] or {"nodes": ()})["nodes"]
    }
    back = {
        (service["id"], dataplane["id"])
        for dataplane in dataplanes
        for service in dataplane["services"]
    }
    assert back == forth
    assert len(back) == pairs


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ({"dataplaneRef": {"name": "web-1"}}, ["web-1"]),
        ({"dataplaneLabels": {"matchLabels": {"app": "web"}}}, ["web-1", "web-2"]),
        ({"dataplaneLabels": {"matchLabels": {"app": "web", "stage": "prod"}}}, ["web-2"]),
        ({"dataplaneLabels": {"matchLabels": {}}}, ["gw", "web-1", "web-2"]),
        ({"dataplaneTags": {"kuma.io/service": "web"}}, ["web-1", "web-2"]),
        ({"dataplaneTags": {"kuma.io/service": "web", "version": "2"}}, ["web-2"]),
        ({"dataplaneTags": {}}, []),
        ({}, []),
    ],
)
async def test_a_mesh_service_is_offered_by_whom_it_chooses(
    selector: dict[str, Any], names: list[str]
) -> None:
    fake = FakeKuma("2.14.3")
    for name, labels, tags in (
        ("web-1", {"app": "web"}, {"version": "1"}),
        ("web-2", {"app": "web", "stage": "prod"}, {"version": "2"}),
    ):
        inbound = {"port": 80, "tags": {"kuma.io/service": "web", **tags}}
        network = {"address": "10.0.0.1", "inbound": [inbound]}
        fake.put("Dataplane", name, {"labels": labels, "networking": network}, "default")
    gateway = {"address": "10.0.0.2", "gateway": {"tags": {"kuma.io/service": "gw"}}}
    fake.put("Dataplane", "gw", {"networking": gateway}, "default")
    fake.put("MeshService", "chosen", {"spec": {"selector": selector}}, "default")
    async with graph({"prod": fake.transport()}) as one:
        found = (await one.data("{ dataplanes { nodes { name services { name } } } }"))[
            "dataplanes"
        ]
    assert [row["name"] for row in found["nodes"] if {"name": "chosen"} in row["services"]] == names


async def test_a_service_that_cannot_be_read_is_an_error_of_whom_it_may_choose() -> None:
    dataplane = {"type": "Dataplane", "mesh": "m", "name": "web-1", "networking": {}}
    broken = {"type": "MeshService", "mesh": "m", "name": "bad", "spec": 5}
    transport = Canned(
        {"/dataplanes": listed([dataplane]), "/meshes/m/meshservices": listed([broken])},
        version="2.14.3",
    )
    async with graph({"prod": transport}) as one:
        found = await one.answer("{ dataplanes { nodes { name services { name } } } }")
    assert found["data"]["dataplanes"]["nodes"] == [{"name": "web-1", "services": None}]
    assert [error["extensions"]["code"] for error in found["errors"]] == ["UPSTREAM_BAD_RESPONSE"]


NAMED = """{ dataplanes(filter: { service: "web" }) {
  totalCount nodes { name } failures { code } } }"""


async def test_a_service_is_asked_for_by_mesh_service_where_there_are_no_tags() -> None:
    fake = FakeKuma("3.0.0")
    for name, app in (("web-1", "web"), ("api-1", "api")):
        network = {"address": "10.0.0.1", "inbound": [{"port": 80}]}
        fake.put("Dataplane", name, {"labels": {"app": app}, "networking": network}, "default")
    selector = {"dataplaneLabels": {"matchLabels": {"app": "web"}}}
    fake.put("MeshService", "web", {"spec": {"selector": selector}}, "default")
    async with graph({"prod": fake.transport()}) as one:
        found = (await one.data(NAMED))["dataplanes"]
        assert all("tag=" not in sent.target for sent in one.sent())
    assert found == {"totalCount": 1, "nodes": [{"name": "web-1"}], "failures": []}


async def test_without_the_mesh_services_nobody_is_behind_a_service() -> None:
    absent = said({"title": "Could not retrieve resources"}, 500)
    transport = Canned({"/dataplanes": listed([]), "/meshservices": absent}, version="3.0.0")
    async with graph({"prod": transport}, retries=0) as one:
        found = (await one.answer(NAMED))["data"]["dataplanes"]
    assert found == {"totalCount": 0, "nodes": [], "failures": [{"code": "UPSTREAM_UNAVAILABLE"}]}


async def test_a_control_plane_that_has_no_mesh_services_costs_no_other_service() -> None:
    inbound = {"port": 80, "tags": {"kuma.io/service": "web"}}
    network = {"address": "10.0.0.1", "inbound": [inbound]}
    dataplane = {"type": "Dataplane", "mesh": "default", "name": "web-1", "networking": network}
    insight = {"type": "ServiceInsight", "mesh": "default", "name": "web", "status": "online"}
    canned = Canned({"/dataplanes": listed([dataplane]), "/service-insights": listed([insight])})
    canned.answers["/meshes/default/service-insights/web"] = insight
    async with graph({"prod": canned}) as one:
        found = await one.data("{ dataplanes { nodes { services { name } } } }")
    assert found["dataplanes"]["nodes"] == [{"services": [{"name": "web"}]}]
    assert any("meshservices" in path for _, path in canned.asked)
