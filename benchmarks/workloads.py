"""What is asked: seven workloads, each in the words of every graph that can be asked for it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.data import APPS, EACH, MESHES, TIMEOUT

QUERIES: Final = Path(__file__).parent / "queries"
GRAPHS: Final = ("meshgate", "handwritten", "handwritten-map", "tailcall", "hive")
"""The folders of queries: graphs that spell the same questions in different words."""
SPEC: Final[dict[str, Any]] = {
    "targetRef": {"kind": "Mesh"},
    "to": [
        {
            "targetRef": {"kind": "MeshService", "name": "backend"},
            "default": {
                "connectionTimeout": "2s",
                "idleTimeout": "1h",
                "http": {"requestTimeout": "15s", "streamIdleTimeout": "30m"},
            },
        }
    ],
}
"""What is written of a MeshTimeout."""


class Workload(msgspec.Struct, frozen=True):
    """One thing that clients do, and how many of them do it at once."""

    name: str
    connections: int
    summary: str


WORKLOADS: Final = (
    Workload("W1", 32, "names of 10 meshes"),
    Workload("W2", 4, "10 meshes of 100 dataplanes: ports, tags, times"),
    Workload("W3", 8, "100 dataplanes, each with its mesh's mTLS and its insight"),
    Workload("W4", 4, "1,000 dataplane overviews, 13 fields"),
    Workload("W5", 32, "PUT of a MeshTimeout"),
    Workload("W6", 32, "50 distinct small queries in turn"),
    Workload("W7", 4, "W2 by fragments and variables, computed fields"),
)


def targets() -> Iterator[tuple[str, str]]:
    """The meshes and dataplanes that the small queries ask for, one of each in each turn."""
    for at, mesh in enumerate(MESHES):
        yield mesh, f"{APPS[at % len(APPS)]}-{at % EACH:02}"


def operations(graph: str, workload: Workload) -> list[bytes]:
    """The bodies of the requests, in turn; none where the graph has no words for it."""
    file = QUERIES / graph / f"{workload.name}.graphql"
    if not file.exists():
        return []
    text = file.read_text()
    if workload.name == "W6":
        each = text.splitlines()
        return [
            request(one.replace("MESH", mesh).replace("DATAPLANE", dataplane))
            for mesh, dataplane in targets()
            for one in each
        ]
    return [request(text, variables(graph, workload))]


def request(query: str, variables: dict[str, Any] | None = None) -> bytes:
    """A request as clients send it, on one line."""
    body = {"query": query, "variables": variables} if variables else {"query": query}
    return json.dumps(body).encode()


def variables(graph: str, workload: Workload) -> dict[str, Any] | None:
    """The variables of a workload, where it has any."""
    given = {"mesh": MESHES[0], "name": TIMEOUT}
    if workload.name == "W5":
        if graph in ("tailcall", "hive"):
            return {**given, "body": {"type": "MeshTimeout", **given, "spec": SPEC}}
        return {"input": {"kind": "MeshTimeout", **given, "spec": SPEC}}
    if workload.name == "W7":
        return {"first": len(APPS) * EACH, "connections": True, "tags": True}
    return None
