import json
from typing import Any

import pytest

from gateway.model.resources import Resource
from gateway.schema.filters import (
    DataplaneFilter,
    LabelInput,
    MeshFilter,
    NameFilter,
    TagInput,
    keeps,
)
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.fake import FakeKuma
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.recorded import recording
from tests.replay import snapshot

WEB = {"kuma.io/service": "web", "version": "v1"}
ADMIN = {"kuma.io/service": "web-admin", "version": "v2"}


def resource(kind: str, **members: Any) -> Resource:
    body = json.dumps({"name": "web-1", "mesh": "m", **members}).encode()
    return responses.resource("prod", KINDS[kind], body)


DATAPLANE = resource(
    "Dataplane",
    labels={"team": "a", "stage": "prod"},
    dataplane={"networking": {"inbound": [{"port": 1, "tags": WEB}, {"port": 2, "tags": ADMIN}]}},
)
GATEWAY = resource("Dataplane", networking={"gateway": {"tags": WEB}})


def labels(**found: str) -> list[LabelInput]:
    return [LabelInput(key=key, value=value) for key, value in found.items()]


def tags(found: dict[str, str]) -> list[TagInput]:
    return [TagInput(key=key, value=value) for key, value in found.items()]


@pytest.mark.parametrize(
    ("equals", "contains", "kept"),
    [
        (None, None, True),
        ("web-1", None, True),
        ("web", None, False),
        ("WEB-1", None, False),
        ("", None, False),
        (None, "eb", True),
        (None, "", True),
        (None, "EB", False),
        ("web-1", "1", True),
        ("web-1", "2", False),
    ],
)
def test_a_name_is_kept_where_every_condition_holds(
    equals: str | None, contains: str | None, kept: bool
) -> None:
    chosen = MeshFilter(name=NameFilter(equals=equals, contains=contains))
    assert keeps(chosen)(resource("Mesh")) is kept


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (None, True),
        ([], True),
        (labels(team="a"), True),
        (labels(team="a", stage="prod"), True),
        (labels(team="a", stage="test"), False),
        (labels(team="A"), False),
        (labels(owner="a"), False),
        (labels(team=""), False),
        ([*labels(team="a"), *labels(team="b")], False),
    ],
)
def test_labels_all_have_to_be_there(wanted: list[LabelInput] | None, kept: bool) -> None:
    assert keeps(DataplaneFilter(labels=wanted))(DATAPLANE) is kept


@pytest.mark.parametrize(
    ("wanted", "of_dataplane", "of_gateway"),
    [
        ({}, True, True),
        ({"version": "v1"}, True, True),
        ({"version": "v2"}, True, False),
        (WEB, True, True),
        (ADMIN, True, False),
        ({"kuma.io/service": "web", "version": "v2"}, False, False),
        ({"kuma.io/service": "we"}, False, False),
        ({"kuma.io/service": "*"}, False, False),
    ],
)
def test_one_inbound_or_the_gateway_has_all_of_the_tags(
    wanted: dict[str, str], of_dataplane: bool, of_gateway: bool
) -> None:
    keep = keeps(DataplaneFilter(tags=tags(wanted)))
    assert (keep(DATAPLANE), keep(GATEWAY)) == (of_dataplane, of_gateway)


def test_a_tag_that_is_wanted_with_two_values_is_nowhere() -> None:
    wanted = [TagInput(key="version", value="v1"), TagInput(key="version", value="v2")]
    assert not keeps(DataplaneFilter(tags=wanted))(DATAPLANE)
    assert not keeps(DataplaneFilter(tags=wanted[::-1]))(DATAPLANE)


def test_without_a_filter_everything_is_kept() -> None:
    assert keeps(None)(DATAPLANE)
    assert keeps(DataplaneFilter())(DATAPLANE)


QUERY = """query ($filter: DataplaneFilter) {
  dataplanes(filter: $filter) { totalCount nodes { name mesh { name } controlPlane { name } } }
  meshes { nodes { name dataplanes(filter: $filter) { nodes { name } } } }
}"""


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (None, ["new/default/a", "new/shop/a", "old/default/a"]),
        ({"controlPlane": "old"}, ["old/default/a"]),
        ({"mesh": "shop"}, ["new/shop/a"]),
        ({"mesh": "shop", "controlPlane": "old"}, []),
        ({"mesh": "no-mesh"}, []),
        ({"name": {"equals": "b"}}, []),
    ],
)
async def test_a_filter_means_the_same_at_the_root_and_below_a_mesh(
    chosen: Any, found: list[str]
) -> None:
    new, old = FakeKuma("2.14.3"), FakeKuma("1.8.8")
    new.put("Mesh", "shop", {})
    for fake, mesh in ((new, "default"), (new, "shop"), (old, "default")):
        fake.put("Dataplane", "a", {"networking": {"address": "10.0.0.1"}}, mesh)
    async with graph({"new": new.transport(), "old": old.transport()}) as one:
        data = await one.data(QUERY, filter=chosen)
    assert [
        f"{node['controlPlane']['name']}/{node['mesh']['name']}/{node['name']}"
        for node in data["dataplanes"]["nodes"]
    ] == found
    below = [mesh["dataplanes"]["nodes"] for mesh in data["meshes"]["nodes"]]
    assert sum(map(len, below)) == len(found) == data["dataplanes"]["totalCount"]


async def test_a_control_plane_that_there_is_not_is_bad_input_that_names_those_there_are() -> None:
    async with graph({"a": FakeKuma("2.14.3").transport()}) as one:
        found = await one.answer(QUERY, filter={"controlPlane": "b"})
    assert found["errors"][0]["message"] == "no control plane is called 'b'; there are: a"
    assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("version", ["0.7.3", "1.1.6", "1.8.8"])
async def test_labels_that_a_version_does_not_have_match_nothing_and_say_why(version: str) -> None:
    labels = '{labels: [{key: "a", value: "b"}]}'
    roots = ("meshes", "dataplanes", "services", "policies", "zones")
    part = f"(filter: {labels}) {{ totalCount failures {{ controlPlane code message }} }}"
    query = "".join(f"{root}{part} " for root in roots)
    async with graph({"old": snapshot(version)}) as one:
        found = await one.data(f"{{ {query} }}")
        assert one.sent() == []
    told = f"old: labels need Kuma 2.6 or later; this control plane is {version}"
    failure = {"controlPlane": "old", "code": "UNSUPPORTED", "message": told}
    assert found == {root: {"totalCount": 0, "failures": [failure]} for root in roots}


@pytest.mark.parametrize("version", ["2.14.3", "3.0.0-dev"])
async def test_labels_are_matched_where_a_version_has_them(version: str) -> None:
    label = {"key": "kuma.io/mesh", "value": "shop"}
    async with graph({"new": snapshot(version)}) as one:
        found = await one.data(QUERY, filter={"labels": [label]})
    recorded = recording(version).snapshot["/dataplanes"]["items"]
    wanted = [item["name"] for item in recorded if item["labels"][label["key"]] == "shop"]
    assert [node["name"] for node in found["dataplanes"]["nodes"]] == wanted
    assert 0 < len(wanted) < len(recorded)
