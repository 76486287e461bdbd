"""`GET /status/zones`, which releases before 2.12 had."""

from gateway.upstreams.kuma.fake.connections import is_connected
from gateway.upstreams.kuma.fake.store import JSONObject, Store


def active_zones(store: Store) -> list[JSONObject] | None:
    """Which zones are enabled and connected; Go sends null where there is no zone."""
    found = []
    for row in store.rows("Zone"):
        insight = store.get("ZoneInsight", None, row.name)
        connected = insight is not None and is_connected(insight.content)
        enabled = row.content.get("enabled") is not False
        found.append({"name": row.name, "active": connected and enabled})
    return found or None
