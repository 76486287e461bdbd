from typing import Any

import pytest

from tests.graph import graph
from tests.replay import snapshot
from tests.upstreams.kuma.canned import Canned, said

AT = "/meshes/shop/dataplanes/web-1"
DATAPLANE = {"type": "Dataplane", "mesh": "shop", "name": "web-1", "networking": {}}


async def asked(selection: str, answers: dict[str, Any], version: str = "2.14.3") -> Any:
    transport = Canned({AT: DATAPLANE, **answers}, version=version)
    query = f"""{{ dataplane(mesh: "shop", name: "web-1") {{
      name ... on KumaDataplane {{ {selection} }} }} }}"""
    async with graph({"prod": transport}, retries=0) as one:
        return await one.answer(query)


async def test_what_a_proxy_tells_is_shown_as_it_is() -> None:
    found = await asked(
        "xds all: xds(endpoints: true) stats counted: stats(all: true) clusters",
        {
            f"{AT}/xds": {"configs": [1]},
            f"{AT}/xds?include_eds=true": {"configs": [1, 2]},
            f"{AT}/stats": b"server.live: 1\n",
            f"{AT}/stats?usedonly=false": b"server.live: 1\nunused: 0\n",
            f"{AT}/clusters": b"kuma::default\n",
        },
    )
    assert found["data"]["dataplane"] == {
        "name": "web-1",
        "xds": {"configs": [1]},
        "all": {"configs": [1, 2]},
        "stats": "server.live: 1\n",
        "counted": "server.live: 1\nunused: 0\n",
        "clusters": "kuma::default\n",
    }


async def test_a_proxy_that_cannot_be_reached_costs_its_own_fields() -> None:
    query = """{ dataplane(mesh: "bank", name: "accounts-01") {
      status ... on KumaDataplane { xds stats layout { kri } } } }"""
    async with graph({"prod": snapshot("2.14.3")}, retries=0) as one:
        found = await one.answer(query)
    assert found["data"]["dataplane"] == {
        "status": "ONLINE",
        "xds": None,
        "stats": None,
        "layout": {"kri": "kri_dp_bank_default__accounts-01_"},
    }
    assert [(one["path"][-1], one["extensions"]["code"]) for one in found["errors"]] == [
        ("xds", "PROXY_UNREACHABLE"),
        ("stats", "PROXY_UNREACHABLE"),
    ]


async def test_keys_in_a_configuration_are_masked() -> None:
    secret = {"tlsCertificate": {"privateKey": {"inlineBytes": "S0VZ"}}}
    patch = [
        {"op": "add", "path": "/secrets/0/tlsCertificate/privateKey/inlineBytes", "value": "S0VZ"},
        {"op": "add", "path": "/clusters/0/name", "value": "a"},
    ]
    found = await asked(
        "config(shadow: true) { xds diff } xds",
        {
            f"{AT}/_config?shadow=true&include=diff": {"xds": secret, "diff": patch},
            f"{AT}/xds": {"dynamic_secrets": [{"private_key": {"inline_string": "KEY"}}]},
        },
    )
    config = found["data"]["dataplane"]["config"]
    masked = "(masked by meshgate)"
    assert config["xds"] == {"tlsCertificate": {"privateKey": {"inlineBytes": masked}}}
    assert [one["value"] for one in config["diff"]] == [masked, "a"]
    assert "KEY" not in str(found)
    assert "S0VZ" not in str(found)


async def test_what_a_version_does_not_have_is_an_error_of_its_field() -> None:
    found = await asked("layout { kri } xds", {f"{AT}/xds": said({})}, version="2.5.0")
    assert found["data"]["dataplane"] == {"name": "web-1", "layout": None, "xds": {}}
    [error] = found["errors"]
    assert error["extensions"]["code"] == "UNSUPPORTED"
    assert error["message"] == (
        "prod: layout needs Kuma 2.12 or later; this control plane is 2.5.0"
    )


@pytest.mark.parametrize("selection", ["config { xds }", "layout { kri }", "rules { warnings }"])
async def test_what_is_gone_by_then_is_null(selection: str) -> None:
    absent = said({"title": "Could not retrieve", "detail": "Not found"}, 404)
    last = {"c": "_config", "l": "_layout", "r": "_rules"}[selection[0]]
    found = await asked(selection, {f"{AT}/{last}": absent, f"{AT}/policies": absent})
    assert found == {"data": {"dataplane": {"name": "web-1", selection.split()[0]: None}}}
