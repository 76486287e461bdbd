"""The requests and answers that Kuma's documents and its own tests show, found by their index."""

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from gateway.model.kinds import Scope
from gateway.model.resources import ResourceKey
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import parsed, rendered

ROOT = Path(__file__).parent / "fixtures" / "kuma"
VERSIONS = {"0.x": "0.3.2", "1.1": "1.1.6"}
"""The documents, and the version that each is about."""
PATHS = {kind.path: kind for kind in KINDS.values()}


class Example(msgspec.Struct, frozen=True):
    """One request of the index; a file of a PUT is its body, that of a GET the answer's."""

    file: str | None
    method: str
    path: str
    status: int
    api: str

    @property
    def name(self) -> str:
        """What it is called in a list of tests."""
        return self.file or f"doc-{self.api}/{self.method} {self.path}"

    @property
    def body(self) -> Any:
        """What its file holds; None where it has none."""
        return json.loads((ROOT / self.file).read_bytes()) if self.file else None

    @property
    def place(self) -> tuple[str, str | None, str | None, bool] | None:
        """The kind, the mesh, the name and whether it is an overview; None for no resource."""
        words = self.path.partition("?")[0].strip("/").split("/")
        mesh = words.pop(1) if words[0] == "meshes" and len(words) > 2 else None
        path, *names = words[1:] if mesh else words
        overview = path.endswith("+insights") or names[-1:] == ["_overview"]
        names = [name for name in names if name != "_overview"]
        kind = PATHS.get(path.removesuffix("+insights"))
        if kind is None or len(names) > 1 or (mesh and kind.scope is Scope.GLOBAL):
            return None
        return kind.name, mesh, names[0] if names else None, overview

    def key(self) -> ResourceKey:
        """The resource of an upstream `cp` that it is about."""
        assert self.place is not None
        kind, mesh, name, _ = self.place
        assert name is not None
        return ResourceKey("cp", kind, mesh, name)


@functools.cache
def examples(api: str | None = None) -> tuple[Example, ...]:
    """Those of one api, `0.x` or `1.1`, or all."""
    found = msgspec.json.decode((ROOT / "index.json").read_bytes(), type=list[Example])
    return tuple(one for one in found if api in (None, one.api))


class Documented:
    """A Transport to a control plane of a version that answers these examples, and no other.

    `put` holds the bodies that were written, by path.
    """

    def __init__(self, version: str, shown: Iterable[Example]) -> None:
        self._version = version
        self._shown = tuple(shown)
        self.put: dict[str, Any] = {}

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        target, _, query = url.partition("//")[2].partition("/")[2].partition("?")
        path = f"/{target}"
        if "offset=" in query:
            # Documents show first pages alone, some of which say that there are more.
            return Answer(200, {}, b'{"items": [], "next": null}')
        if path == "/":
            index = {"hostname": "kuma-cp", "tagline": "Kuma", "version": self._version}
            return Answer(200, {}, rendered(index))
        for one in self._shown:
            if (one.method, one.path) == (method, path):
                self.put |= {path: parsed(body)} if method == "PUT" else {}
                return Answer(one.status, {}, rendered(one.body) if method == "GET" else b"")
        return Answer(404, {"content-type": "text/plain"}, b"404: Page Not Found")

    async def close(self) -> None:
        """Nothing is open."""
