"""Two control planes of which one fails: the other's part is whole, and clients learn why."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.model.pages import Page
from gateway.schema.context import Context
from gateway.settings import AuthSettings, OperationSettings
from gateway.upstreams.base import Transport
from gateway.upstreams.sharing import Once
from tests.broken import BAD, SECRETS, Bad, Turning, hanging
from tests.graph import Graph, graph
from tests.replay import snapshot
from tests.worlds import imitated

SLACK = 1.5
"""How much later than its deadline an answer may come on a machine that is busy."""
ROOTS = ("meshes", "dataplanes", "policies", "services", "zones")
QUERY = """query ($other: String!) {
  meshes(first: 1000) { ...M }
  dataplanes(first: 1000) { totalCount nodes { name status mesh { name } } failures { ...F } }
  policies(first: 1000) { totalCount nodes { kind name spec } failures { ...F } }
  services(first: 1000) { totalCount nodes { kind name status } failures { ...F } }
  zones(first: 1000) { totalCount nodes { name status } failures { ...F } }
  insight { dataplanes { total online } failures { ...F } }
  there: mesh(name: "shop", controlPlane: "good") { name }
  missing: mesh(name: "shop", controlPlane: $other) { name }
  alsoMissing: dataplane(mesh: "shop", name: "st-online", controlPlane: $other) { name status }
}
fragment M on MeshConnection { totalCount nodes { name insight { asOf } } failures { ...F } }
fragment F on Failure { controlPlane code message }"""
LOOKUPS = ("missing", "alsoMissing")


@asynccontextmanager
async def two(
    bad: Bad, *, known: bool, good: Transport, token: str | None = "hunter2"
) -> AsyncIterator[tuple[Graph, Turning]]:
    """A graph over a good control plane and one that fails, from the first call on or later."""
    turning = Turning(snapshot("2.14.3"), bad.way)
    turning.turned = not known
    operations = OperationSettings(deadline=deadline(bad))
    auth = AuthSettings(type="bearer", token=token) if token else AuthSettings()
    transports = {"bad": turning, "good": good}
    async with graph(
        transports, discovered=known, operations=operations, retries=0, auth=auth
    ) as one:
        turning.turned = True
        yield one, turning


def deadline(bad: Bad) -> float:
    """The time for an answer, in seconds: it runs out only where a control plane hangs."""
    return 1.0 if bad.way is hanging else 5.0


async def timed(one: Graph, bad: Bad, query: str, **variables: Any) -> dict[str, Any]:
    """The answer, which comes within the deadline and tells no secret."""
    clock = asyncio.get_running_loop().time
    started = clock()
    answer = await one.answer(query, **variables)
    assert clock() - started < deadline(bad) + SLACK
    text = json.dumps(answer)
    assert not [secret for secret in SECRETS if secret in text]
    return answer


def alone(answer: dict[str, Any]) -> dict[str, Any]:
    """The rows of an answer, and not what is said of failures."""
    found = {root: answer["data"][root]["nodes"] for root in ROOTS}
    return found | {root: answer["data"][root] for root in ("there",)} | totals(answer)


def totals(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "counts": [answer["data"][root]["totalCount"] for root in ROOTS],
        "dataplanes counted": answer["data"]["insight"]["dataplanes"],
    }


@pytest.mark.parametrize("known", [True, False], ids=["later", "from the first call on"])
@pytest.mark.parametrize("bad", BAD, ids=str)
async def test_the_part_of_the_other_is_whole(bad: Bad, known: bool) -> None:
    async with graph({"good": snapshot("2.14.3")}) as one:
        expected = alone(await one.answer(QUERY, other="good"))
    async with two(bad, known=known, good=snapshot("2.14.3")) as (one, _):
        answer = await timed(one, bad, QUERY, other="bad")
    assert alone(answer) == expected
    for root in (*ROOTS, "insight"):
        failures = answer["data"][root]["failures"]
        assert {(each["controlPlane"], each["code"]) for each in failures} == {("bad", bad.code)}
    assert [answer["data"][name] for name in LOOKUPS] == [None, None]
    assert {error["path"][0] for error in answer["errors"]} == {*ROOTS, "insight", *LOOKUPS}
    for error in answer["errors"]:
        assert extensions(error) == {
            "code": bad.code,
            "upstream": "bad",
            "status": bad.status,
            "retryable": bad.retryable,
        }
        assert error["message"].startswith("bad: ")


def extensions(error: dict[str, Any]) -> dict[str, Any]:
    """What every error of an upstream says; its problem is told beside."""
    return {
        key: error["extensions"].get(key) for key in ("code", "upstream", "status", "retryable")
    }


@pytest.mark.parametrize("bad", BAD, ids=str)
async def test_what_fails_alike_for_every_kind_is_told_once(bad: Bad) -> None:
    query = "{ policies { failures { code message } } }"
    async with two(bad, known=True, good=snapshot("2.14.3")) as (one, turning):
        answer = await timed(one, bad, query)
    failures = answer["data"]["policies"]["failures"]
    if bad.code == "UPSTREAM_BAD_RESPONSE" and bad.status == 200:
        # Each kind's list cannot be read for itself.
        assert len({each["message"] for each in failures}) == len(failures) == 29
    else:
        assert len(failures) == 1
    assert len(answer["errors"]) == len(failures)
    assert len(turning.methods) in {1, 30}


async def test_a_hanging_control_plane_is_asked_once_for_what_all_kinds_need() -> None:
    [bad] = [one for one in BAD if one.name == "hanging"]
    async with two(bad, known=True, good=snapshot("2.14.3")) as (one, turning):
        await timed(one, bad, "{ policies { totalCount } services { totalCount } }")
    assert turning.methods == ["GET"]


@pytest.mark.parametrize("bad", BAD, ids=str)
async def test_control_planes_are_shown_whether_they_answer_or_not(bad: Bad) -> None:
    query = "{ controlPlanes { name version kinds { name } } }"
    async with two(bad, known=False, good=snapshot("2.14.3")) as (one, _):
        answer = await timed(one, bad, query)
    found = {each["name"]: each for each in answer["data"]["controlPlanes"]}
    assert "errors" not in answer
    assert (found["bad"]["version"], found["bad"]["kinds"]) == (None, [])
    assert (found["good"]["version"], len(found["good"]["kinds"])) == ("2.14.3", 53)


WRITES = """mutation ($first: String!, $second: String!) {
  first: applyMesh(input: { name: "new", controlPlane: $first }) { outcome mesh { name } }
  second: applyMesh(input: { name: "new", controlPlane: $second }) { outcome mesh { name } }
}"""
# An object is what Kuma answers to a write, whatever is in it.
FAILING_WRITES = [one for one in BAD if one.name not in {"items-of-another-shape", "empty"}]


@pytest.mark.parametrize("order", [("bad", "good"), ("good", "bad")], ids=" ".join)
@pytest.mark.parametrize("bad", FAILING_WRITES, ids=str)
async def test_of_two_writes_the_one_that_succeeds_has_its_payload(
    bad: Bad, order: tuple[str, str]
) -> None:
    names = dict(zip(order, ("first", "second"), strict=True))
    good = imitated("2.14.3").transport()
    async with two(bad, known=True, good=good, token=None) as (one, turning):
        # The second of two writes has what the first leaves of the deadline.
        slow = bad.way is hanging and order[0] == "bad"
        answer = await timed(one, bad, WRITES, first=order[0], second=order[1])
    done = {"outcome": "CREATED", "mesh": {"name": "new"}}
    expected = None if slow else done
    assert answer["data"] == {names["good"]: expected, names["bad"]: None}
    [error] = [each for each in answer["errors"] if each["path"] == [names["bad"]]]
    assert extensions(error) == {
        "code": bad.code,
        "upstream": "bad",
        "status": bad.status,
        "retryable": bad.retryable,
    }
    assert turning.methods == ["PUT"]


async def test_a_hung_write_times_out_and_is_sent_once() -> None:
    turning = Turning(snapshot("2.14.3"), hanging)
    query = """mutation {
      bad: applyMesh(input: { name: "new", controlPlane: "bad" }) { outcome }
      good: applyMesh(input: { name: "new", controlPlane: "good" }) { outcome }
    }"""
    transports: dict[str, Transport] = {"bad": turning, "good": imitated("2.14.3").transport()}
    async with graph(transports, timeout=0.1) as one:
        turning.turned = True
        answer = await one.answer(query)
    assert answer["data"] == {"bad": None, "good": {"outcome": "CREATED"}}
    [error] = answer["errors"]
    assert extensions(error) == {
        "code": "UPSTREAM_TIMEOUT",
        "upstream": "bad",
        "status": None,
        "retryable": True,
    }
    assert turning.methods == ["PUT"]


@pytest.mark.parametrize("bad", [one for one in BAD if one.way is not hanging], ids=str)
async def test_a_failure_leaves_nothing_for_the_collector(bad: Bad) -> None:
    async with two(bad, known=True, good=snapshot("2.14.3")) as (one, _):
        await timed(one, bad, QUERY, other="bad")
        gc.collect()
        gc.disable()
        try:
            await timed(one, bad, QUERY, other="bad")
            left = [it for it in gc.get_objects() if isinstance(it, Context | Page | Once)]
        finally:
            gc.enable()
    assert left == []
