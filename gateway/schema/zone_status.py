"""How a zone, or a proxy between zones, is doing."""

from gateway.model import status as rules
from gateway.schema.enums import enum

ZoneStatus = enum(
    rules.ZoneStatus,
    "ZoneStatus",
    "How a zone is doing.",
    {
        "ONLINE": "Enabled, and its control plane connected.",
        "OFFLINE": "Enabled, and its control plane not connected.",
        "DISABLED": "Switched off.",
        "UNKNOWN": "The product does not tell.",
    },
)
