from typing import Any

import pytest

from tests.graph import Graph, graph
from tests.replay import snapshot

QUERY = """query ($mesh: String!, $name: String!, $filter: PolicyFilter) {
  dataplane(mesh: $mesh, name: $name) {
    policies(filter: $filter) {
      kind name reasons policy { id } rules { place confs origins { name } }
    }
  }
}"""


async def policies(one: Graph, mesh: str, name: str, /, **filter: Any) -> Any:
    found = await one.data(QUERY, mesh=mesh, name=name, filter=filter or None)
    return found["dataplane"]["policies"]


@pytest.mark.parametrize(
    ("version", "mesh", "name", "places"),
    [
        (
            "1.1.6",
            "shop",
            "backend-01",
            {
                "proxytemplate-a": {"PROXY"},
                "trafficpermission-a": {"INBOUND"},
                "route-all": {"OUTBOUND"},
            },
        ),
        (
            "1.8.8",
            "shop",
            "backend-01",
            {
                "traffictrace-a": {"PROXY"},
                "faultinjection-a": {"INBOUND"},
                "trafficlog-a": {"OUTBOUND"},
            },
        ),
        (
            "2.14.3",
            "shop",
            "backend-01",
            {
                "traffictrace-a": {"PROXY"},
                "meshtrace-a": {"PROXY"},
                "mesh-timeout-all-shop": {"INBOUND", "OUTBOUND"},
                "deny-some": {"INBOUND"},
            },
        ),
        (
            "2.14.3",
            "bank",
            "accounts-01",
            {"ledger-timeouts": {"OUTBOUND"}, "meshretry-bank": {"PROXY"}},
        ),
        (
            "3.0.0-dev",
            "shop",
            "backend-01",
            {"meshtrace-a": {"PROXY"}, "mesh-timeout-all-shop": {"INBOUND"}},
        ),
    ],
)
async def test_a_dataplane_names_its_policies_and_where_they_hold(
    version: str, mesh: str, name: str, places: dict[str, set[str]]
) -> None:
    async with graph({"prod": snapshot(version)}) as one:
        found = await policies(one, mesh, name)
    by_name = {policy["name"]: policy for policy in found}
    for policy, expected in places.items():
        assert {rule["place"] for rule in by_name[policy]["rules"]} == expected
        assert by_name[policy]["reasons"]
    assert all(policy["policy"] for policy in found)
    assert [(one["name"], one["kind"]) for one in found] == sorted(
        (one["name"], one["kind"]) for one in found
    )


async def test_merged_rules_name_every_policy_that_they_were_made_of() -> None:
    async with graph({"prod": snapshot("2.14.3")}) as one:
        [found] = await policies(one, "bank", "accounts-01", name={"equals": "ledger-timeouts"})
    [rule] = found["rules"]
    [conf] = rule["confs"]
    assert conf["connectionTimeout"] == "3s"
    assert [one["name"] for one in rule["origins"]] == ["mesh-timeout-all-bank", "ledger-timeouts"]


@pytest.mark.parametrize(
    ("filter", "names", "calls"),
    [
        ({"kind": "MeshTrace"}, ["meshtrace-a"], 3),
        ({"labels": [{"key": "team", "value": "core"}]}, None, None),
        ({"name": {"contains": "trace"}}, ["meshtrace-a", "traffictrace-a"], None),
        ({"mesh": "bank"}, [], 1),
        ({"mesh": "shop", "kind": "MeshTrace"}, ["meshtrace-a"], 3),
        ({"controlPlane": "another"}, [], 1),
    ],
)
async def test_the_policies_of_a_dataplane_are_filtered(
    filter: dict[str, Any], names: list[str] | None, calls: int | None
) -> None:
    query = QUERY.replace("policy { id }", "")
    async with graph({"prod": snapshot("2.14.3")}) as one:
        found = await one.data(query, mesh="shop", name="backend-01", filter=filter)
        sent = len(one.sent())
    matched = found["dataplane"]["policies"]
    if names is None:
        assert {"meshmetric-a", "meshtrace-a"} <= {one["name"] for one in matched}
        assert "deny-some" not in {one["name"] for one in matched}
    else:
        assert [one["name"] for one in matched] == names
    assert calls in (None, sent)
