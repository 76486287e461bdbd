"""What operations are asked of: a schema, run by plans and by graphql-core side by side."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import strawberry

from gateway.execution.compile import plan
from gateway.execution.documents import Chosen, Document, Documents, InvalidDocument
from gateway.execution.failures import Failures
from gateway.execution.requests import GraphQLRequest
from gateway.execution.results import Result
from gateway.execution.run import Engine
from gateway.model.control_planes import Product
from gateway.model.kinds import Noun
from gateway.model.resources import ResourceKey
from gateway.schema import build
from gateway.schema.context import Context
from gateway.schema.ids import CONTROL_PLANE, cursor, node_id
from gateway.settings import OperationSettings, UpstreamSettings
from gateway.upstreams import PRODUCTS
from gateway.upstreams.base import Adapter, Answer, Operation, Transport, Viewer
from gateway.upstreams.breaker import Breaker
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.kuma.kinds import KINDS
from tests.broken import BAD, Bad
from tests.fuzz import awkward
from tests.fuzz.operations import Sample, Taste, sample
from tests.recorded import recording
from tests.replay import snapshot


class World:
    """A schema, and a context for each of the two runs of an operation."""

    def __init__(
        self, name: str, schema: strawberry.Schema, taste: Taste, context: Callable[[], Any]
    ) -> None:
        self.name = name
        self._core = schema._schema
        self._taste = taste
        self._context = context
        failures = Failures(lambda _fault, _request: None)
        self._documents = Documents(self._core, planner=partial(plan, schema))
        self._planned = Engine(self._core, self._documents, failures)
        self._referred = Engine(self._core, Documents(self._core), failures)

    def sample(self, seed: str) -> Sample:
        """The operation of a seed."""
        return sample(self._core, self._taste, seed)

    def turn(self, seed: str) -> None:
        """Become what the world of a seed is."""

    def planned(self, one: Sample) -> bool | None:
        """Whether there is a plan of an operation; None where it is not valid."""
        found = self._documents.find(one.text)
        if isinstance(found, InvalidDocument):
            return None
        assert isinstance(found, Document)
        chosen = found.choose(one.operation)
        return isinstance(chosen, Chosen) and chosen.plan is not None

    async def answers(self, one: Sample) -> tuple[Result, Result]:
        """What a plan answers, and what graphql-core does."""
        request = GraphQLRequest(one.text, one.variables, one.operation)
        here, there = await self.contexts()
        return await self._planned.run(request, here), await self._referred.run(request, there)

    async def contexts(self) -> tuple[Any, Any]:
        """What the two runs of an operation are given."""
        return self._context(), self._context()

    def agree(self, mine: Result, its: Result) -> bool:
        """Whether both answers are the same."""
        return bool(said(mine) == said(its))

    async def differ(self, one: Sample) -> bool:
        """Whether the two answers to a valid operation are not the same."""
        if self.planned(one) is None:
            return False
        return not self.agree(*await self.answers(one))


def said(result: Result) -> Any:
    """An answer with its members in their order.

    The white space in `raw` is the control plane's, and may be another in a list than in one body.
    """
    return json.loads(result.encoded(), object_pairs_hook=list)


def odd_ones() -> World:
    """The schema that does all that resolvers may do."""
    pools = {"value": ["fine", "bad", "nothing"]}
    return World("awkward", awkward.build(), Taste(pools), lambda: None)


class Played:
    """A recorded control plane that repeats what it said of a path; or a broken one."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._said: dict[tuple[str, str], Answer] = {}
        self.bad: Bad | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        if self.bad is not None:
            return await self.bad.way()
        if (method, url) not in self._said:
            self._said[method, url] = await self._inner.send(method, url, headers, body)
        return self._said[method, url]

    async def close(self) -> None:
        """Nothing is open."""


class Recorded(World):
    """The graph over recorded control planes, of which the last may be broken.

    No circuit opens: which call is the one too many depends on their order.
    """

    def __init__(self, name: str, transports: Mapping[str, Transport], *, known: bool) -> None:
        self._played = {key: Played(one) for key, one in transports.items()}
        self._upstreams = {
            key: adapter(kuma(key), self._played[key]) for key in sorted(self._played)
        }
        self._limits = OperationSettings(deadline=60.0, max_upstream_calls=100_000)
        self._known = known
        super().__init__(name, build(), taste(tuple(transports)), self._operation)

    def _operation(self) -> Context:
        limits = self._limits
        operation = Operation(Viewer(), limits.deadline, limits.max_upstream_calls)
        return Context(self._upstreams, operation, limits)

    async def discover(self) -> None:
        """Learn what the control planes are, of those that are good from the start."""
        for key in list(self._upstreams)[: None if self._known else -1]:
            await self._upstreams[key].control_plane(self._operation().operation)

    def turn(self, seed: str) -> None:
        [*_, last] = self._played.values()
        ways = [bad for bad in BAD if bad.name != "hanging"]
        random = Random(f"{seed} of {self.name}")
        last.bad = random.choice(ways) if not self._known or random.random() < 0.5 else None


def kuma(name: str) -> UpstreamSettings:
    """The settings of a Kuma that is asked once."""
    return UpstreamSettings(name=name, product="kuma", url="http://cp.example.com", retries=0)


def adapter(settings: UpstreamSettings, transport: Transport) -> Adapter:
    """A control plane that is asked however often it failed."""
    clients = []
    for one in (settings, settings.beside):
        if one is not None:
            credentials = Credentials(one.auth, upstream=one.name, events=_unheard)
            breaker = Breaker(threshold=1_000_000_000)
            clients.append(Client(one, transport, credentials, _unheard, breaker=breaker))
    return PRODUCTS[Product(settings.product)](settings, *clients)


def _unheard(*_: Any, **__: Any) -> None:
    """Nobody listens."""


async def recorded() -> list[World]:
    """Recorded control planes beside each other, good and broken."""
    worlds = [
        Recorded("new and old", {"new": snapshot("2.14.3"), "old": snapshot("1.8.8")}, known=True),
        Recorded(
            "oldest and newest",
            {"oldest": snapshot("0.7.3"), "newest": snapshot("3.0.0-dev")},
            known=True,
        ),
        Recorded("oldest", {"global": GLOBAL(), "oldest": snapshot("1.1.6")}, known=True),
        Recorded("one unknown", {"one": GLOBAL(), "unknown": snapshot("1.8.8")}, known=False),
    ]
    for one in worlds:
        await one.discover()
    return [*worlds]


GLOBAL = partial(snapshot, "2.14.3", of_global=True)


def taste(upstreams: tuple[str, ...]) -> Taste:
    """What there is to ask of the recorded: names that are there, that are not, and none at all."""
    standing = recording("2.14.3").snapshot
    names: dict[str, list[str]] = {
        kind.name: [it["name"] for it in standing.get(f"/{kind.path}", {}).get("items", ())][:4]
        for kind in KINDS.values()
    }
    kinds = [name for name, found in names.items() if found]
    meshes = ["default", "shop", "bank"]
    keys = [
        ResourceKey(upstream, kind, mesh, name)
        for upstream in upstreams
        for kind in kinds
        for mesh in [None if kind in ("Mesh", "Zone", "ZoneIngress", "ZoneEgress") else "shop"]
        for name in names[kind][:2]
    ]
    ids = [node_id(key) for key in keys]
    ids += [node_id(ResourceKey(one, CONTROL_PLANE, None, one)) for one in upstreams]
    odd_ids = ["", "a", "é", ids[0][:-3], node_id(ResourceKey("gone", "Mesh", None, "default"))]
    places = [(upstreams[0], "shop", "m", "Dataplane"), (upstreams[-1], "", "default", "Mesh")]
    several = [name for found in names.values() for name in found]
    policies = [kind.name for kind in KINDS.values() if kind.noun is Noun.POLICY]
    return Taste(
        pools={
            "id": [*ids, *odd_ids],
            "ids": [*ids, *odd_ids[:1]],
            "kind": [*kinds, "Secret", "None", "DataplaneOverview"],
            "policy.kind": [*(set(policies) & set(kinds)), "Mesh", "None"],
            "controlPlane": [*upstreams] * 3 + ["gone"],
            "controlPlane.name": [*upstreams] * 3 + ["gone"],
            "mesh": [*meshes * 2, "gone", ""],
            "mesh.name": [*meshes * 2, "gone", "a/b"],
            "dataplane.name": [*names["Dataplane"] * 3, "gone"],
            "zone.name": [*names["Zone"], "gone"],
            "service.name": [*names["ServiceInsight"] * 2, *names["MeshService"], "gone"],
            "name": several,
            "equals": [*meshes, *several[:20]],
            "contains": ["a", "e", "shop", "", "%"],
            "first": [0, *(1, 2, 2, 3, 3, 5) * 3, -1, 5000],
            "after": [*map(cursor, places * 5), "", "bad"],
            "key": ["kuma.io/service", "kuma.io/display-name", "kuma.io/zone", "none"],
            "value": ["web", "shop", "east", ""],
        },
        # They tell of time, or of what was asked before.
        never=frozenset({"health"}),
        likely=frozenset({KINDS[kind].type_name for kind in kinds}),
        wanted=frozenset({"controlPlane", "mesh"}),
        sizes=(5, 15, 30, 60),
    )
