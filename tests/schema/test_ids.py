from base64 import urlsafe_b64encode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadUserInput
from gateway.model.resources import Resource, ResourceKey, Stored
from gateway.schema.ids import cursor, cursor_place, node_id, position, resource_key
from gateway.upstreams.kuma.fake import FakeKuma
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph

TEXT = st.text(max_size=30).filter(lambda text: text.isprintable())
KEYS = st.builds(ResourceKey, TEXT, TEXT, st.none() | TEXT, TEXT)
PLACES = st.tuples(TEXT, TEXT, TEXT, TEXT)


def encoded(content: object) -> str:
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    return urlsafe_b64encode(body).decode()


NO_IDS = [
    "",
    "x",
    "=",
    "not an id",
    "größe",
    "\ud800",
    "\x00",
    "A" * 100_000,
    *map(
        encoded,
        (
            b"",
            b"\xff\xfe",
            b"[" * 100_000,
            None,
            {},
            [],
            [1],
            [1, "prod", "Mesh", None],
            [1, "prod", "Mesh", None, "a", "b"],
            [2, "prod", "Mesh", None, "a"],
            [True, "prod", "Mesh", None, "a"],
            ["1", "prod", "Mesh", None, "a"],
            [1, None, "Mesh", None, "a"],
            [1, "prod", "Mesh", 7, "a"],
            [1, "prod", "Mesh", None, None],
            [1, ["prod", "", "a", "Mesh"]],
        ),
    ),
]
NO_CURSORS = [
    *NO_IDS[:8],
    *map(
        encoded,
        (
            b"\xff",
            [1],
            [1, ["prod", "", "a"]],
            [1, ["prod", "", "a", "Mesh", ""]],
            [1, ["prod", None, "a", "Mesh"]],
            [2, ["prod", "", "a", "Mesh"]],
            [1, "prod"],
            [1, "prod", "Mesh", None, "a"],
        ),
    ),
]


@settings(derandomize=True, deadline=None)
@given(KEYS)
def test_an_id_leads_back_to_its_key(key: ResourceKey) -> None:
    text = node_id(key)
    assert resource_key(text) == key
    assert resource_key(text.rstrip("=")) == key


@settings(derandomize=True, deadline=None)
@given(PLACES)
def test_a_cursor_leads_back_to_its_place(place: tuple[str, str, str, str]) -> None:
    text = cursor(place)
    assert cursor_place(text).position == place
    assert cursor_place(text.rstrip("=")).position == place


@pytest.mark.parametrize("offset", [0, 1, 2**31 - 1])
def test_a_cursor_holds_how_many_rows_went_up_to_it(offset: int) -> None:
    place = cursor_place(cursor(("cp", "m", "a", "Dataplane"), offset=offset))
    assert (place.offset, place.position) == (offset, ("cp", "m", "a", "Dataplane"))


@pytest.mark.parametrize("offset", [-1, 2**31])
def test_an_offset_that_no_list_has_is_no_cursor(offset: int) -> None:
    with pytest.raises(BadUserInput, match="is no cursor of this gateway"):
        cursor_place(cursor(("cp", "m", "a", "Dataplane"), offset=offset))


@settings(derandomize=True, deadline=None)
@given(KEYS, KEYS)
def test_two_keys_have_two_ids(one: ResourceKey, other: ResourceKey) -> None:
    assert (node_id(one) == node_id(other)) is (one == other)


def test_an_id_does_not_change_from_release_to_release() -> None:
    key = ResourceKey("prod", "Dataplane", "default", "web-1")
    assert node_id(key) == "WzEsInByb2QiLCJEYXRhcGxhbmUiLCJkZWZhdWx0Iiwid2ViLTEiXQ=="


@pytest.mark.parametrize("text", NO_IDS, ids=range(len(NO_IDS)))
def test_what_is_no_id_is_bad_input(text: str) -> None:
    with pytest.raises(BadUserInput, match="is no id of this gateway") as caught:
        resource_key(text)
    assert len(caught.value.message) < 500


@pytest.mark.parametrize("text", NO_CURSORS, ids=range(len(NO_CURSORS)))
def test_what_is_no_cursor_is_bad_input(text: str) -> None:
    with pytest.raises(BadUserInput, match="is no cursor of this gateway") as caught:
        cursor_place(text)
    assert len(caught.value.message) < 500


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(max_size=40) | st.binary(max_size=40).map(encoded))
def test_no_text_is_more_than_bad_input(text: str) -> None:
    for read in (resource_key, cursor_place):
        try:
            read(text)
        except BadUserInput:
            continue


def test_resources_stand_by_control_plane_mesh_and_name() -> None:
    def at(upstream: str, mesh: str | None, name: str, kind: str) -> tuple[str, ...]:
        content = Stored(name=name, mesh=mesh)
        return position(Resource(upstream, KINDS[kind], content, msgspec.Raw(b"{}")))

    order = [
        at("a", None, "z", "Mesh"),
        at("a", None, "z", "Zone"),
        at("a", "m", "a", "Retry"),
        at("a", "m", "a", "Timeout"),
        at("a", "n", "a", "Retry"),
        at("b", None, "a", "Mesh"),
    ]
    assert order == sorted(order)


ASKED = """query ($ids: [ID!]!) {
  nodes(ids: $ids) { __typename id ... on Resource { name } ... on ControlPlane { name } }
}"""


async def test_what_has_an_id_is_found_by_it_and_what_is_gone_is_null() -> None:
    fake = FakeKuma("2.14.3")
    fake.put("Dataplane", "web", {"networking": {"address": "10.0.0.1"}}, "default")
    keys = [
        ResourceKey("cp", "Mesh", None, "default"),
        ResourceKey("cp", "Dataplane", "default", "web"),
        ResourceKey("cp", "Dataplane", "default", "gone"),
        ResourceKey("cp", "Dataplane", "no-mesh", "web"),
        ResourceKey("elsewhere", "Mesh", None, "default"),
        ResourceKey("cp", "ControlPlane", None, "cp"),
    ]
    async with graph({"cp": fake.transport()}) as one:
        found = (await one.data(ASKED, ids=list(map(node_id, keys))))["nodes"]
    assert [one and (one["__typename"], one["name"]) for one in found] == [
        ("KumaMesh", "default"),
        ("KumaDataplane", "web"),
        None,
        None,
        None,
        ("ControlPlane", "cp"),
    ]
    assert [one and one["id"] for one in found if one] == [node_id(keys[at]) for at in (0, 1, 5)]


async def test_an_id_that_is_none_costs_its_own_place_alone() -> None:
    mesh = node_id(ResourceKey("cp", "Mesh", None, "default"))
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        found = await one.answer(ASKED, ids=["garbage", mesh])
    assert found["data"]["nodes"][0] is None
    assert found["data"]["nodes"][1]["name"] == "default"
    [error] = found["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["nodes", 0], "BAD_USER_INPUT")
