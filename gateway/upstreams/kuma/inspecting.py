"""A question about a proxy, a policy or a service, asked of one control plane."""

import asyncio
from typing import Any, Final

import msgspec

from gateway.errors import ProxyUnreachable, Unsupported, UpstreamTimeout
from gateway.model.control_planes import ControlPlane, Served
from gateway.model.inspection import DEAR, Affected, Inspection, View
from gateway.upstreams.base import Answer, Operation
from gateway.upstreams.client import Client
from gateway.upstreams.kuma import inspection, problems, requests, responses
from gateway.upstreams.kuma.generations import Generation, below, generation, options
from gateway.upstreams.paths import segment

UNREACHED: Final = "Could not execute admin operation"
"""The title of whatever keeps a control plane from a proxy; the detail may hold its address."""


async def inspect(
    client: Client,
    seconds: float,
    served: Served,
    found: ControlPlane,
    asked: Inspection,
    operation: Operation,
) -> Any:
    """What a view shows, None where there is nothing of that name.

    A proxy itself has so many `seconds`. Raises UpstreamError, Unsupported and BudgetExceeded.
    """
    row = generation(client.name, asked.view, served.kind, found.version)
    query = options(client.name, asked, row, found.version)
    key = asked.key
    name = segment(key.name)
    if row.dear:
        # Envoy is asked below the newer of a kind's paths in every version.
        served = msgspec.structs.replace(served, path=served.kind.path)
    path = f"{requests.place(served, key.mesh)}/{name}{below(asked)}"

    async def answer(last: str, query: str) -> Answer | None:
        target = f"{path}/{last}" + (f"?{query}" if query else "")
        got = await asked_for(client, target, operation, key.name, seconds if row.dear else None)
        return told(client.name, got, row, key.name)

    if asked.view is View.AFFECTED:
        return await affected(client.name, row.paths[0], answer)
    answers = await asyncio.gather(*(answer(last, query) for last in row.paths))
    there = {last: got for last, got in zip(row.paths, answers, strict=True) if got is not None}
    if not there:
        return None
    parts = {last: inspection.READERS[last](client.name, got) for last, got in there.items()}
    return inspection.together(parts) if asked.view is View.RULES else parts[row.paths[0]]


async def affected(upstream: str, last: str, answer: Any) -> tuple[Affected, ...]:
    """All dataplanes of a policy, page by page where there are pages."""
    found: dict[str, Affected] = {}
    offset: int | None = 0
    while offset is not None:
        after = f"&offset={offset}" if offset else ""
        got = await answer(last, f"size={requests.PAGE_SIZE}{after}" if "/" in last else "")
        if got is None:
            break
        rows, link = inspection.affected(upstream, got)
        found |= {row.name: row for row in rows}
        offset = responses.next_offset(upstream, link, offset)
    return tuple(found.values())


async def asked_for(
    client: Client, target: str, operation: Operation, name: str, seconds: float | None
) -> Answer:
    """The answer to a GET; a proxy that is asked for it is dear, and has its own time."""
    if seconds is None:
        return await client.send("GET", target, operation=operation)
    operation.spend(client.name, DEAR - 1)
    try:
        async with asyncio.timeout(seconds):
            return await client.send("GET", target, operation=operation, seconds=seconds)
    except TimeoutError:
        raise UpstreamTimeout(
            f"{client.name}: the proxy {name} told nothing within {seconds:g} s",
            upstream=client.name,
        ) from None


def told(upstream: str, answer: Answer, row: Generation, name: str) -> Answer | None:
    """The answer where it tells something, None where there is nothing to tell of.

    Raises the error that anything else stands for.
    """
    if answer.status < 300:
        return answer
    if answer.status == 404 and (len(row.paths) > 1 or not problems.no_endpoint(answer)):
        return None
    if answer.status in row.refusals:
        raise Unsupported(f"{upstream}: {row.refusals[answer.status]}", upstream=upstream)
    said = problems.problem(answer)
    if row.dear and said is not None and said.title == UNREACHED:
        raise ProxyUnreachable(
            f"{upstream}: the control plane cannot reach the proxy {name}",
            upstream=upstream,
            status=answer.status,
        )
    raise problems.failure(upstream, answer)
