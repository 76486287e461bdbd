"""Each filter over each version's snapshot: the same set, whoever applied it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from gateway.upstreams.base import Answer, Transport
from tests.graph import Graph, graph
from tests.recorded import Exchange, canonical, recording
from tests.replay import snapshot

VERSIONS = ("0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev")
TEAM = [{"key": "team", "value": "edge"}]
SERVICE = "kuma.io/service"


def tag(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value}


DATAPLANES: dict[str, dict[str, Any]] = {
    "all": {},
    "name contains": {"name": {"contains": "st-p"}},
    "name equals": {"name": {"equals": "backend-01"}},
    "name begins": {"name": {"prefix": "st-"}},
    "name one of": {"name": {"anyOf": ["st-online", "cart-01", "nobody"]}},
    "name of one": {"name": {"anyOf": ["st-online"]}},
    "name at once": {"name": {"prefix": "st-", "contains": "never"}},
    "labels": {"labels": TEAM},
    "tag exactly": {"tags": [tag(SERVICE, "auth")]},
    "tags of one inbound": {"tags": [tag(SERVICE, "auth-admin"), tag("version", "1")]},
    "tags of two inbounds": {"tags": [tag(SERVICE, "auth-admin"), tag("version", "2")]},
    "tag of any value": {"tags": [tag("version", "*")]},
    "online": {"status": ["ONLINE"]},
    "not online": {"status": ["OFFLINE", "PARTIALLY_DEGRADED"]},
    "of no status": {"status": []},
    "zone": {"zone": "default"},
    "any gateway": {"gateway": "ANY"},
    "no gateway": {"gateway": "NONE"},
    "builtin": {"gateway": "BUILTIN"},
    "delegated": {"gateway": "DELEGATED"},
    "service": {"service": "auth"},
    "service beside a tag": {"service": "auth-admin", "tags": [tag("version", "2")]},
    "kuma-dp": {"version": {"kumaDp": {"prefix": "1."}}},
    "envoy": {"version": {"envoy": {"contains": "."}}},
    "both": {"version": {"envoy": {"contains": "."}, "kumaDp": {"anyOf": ["2.14.3", "1.8.8"]}}},
    "certificate ends": {"certificateExpiringWithin": "876000h"},
    "certificate ended": {"certificateExpiringWithin": "-876000h"},
    "mesh": {"mesh": "bank", "name": {"contains": "01"}},
    "product": {"product": "KUMA", "name": {"contains": "01"}},
    "several": {"gateway": "NONE", "name": {"prefix": "st-"}, "status": ["ONLINE"]},
}
POLICIES: dict[str, dict[str, Any]] = {
    "all": {},
    "kind": {"kind": "TrafficPermission"},
    "name": {"name": {"contains": "all"}},
    "labels": {"labels": [tag("kuma.io/policy-role", "system")]},
    "for a mesh": {"target": {"kind": "Mesh"}},
    "for one": {"target": {"name": {"contains": "a"}}},
    "service": {"service": "backend"},
}
SERVICES: dict[str, dict[str, Any]] = {
    "all": {},
    "name": {"name": {"prefix": "auth"}},
    "status": {"status": ["OFFLINE", "NOT_AVAILABLE"]},
    "zone": {"zone": "default"},
}
ZONES: dict[str, dict[str, Any]] = {
    "all": {},
    "name": {"name": {"contains": "e"}},
    "status": {"status": ["OFFLINE", "DISABLED"]},
}
MESHES: dict[str, dict[str, Any]] = {"all": {}, "name": {"name": {"prefix": "s"}}}
ROOTS = {
    "dataplanes": ("DataplaneFilter", DATAPLANES),
    "policies": ("PolicyFilter", POLICIES),
    "services": ("ServiceFilter", SERVICES),
    "zones": ("ZoneFilter", ZONES),
    "meshes": ("MeshFilter", MESHES),
}
CASES = [(root, name) for root, (_, cases) in ROOTS.items() for name in cases]


class Deaf:
    """A control plane that takes no notice of the filters in a query."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        query = [pair for pair in parse_qsl(urlsplit(url).query) if pair[0] in ("size", "offset")]
        plain = f"{url.partition('?')[0]}?{urlencode(query)}"
        return await self._inner.send(method, plain, headers, body)

    async def close(self) -> None:
        await self._inner.close()


async def found(one: Graph, root: str, chosen: dict[str, Any], fields: str = "id") -> list[str]:
    """The ids of what a filter leaves; the total says how many they are."""
    query = f"""query ($filter: {ROOTS[root][0]}) {{
      found: {root}(filter: $filter, first: 1000) {{ totalCount nodes {{ {fields} }} }}
    }}"""
    data = (await one.data(query, filter=chosen))["found"]
    assert data["totalCount"] == len(data["nodes"])
    return [node["id"] for node in data["nodes"]]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("root", "name"), CASES)
async def test_a_filter_leaves_the_same_whoever_applies_it(
    version: str, root: str, name: str
) -> None:
    chosen = ROOTS[root][1][name]
    async with graph({"cp": snapshot(version)}) as one:
        pushed = await found(one, root, chosen)
        overviews = root in ("dataplanes", "zones") and await found(one, root, chosen, "id status")
        asked = [sent.target for sent in one.sent()]
    async with graph({"cp": Deaf(snapshot(version))}) as one:
        assert await found(one, root, chosen) == pushed == (overviews or pushed)
    parameters = {key for target in asked for key, _ in parse_qsl(urlsplit(target).query)}
    assert version >= "2" or parameters <= {"size", "offset", "tag", "gateway"}


COUNTS = {
    "name begins": (13, 13, 13, 14, 13),
    "labels": (0, 0, 0, 27, 27),
    "tag exactly": (6, 6, 6, 6, 0),
    "tags of one inbound": (6, 6, 6, 6, 0),
    "tags of two inbounds": (0, 0, 0, 0, 0),
    "tag of any value": (0, 0, 0, 0, 0),
    "any gateway": (4, 4, 4, 5, 1),
    "builtin": (0, 0, 2, 3, 0),
    "service": (6, 6, 6, 6, 6),
    "service beside a tag": (3, 3, 3, 3, 0),
}
"""How many dataplanes a filter leaves of each snapshot, counted in the recordings by hand."""


@pytest.mark.parametrize("name", COUNTS)
async def test_a_filter_leaves_as_many_as_were_counted(name: str) -> None:
    left = []
    for version in VERSIONS:
        async with graph({"cp": snapshot(version)}) as one:
            left.append(len(await found(one, "dataplanes", DATAPLANES[name])))
    assert tuple(left) == COUNTS[name]


@pytest.mark.parametrize(("root", "name"), [case for case in CASES if case[1] != "all"])
async def test_a_filter_leaves_something_out_of_some_snapshot(root: str, name: str) -> None:
    left_out = 0
    for version in VERSIONS:
        async with graph({"cp": snapshot(version)}) as one:
            every = await found(one, root, {})
            kept = await found(one, root, ROOTS[root][1][name])
        assert set(kept) <= set(every)
        left_out += len(every) - len(kept)
    assert left_out > 0 or root in ("zones", "services", "meshes")


RECORDED: dict[str, dict[str, Any]] = {
    "dataplanes-name": {"name": {"contains": "dp"}},
    "dataplanes-name-part": {"name": {"contains": "p-3"}},
    "dataplanes-name-no-match": {"name": {"equals": "zzz"}},
    "dataplanes-tag": {"tags": [tag(SERVICE, "backend")]},
    "dataplanes-tag-two": {"tags": [tag(SERVICE, "backend"), tag("version", "1")]},
    "dataplanes-filter-label": {"labels": [tag("app", "web")]},
    "dataplanes-filter-label-kuma": {"labels": [tag("kuma.io/mesh", "page-1")]},
    "dataplanes-gateway-true": {"gateway": "ANY"},
    "dataplanes-gateway-false": {"gateway": "NONE"},
    "dataplanes-gateway-builtin": {"gateway": "BUILTIN"},
    "dataplanes-gateway-delegated": {"gateway": "DELEGATED"},
}
"""Recorded lists of 2.14.3, and the filters that ask for them."""


@pytest.mark.parametrize("name", RECORDED)
async def test_a_filter_is_spelled_as_it_was_recorded(name: str) -> None:
    exchange: Exchange = recording("2.14.3").one(f"03-lists/{name}")
    async with graph({"cp": snapshot("2.14.3")}) as one:
        await found(one, "dataplanes", {"mesh": "page-1", **RECORDED[name]})
        [sent] = one.sent()
    assert canonical(sent.target) == canonical(exchange.target)
