"""Lists as the API wraps and pages them, and the filters that events and metrics understand."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.upstreams.nginx_instance_manager.fake.store import Fault, JSONObject

INVENTORY: Final = frozenset(("systems", "instances", "instance-groups", "configs", "certs"))
"""The lists that count what is in them."""
_CONDITION: Final = re.compile(
    r"(?P<name>[\w.\-]+)\s*(?P<sign>!=|<=|>=|=|<|>|IN)\s*(?P<value>\([^)]*\)|'[^']*'|[\w.]+)"
)
_MOST: Final = 100


def page(rows: Sequence[Any], query: Mapping[str, str]) -> Sequence[Any]:
    """One page of a list; a size of zero is all of it, and nothing is more than a hundred."""
    number, size = int(query.get("page", "1")), int(query.get("pageSize", str(_MOST)))
    if size < 0 or number < 1:
        raise Fault(400, "The page and its size are whole numbers.", 10003)
    size = min(size, _MOST)
    return rows if size == 0 else rows[(number - 1) * size : number * size]


def inventory(name: str, rows: Sequence[JSONObject], query: Mapping[str, str]) -> JSONObject:
    """A list as the inventory, or as what belongs to rights, is wrapped."""
    found: JSONObject = {"items": list(page(rows, query))}
    if name in INVENTORY:
        found = {"count": len(rows), **found}
    if name == "instances":
        found["nginxAppProtectWAFCount"] = sum("appProtect" in row for row in rows)
        found["nginxPlusCount"] = sum(bool(row["build"]["nginxPlus"]) for row in rows)
    return found


def events(rows: Sequence[JSONObject], query: Mapping[str, str], token: str) -> JSONObject:
    """A list as events are wrapped; rows come as their order is asked for, or newest first."""
    kept = [row for row in rows if fits(query.get("filter", ""), row)]
    descending = not query.get("orderBy", "timestamp DESC").endswith("ASC")
    kept.sort(key=lambda row: str(row["timestamp"]), reverse=descending)
    pagination: JSONObject = {"links": {"next": {}, "prev": {}}, "pageToken": token}
    if query.get("includeTotal") == "true":
        pagination |= {"total": len(kept), "pageSize": _MOST, "page": int(query.get("page", "1"))}
    return {"Metadata": {"pagination": pagination}, "items": list(page(kept, query))}


def fits(text: str, row: JSONObject) -> bool:
    """Whether a row has what a filter wants; raises a 400 for what is no filter."""
    rest = text
    while rest:
        found = _CONDITION.match(rest)
        if found is None:
            raise Fault(400, "The filter cannot be parsed.", 10002)
        if not _holds(found, row):
            return False
        rest = rest[found.end() :]
        if rest and not rest.startswith(" AND "):
            raise Fault(400, "The filter cannot be parsed.", 10002)
        rest = rest.removeprefix(" AND ")
    return True


def _holds(condition: re.Match[str], row: JSONObject) -> bool:
    name, sign = condition["name"], condition["sign"]
    has = str(row.get(name, row.get("dimensions", {}).get(name, "")))
    values: list[str] = re.findall("'([^']*)'", condition["value"]) or [condition["value"]]
    if sign == "IN":
        return has in values
    other = values[0]
    wild = re.fullmatch(".*".join(map(re.escape, other.split("*"))), has) is not None
    held: dict[str, bool] = {
        "=": wild,
        "!=": not wild,
        "<": has < other,
        "<=": has <= other,
        ">": has > other,
        ">=": has >= other,
    }
    return held[sign]
