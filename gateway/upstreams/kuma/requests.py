"""Keys and changes → requests, as Kuma's HTTP API spells them; no line waits or knows a host."""

from typing import Final, assert_never

import msgspec

from gateway.errors import BadUserInput
from gateway.model.changes import Apply, Change, Delete
from gateway.model.control_planes import Served
from gateway.model.kinds import IN_MESH
from gateway.model.pages import EVERYTHING, Narrowing
from gateway.model.versions import Version
from gateway.upstreams.base import Document
from gateway.upstreams.kuma.dialects import DOCUMENTS, Dialect
from gateway.upstreams.kuma.narrowing import query
from gateway.upstreams.paths import segment
from gateway.upstreams.wire import Request

PAGE_SIZE: Final = 1000
"""The largest page of every version; a smaller one costs the control plane just as much."""


INDEX: Final = "/"
RESOURCES: Final = "/_resources"
POLICIES: Final = "/policies"
CONFIG: Final = DOCUMENTS[Document.CONFIGURATION].path


def document(document: Document, version: Version | None) -> str | None:
    """Where a control plane tells of itself; None where that version does not."""
    row = DOCUMENTS[document]
    return row.path if row.served_by(version) else None


def collection(served: Served, mesh: str | None) -> str:
    """The path of a kind's list: in one mesh, or in all where mesh is None."""
    if mesh is None:
        return f"/{served.path}"
    if served.kind.scope is not IN_MESH:
        raise BadUserInput(f"a {served.kind.name} stands in no mesh")
    return f"/meshes/{segment(mesh)}/{served.path}"


def place(served: Served, mesh: str | None) -> str:
    """The path of a kind's list of which one resource is meant, so that a mesh has to be named."""
    if mesh is None and served.kind.scope is IN_MESH:
        raise BadUserInput(f"a {served.kind.name} stands in a mesh; say in which")
    return collection(served, mesh)


def overviews(served: Served, mesh: str | None, dialect: Dialect) -> str:
    """The path of a kind's list with insights."""
    former = served.kind.former_overview
    if former and not dialect.overview.startswith("/"):
        return collection(msgspec.structs.replace(served, path=former), mesh)
    return collection(served, mesh) + dialect.overview


def listing(
    served: Served,
    mesh: str | None,
    dialect: Dialect,
    *,
    overview: bool,
    offset: int = 0,
    size: int = PAGE_SIZE,
    narrowing: Narrowing = EVERYTHING,
) -> Request:
    """A GET of one page of a list, with insights where `overview` is set."""
    path = overviews(served, mesh, dialect) if overview else collection(served, mesh)
    after = f"&offset={offset}" if offset else ""
    return Request("GET", f"{path}?size={size}{after}{query(narrowing)}")


def one(
    served: Served, mesh: str | None, name: str, dialect: Dialect, *, overview: bool
) -> Request:
    """A GET of one resource, with its insight where `overview` is set."""
    path = place(served, mesh)
    if not overview:
        return Request("GET", f"{path}/{segment(name)}")
    if dialect.overview.startswith("/"):
        return Request("GET", f"{path}/{segment(name)}{dialect.overview}")
    return Request("GET", f"{overviews(served, mesh, dialect)}/{segment(name)}")


def kubernetes(served: Served, mesh: str | None, name: str) -> Request:
    """A GET of one resource as a Kubernetes object."""
    return Request("GET", f"{place(served, mesh)}/{segment(name)}?format=kubernetes")


def write(served: Served, change: Change) -> Request:
    """A PUT or a DELETE of one resource."""
    path = f"{place(served, change.key.mesh)}/{segment(change.key.name)}"
    match change:
        case Apply():
            return Request("PUT", path, change.encoded or msgspec.json.encode(change.body))
        case Delete():
            return Request("DELETE", path)
        case _:
            assert_never(change)
