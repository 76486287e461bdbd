"""A kind of resource: the row from which paths, types, fakes, docs and tests are read."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

import msgspec


class Scope(StrEnum):
    """Whether a kind's names are unique in one mesh or in the whole control plane."""

    MESH = "Mesh"
    GLOBAL = "Global"


IN_MESH: Final = Scope.MESH
"""To look up a member of an Enum costs more than a call, before Python 3.12."""


class Noun(StrEnum):
    """The federated noun under which the graph serves a kind."""

    MESH = "Mesh"
    DATAPLANE = "Dataplane"
    SERVICE = "Service"
    POLICY = "Policy"
    ZONE = "Zone"
    SECRET = "Secret"
    INSIGHT = "Insight"
    RESOURCE = "Resource"


class Family(StrEnum):
    """How a policy says what it attaches to."""

    SOURCE_DESTINATION = "SOURCE_DESTINATION"
    SELECTOR = "SELECTOR"
    TARGET_REF = "TARGET_REF"
    CONFIGURATION = "CONFIGURATION"


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind as one upstream product stores it.

    `writable` holds the roles of control plane that accept a write: G a Global, Z a zone with a
    Global; empty is read-only. `since` is the first and `until` the first version without it.
    """

    name: str
    path: str
    scope: Scope
    noun: Noun
    summary: str
    type_name: str
    since: tuple[int, int]
    until: tuple[int, int] | None = None
    writable: str = "GZ"
    writable_until: tuple[int, int] | None = None
    """The version from which on a kind that nobody writes any more is read-only."""
    writable_since: tuple[int, int] | None = None
    """The version from which on it was written before, where that is not `since`."""
    family: Family | None = None
    short: str = ""
    plugin: bool = False
    """True: the content is in `spec` and `status`; false: it stands beside the meta."""
    overview: bool = False
    listed_only: bool = False
    """Whether there is no asking for one of it: what is wanted is found in the list."""
    unlisted: bool = False
    """Whether nothing lists it: it is asked for by its name."""
    former_path: tuple[tuple[int, int], str] | None = None
    """The path before a version, where it was another."""
    former_overview: str = ""
    """The path of its overviews before `_overview`, where that is not its own and `+insights`."""
    masks: tuple[str, ...] = ()
    """Paths of private keys inside the resource; `[]` goes into each element of a list."""
    body: Any = None
    """The Struct of what its bodies say beside the meta, where the graph types that."""

    def served_by(self, version: tuple[int, ...]) -> bool:
        """Whether a control plane of that version has this kind."""
        return self.since <= version and (self.until is None or version < self.until)


def by_name(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """The rows by their names; raises ValueError for two that make one name or GraphQL type."""
    found: dict[str, Kind] = {}
    for kind in by_type(kinds).values():
        _enter(found, kind.name, kind)
    return found


def by_type(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """The rows by their GraphQL types, of one product or of many; raises ValueError for a second
    row that makes the same type."""
    found: dict[str, Kind] = {}
    for kind in kinds:
        _enter(found, kind.type_name, kind)
    return found


def _enter(found: dict[str, Kind], key: str, kind: Kind) -> None:
    if key in found:
        raise ValueError(f"{kind.name} and {found[key].name} both make {key}")
    found[key] = kind
