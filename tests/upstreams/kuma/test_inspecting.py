import asyncio
from typing import Any

import pytest

from gateway.errors import (
    BudgetExceeded,
    ProxyUnreachable,
    Unsupported,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.model.inspection import DEAR, Inspection, View
from gateway.model.resources import ResourceKey
from gateway.settings import UpstreamSettings
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.kuma import Kuma
from tests.recorded import recording
from tests.upstreams.kuma.canned import ABSENT, Canned, kuma, operation, said

DATAPLANE = ResourceKey("prod", "Dataplane", "shop", "web-1")
AT = "/meshes/shop/dataplanes/web-1"


def dataplanes(*names: str, following: str | None = None) -> dict[str, Any]:
    items = [{"type": "Dataplane", "mesh": "shop", "name": name} for name in names]
    return {"items": items, "total": 3} | ({"next": following} if following else {})


async def test_the_dataplanes_of_a_policy_are_read_page_by_page() -> None:
    path = "/meshes/shop/meshretries/r/_resources/dataplanes"
    transport = Canned(
        {
            f"{path}?size=1000": dataplanes("a", "b", following="http://x/y?offset=2&size=1000"),
            f"{path}?size=1000&offset=2": dataplanes("c"),
        }
    )
    key = ResourceKey("prod", "MeshRetry", "shop", "r")
    found = await kuma(transport).inspect(Inspection(View.AFFECTED, key), operation())
    assert [one.name for one in found] == ["a", "b", "c"]


async def test_the_oldest_endpoint_has_one_page() -> None:
    path = "/meshes/shop/retries/r/dataplanes"
    items = [{"dataplane": {"mesh": "shop", "name": "a"}, "attachments": []}]
    transport = Canned({path: {"total": 1, "items": items}}, version="1.8.8")
    key = ResourceKey("prod", "Retry", "shop", "r")
    found = await kuma(transport).inspect(Inspection(View.AFFECTED, key), operation())
    assert [one.name for one in found] == ["a"]
    assert ("GET", path) in transport.asked


@pytest.mark.parametrize("view", [View.RULES, View.LAYOUT, View.CONFIG, View.XDS])
async def test_what_is_gone_is_none(view: View) -> None:
    transport = Canned()
    transport.otherwise = ABSENT
    assert await kuma(transport).inspect(Inspection(view, DATAPLANE), operation()) is None


async def test_one_of_two_endpoints_may_be_missing() -> None:
    transport = Canned({f"{AT}/_rules": {"rules": [{"type": "MeshRetry", "warnings": ["odd"]}]}})
    found = await kuma(transport).inspect(Inspection(View.RULES, DATAPLANE), operation())
    assert found.warnings == ("MeshRetry: odd",)


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("09-inspect/bank-accounts-01/xds", View.XDS),
        ("09-inspect/bank-accounts-01/stats", View.STATS),
        ("09-inspect/bank-accounts-01/clusters", View.CLUSTERS),
        ("10-multizone/global-dataplane-xds", View.XDS),
        ("10-multizone/global-dataplane-clusters", View.CLUSTERS),
    ],
)
async def test_a_proxy_that_cannot_be_reached_is_named_and_its_address_is_not(
    name: str, view: View
) -> None:
    answer = recording("2.14.3").one(name).answer()
    transport = Canned({f"{AT}/{view}": answer})
    with pytest.raises(ProxyUnreachable) as caught:
        await kuma(transport).inspect(Inspection(view, DATAPLANE), operation())
    assert caught.value.message == "prod: the control plane cannot reach the proxy web-1"
    assert caught.value.extensions() == {
        "code": "PROXY_UNREACHABLE",
        "retryable": True,
        "upstream": "prod",
        "status": answer.status,
    }


@pytest.mark.parametrize(
    ("name", "view", "last", "words"),
    [
        ("09-inspect/shop-backend-01/layout", View.LAYOUT, "_layout", "Exclusive alone"),
        ("09-inspect/shop-backend-01/policies-by-kri", View.POLICIES, "_policies", "Exclusive"),
        ("10-multizone/global-dataplane-config", View.CONFIG, "_config", "control plane of the"),
    ],
)
async def test_what_a_mode_does_not_tell_is_unsupported(
    name: str, view: View, last: str, words: str
) -> None:
    transport = Canned({f"{AT}/{last}": recording("2.14.3").one(name).answer()})
    with pytest.raises(Unsupported, match=words):
        await kuma(transport).inspect(Inspection(view, DATAPLANE), operation())


async def test_another_fault_of_the_control_plane_is_its_own() -> None:
    transport = Canned({f"{AT}/xds": said({"title": "Boom"}, 500)})
    with pytest.raises(UpstreamUnavailable, match="Boom"):
        await kuma(transport).inspect(Inspection(View.XDS, DATAPLANE), operation())


async def test_what_a_proxy_tells_is_dear() -> None:
    transport = Canned({f"{AT}/stats": b"server.live: 1\n", f"{AT}/_layout": {"kri": "kri_a"}})
    asking = operation(calls=50)
    upstream = kuma(transport)
    await upstream.inspect(Inspection(View.LAYOUT, DATAPLANE), asking)
    assert asking.calls_left == 49
    assert await upstream.inspect(Inspection(View.STATS, DATAPLANE), asking) == "server.live: 1\n"
    assert asking.calls_left == 49 - DEAR
    with pytest.raises(BudgetExceeded):
        await upstream.inspect(Inspection(View.STATS, DATAPLANE), operation(calls=DEAR - 2))


def in_time(transport: Canned, timeout: float = 5.0, proxy_timeout: float = 3.0) -> Kuma:
    """A control plane with such times, in seconds, for what it is asked."""
    settings = UpstreamSettings(
        name="prod",
        product="kuma",
        url="http://cp.example.com",
        timeout=timeout,
        proxy_timeout=proxy_timeout,
        retries=0,
    )
    client = Client(settings, transport, Credentials(settings.auth, upstream="prod"))
    return Kuma(settings, client)


async def test_a_proxy_has_a_time_of_its_own() -> None:
    transport = Canned({f"{AT}/xds": {}, f"{AT}/_layout": {"kri": "kri_a"}})
    upstream = in_time(transport, proxy_timeout=0.01)
    await upstream.control_plane(operation())
    transport.gate.clear()
    layout = asyncio.create_task(upstream.inspect(Inspection(View.LAYOUT, DATAPLANE), operation()))
    with pytest.raises(UpstreamTimeout, match=r"the proxy web-1 told nothing within 0\.01 s"):
        await upstream.inspect(Inspection(View.XDS, DATAPLANE), operation())
    transport.gate.set()
    assert (await layout).kri == "kri_a"


async def test_the_time_of_a_proxy_may_be_longer_than_that_of_its_control_plane() -> None:
    transport = Canned({f"{AT}/xds": {}})
    upstream = in_time(transport, timeout=0.05)
    await upstream.control_plane(operation())
    transport.gate.clear()
    asyncio.get_running_loop().call_later(0.2, transport.gate.set)
    assert await upstream.inspect(Inspection(View.XDS, DATAPLANE), operation()) is not None


async def test_zone_ingresses_are_asked_below_their_newer_path() -> None:
    transport = Canned({"/zoneingresses/in-1/stats": b"up: 1"}, version="1.8.8")
    key = ResourceKey("prod", "ZoneIngress", None, "in-1")
    assert await kuma(transport).inspect(Inspection(View.STATS, key), operation()) == "up: 1"
