"""Imitated control planes of each product, made anew for each run: they may be written to."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from gateway.execution.results import Result
from gateway.schema import build
from gateway.schema.context import Context
from gateway.settings import OperationSettings, UpstreamSettings
from gateway.upstreams.base import Operation, Transport, Viewer
from tests.fuzz.flaky import Flaky
from tests.fuzz.operations import Sample, Taste
from tests.fuzz.worlds import World, adapter, kuma, said
from tests.worlds import managed, nginx, other, shop

LIMITS = OperationSettings(deadline=60.0, max_upstream_calls=100_000)


class Imitated(World):
    """The graph over a Kuma, an NGINX Service Mesh and an Instance Manager; some answers fail."""

    def __init__(self) -> None:
        self._seed, self._share = "", 0.0
        self._asked: list[list[str]] = []
        super().__init__("imitated", build(), Taste(), lambda: None)

    def turn(self, seed: str) -> None:
        self._seed = seed
        self._share = Random(f"{seed} of {self.name}").choice((0.0, 0.0, 0.05, 0.2))

    async def contexts(self) -> tuple[Any, Any]:
        self._asked = [[], []]
        return await self._operation(self._asked[0]), await self._operation(self._asked[1])

    def agree(self, mine: Result, its: Result) -> bool:
        """Whether both answers are the same; where one way asked for what the other did not, and
        that may fail, they need not be."""
        if said(mine) == said(its):
            return True
        return bool(self._share) and sorted(self._asked[0]) != sorted(self._asked[1])

    async def _operation(self, asked: list[str]) -> Context:
        """A run of an operation, in a world that knows its control planes."""
        upstreams = {}
        for name, transport in transports().items():
            flaky = Flaky(transport, asked, self._seed, 0.0)
            upstreams[name] = adapter(settings(name), flaky)
            operation = Operation(Viewer(), LIMITS.deadline, LIMITS.max_upstream_calls)
            await upstreams[name].control_plane(operation)
            flaky.share = self._share
        asked.clear()
        operation = Operation(Viewer(), LIMITS.deadline, LIMITS.max_upstream_calls)
        return Context(upstreams, operation, LIMITS)

    async def learn(self) -> None:
        """What there is to ask for."""
        [found, _] = await self.answers(Sample(EVERYTHING, {}))
        assert not found.errors, found.errors
        self._taste = taste([*nodes(json.loads(found.encoded()))])


async def imitated() -> Imitated:
    """That world, and what there is to ask of it."""
    world = Imitated()
    await world.learn()
    return world


def transports() -> Mapping[str, Transport]:
    """The control planes by their names."""
    return {"edge": nginx("1.7.0", "3"), "fleet": managed("2"), "mesh": shop("2.14.3")}


def settings(name: str) -> UpstreamSettings:
    """The settings of one of them."""
    words = {"edge": "NGINX Service Mesh", "fleet": "Instance Manager"}.get(name, "")
    return other(name, words) or kuma(name)


EVERYTHING = """{
  a: search(text: "a", first: 500) { results { node { ...F } } }
  b: search(text: "s", first: 500) { results { node { ...F } } }
  nginxInstanceManager {
    systems { nodes { ...F } } instances { nodes { ...F } } instanceGroups { nodes { ...F } }
    stagedConfigurations { nodes { ...F } } certificates { nodes { ...F } } users { nodes { ...F } }
    resourceGroups { nodes { ...F } }
  }
}
fragment F on Resource { id name kind __typename }"""


def nodes(found: Any) -> Sequence[Mapping[str, str]]:
    """The nodes that an answer holds anywhere."""
    if isinstance(found, dict):
        own = [found] if "id" in found else []
        return own + [one for value in found.values() for one in nodes(value)]
    if isinstance(found, list):
        return [one for value in found for one in nodes(value)]
    return []


def taste(found: Sequence[Mapping[str, str]]) -> Taste:
    """What there is to ask for, what there is not, and what can be written."""
    kinds = sorted({one["kind"] for one in found})
    names = sorted({one["name"] for one in found})
    meshes = ["shop", "payments", "default", "shop", "gone", "a/b"]
    upstreams = ["mesh"] * 4 + ["edge", "edge", "fleet", "fleet", "gone"]
    return Taste(
        pools={
            "id": [*(one["id"] for one in found), "a"],
            "ids": [*(one["id"] for one in found), "a"],
            "kind": [*kinds, "None"],
            "kinds": [*kinds, "None"],
            "controlPlane": upstreams,
            "controlPlane.name": upstreams,
            "mesh": meshes,
            "mesh.name": meshes,
            "name": [*names, *meshes, "new"],
            "uid": names,
            "instance": names,
            "equals": [*names, *meshes],
            "text": ["a", "shop", "kuma.io", "", "none"],
            "first": [0, 1, 2, 2, 3, 3, 5, 5, -1, 5000],
            "key": ["kuma.io/service", "kuma.io/zone", "app", "none"],
            "value": ["frontend", "east", ""],
            # A deployment that is imitated does not end while its clock stands still.
            "wait": [False],
            "names": ["nginx.http.request.count", "system.cpu.idle", "none"],
            "spec": [{}, {"targetRef": {"kind": "Mesh"}, "default": {}}, {"networking": 3}, "text"],
        },
        # They tell of time, or of what was asked before.
        never=frozenset({"health"}),
        likely=frozenset(one["__typename"] for one in found),
        wanted=frozenset({"controlPlane", "mesh"}),
        sizes=(5, 15, 30, 60),
        writes=0.3,
    )
