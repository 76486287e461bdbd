"""The exchanges of each kind in each version, found on disk."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from gateway.model.kinds import Noun
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import Exchange, Recording, recording, rendered
from tests.replay import ReplayTransport, Unrecorded

VERSIONS = {"0.7.3": 7, "1.1.6": 11, "1.8.8": 15, "2.14.3": 34, "3.0.0-dev": 22}
"""The versions, and how many kinds have exchanges."""


class Story(msgspec.Struct, frozen=True):
    """The exchanges of one kind in one version."""

    version: str
    kind: str

    def step(self, name: str) -> Exchange:
        """One of the exchanges: `1-create`, …"""
        return recording(self.version).one(f"02-kinds/{self.kind}/{name}")

    @property
    def place(self) -> dict[str, Any]:
        """The mesh and the name of what the story is about."""
        body = self.step("1-create").request_body
        return {"mesh": body.get("mesh"), "name": body["name"]}

    def __str__(self) -> str:
        return f"{self.version}-{self.kind}"


def stories(version: str) -> list[Story]:
    """Those of a version, found on disk."""
    areas = sorted({one.area for one in recording(version).area("02-kinds")})
    return [Story(version, area.rpartition("/")[2]) for area in areas]


def of_nouns(*nouns: Noun) -> list[Story]:
    """The stories of all versions about kinds of these nouns."""
    found = [one for version in VERSIONS for one in stories(version)]
    return [one for one in found if KINDS[one.kind].noun in nouns]


class Apart:
    """Exchanges that each stand by themselves: answered whenever they are asked, in any order.

    Who the control plane is comes from the area of the system and from the snapshot.
    """

    def __init__(self, recorded: Recording, chosen: Sequence[Exchange]) -> None:
        self._recorded = recorded
        self._steps = (*chosen, *recorded.area("01-system"))

    def answer(self, method: str, target: str, body: bytes | None) -> Answer:
        for step in self._steps:
            if step.asks(method, target, body):
                return step.answer()
        path = urlsplit(target).path
        if method == "GET" and path in self._recorded.snapshot:
            return Answer(200, {}, rendered(self._recorded.snapshot[path]))
        raise Unrecorded(f"{self._recorded.version} has no recorded answer to {method} {target}")


def apart(version: str, *chosen: Exchange) -> ReplayTransport:
    """A control plane that answers these exchanges."""
    return ReplayTransport(Apart(recording(version), chosen))
