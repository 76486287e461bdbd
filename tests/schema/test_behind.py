import json
from typing import Any

import pytest

from gateway.model.resources import Resource
from gateway.schema.behind import behind
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.recorded import recording
from tests.replay import snapshot


def resource(kind: str, name: str = "web", **members: Any) -> Resource:
    body = json.dumps({"name": name, "mesh": "m", **members}).encode()
    return responses.resource("prod", KINDS[kind], body)


def dataplane(name: str, *inbounds: dict[str, str], **labels: str) -> Resource:
    inbound = [{"port": 1, "tags": tags} for tags in inbounds]
    return resource("Dataplane", name, labels=labels, networking={"inbound": inbound})


DATAPLANES = [
    dataplane("web-1", {"kuma.io/service": "web", "version": "v1"}, app="web", stage="prod"),
    dataplane("web-2", {"kuma.io/service": "api"}, {"kuma.io/service": "web"}, app="web"),
    dataplane("api-1", {"kuma.io/service": "web-api", "version": "v1"}, app="api"),
    resource("Dataplane", "gw", networking={"gateway": {"tags": {"kuma.io/service": "web"}}}),
]


@pytest.mark.parametrize(
    ("service", "names"),
    [
        (resource("ServiceInsight"), ["web-1", "web-2", "gw"]),
        (resource("ServiceInsight", "api", serviceType="internal"), ["web-2"]),
        (resource("ServiceInsight", "none"), []),
        (
            resource(
                "MeshService", spec={"selector": {"dataplaneTags": {"kuma.io/service": "web"}}}
            ),
            ["web-1", "web-2", "gw"],
        ),
        (
            resource(
                "MeshService",
                spec={"selector": {"dataplaneTags": {"kuma.io/service": "web", "version": "v1"}}},
            ),
            ["web-1"],
        ),
        (
            resource(
                "MeshService",
                spec={"selector": {"dataplaneLabels": {"matchLabels": {"app": "web"}}}},
            ),
            ["web-1", "web-2"],
        ),
        (
            resource(
                "MeshService",
                spec={
                    "selector": {
                        "dataplaneLabels": {"matchLabels": {"app": "web", "stage": "prod"}}
                    }
                },
            ),
            ["web-1"],
        ),
        (resource("MeshService", spec={"selector": {"dataplaneRef": {"name": "gw"}}}), ["gw"]),
        (resource("MeshService", spec={}), []),
    ],
)
def test_a_service_has_the_dataplanes_that_it_selects(service: Resource, names: list[str]) -> None:
    keep = behind(service)
    assert keep is not None
    assert [one.content.name for one in DATAPLANES if keep(one)] == names


@pytest.mark.parametrize(
    "service",
    [
        resource("ServiceInsight", serviceType="external"),
        resource("ExternalService"),
        resource("MeshExternalService"),
        resource("MeshMultiZoneService"),
    ],
    ids=lambda service: service.kind.name,
)
def test_what_is_outside_or_only_a_name_has_none_of_its_own(service: Resource) -> None:
    assert behind(service) is None


def test_a_service_of_one_zone_has_the_dataplanes_of_that_zone() -> None:
    selector = {"dataplaneTags": {"kuma.io/service": "web"}}
    service = resource("MeshService", labels={"kuma.io/zone": "east"}, spec={"selector": selector})
    keep = behind(service)
    assert keep is not None
    tags = {"kuma.io/service": "web"}
    rows = [
        dataplane("east-1", tags, **{"kuma.io/zone": "east"}),
        dataplane("west-1", tags, **{"kuma.io/zone": "west"}),
        dataplane("nowhere", tags),
    ]
    assert [one.content.name for one in rows if keep(one)] == ["east-1", "nowhere"]


async def test_the_dataplanes_of_a_mesh_service_are_those_that_are_recorded() -> None:
    said = recording("2.14.3").one("08-overviews/meshservice-dataplanes").body
    query = """{ service(mesh: "bank", name: "ledger") { dataplanes(first: 1000) {
      totalCount nodes { name } } } }"""
    async with graph({"prod": snapshot("2.14.3")}) as one:
        found = (await one.data(query))["service"]["dataplanes"]
    assert found["totalCount"] == said["total"]
    assert [node["name"] for node in found["nodes"]] == [item["name"] for item in said["items"]]
