import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from gateway.app import adapter, create_app, create_gateway
from gateway.errors import UpstreamTimeout
from gateway.execution.requests import GraphQLRequest
from gateway.model.control_planes import Product
from gateway.server.access import Access
from gateway.settings import OperationSettings, ServerSettings, Settings, UpstreamSettings
from gateway.upstreams import PRODUCTS
from gateway.upstreams.base import Operation, Viewer
from gateway.upstreams.kuma import Kuma
from gateway.upstreams.kuma.fake import FakeKuma
from tests.upstreams.kuma.canned import Canned, listed, said
from tests.upstreams.loopback import always, loopback, reply

QUERY = "{ meshes { nodes { name } failures { code } } }"


def settings(*names: str, **operations: Any) -> Settings:
    upstreams = tuple(
        UpstreamSettings(name=name, product="kuma", url=f"http://{name}.example.com")
        for name in names
    )
    return Settings(upstreams=upstreams, operations=OperationSettings(**operations))


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")


class Closing(Canned):
    """A control plane that keeps whether its connections were let go of."""

    closed = False

    async def close(self) -> None:
        self.closed = True


def test_every_product_has_an_adapter() -> None:
    assert set(PRODUCTS) == set(Product)


async def test_an_upstream_is_asked_in_its_products_way() -> None:
    one = adapter(settings("a").upstreams[0], Canned())
    assert isinstance(one, Kuma)
    assert one.name == "a"


async def test_upstreams_keep_the_order_of_the_settings() -> None:
    gateway = create_gateway(settings("b", "a"), {"a": Canned(), "b": Canned()})
    assert [one.name for one in gateway.upstreams] == ["b", "a"]


async def test_a_gateway_knows_its_upstreams_in_the_background_and_lets_go_of_them() -> None:
    transport = Closing()
    gateway = create_gateway(settings("a"), {"a": transport})
    async with gateway:
        for _ in range(50):
            await asyncio.sleep(0)
        assert gateway.upstreams[0].known(Viewer()) is not None
        assert not transport.closed
    assert transport.closed
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_all_upstreams_together_hold_only_so_many_bytes_of_answers() -> None:
    async with loopback(always(reply(b'"%b"' % (b"x" * 300_000)))) as server:
        upstreams = tuple(
            UpstreamSettings(name=name, product="kuma", url=server.url, timeout=0.2, retries=0)
            for name in "ab"
        )
        limits = OperationSettings(max_bodies=200_000)
        first, second = create_gateway(Settings(upstreams=upstreams, operations=limits)).upstreams
        assert isinstance(first, Kuma)
        assert isinstance(second, Kuma)
        operation = Operation(Viewer(), seconds=0.02, calls=10)
        held = await first.client.send("GET", "/config", operation=operation)
        with pytest.raises(UpstreamTimeout, match="deadline"):
            await second.client.send("GET", "/config", operation=operation)
        assert len(held.body) == 300_002
        del held
        await second.client.send("GET", "/config", operation=Operation(Viewer(), 1.0, calls=10))
        await asyncio.gather(first.close(), second.close())


async def test_each_request_has_a_budget_of_its_own() -> None:
    transport = Canned({"/meshes": listed([{"name": "m"}])})
    gateway = create_gateway(settings("a", max_upstream_calls=1), {"a": transport})
    for _ in range(3):
        found = await gateway.execute(GraphQLRequest(QUERY), Viewer())
        assert found["data"]["meshes"]["nodes"] == [{"name": "m"}]
    two = "{ a: meshes { totalCount } b: zones { failures { code } } }"
    found = await gateway.execute(GraphQLRequest(two), Viewer())
    assert found["data"]["b"]["failures"] == [{"code": "UPSTREAM_BUDGET_EXCEEDED"}]


async def test_a_deadline_ends_the_wait_for_an_upstream() -> None:
    transport = Canned()
    transport.gate.clear()
    gateway = create_gateway(settings("a", deadline=0.02), {"a": transport})
    found = await gateway.execute(GraphQLRequest(QUERY), Viewer())
    assert found["data"]["meshes"]["failures"] == [{"code": "UPSTREAM_TIMEOUT"}]


async def test_the_viewers_authorization_goes_to_upstreams_that_take_it_alone() -> None:
    answers = {"/meshes": listed([])}
    plain, forward = Canned(answers), Canned(answers)
    chosen = settings("plain", "forward")
    kept, other = chosen.upstreams
    auth = type(other.auth)(type="forward")
    upstreams = (kept, UpstreamSettings(name="forward", product="kuma", url=other.url, auth=auth))
    gateway = create_gateway(Settings(upstreams=upstreams), {"plain": plain, "forward": forward})
    await gateway.execute(GraphQLRequest(QUERY), Viewer(authorization="Bearer t"))
    assert set(plain.bearers) == {None}
    assert set(forward.bearers) == {"Bearer t"}


async def test_an_app_answers_graphql_and_says_how_it_is() -> None:
    chosen = Settings(
        server=ServerSettings(path="/graph", graphiql=False),
        upstreams=settings("a").upstreams,
    )
    app = create_app(chosen, {"a": FakeKuma("2.14.3").transport()})
    async with client(app) as http:
        answer = await http.post("/graph", json={"query": QUERY})
        health = await http.get("/healthz")
        elsewhere = await http.post("/graphql", json={"query": QUERY})
    assert answer.json()["data"]["meshes"]["nodes"] == [{"name": "default"}]
    assert (health.status_code, elsewhere.status_code) == (200, 404)


@pytest.mark.parametrize(("origins", "direct"), [((), True), (("https://a.example",), False)])
async def test_an_app_may_be_asked_directly_where_no_other_sites_page_may(
    origins: tuple[str, ...], direct: bool
) -> None:
    server = ServerSettings(path="/graph", cors_origins=origins)
    app = create_app(Settings(server=server, upstreams=settings("a").upstreams), {"a": Canned()})
    assert isinstance(app, Access)
    assert (app.direct is not None and app.direct.path == "/graph") is direct


@pytest.mark.parametrize("introspection", ["on", "off"])
async def test_introspection_is_as_the_settings_say(introspection: str) -> None:
    gateway = create_gateway(settings("a", introspection=introspection), {"a": Canned()})
    found = await gateway.execute(GraphQLRequest("{ __schema { types { name } } }"), Viewer())
    assert ("errors" in found) is (introspection == "off")


async def test_a_fault_of_an_upstream_tells_a_client_neither_where_nor_how() -> None:
    body = {"title": "no", "detail": "bad"}
    gateway = create_gateway(settings("a"), {"a": Canned({"/meshes": said(body, 403)})})
    result = await gateway.run(GraphQLRequest(QUERY), Viewer(authorization="Bearer secret"))
    told = result.encoded().decode()
    assert json.loads(told)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "example.com" not in told
    assert "secret" not in told
