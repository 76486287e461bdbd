"""The states in which things are: what views show, and filters and orders choose by."""

from gateway.model import status as rules
from gateway.schema.enums import enum

DataplaneStatus = enum(
    rules.DataplaneStatus,
    "DataplaneStatus",
    "How a dataplane is doing, by the control plane's own rule.",
    {
        "ONLINE": "Connected, and every inbound ready.",
        "PARTIALLY_DEGRADED": "Connected, and some inbound not ready.",
        "OFFLINE": "Not connected, or nothing of it ready.",
        "UNKNOWN": "The product does not tell.",
    },
)

ServiceStatus = enum(
    rules.ServiceStatus,
    "ServiceStatus",
    "How the dataplanes behind a service are doing.",
    {
        "ONLINE": "All of them are online.",
        "PARTIALLY_DEGRADED": "Some of them are online.",
        "OFFLINE": "None of them is online.",
        "NOT_AVAILABLE": "There are none that could be: the service is external.",
        "UNKNOWN": "The control plane does not tell.",
    },
)

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
