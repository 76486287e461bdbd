from typing import Any

import pytest
import strawberry

from gateway.app import create_gateway
from gateway.errors import BadUserInput, UpstreamUnavailable
from gateway.schema.context import Context, Info, asks
from gateway.settings import OperationSettings, Settings, UpstreamSettings
from gateway.upstreams.base import Adapter, Operation, Viewer
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import graph
from tests.upstreams.kuma.canned import Canned, kuma
from tests.upstreams.nginx_service_mesh.edge import settings, shop

DOCUMENT = """
  fragment Named on Item { name ...More }
  fragment More on Item { inner { ...Named } }
  fragment Wanted on Item { status }
  query ($yes: Boolean!) { item { %s } }
"""


@strawberry.type
class Item:
    name: str = "x"
    status: str = "ok"

    @strawberry.field
    def inner(self) -> "Item | None":
        return None


@strawberry.type
class Query:
    @strawberry.field
    def item(self, info: strawberry.Info[dict[str, Any], None]) -> Item:
        found: Info = info  # type: ignore[assignment]
        info.context["asked"] = asks(found, frozenset({"status", "insight"}))
        return Item()


SCHEMA = strawberry.Schema(Query)


@pytest.mark.parametrize(
    ("selection", "asked"),
    [
        ("name", False),
        ("status", True),
        ("renamed: status", True),
        ("status: name", False),
        ("inner { inner { status } }", True),
        ("... on Item { name }", False),
        ("... on Item { inner { status } }", True),
        ("... { status }", True),
        ("...Named", False),
        ("...Named ...Wanted", True),
        ("inner { ...Wanted }", True),
        ("name @include(if: $yes)", False),
    ],
)
def test_a_selection_asks_for_a_field_at_any_depth(selection: str, asked: bool) -> None:
    used = {"Named": "Named" in selection, "Wanted": "Wanted" in selection}
    document = DOCUMENT % f"name @include(if: $yes) {selection}"
    for name, is_used in used.items():
        if not is_used:
            document = "\n".join(
                line for line in document.splitlines() if f"fragment {name} " not in line
            )
    if not used["Named"]:
        document = "\n".join(line for line in document.splitlines() if "fragment More" not in line)
    document = document.replace("{ inner { ...Named } }", "{ inner { name } }")
    context: dict[str, Any] = {}
    result = SCHEMA.execute_sync(document, {"yes": True}, context)
    assert result.errors is None
    assert context["asked"] is asked


def context(**upstreams: Adapter) -> Context:
    operation = Operation(Viewer(), seconds=10, calls=100)
    return Context(dict(sorted(upstreams.items())), operation, OperationSettings())


def plane(version: str, name: str) -> Adapter:
    return kuma(Canned(version=version), name=name)


def down(name: str) -> Adapter:
    return kuma(Canned({"/": UpstreamUnavailable("refused")}), name=name)


async def test_upstreams_are_chosen_by_name_or_all_in_the_order_of_their_names() -> None:
    one = context(b=plane("2.14.3", "b"), a=plane("2.14.3", "a"))
    assert [found.name for found in one.chosen(None)] == ["a", "b"]
    assert [found.name for found in one.chosen("b")] == ["b"]
    with pytest.raises(BadUserInput, match="no control plane is called 'c'; there are: a, b"):
        one.chosen("c")


async def test_the_only_control_plane_that_can_be_meant_needs_no_name() -> None:
    single = context(a=down("a"))
    assert (await single.only(None, "Levitation")).name == "a"
    two = context(old=plane("1.8.8", "old"), new=plane("2.14.3", "new"))
    assert (await two.only(None, "MeshTimeout")).name == "new"
    assert (await two.only("old", "MeshTimeout")).name == "old"


async def test_where_several_can_be_meant_their_names_are_told() -> None:
    two = context(old=plane("1.8.8", "old"), new=plane("2.14.3", "new"))
    with pytest.raises(BadUserInput, match=r"several control planes could be meant.*: new, old"):
        await two.only(None, "Retry")


async def test_a_control_plane_that_does_not_answer_may_be_meant_as_well() -> None:
    two = context(down=down("down"), new=plane("2.14.3", "new"))
    with pytest.raises(BadUserInput, match="name one of: down, new"):
        await two.only(None, "MeshTimeout")


async def test_a_kind_that_none_stores_is_unsupported() -> None:
    planes = {"a": FakeKuma("2.14.3").transport(), "b": FakeKuma("2.14.3").transport()}
    query = '{ policy(kind: "Levitation", mesh: "m", name: "x") { name } }'
    async with graph(planes) as one:
        found = await one.answer(query)
    [error] = found["errors"]
    assert error["extensions"]["code"] == "UNSUPPORTED"
    assert "no control plane stores the kind 'Levitation'" in error["message"]


async def test_each_operation_has_loaders_of_its_own() -> None:
    upstream = UpstreamSettings(name="a", product="kuma", url="http://cp.example.com")
    gateway = create_gateway(Settings(upstreams=(upstream,)), {"a": FakeKuma("2.14.3").transport()})
    upstreams = {one.name: one for one in gateway.upstreams}
    first, second = (
        Context(upstreams, Operation(Viewer(), 10, 10), OperationSettings()) for _ in range(2)
    )
    assert first.loaders is not second.loaders


async def test_a_write_goes_to_whom_it_can_be_meant_for() -> None:
    fake = FakeKuma("2.6.1")
    transports = {"kuma": fake.transport(), "edge": shop().transport()}
    document = """mutation { applyPolicy(input: { kind: "RateLimit", mesh: "default", name: "a",
      spec: { sources: [], destinations: [], conf: { http: { requests: 1, interval: "1s" } } } })
      { outcome } }"""
    async with graph(transports, others={"edge": settings()}) as one:
        await one.answer(document)
        assert {sent.upstream for sent in one.sent()} == {"kuma"}
        found = await one.answer('{ policies(filter: { kind: "RateLimit" }) { totalCount } }')
        assert found["data"]["policies"]["totalCount"] >= 1


async def test_a_noun_that_several_products_have_needs_a_control_plane() -> None:
    transports = {"kuma": FakeKuma("2.14.3").transport(), "edge": shop().transport()}
    async with graph(transports, others={"edge": settings()}) as one:
        found = await one.answer('{ mesh(name: "default") { name } }')
        assert "name one of: edge, kuma" in found["errors"][0]["message"]
        found = await one.answer('{ mesh(name: "default", controlPlane: "kuma") { name } }')
        assert found["data"]["mesh"] == {"name": "default"}
        found = await one.answer('{ zone(name: "default") { name } }')
        assert found["data"]["zone"] == {"name": "default"}


async def test_what_one_product_has_is_asked_of_that_product() -> None:
    query = "query ($to: String) { nginxServiceMesh(controlPlane: $to) { generation } }"
    transports = {"kuma": FakeKuma("2.14.3").transport(), "edge": shop().transport()}
    async with graph(transports, others={"edge": settings()}) as one:
        assert await one.data(query) == {"nginxServiceMesh": {"generation": "1.4"}}
        found = await one.answer(query, to="kuma")
        assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert "kuma is not of the product nginx-service-mesh" in found["errors"][0]["message"]
    async with graph({"kuma": FakeKuma("2.14.3").transport()}) as one:
        found = await one.answer(query)
        assert found["errors"][0]["extensions"]["code"] == "UNSUPPORTED"
        assert "no control plane of the product nginx-service-mesh" in found["errors"][0]["message"]
