"""The exchanges of each kind in each version, found on disk."""

from typing import Any

import msgspec

from gateway.model.kinds import Noun
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import Exchange, recording

VERSIONS = {"1.1.6": 11, "1.8.8": 15, "2.14.3": 34}
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
