"""Every list of the snapshots, read through the graph: the same items in the same order."""

from typing import Any

import msgspec
import pytest

from gateway.model.kinds import Kind, Noun
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.recorded import recording
from tests.recorded_graph.shown import WHOLE, shown
from tests.replay import snapshot

LISTS = {
    "0.7.3": 55,
    "1.1.6": 82,
    "1.8.8": 108,
    "2.14.3": 198,
    "2.14.3 Global": 12,
    "3.0.0-dev": 129,
}
"""How many lists each snapshot has."""
UNSHOWN = {
    "zoneingresses+insights": 2,
    "zoneegressoverviews": 2,
    "zoneingresses/_overview": 2,
    "zoneegresses/_overview": 2,
}
"""Overviews of zone proxies, in all snapshots together: the graph has the kinds apart."""
TWICE = {"globalsecrets": "global-secrets", "zone-ingresses": "zoneingresses"}
"""Second paths of the same list."""
OVERVIEWS = {
    "dataplanes+insights": "Dataplane",
    "dataplanes/_overview": "Dataplane",
    "zones+insights": "Zone",
    "zones/_overview": "Zone",
}
NODES = "{ totalCount failures { code } nodes { ...Whole } }"
BY_PATH = {kind.path: kind for kind in KINDS.values()}


class List(msgspec.Struct, frozen=True):
    """One recorded list: what it is of, and its body."""

    collection: str
    mesh: str | None
    body: dict[str, Any]

    @property
    def items(self) -> list[dict[str, Any]]:
        """Its items by mesh and name; 1.x says null for none of some kinds, 0.x keeps no order."""
        found = self.body["items"] or []
        return sorted(found, key=lambda item: (item.get("mesh", ""), item["name"]))

    @property
    def kind(self) -> Kind | None:
        """The kind whose path it is; None for overviews of zone proxies."""
        if self.collection in OVERVIEWS:
            return KINDS[OVERVIEWS[self.collection]]
        return BY_PATH.get(TWICE.get(self.collection, self.collection))

    def asked(self, alias: str) -> str:
        """The field of a document that asks for it."""
        kind = self.kind
        assert kind is not None
        mesh = f'mesh: "{self.mesh}"' if self.mesh else ""
        if self.collection in OVERVIEWS:
            root = f"{kind.path}(filter: {{{mesh}}}, first: 1000)"
            return (
                f"{alias}: {root} {{ totalCount failures {{ code }} nodes {{ status ...Whole }} }}"
            )
        root = f'resources(kind: "{kind.name}", first: 1000, {mesh})'
        if kind.noun is Noun.SECRET:
            root = f"secrets(first: 1000, {mesh})"
        if kind.name == "GlobalSecret":
            root = "globalSecrets(first: 1000)"
        return f"{alias}: {root} {NODES}"


def lists(name: str) -> list[List]:
    """The lists of a snapshot, found on disk."""
    version, _, of_global = name.partition(" ")
    recorded = recording(version)
    found = []
    for path, body in (recorded.snapshot_global if of_global else recorded.snapshot).items():
        if isinstance(body, dict) and "items" in body:
            words = path.removeprefix("/").split("/")
            mesh = words[1] if words[0] == "meshes" and len(words) > 2 else None
            found.append(List("/".join(words[2:] if mesh else words), mesh, body))
    return found


@pytest.mark.parametrize(("name", "count"), LISTS.items())
def test_every_list_of_the_snapshots_is_tried(name: str, count: int) -> None:
    found = lists(name)
    unshown = [one.collection for one in found if one.kind is None]
    assert len(found) == count
    assert set(unshown) <= set(UNSHOWN)


def test_only_overviews_of_zone_proxies_are_not_shown() -> None:
    found = [one.collection for name in LISTS for one in lists(name) if one.kind is None]
    assert {one: found.count(one) for one in found} == UNSHOWN


PLACES = [
    (name, mesh)
    for name in LISTS
    for mesh in sorted({one.mesh for one in lists(name)}, key=lambda one: one or "")
]


def test_every_mesh_has_its_lists() -> None:
    assert len(PLACES) == 5 + 5 + 5 + 4 + 1 + 4


@pytest.mark.parametrize(("name", "mesh"), PLACES)
async def test_a_list_holds_the_items_recorded_in_their_order(name: str, mesh: str | None) -> None:
    version, _, of_global = name.partition(" ")
    wanted = {
        f"list{n}": one
        for n, one in enumerate(lists(name))
        if one.mesh == mesh and one.kind is not None
    }
    document = "\n".join(one.asked(alias) for alias, one in wanted.items())
    async with graph({"cp": snapshot(version, of_global=bool(of_global))}) as one:
        found = await one.data(f"{{ {document} }} {WHOLE}")
        calls = [str(sent) for sent in one.sent()]
    assert len(calls) == len(set(calls))
    for alias, recorded in wanted.items():
        assert rows(found[alias]) == {
            "totalCount": len(recorded.items),
            "failures": [],
            "nodes": [shown(item) for item in recorded.items],
        }, recorded.collection


def rows(found: dict[str, Any]) -> dict[str, Any]:
    """A connection without the statuses of its nodes, of which another test tells."""
    nodes = [
        {key: value for key, value in node.items() if key != "status"} for node in found["nodes"]
    ]
    return {**found, "nodes": nodes}


ROOTS = {Noun.POLICY: "policies", Noun.SERVICE: "services", Noun.MESH: "meshes"}


def of_noun(name: str, noun: Noun, mesh: str | None) -> dict[str, Any]:
    """All recorded items of a noun's kinds, in the order of mesh, name and kind."""
    items = [
        item
        for one in lists(name)
        if one.mesh is None
        and one.collection not in TWICE
        and one.kind is not None
        and one.kind.noun is noun
        for item in one.items
        if mesh in (None, item.get("mesh"))
    ]
    items.sort(key=lambda item: (item.get("mesh", ""), item["name"], item["type"]))
    lacking = name == "0.7.3" and noun is Noun.SERVICE
    return {
        "totalCount": len(items),
        "failures": [{"code": "UNSUPPORTED"}] if lacking else [],
        "nodes": [shown(item) for item in items],
    }


@pytest.mark.parametrize("name", ["0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev"])
async def test_a_nouns_root_holds_all_of_its_kinds(name: str) -> None:
    document = "".join(f"{root}(first: 1000) {NODES}" for root in ROOTS.values())
    async with graph({"cp": snapshot(name)}) as one:
        found = await one.data(f"{{ {document} }} {WHOLE}")
    assert {root: found[root] for root in ROOTS.values()} == {
        root: of_noun(name, noun, None) for noun, root in ROOTS.items()
    }


@pytest.mark.parametrize("name", ["0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev"])
async def test_a_mesh_holds_its_own_policies_services_and_dataplanes(name: str) -> None:
    fields = {"policies": Noun.POLICY, "services": Noun.SERVICE}
    document = "".join(f"{field}(first: 1000) {NODES}" for field in fields)
    document += "dataplanes(first: 1000) { totalCount nodes { raw status } }"
    async with graph({"cp": snapshot(name)}) as one:
        found = await one.data(f"{{ meshes {{ nodes {{ name {document} }} }} }} {WHOLE}")
    [overviews] = [
        one.items
        for one in lists(name)
        if one.mesh is None
        and one.collection == ("dataplanes+insights" if name[0] in "01" else "dataplanes/_overview")
    ]
    names = [mesh["name"] for mesh in found["meshes"]["nodes"]]
    assert len(names) == {"0.7.3": 6, "3.0.0-dev": 5}.get(name, 7)
    for mesh in found["meshes"]["nodes"]:
        for field, noun in fields.items():
            assert mesh[field] == of_noun(name, noun, mesh["name"])
        assert [node["raw"] for node in mesh["dataplanes"]["nodes"]] == [
            item for item in overviews if item["mesh"] == mesh["name"]
        ]
