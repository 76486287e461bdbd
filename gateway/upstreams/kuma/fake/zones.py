"""`GET /status/zones`, which releases before 2.12 had."""

from gateway.upstreams.kuma.fake.connections import is_connected
from gateway.upstreams.kuma.fake.store import JSONObject, Store


def active_zones(store: Store) -> list[JSONObject] | None:
    """Which zones are enabled and connected, before 1.0 where; null where there is none."""
    found = []
    for row in store.rows("Zone"):
        insight = store.get("ZoneInsight", None, row.name)
        connected = insight is not None and is_connected(insight.content)
        enabled = row.content.get("enabled") is not False
        zone: JSONObject = {"name": row.name, "active": connected and enabled}
        if store.release < (1, 0):
            zone["url"] = row.content.get("ingress", {}).get("address", "")
        found.append(zone)
    return found or None
