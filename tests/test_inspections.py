import asyncio

import pytest

from gateway.errors import ProxyUnreachable
from gateway.inspections import Inspections
from gateway.model.inspection import Inspection, View
from gateway.model.resources import ResourceKey
from tests.recorded import recording
from tests.upstreams.kuma.canned import Canned, kuma, operation

KEY = ResourceKey("prod", "Dataplane", "shop", "web-1")
LAYOUT = Inspection(View.LAYOUT, KEY)
PATH = "/meshes/shop/dataplanes/web-1"


async def test_an_operation_asks_the_same_once() -> None:
    transport = Canned({f"{PATH}/_layout": {"kri": "kri_a"}})
    found = Inspections({"prod": kuma(transport)}, operation())
    first, second = await asyncio.gather(found.found(LAYOUT), found.found(LAYOUT))
    assert first is second is await found.found(LAYOUT)
    assert transport.paths().count(f"{PATH}/_layout") == 1


async def test_a_failure_meets_everyone_who_asks() -> None:
    answer = recording("2.14.3").one("09-inspect/bank-accounts-01/xds").answer()
    transport = Canned({f"{PATH}/xds": answer})
    found = Inspections({"prod": kuma(transport)}, operation())
    for _ in range(2):
        with pytest.raises(ProxyUnreachable):
            await found.found(Inspection(View.XDS, KEY))
    assert transport.paths().count(f"{PATH}/xds") == 1


async def test_who_leaves_does_not_take_the_answer_along() -> None:
    transport = Canned({f"{PATH}/_layout": {"kri": "kri_a"}})
    found = Inspections({"prod": kuma(transport)}, operation())
    transport.gate.clear()
    gone = asyncio.create_task(found.found(LAYOUT))
    await asyncio.sleep(0)
    gone.cancel()
    transport.gate.set()
    assert (await found.found(LAYOUT)).kri == "kri_a"
