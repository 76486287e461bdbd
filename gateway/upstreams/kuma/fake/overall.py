"""Insights over all meshes: `GET /global-insight` and the older `GET /global-insights`."""

from collections import Counter

from gateway.model.kinds import Noun, Scope
from gateway.upstreams.kuma.fake.connections import is_connected
from gateway.upstreams.kuma.fake.insights import Insights
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored


def global_insights(store: Store) -> JSONObject:
    """How many there are of each global kind, counted anew each time."""
    totals = {
        kind.name: {"total": len(store.rows(kind.name))}
        for kind in sorted(store.kinds(Scope.GLOBAL), key=lambda kind: kind.name)
        if kind.noun is not Noun.INSIGHT
    }
    return {"type": "GlobalInsights", "creationTime": store.now(), "resources": totals}


def global_insight(store: Store, insights: Insights) -> JSONObject:
    """`GET /global-insight`: plain Go, so zeroes are there."""
    meshes = insights.rows("MeshInsight")
    services = insights.rows("ServiceInsight")
    totals: Counter[str] = Counter()
    policies = 0
    for mesh in meshes:
        totals.update({k: v["total"] for k, v in mesh.content.get("resources", {}).items()})
        policies += sum(v["total"] for v in mesh.content["policies"].values())
    totals["HostnameGenerator"] += len(store.rows("HostnameGenerator"))
    by_type = [mesh.content.get("dataplanesByType", {}) for mesh in meshes]
    return {
        "createdAt": store.now(),
        "dataplanes": {
            key: {
                state: sum(one.get(key, {}).get(state, 0) for one in by_type)
                for state in ("offline", "online", "partiallyDegraded", "total")
            }
            for key in ("gatewayBuiltin", "gatewayDelegated", "standard")
        },
        "meshes": {"total": len(meshes)},
        "policies": {"total": policies},
        "resources": {name: {"total": count} for name, count in sorted(totals.items()) if count},
        "services": _services_by_type(services),
        "zones": {
            "controlPlanes": _online(store, "Zone"),
            "zoneEgresses": _online(store, "ZoneEgress"),
            "zoneIngresses": _online(store, "ZoneIngress"),
        },
    }


def _services_by_type(services: list[Stored]) -> JSONObject:
    found: JSONObject = {"external": {"total": 0}}
    for key in ("gatewayBuiltin", "gatewayDelegated", "internal"):
        found[key] = {"offline": 0, "online": 0, "partiallyDegraded": 0, "total": 0}
    named = {"external": "external", "gateway_builtin": "gatewayBuiltin"}
    named |= {"gateway_delegated": "gatewayDelegated"}
    states = {"partially_degraded": "partiallyDegraded"}
    for one in services:
        group = found[named.get(one.content.get("serviceType", ""), "internal")]
        group["total"] += 1
        state = states.get(one.content["status"], one.content["status"])
        if state in group:
            group[state] += 1
    return found


def _online(store: Store, kind: str) -> JSONObject:
    # A zone that never connected is in no count.
    rows = store.rows(f"{kind}Insight")
    return {"online": sum(1 for row in rows if is_connected(row.content)), "total": len(rows)}
