"""To what the recordings hold each kind: the exchanges and the lists of it that there are."""

import functools
from enum import Enum

from gateway.model.kinds import Kind
from gateway.model.versions import Version, parse
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import ROOT, recording

VERSIONS = sorted((folder.name for folder in ROOT.iterdir()), key=lambda name: parse(name) or ())


class Held(Enum):
    """How much of a kind was recorded from a real control plane of a version."""

    EXCHANGES = "read and written"
    LISTS = "read"
    NOTHING = "row alone"


@functools.cache
def held(kind: str, version: str) -> Held | None:
    """To what a version's recording holds a kind; None where that version has no such kind."""
    row = KINDS[kind]
    if not row.served_by(_numbers(version)):
        return None
    recorded = recording(version)
    if recorded.area(f"02-kinds/{kind}"):
        return Held.EXCHANGES
    paths = {f"/{row.path}"} | ({f"/{row.former_path[1]}"} if row.former_path else set())
    lists = (*recorded.snapshot.items(), *recorded.snapshot_global.items())
    is_listed = any(path in paths and body.get("items") for path, body in lists)
    return Held.LISTS if is_listed else Held.NOTHING


def kinds_held(version: str, how: Held) -> list[str]:
    """The kinds that a version's recording holds to so much, in the order of the rows."""
    return [kind for kind in KINDS if held(kind, version) is how]


def kinds_of(version: str) -> list[Kind]:
    """The kinds that a version has."""
    return [kind for kind in KINDS.values() if kind.served_by(_numbers(version))]


def _numbers(version: str) -> Version:
    found = parse(version)
    assert found is not None
    return found
