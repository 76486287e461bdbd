"""Paths of a control plane: which kind, mesh and name a release reads from them."""

from typing import Final
from urllib.parse import unquote

import msgspec

from gateway.model.kinds import Kind, Scope
from gateway.upstreams.kuma.fake.dialect import LABELS, OVERVIEWS, Release, no_such_path
from gateway.upstreams.kuma.kinds import KINDS

_OVERVIEWS: Final = {
    "Dataplane": "dataplanes+insights",
    "Zone": "zones+insights",
    "ZoneIngress": "zoneingresses+insights",
    "ZoneEgress": "zoneegressoverviews",
}


class Place(msgspec.Struct, frozen=True):
    """A list where there is no name, else one resource; `route` is the path with its blanks."""

    kind: Kind
    mesh: str | None
    name: str | None
    overview: bool
    route: str


class Routes:
    """The paths that a release serves."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._segments: dict[str, tuple[Kind, bool]] = {}
        for kind in KINDS.values():
            if not kind.served_by(release):
                continue
            path = kind.path
            if kind.former_path is not None and release < kind.former_path[0]:
                path = kind.former_path[1]
            elif kind.former_path is not None:
                self._segments[kind.former_path[1]] = (kind, False)
            self._segments[path] = (kind, False)
            if kind.overview:
                self._segments[_OVERVIEWS[kind.name]] = (kind, True)
        if release >= LABELS:
            self._segments["globalsecrets"] = (KINDS["GlobalSecret"], False)

    def place(self, path: str) -> Place:
        """What a path names; raises the 404 of a path that is not served."""
        words = [unquote(word) for word in path.strip("/").split("/")]
        if path.endswith("/") and (1, 2) <= self._release < (2, 0):
            # These releases read a name after the slash, and there is nothing without a name.
            words.append("")
        mesh = None
        if words[0] == "meshes" and len(words) > 2 and words[2] != "_overview":
            mesh, words = words[1], words[2:]
        segment, *rest = words
        if segment not in self._segments:
            raise no_such_path()
        kind, overview = self._segments[segment]
        if rest and rest[-1] == "_overview" and kind.overview and self._release >= OVERVIEWS:
            rest, overview = rest[:-1], True
            segment = f"{segment}/_overview"
        global_kind = kind.scope is Scope.GLOBAL
        if len(rest) > 1 or (mesh is not None and global_kind):
            raise no_such_path()
        if rest and mesh is None and not global_kind:
            raise no_such_path()
        route = f"/meshes/{{mesh}}/{segment}" if mesh is not None else f"/{segment}"
        return Place(kind, mesh, rest[0] if rest else None, overview, route)
