"""What the published parts of NGINX Service Mesh were recorded to do, and its fixtures."""

import json
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parents[2] / "recordings" / "nginx-service-mesh"


class Case(msgspec.Struct, frozen=True):
    """One recorded case."""

    name: str
    body: Any

    def __getitem__(self, key: str) -> Any:
        return self.body[key]

    def __str__(self) -> str:
        return self.name


def cases(family: str, version: str = "1.7.0") -> list[Case]:
    """All cases of a family."""
    found = sorted((ROOT / version / family).glob("*.json"))
    return [Case(path.stem, json.loads(path.read_text())) for path in found]


def fixture(name: str) -> Any:
    """A fixture: its text, or the JSON that it is."""
    text = (ROOT / "fixtures" / name).read_text()
    return json.loads(text) if name.endswith(".json") else text
