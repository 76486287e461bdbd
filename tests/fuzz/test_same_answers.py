"""A few hundred operations of what `make fuzz` runs by the thousand."""

from collections.abc import Mapping

import msgspec
import pytest
from msgspec.structs import replace

from gateway.execution.results import Result
from gateway.upstreams.base import Answer
from tests.fuzz.imitated import imitated
from tests.fuzz.operations import Sample
from tests.fuzz.worlds import Recorded, World, odd_ones, recorded, said
from tests.recorded import recording
from tests.replay import ReplayTransport, Snapshot

COUNT = 100


async def held(world: World, seed: str) -> bool:
    """Whether an operation was planned; fails where the two ways do not agree."""
    world.turn(seed)
    one = world.sample(seed)
    planned = world.planned(one)
    assert planned is not None, f"{seed} is not valid: {one.text}"
    mine, its = await world.answers(one)
    assert world.agree(mine, its), f"make fuzz ARGS='--only \"{world.name} {seed}\"'"
    return planned


async def test_plans_bear_all_that_resolvers_may_do() -> None:
    world = odd_ones()
    planned = [await held(world, f"test:{number}") for number in range(2 * COUNT)]
    assert sum(planned) > 0.75 * len(planned)


async def test_plans_answer_for_recorded_control_planes() -> None:
    for world in await recorded():
        planned = [await held(world, f"test:{number}") for number in range(COUNT)]
        assert sum(planned) > 0.75 * len(planned)


async def test_plans_answer_for_imitated_control_planes_that_fail_and_are_written_to() -> None:
    world = await imitated()
    planned = [await held(world, f"test:{number}") for number in range(COUNT)]
    assert sum(planned) > 0.75 * len(planned)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query ($v: Boolean = true) { bird { name @include(if: $v) } }", {"v": None}),
        ("query ($v: Boolean = true) { bird { name @include(if: $v) } }", {}),
        ("query ($v: Boolean = false) { must @skip(if: $v) number }", {"v": None}),
        ("{ mustLate(how: LATER_RAISE) must(how: RAISE) }", {}),
        ("{ mustRoot { mustLate(how: LATER_RAISE) } mustLate(how: LATE_RAISE) }", {}),
        ("{ bird { title(how: RAISE) mustTitle(how: RAISE) } }", {}),
        ("{ bird { lateTitle(how: LATER_RAISE) mustTitle(how: LATE_RAISE) } }", {}),
        ("{ being(how: WRONG) { ... on Being { name } } }", {}),
        ("{ bird(how: WRONG) { name } }", {}),
        ("{ things(hows: [LATE, RETURN_ERROR, FUTURE, LATE_NULL]) { __typename } }", {}),
        ("{ matrix(hows: [[FINE, LATE_RAISE], [LATE], null, [NULL]]) }", {}),
        ("{ letters a: letters(how: WRONG) loose(how: WRONG) }", {}),
        ('{ things { ... on Stone { odd(value: "bad") b: odd(value: "nothing") } } }', {}),
        ("query ($h: [How]) { mustBeings(hows: $h) { name } }", {"h": ["LATE", "RAISE", "LATE"]}),
        ("query ($a: Boolean!, $b: Boolean!) { ...F @include(if: $a) ...F @skip(if: $b) } "
         "fragment F on Query { number }", {"a": True, "b": False}),
        ("query ($a: Boolean!) { beings { ... on Bird { title title @include(if: $a) } } }",
         {"a": False}),
        ("query ($n: [Int!]) { echo(text: $n) }", {}),
        ("query ($a: Boolean!) { shapes { ...F @skip(if: $a) ...F } } "
         "fragment F on Shape { mustUnguarded }", {"a": False}),
        ("query ($a: Boolean!) { flying { ...F @include(if: $a) wings __typename } } "
         "fragment F on Being { __typename name friend { name } }", {"a": True}),
    ],
)  # fmt: skip
async def test_what_once_was_answered_in_two_ways_is_not_any_more(
    text: str, variables: dict[str, object]
) -> None:
    mine, its = await both(odd_ones(), Sample(text, variables))
    assert said(mine) == said(its)


async def test_a_name_that_cannot_be_is_refused_whatever_was_asked_before() -> None:
    world = (await recorded())[0]
    text = (
        '{ meshes { nodes { name } } b: globalSecrets { totalCount } mesh(name: "a/b") { name } }'
    )
    for one in (text.replace("mesh(", 'mesh(controlPlane: "new", '), text):
        mine, its = await both(world, Sample(one, {}))
        assert said(mine) == said(its)
        assert [it["path"] for it in mine.errors] == [["mesh"]]


class Misfitting(ReplayTransport):
    """A control plane of which one dataplane has networking that is none."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        found = await super().send(method, url, headers, body)
        if "/dataplanes" not in url:
            return found
        listed = msgspec.json.decode(found.body)
        listed["items"][0]["networking"] = 5
        return replace(found, body=msgspec.json.encode(listed))


@pytest.mark.parametrize(("more", "same"), [("", False), ("networking { address }", True)])
async def test_what_nobody_reads_is_looked_at_by_graphql_core_alone(more: str, same: bool) -> None:
    transport = Misfitting(Snapshot(recording("2.14.3")))
    world = Recorded("misfitting", {"one": transport}, known=True)
    await world.discover()
    shown = f"nodes {{ name ... on KumaDataplane {{ name {more} }} }} failures {{ message }}"
    mine, its = await both(world, Sample(f"{{ dataplanes {{ {shown} }} }}", {}))
    assert (said(mine) == said(its)) is same
    assert bool(mine.errors) is same
    assert its.errors


async def both(world: World, one: Sample) -> tuple[Result, Result]:
    """The two answers."""
    return await world.answers(one)
