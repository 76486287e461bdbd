"""The examples hold: each query, the traffic that it causes upstream, and the answer."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.graph import Graph, Sent, graph
from tests.worlds import other, world

EXAMPLES = {
    path.stem: path.read_text()
    for path in sorted((Path(__file__).parent / "examples").glob("*.md"))
}
_CONTROL_PLANE = re.compile(r"^- `([\w-]+)`: (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LEFT_OUT = re.compile(r"… (\d+) more")


class Example(msgspec.Struct, frozen=True):
    """One example: the control planes by their names, a document, and what comes of it.

    A round of traffic is what goes out side by side, in no order; rounds follow one another.
    """

    control_planes: dict[str, str]
    query: str
    variables: dict[str, Any]
    rounds: list[list[str]]
    answer: Any


def example(text: str) -> Example:
    """An example read from its Markdown."""
    blocks = {words[:2]: words[2] for words in _BLOCK.findall(text)}
    return Example(
        control_planes=dict(_CONTROL_PLANE.findall(text)),
        query=blocks["graphql", ""],
        variables=json.loads(blocks.get(("json", "variables"), "{}")),
        rounds=[part.split("\n") for part in blocks["http", ""].strip().split("\n\n")],
        answer=json.loads(blocks["json", ""]),
    )


def said(sent: Sent) -> str:
    """A request as examples write it."""
    line = f"{sent.method} http://{sent.upstream}{sent.target}"
    return f"{line} {sent.body.decode()}" if sent.body else line


async def ask(one: Graph, given: Example) -> tuple[Any, list[list[str]]]:
    """The answer, and its traffic cut into rounds as long as those of the example."""
    answer = await one.answer(given.query, **given.variables)
    sent = [said(each) for each in one.sent()]
    rounds = []
    for part in given.rounds:
        rounds.append(sorted(sent[: len(part)]))
        sent = sent[len(part) :]
    return answer, [*rounds, sent] if sent else rounds


def fits(shown: Any, found: Any) -> bool:
    """Whether an answer is the one shown; `"… 97 more"` stands for so many rows of a list."""
    if isinstance(shown, dict) and isinstance(found, dict):
        return shown.keys() == found.keys() and all(fits(shown[key], found[key]) for key in shown)
    if isinstance(shown, list) and isinstance(found, list):
        return fits_rows(shown, found)
    return bool(shown == found)


def fits_rows(shown: list[Any], found: list[Any]) -> bool:
    """Whether the rows are those shown, in their order."""
    for one in shown:
        left_out = _LEFT_OUT.fullmatch(one) if isinstance(one, str) else None
        skipped = int(left_out[1]) if left_out else 1
        if len(found) < skipped or not (left_out or fits(one, found[0])):
            return False
        found = found[skipped:]
    return not found


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_holds(name: str) -> None:
    given = example(EXAMPLES[name])
    transports = {name: world(words) for name, words in given.control_planes.items()}
    made = {name: other(name, words) for name, words in given.control_planes.items()}
    others = {name: one for name, one in made.items() if one is not None}
    async with graph(transports, others=others, retries=0) as one:
        answer, rounds = await ask(one, given)
    assert rounds == [sorted(part) for part in given.rounds]
    assert fits(given.answer, answer), json.dumps(answer, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_what_it_shows(name: str) -> None:
    title, prose, control_planes, *_ = EXAMPLES[name].split("\n\n")
    assert re.fullmatch("# .+", title)
    assert 1 <= len(prose.splitlines()) <= 3
    assert len(control_planes.splitlines()) == len(example(EXAMPLES[name]).control_planes)


def test_the_promised_examples_are_there() -> None:
    assert set(EXAMPLES) == {
        "a-dataplane-and-its-policies",
        "a-page-before-2.5",
        "a-page-of-a-long-list",
        "a-page-over-two-control-planes",
        "a-proxy-that-cannot-be-reached",
        "a-read-after-a-write",
        "a-token-is-refused",
        "a-typed-policy-is-written",
        "dataplanes-in-an-order",
        "dataplanes-with-mesh-and-insight",
        "filters-old-and-new",
        "instances-with-system-group-and-certificates",
        "many-keys-become-one-list",
        "many-nodes",
        "meshes-with-dataplanes",
        "meshes-with-dataplanes-by-pages",
        "meshes-with-dataplanes-one-by-one",
        "one-control-plane-is-dead",
        "a-search",
        "a-global-and-its-zone",
        "policies-and-whom-they-are-for",
        "policies-of-a-mesh",
        "services-of-two-products",
        "the-control-plane-itself",
        "two-control-planes",
        "two-products-one-of-them-dead",
        "typed-timeouts-of-two-generations",
        "zones-and-what-stands-between-them",
    }


@pytest.mark.parametrize(
    ("shown", "found", "same"),
    [
        ([1, "… 2 more"], [1, 2, 3], True),
        ([1, "… 2 more"], [1, 2], False),
        (["… 1 more", 2], [1, 2], True),
        ([1], [1, 2], False),
        ({"a": [1, "… 1 more"]}, {"a": [1, 5]}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
    ],
)
def test_rows_may_be_left_out_by_their_number(shown: Any, found: Any, same: bool) -> None:
    assert fits(shown, found) is same
