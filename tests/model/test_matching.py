"""What is worked out is held against what control planes say that tell it."""

import json
from typing import Any

import pytest

from gateway.model import matching
from gateway.model.inspection import Inspection, Rule, View
from gateway.model.pages import Listing
from gateway.model.resources import Resource, ResourceKey
from gateway.model.versions import Version
from gateway.upstreams.base import Adapter, Operation, Viewer
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.replay import snapshot

Seen = tuple[str, str, str | None, str | None, str | None, tuple[str | None, ...]]


def seen(rule: Rule) -> Seen:
    names = tuple(one.name for one in rule.origins)
    return rule.kind, rule.place, rule.section, rule.name, rule.service, names


async def policies(upstream: Adapter, asking: Operation, kind: str) -> tuple[Resource, ...]:
    return (await upstream.list(Listing("prod", kind, "shop"), asking)).rows


async def mesh(upstream: Adapter, asking: Operation) -> Resource | None:
    key = ResourceKey("prod", "Mesh", None, "shop")
    return await upstream.get(key, asking, overview=False)


@pytest.mark.parametrize(
    ("version", "name", "rules"),
    [("1.8.8", "backend-01", 17), ("1.8.8", "st-never", 4), ("2.14.3", "backend-01", 11)],
)
async def test_the_policies_of_a_dataplane_are_worked_out_as_recorded(
    version: str, name: str, rules: int
) -> None:
    async with graph({"prod": snapshot(version)}) as one:
        [upstream] = one.gateway.upstreams
        asking = Operation(Viewer(), seconds=20, calls=100)
        key = ResourceKey("prod", "Dataplane", "shop", name)
        told = await upstream.inspect(Inspection(View.RULES, key), asking)
        row = await upstream.get(key, asking, overview=False)
        metrics = matching.metrics_of(await mesh(upstream, asking))
        assert row is not None
        found = [
            rule
            for kind in matching.PLACES
            for rule in matching.rules(
                kind, await policies(upstream, asking, kind), row.content, metrics
            )
        ]
    expected = {seen(rule) for rule in told.rules if rule.kind in matching.PLACES}
    assert len(expected) == rules
    assert {seen(rule) for rule in found} == expected


@pytest.mark.parametrize(
    ("version", "kind", "name", "dataplanes"),
    [
        ("1.8.8", "Timeout", "timeout-a", 6),
        ("1.8.8", "TrafficPermission", "allow-all", 41),
        ("1.8.8", "TrafficTrace", "traffictrace-a", 41),
        ("2.14.3", "Retry", "retry-a", 6),
        ("2.14.3", "TrafficPermission", "trafficpermission-a", 8),
        ("2.14.3", "TrafficPermission", "allow-all", 42),
    ],
)
async def test_the_dataplanes_of_a_policy_are_worked_out_as_recorded(
    version: str, kind: str, name: str, dataplanes: int
) -> None:
    async with graph({"prod": snapshot(version)}) as one:
        [upstream] = one.gateway.upstreams
        asking = Operation(Viewer(), seconds=20, calls=100)
        asked = Inspection(View.AFFECTED, ResourceKey("prod", kind, "shop", name))
        told = await upstream.inspect(asked, asking)
        rows = (await upstream.list(Listing("prod", "Dataplane", "shop"), asking)).rows
        metrics = matching.metrics_of(await mesh(upstream, asking))
        every = await policies(upstream, asking, kind)
    expected = {(one.name, rule.name) for one in told for rule in one.rules}
    found = {
        (row.content.name, rule.name)
        for row in rows
        # No version that does not tell has builtin gateways.
        if not (row.content.network.gateway and row.content.network.gateway.type == "BUILTIN")
        for rule in matching.rules(kind, every, row.content, metrics)
        if rule.origins[0].name == name
    }
    assert len({name for name, _ in expected}) == dataplanes
    assert found == expected


async def test_metrics_that_are_off_add_no_inbound() -> None:
    assert matching.metrics_of(None) is None
    async with graph({"prod": snapshot("2.14.3")}) as one:
        [upstream] = one.gateway.upstreams
        key = ResourceKey("prod", "Mesh", None, "default")
        asking = Operation(Viewer(), seconds=20, calls=10)
        found = await upstream.get(key, asking, overview=False)
    assert matching.metrics_of(found) is None


def test_the_tag_of_the_first_versions_names_a_service_too() -> None:
    def read(kind: str, **members: Any) -> Resource:
        body = json.dumps({"name": "x", "mesh": "m", **members}).encode()
        return responses.resource("prod", KINDS[kind], body, version=Version(0, 6, 3))

    dataplane = read(
        "Dataplane",
        networking={
            "address": "10.0.0.1",
            "inbound": [{"port": 80, "tags": {"service": "web"}}],
            "outbound": [{"port": 81, "tags": {"service": "api"}}],
        },
    )
    route = read(
        "TrafficRoute",
        sources=[{"match": {"service": "web"}}],
        destinations=[{"match": {"service": "api"}}],
    )
    [found] = matching.rules("TrafficRoute", [route], dataplane.content, None)
    assert (found.name, found.service) == ("127.0.0.1:81", "api")
