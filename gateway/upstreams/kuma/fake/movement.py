"""Movement for the demo: proxies connect and drop, and inbounds fail their health checks."""

from random import Random
from typing import Final

from gateway.upstreams.kuma.fake.app import FakeKuma
from gateway.upstreams.kuma.fake.connections import is_connected
from gateway.upstreams.kuma.fake.status import status
from gateway.upstreams.kuma.fake.store import Stored

RECOVERS: Final = 0.5
"""How likely a proxy that is down or degraded is well again once it is its turn."""
FAILS: Final = 0.15
"""How likely one that is well fails once it is its turn."""
TURNS: Final = 4
"""How many proxies have their turn in one step."""


def step(fake: FakeKuma, random: Random) -> list[tuple[str, str]]:
    """Let a few proxies change; returns the mesh and the name of those that did."""
    rows = fake.store.rows("Dataplane")
    chosen = random.sample(rows, min(TURNS, len(rows)))
    return [(row.mesh or "", row.name) for row in chosen if _turn(fake, row, random)]


def _turn(fake: FakeKuma, row: Stored, random: Random) -> bool:
    mesh = row.mesh or ""
    insight = fake.store.get("DataplaneInsight", row.mesh, row.name)
    content = insight.content if insight else None
    well = status(row.content, content) == "online"
    if random.random() >= (FAILS if well else RECOVERS):
        return False
    if content is None or not is_connected(content):
        fake.store.connect(mesh, row.name)
    elif not well:
        fake.store.degrade(mesh, row.name, ready=True)
    elif row.content["networking"].get("inbound") and random.random() < RECOVERS:
        fake.store.degrade(mesh, row.name)
    else:
        fake.store.disconnect(mesh, row.name)
    return True
