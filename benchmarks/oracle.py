"""What has to be answered, computed from what the upstream stores and from nothing else."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.data import MESHES, JSONObject, Stored
from benchmarks.workloads import Workload, targets

Rows = Sequence[JSONObject]
Answers = dict[str, Callable[[], list[JSONObject]]]


def expected(graph: str, workload: Workload, stored: Stored) -> list[JSONObject]:
    """The `data` of each answer, in the order of the requests."""
    makers: dict[str, Callable[[], Answers]] = {
        "meshgate": lambda: graphs(stored, lambda rows: {"nodes": rows}),
        "handwritten": lambda: graphs(stored, lambda rows: rows),
        "handwritten-map": lambda: graphs(stored, lambda rows: rows, lambda tags: {"tagMap": tags}),
        "tailcall": lambda: projections(
            stored, "meshes", "dataplanesOf", "dataplanes", "mesh", "dataplane", {}
        ),
        "hive": lambda: projections(
            stored,
            "getMeshList",
            "getDataplaneOverviewList",
            "getAllDataplaneOverviewList",
            "getMesh",
            "getDataplaneOverview",
            {"warnings": None},
        ),
    }
    return makers[graph]()[workload.name]()


def only(one: JSONObject | None, *names: str) -> JSONObject:
    """Some fields of an object, null where it has none."""
    return {name: (one or {}).get(name) for name in names}


def in_mesh(rows: Rows, mesh: str) -> list[JSONObject]:
    """Those of one mesh."""
    return [one for one in rows if one["mesh"] == mesh]


def mtls(mesh: JSONObject, *names: str) -> JSONObject:
    """Some fields of a mesh's mTLS; of its backends name and type."""
    found = only(mesh["mtls"], *names)
    if "backends" in found:
        found["backends"] = [only(one, "name", "type") for one in found["backends"]]
    return found


def tags(found: dict[str, str]) -> JSONObject:
    """Tags as a list, in the order of their keys."""
    return {"tags": [{"key": key, "value": found[key]} for key in sorted(found)]}


def graphs(
    stored: Stored,
    many: Callable[[list[Any]], Any],
    tagged: Callable[[dict[str, str]], JSONObject] = tags,
) -> Answers:
    """The answers of a graph that is more than the upstream's JSON.

    `many` makes a connection of rows, `tagged` the field of an inbound's tags.
    """
    meshes = {one["name"]: one for one in stored.meshes}
    services = {(one["mesh"], one["name"]): one for one in stored.services}

    def inbounds(one: JSONObject, *names: str) -> JSONObject:
        network = one["dataplane"]["networking"]
        return {
            "address": network["address"],
            "inbounds": [
                only(inbound, *names) | tagged(inbound["tags"]) for inbound in network["inbound"]
            ],
        }

    def connections(one: JSONObject, **names: str) -> list[JSONObject]:
        found = one["dataplaneInsight"]["subscriptions"]
        return [{alias: sub.get(name) for alias, name in names.items()} for sub in found]

    times = {"connectTime": "connectTime", "disconnectTime": "disconnectTime"}

    def w2(one: JSONObject) -> JSONObject:
        insight = {"subscriptions": connections(one, **times)}
        return {"name": one["name"], "networking": inbounds(one, "port"), "insight": insight}

    def w3(one: JSONObject) -> JSONObject:
        mesh = meshes[one["mesh"]]
        return {
            "name": one["name"],
            "mesh": {"name": mesh["name"], "mtls": mtls(mesh, "enabledBackend", "backends")},
            "insight": {
                "subscriptions": connections(one, **times),
                "mtls": only(one["dataplaneInsight"]["mTLS"], "issuedBackend"),
            },
        }

    def w4(one: JSONObject) -> JSONObject:
        found = one["dataplaneInsight"]
        subscriptions = connections(one, id="id", instance="controlPlaneInstanceId", **times)
        for made, sub in zip(subscriptions, found["subscriptions"], strict=True):
            made["status"] = only(sub["status"], "lastUpdateTime")
        certificate = only(found["mTLS"], "certificateExpirationTime", "issuedBackend")
        return {
            "name": one["name"],
            "networking": inbounds(one, "name", "port", "servicePort"),
            "insight": {"subscriptions": subscriptions, "mtls": certificate},
        }

    def w6() -> list[JSONObject]:
        found: list[JSONObject] = []
        for mesh, name in targets():
            one = meshes[mesh]
            backends = [only(each, "name", "type") for each in one["mtls"]["backends"]]
            names = [only(each, "name") for each in backends]
            enabled = only(one["mtls"], "enabledBackend")
            found += [
                {"mesh": {"name": mesh}},
                {"mesh": {"name": mesh, "mtls": enabled}},
                {"mesh": {"name": mesh, "mtls": {"backends": backends}}},
                {"mesh": {"mtls": enabled | {"backends": names}}},
                {"dataplane": {"name": name, "networking": address(stored, mesh, name)}},
            ]
        return found

    def w7(one: JSONObject) -> JSONObject:
        named = {
            each["tags"]["kuma.io/service"] for each in one["dataplane"]["networking"]["inbound"]
        }
        found = [services[one["mesh"], name] for name in sorted(named)]
        since = connections(one, since="connectTime", until="disconnectTime")
        return {
            "name": one["name"],
            "state": status(one),
            "services": [
                {"name": each["name"], "status": each["status"].upper()} for each in found
            ],
            "networking": inbounds(one, "port"),
            "insight": {"connections": since},
        }

    def fleet(field: str, row: Callable[[JSONObject], JSONObject]) -> list[JSONObject]:
        rows = [
            {"name": name, field: many([row(one) for one in in_mesh(stored.overviews, name)])}
            for name in meshes
        ]
        return [{"meshes": many(rows)}]

    first = in_mesh(stored.overviews, MESHES[0])
    return {
        "W1": lambda: [{"meshes": many([{"name": name} for name in meshes])}],
        "W2": lambda: fleet("dataplanes", w2),
        "W3": lambda: [{"dataplanes": many([w3(one) for one in first])}],
        "W4": lambda: [{"dataplanes": many([w4(one) for one in stored.overviews])}],
        "W5": lambda: [{"applyPolicy": {"outcome": "UPDATED"}}],
        "W6": w6,
        "W7": lambda: fleet("proxies", w7),
    }


def address(stored: Stored, mesh: str, name: str) -> JSONObject:
    """The address of one dataplane."""
    one = next(one for one in in_mesh(stored.overviews, mesh) if one["name"] == name)
    return only(one["dataplane"]["networking"], "address")


def status(overview: JSONObject) -> str:
    """The control plane's rule for what the benchmark stores: connected, and inbounds ready."""
    if all("disconnectTime" in sub for sub in overview["dataplaneInsight"]["subscriptions"]):
        return "OFFLINE"
    inbounds = overview["dataplane"]["networking"]["inbound"]
    ready = all(one.get("state") != "NotReady" for one in inbounds)
    return "ONLINE" if ready else "PARTIALLY_DEGRADED"


def projections(
    stored: Stored,
    meshes: str,
    dataplanes: str,
    all_dataplanes: str,
    mesh: str,
    dataplane: str,
    written: JSONObject,
) -> Answers:
    """The answers of a graph that is the upstream's JSON with links, under these roots."""
    by_name = {one["name"]: one for one in stored.meshes}

    def networking(one: JSONObject, *names: str) -> JSONObject:
        network = one["dataplane"]["networking"]
        inbound = [only(each, *names, "tags") for each in network["inbound"]]
        return {"networking": {"address": network["address"], "inbound": inbound}}

    def subscriptions(one: JSONObject, *names: str) -> list[JSONObject]:
        found = one["dataplaneInsight"]["subscriptions"]
        return [only(sub, *names, "connectTime", "disconnectTime") for sub in found]

    def w2(one: JSONObject) -> JSONObject:
        insight = {"subscriptions": subscriptions(one)}
        return {
            "name": one["name"],
            "dataplane": networking(one, "port"),
            "dataplaneInsight": insight,
        }

    def w3(one: JSONObject) -> JSONObject:
        found = by_name[one["mesh"]]
        return {
            "name": one["name"],
            "inMesh": {"name": found["name"], "mtls": mtls(found, "enabledBackend", "backends")},
            "dataplaneInsight": {
                "subscriptions": subscriptions(one),
                "mTLS": only(one["dataplaneInsight"]["mTLS"], "issuedBackend"),
            },
        }

    def w4(one: JSONObject) -> JSONObject:
        found = one["dataplaneInsight"]
        made = subscriptions(one, "id", "controlPlaneInstanceId")
        for each, sub in zip(made, found["subscriptions"], strict=True):
            each["status"] = only(sub["status"], "lastUpdateTime")
        certificate = only(found["mTLS"], "certificateExpirationTime", "issuedBackend")
        return {
            "name": one["name"],
            "dataplane": networking(one, "name", "port", "servicePort"),
            "dataplaneInsight": {"subscriptions": made, "mTLS": certificate},
        }

    def w6() -> list[JSONObject]:
        found: list[JSONObject] = []
        for name, member in targets():
            one = by_name[name]
            both = mtls(one, "enabledBackend", "backends")
            names = [only(each, "name") for each in both["backends"]]
            enabled = only(both, "enabledBackend")
            place = {"networking": address(stored, name, member)}
            found += [
                {mesh: {"name": name}},
                {mesh: {"name": name, "mtls": enabled}},
                {mesh: {"name": name, "mtls": only(both, "backends")}},
                {mesh: {"mtls": enabled | {"backends": names}}},
                {dataplane: {"name": member, "dataplane": place}},
            ]
        return found

    def rows(of: Rows, row: Callable[[JSONObject], JSONObject]) -> JSONObject:
        return {"items": [row(one) for one in of]}

    def member(name: str) -> JSONObject:
        return {"name": name, "dataplanes": rows(in_mesh(stored.overviews, name), w2)}

    first = in_mesh(stored.overviews, MESHES[0])
    return {
        "W1": lambda: [{meshes: rows(stored.meshes, lambda one: only(one, "name"))}],
        "W2": lambda: [{meshes: {"items": [member(name) for name in by_name]}}],
        "W3": lambda: [{dataplanes: rows(first, w3)}],
        "W4": lambda: [{all_dataplanes: rows(stored.overviews, w4)}],
        "W5": lambda: [{"putMeshTimeout": written}],
        "W6": w6,
    }
