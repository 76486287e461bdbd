"""The imitated control plane tells of the ports of a proxy as the recorded one does."""

import json
from typing import Any

import pytest

from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.fake import FakeKuma
from tests.recorded import recording

AT = "/meshes/bank/dataplanes/accounts-01"
AREA = "09-inspect/bank-accounts-01"


def bank(**options: Any) -> FakeKuma:
    """The mesh of the recording: its services, policies and the one dataplane that is asked."""
    fake = FakeKuma("2.14.3", **options)
    snapshot = recording("2.14.3").snapshot
    fake.put("Mesh", "bank", {"meshServices": {"mode": "Exclusive"}})
    for path in (
        "meshservices",
        "meshtimeouts",
        "meshretries",
        "meshcircuitbreakers",
        "meshhttproutes",
        "meshaccesslogs",
    ):
        for row in snapshot[f"/{path}"]["items"]:
            if row["mesh"] == "bank":
                fake.put(row["type"], row["name"], {"spec": row["spec"]}, "bank")
    [row] = (one for one in snapshot["/dataplanes"]["items"] if one["name"] == "accounts-01")
    fake.put(
        "Dataplane",
        row["name"],
        {"labels": row["labels"], "networking": row["networking"]},
        "bank",
    )
    return fake


async def told(fake: FakeKuma, path: str) -> Answer:
    return await fake.transport().send("GET", f"http://cp{AT}{path}", {}, None)


@pytest.mark.parametrize(
    "name",
    [
        "policies-by-kri",
        "inbound-0-policies",
        "outbound-1-policies",
        "outbound-1-routes",
        "outbound-3-policies",
        "outbound-3-routes",
        "outbound-3-route-0-policies",
        "inbound-unknown-kri",
        "inbound-bad-kri",
    ],
)
async def test_what_policies_make_of_a_port_is_told_as_recorded(name: str) -> None:
    exchange = recording("2.14.3").one(f"{AREA}/{name}")
    found = await told(bank(), exchange.target.removeprefix(AT))
    assert found.status == exchange.status

    def by_kind(body: Any) -> Any:
        lists = [body[key] for key in ("policies", "routes") if key in body]
        return sorted(lists[0], key=lambda one: str(one["kind"])) if lists else body

    assert by_kind(json.loads(found.body)) == by_kind(exchange.body)


async def test_what_is_rendered_is_told_once_a_proxy_has_connected() -> None:
    fake = bank()
    assert (await told(fake, "/_config")).status == 404
    fake.store.connect("bank", "accounts-01")
    found = await told(fake, "/_config?shadow=true&include=diff")
    assert json.loads(found.body).keys() == {"xds", "diff"}
    assert (await told(fake, "/_config?include=bogus")).status == 400
    assert (await told(bank(mode="global"), "/_config")).status == 405
