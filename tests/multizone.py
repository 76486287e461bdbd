"""A Global and one of its zones as they were recorded, for graphs over both.

Neither configuration was recorded, nor the zone's index: a Global gives zones its cluster id.
"""

from typing import Any

from tests.recorded import recording
from tests.upstreams.kuma.canned import Canned, listed

VERSION = "2.14.3"
AREA = "10-multizone"
ZONE = "zone-1"
MESH = "shop"
_INDEX = recording(VERSION).one(f"{AREA}/global-index").body


def global_plane(**more: Any) -> Canned:
    """The Global, with its lists over all meshes and of the one that has dataplanes."""
    lists = recording(VERSION).snapshot_global
    answers = dict(lists)
    for path, body in lists.items():
        rows = [one for one in body.get("items") or () if one.get("mesh") == MESH]
        if rows:
            answers[f"/meshes/{MESH}{path}"] = listed(rows)
    return _canned(answers, {"mode": "global"}, more)


def zone_plane(**more: Any) -> Canned:
    """The control plane of zone-1; lists of its mesh are those over all meshes as well."""
    zone = {"name": ZONE, "globalAddress": "grpcs://global.example.com:5685"}
    answers: dict[str, Any] = {}
    for step in recording(VERSION).area(AREA):
        if step.name.startswith(f"{ZONE}-") and step.method == "GET":
            path = step.target.partition("?")[0]
            answers[path] = answers[path.removeprefix(f"/meshes/{MESH}")] = step.body
    overviews = answers["/dataplanes/_overview"]["items"]
    answers["/dataplanes"] = listed(
        {**one, "type": "Dataplane", **one["dataplane"]} for one in overviews
    )
    return _canned(answers, {"mode": "zone", "multizone": {"zone": zone}}, more)


def _canned(answers: dict[str, Any], config: dict[str, Any], more: dict[str, Any]) -> Canned:
    found = Canned({**answers, "/": _INDEX | more, "/config": config}, VERSION)
    found.answers["/who-am-i"] = {"name": "mesh-system:anonymous", "groups": []}
    found.otherwise = listed(())
    return found
