"""Control planes of which some answers fail: which ones, a seed says, and each always."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from gateway.upstreams.base import Answer, Transport
from tests.broken import BAD

WAYS = [bad for bad in BAD if bad.name != "hanging"]


class Flaky:
    """A control plane of whose answers such a share fails, or holds rows that cannot be read.

    `asked` holds what was asked for.
    """

    def __init__(self, inner: Transport, asked: list[str], seed: str, share: float) -> None:
        self._inner = inner
        self._asked = asked
        self._seed = seed
        self.share = share

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        self._asked.append(f"{method} {url}")
        random = Random(f"{self._seed} {method} {url}")
        if random.random() >= self.share:
            return await self._inner.send(method, url, headers, body)
        if random.random() < 0.5:
            return await random.choice(WAYS).way()
        return spoiled(await self._inner.send(method, url, headers, body), random)

    async def close(self) -> None:
        """Nothing is open."""


ROWS: Sequence[Any] = (None, 7, [], {}, {"name": 7}, {"metadata": [], "name": None, "uid": {}})
"""What is no row of any list."""


def spoiled(answer: Answer, random: Random) -> Answer:
    """The answer with some rows that cannot be read; broken off where it has none."""
    try:
        found = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return answer
    rows = found.get("items") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not rows:
        return msgspec.structs.replace(answer, body=answer.body[: len(answer.body) // 2])
    for _ in range(random.choice((1, 1, 2))):
        rows[random.randrange(len(rows))] = random.choice(ROWS)
    return msgspec.structs.replace(answer, body=msgspec.json.encode(found))
