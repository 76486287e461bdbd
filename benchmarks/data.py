"""What the upstream of the benchmark stores: ten meshes of a hundred dataplanes.

Everything is made from the shapes of what a control plane was recorded to answer, and comes out
the same each time.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

JSONObject = dict[str, Any]

SNAPSHOT: Final = Path(__file__).parent.parent / "tests/recordings/kuma/2.14.3/snapshot"
MESHES: Final = tuple(f"mesh-{number:02}" for number in range(10))
APPS: Final = (
    "accounts", "auth", "cart", "checkout", "frontend",
    "ledger", "orders", "payments", "search", "shipping",
)  # fmt: skip
EACH: Final = 10
"""Dataplanes of an app in a mesh."""
TIMEOUT: Final = "timeout-all"
DISCOVERY: Final = ("index", "_resources", "policies", "config", "who-am-i")


class Stored(msgspec.Struct, frozen=True):
    """The bodies of everything, in the order in which lists show them."""

    meshes: tuple[JSONObject, ...]
    overviews: tuple[JSONObject, ...]
    services: tuple[JSONObject, ...]
    timeouts: tuple[JSONObject, ...]
    mesh_insights: tuple[JSONObject, ...]


def recorded(name: str) -> Any:
    """A recorded answer."""
    return json.loads((SNAPSHOT / f"{name}.json").read_bytes())


def row(name: str, which: str) -> JSONObject:
    """One row of a recorded list, to make others from."""
    found: JSONObject = next(one for one in recorded(name)["items"] if one["name"] == which)
    return found


def indented(value: object) -> bytes:
    """JSON as Kuma sends it: each level one space deeper, and a line's end."""
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


def listed(rows: list[JSONObject]) -> JSONObject:
    """A list's body."""
    return {"total": len(rows), "items": rows, "next": None}


def stored() -> Stored:
    """Everything that the upstream stores."""
    return Stored(
        tuple(mesh(name) for name in MESHES),
        tuple(overview(name, at) for name in MESHES for at in range(len(APPS) * EACH)),
        tuple(service(name, app, role) for name in MESHES for app in APPS for role in ROLES),
        tuple(timeout(name) for name in MESHES),
        tuple(mesh_insight(name) for name in MESHES),
    )


ROLES: Final = ("", "-admin")
"""An app's first inbound serves the app, its second the app's admins."""


def mesh(name: str) -> JSONObject:
    """A mesh with mTLS, access logs and metrics."""
    found = copy.deepcopy(row("meshes", "shop"))
    return found | {"name": name, "kri": f"kri_m____{name}_"}


def overview(mesh: str, at: int) -> JSONObject:
    """A dataplane with two inbounds, and its insight with two subscriptions."""
    app, number = APPS[at // EACH], at % EACH
    found = copy.deepcopy(row("dataplanes___overview", "auth-01"))
    name = f"{app}-{number:02}"
    found |= {"mesh": mesh, "name": name, "kri": f"kri_dp_{mesh}_default__{name}_"}
    found["labels"] |= {"app": app, "kuma.io/mesh": mesh, "kuma.io/workload": app}
    network = found["dataplane"]["networking"]
    network["address"] = f"10.{MESHES.index(mesh)}.{at // EACH}.{number + 1}"
    for inbound, role in zip(network["inbound"], ROLES, strict=True):
        inbound["tags"]["kuma.io/service"] = app + role
    if number == 4:
        network["inbound"][1]["state"] = "NotReady"
    insight = found["dataplaneInsight"]
    insight["subscriptions"] = list(subscriptions(insight["subscriptions"][0], mesh, at))
    return found


def subscriptions(one: JSONObject, mesh: str, at: int) -> Iterator[JSONObject]:
    """A connection that was lost, and the one made next, which every tenth dataplane lost too."""
    for turn in range(2):
        lost = turn == 0 or at % EACH == EACH - 1
        found = copy.deepcopy(one)
        found["id"] = str(uuid5(NAMESPACE_URL, f"{mesh}/{at}/{turn}"))
        found["connectTime"] = moment(8 + 2 * turn, at, "138468104")
        if lost:
            found["disconnectTime"] = moment(9 + 2 * turn, at, "514290077")
        found["status"] = status(found["status"], 40 + at, moment(9 + 2 * turn, at, "417447635"))
        # The order of the fields as control planes send them.
        yield {
            key: found[key]
            for key in (
                "id",
                "controlPlaneInstanceId",
                "connectTime",
                "disconnectTime",
                "status",
                "version",
            )
            if key in found
        }


def status(shape: JSONObject, sent: int, last: str) -> JSONObject:
    """The counters of a connection that lasted for hours."""
    counts = {"cds": sent, "eds": 9 * sent, "lds": sent + 2, "rds": 3}
    found: JSONObject = {"lastUpdateTime": last}
    for name, number in {"total": sum(counts.values()), **counts}.items():
        found[name] = {"responsesSent": str(number), "responsesAcknowledged": str(number)}
    assert found.keys() == shape.keys()
    return found


def moment(hour: int, at: int, nanoseconds: str) -> str:
    """A point in time as Go writes it."""
    return f"2026-11-20T{hour:02}:{at % 60:02}:{at * 7 % 60:02}.{nanoseconds}Z"


def service(mesh: str, app: str, role: str) -> JSONObject:
    """What a control plane counts of a service: one of its dataplanes is offline."""
    name = app + role
    found = copy.deepcopy(row("service-insights", "backend"))
    return found | {
        "mesh": mesh,
        "name": name,
        "status": "partially_degraded",
        "dataplanes": {"total": EACH, "online": EACH - 1, "offline": 1},
        "addressPort": f"{name}.mesh:80",
    }


def timeout(mesh: str) -> JSONObject:
    """A MeshTimeout of the whole mesh."""
    found = copy.deepcopy(row("meshes__bank__meshtimeouts", "ledger-timeouts"))
    kri = f"kri_mt_{mesh}_default__{TIMEOUT}_"
    found["labels"]["kuma.io/mesh"] = mesh
    return found | {"mesh": mesh, "name": TIMEOUT, "kri": kri}


def mesh_insight(mesh: str) -> JSONObject:
    """What a control plane counts of a mesh."""
    found = copy.deepcopy(row("mesh-insights", "bank"))
    total = len(APPS) * EACH
    counts = {"total": total, "online": total - EACH, "offline": EACH}
    return found | {
        "name": mesh,
        "dataplanes": counts,
        "dataplanesByType": found["dataplanesByType"] | {"standard": counts},
        "policies": {"MeshTimeout": {"total": 1}},
        "resources": {"Dataplane": {"total": total}, "MeshTimeout": {"total": 1}},
    }


def bodies(all: Stored) -> Iterator[tuple[str, object]]:
    """Each path that is answered, without its query, and what is answered."""
    for name in DISCOVERY:
        yield f"/{name}", recorded(name)
    dataplanes, insights = map(plain, all.overviews), map(insight, all.overviews)
    yield "/meshes", listed(list(all.meshes))
    for one in all.meshes:
        yield f"/meshes/{one['name']}", one
    yield "/mesh-insights", listed(list(all.mesh_insights))
    for one in all.mesh_insights:
        yield f"/mesh-insights/{one['name']}", one
    yield from kind("dataplanes/_overview", all.overviews)
    yield from kind("dataplanes", tuple(dataplanes))
    yield from kind("dataplane-insights", tuple(insights))
    yield from kind("service-insights", all.services)
    yield from kind("meshtimeouts", all.timeouts)
    # It has none, and says so.
    yield from kind("meshservices", ())


def kind(path: str, rows: tuple[JSONObject, ...]) -> Iterator[tuple[str, object]]:
    """The lists of a kind in all meshes and in each, and its single resources."""
    yield f"/{path}", listed(list(rows))
    for name in MESHES:
        yield f"/meshes/{name}/{path}", listed([one for one in rows if one["mesh"] == name])
    collection, _, part = path.partition("/")
    for one in rows:
        single = f"/meshes/{one['mesh']}/{collection}/{one['name']}"
        yield (f"{single}/{part}" if part else single), one


def plain(overview: JSONObject) -> JSONObject:
    """The dataplane of an overview."""
    meta = {key: value for key, value in overview.items() if not key.startswith("dataplane")}
    return meta | {"type": "Dataplane", **overview["dataplane"]}


def insight(overview: JSONObject) -> JSONObject:
    """The insight of an overview."""
    meta = {k: overview[k] for k in ("mesh", "name", "creationTime", "modificationTime")}
    return {"type": "DataplaneInsight", **meta, **overview["dataplaneInsight"]}


def files(all: Stored) -> Mapping[str, bytes]:
    """Every path and the bytes of its answer."""
    return {path: indented(body) for path, body in bodies(all)}
