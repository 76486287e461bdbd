"""What a fake control plane holds: resources by kind, mesh and name, and who is connected."""

import itertools
from collections.abc import Callable, Collection, Iterator
from typing import Any

import msgspec

from gateway.model.kinds import Kind, Scope
from gateway.upstreams.kuma.fake.connections import ended, started, token_of
from gateway.upstreams.kuma.fake.dialect import ORDERED, Release
from gateway.upstreams.kuma.fake.times import written_time
from gateway.upstreams.kuma.kinds import KINDS

JSONObject = dict[str, Any]


class Stored(msgspec.Struct, frozen=True):
    """A resource: its meta, and the content that stands beside it on the wire."""

    kind: str
    mesh: str | None
    name: str
    created: str
    modified: str
    labels: dict[str, str]
    content: JSONObject


class Store:
    """Resources in memory; every change is announced to `watchers` before it is made."""

    def __init__(self, release: Release, clock: Callable[[], float]) -> None:
        self.release = release
        self.watchers: list[Callable[[], None]] = []
        self._clock = clock
        self._rows: dict[str, dict[tuple[str, str], Stored]] = {}
        self._ids = itertools.count(1)

    def now(self) -> str:
        """The clock as Go writes a time."""
        return written_time(self._clock())

    def get(self, kind: str, mesh: str | None, name: str) -> Stored | None:
        return self._rows.get(kind, {}).get((mesh or "", name))

    def rows(self, kind: str, mesh: str | None = None) -> list[Stored]:
        """All of a kind, of one mesh or of all, by mesh and name; before 1.0 as they came."""
        rows = self._rows.get(kind, {})
        keys = sorted(rows) if self.release >= ORDERED else rows
        return [rows[key] for key in keys if mesh is None or key[0] == mesh]

    def put(
        self,
        kind: str,
        mesh: str | None,
        name: str,
        content: JSONObject,
        labels: dict[str, str] | None = None,
    ) -> Stored:
        """Create or replace; the time of creation stays."""
        self._announce()
        now = self.now()
        before = self.get(kind, mesh, name)
        row = Stored(
            kind=kind,
            mesh=mesh,
            name=name,
            created=before.created if before else now,
            modified=now,
            labels=labels if labels is not None else (before.labels if before else {}),
            content=content,
        )
        self._rows.setdefault(kind, {})[(mesh or "", name)] = row
        return row

    def delete(
        self, kind: str, mesh: str | None, name: str, kept: Collection[tuple[str, str]] = ()
    ) -> None:
        """Take a resource out, with its insight, and with all it owns where it is a mesh."""
        self._announce()
        self._rows.get(kind, {}).pop((mesh or "", name), None)
        self._rows.get(f"{kind}Insight", {}).pop((mesh or "", name), None)
        if kind == "Mesh":
            for rows in self._rows.values():
                for key in [key for key in rows if key[0] == name]:
                    if key not in kept:
                        del rows[key]

    def kinds(self, scope: Scope) -> Iterator[Kind]:
        """The kinds of a scope that this release has."""
        return (k for k in KINDS.values() if k.scope is scope and k.served_by(self.release))

    def connect(self, mesh: str, dataplane: str) -> None:
        """A proxy opens its stream to the control plane."""
        self._connected("Dataplane", mesh, dataplane)

    def disconnect(self, mesh: str, dataplane: str) -> None:
        """A proxy's stream ends."""
        self._disconnected("Dataplane", mesh, dataplane)

    def connect_global(self, kind: str, name: str) -> None:
        """A zone's control plane, a zone ingress or a zone egress opens its stream."""
        self._connected(kind, None, name)

    def disconnect_global(self, kind: str, name: str) -> None:
        """The stream of a zone's control plane, a zone ingress or a zone egress ends."""
        self._disconnected(kind, None, name)

    def degrade(self, mesh: str, dataplane: str, *, ready: bool = False) -> None:
        """The first inbound of a dataplane fails its health check, or passes it again."""
        row = self.get("Dataplane", mesh, dataplane)
        if row is None or not row.content["networking"].get("inbound"):
            return
        first, *others = row.content["networking"]["inbound"]
        # Zero values are left out of protobuf's JSON, so what is not ready is an empty object.
        first = {**first, "health": {"ready": True} if ready else {}}
        networking = {**row.content["networking"], "inbound": [first, *others]}
        self.put("Dataplane", mesh, dataplane, {**row.content, "networking": networking})

    def _connected(self, kind: str, mesh: str | None, name: str) -> None:
        if self.get(kind, mesh, name) is None:
            raise KeyError(f"there is no {kind} {mesh or ''}/{name} that could connect")
        before = self.get(f"{kind}Insight", mesh, name)
        owner = self.get("Mesh", None, mesh) if mesh else None
        content = started(
            before.content if before else {},
            kind=kind,
            release=self.release,
            now=self._clock(),
            token=token_of(kind, mesh, name, next(self._ids)),
            backend=owner.content.get("mtls", {}).get("enabledBackend") if owner else None,
        )
        self.put(f"{kind}Insight", mesh, name, content)

    def _disconnected(self, kind: str, mesh: str | None, name: str) -> None:
        before = self.get(f"{kind}Insight", mesh, name)
        if before is not None:
            self.put(f"{kind}Insight", mesh, name, ended(before.content, self._clock()))

    def _announce(self) -> None:
        for watcher in self.watchers:
            watcher()
