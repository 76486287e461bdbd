"""Movement for the demo: agents stop and start, which is an event each time."""

from random import Random
from typing import Final

from gateway.upstreams.nginx_instance_manager.fake.app import FakeInstanceManager
from gateway.upstreams.nginx_instance_manager.fake.fleet import event

RECOVERS: Final = 0.5
"""How likely an instance that is offline is back once it is its turn."""
FAILS: Final = 0.15
"""How likely one that is online goes once it is its turn."""


def step(fake: FakeInstanceManager, random: Random) -> str | None:
    """Let an instance have its turn; its uid where it changed."""
    instance = random.choice(fake.store.rows("instances"))
    online = instance["status"]["state"] == "online"
    if random.random() >= (FAILS if online else RECOVERS):
        return None
    state, word = ("offline", "stopped") if online else ("online", "started")
    instance["status"] = {"state": state, "lastStatusReport": fake.store.now()}
    name = instance["displayName"]
    message = f"nginx-agent v2.33.0 {word} on {name}"
    event(fake.store, instance, "Agent Stop" if online else "Agent Start", message)
    return str(instance["uid"])
