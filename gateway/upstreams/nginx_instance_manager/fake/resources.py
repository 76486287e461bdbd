"""What each path of the API does to the store: a row per path."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from gateway.upstreams.nginx_instance_manager.fake.lists import events, fits, inventory
from gateway.upstreams.nginx_instance_manager.fake.store import Fault, JSONObject, Store
from gateway.upstreams.nginx_instance_manager.kinds import KINDS

Query = Mapping[str, str]
Reply = tuple[int, Any]

LISTS: Final = frozenset((*(kind.path for kind in KINDS.values()), "groups", "features"))
DOCUMENTS: Final = frozenset(("userinfo", "modules", "modules/versions", "license", "inventory"))
KEYS: Final = {"certs": "name"}
"""The member by which a row is found, where that is not its uid."""
HIDDEN: Final = "**********"


class Resources:
    """The paths, each with what answers it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Reply]]] = [
            (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), call)
            for method, path, call in self._rows()
        ]

    def answer(self, method: str, path: str, query: Query, body: Any) -> Reply:
        """Status and body; raises Fault."""
        seen = False
        for verb, pattern, call in self._routes:
            found = pattern.fullmatch(path)
            if found is None:
                continue
            seen = True
            if verb == method:
                return call(query, body, **found.groupdict())
        raise Fault(405, "Method Not Allowed") if seen else Fault(404, "Not Found")

    def _rows(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        return [
            ("GET", "/systems/instances/deployments/{uid}", self._deployment),
            ("GET", "/instance-groups/deployments/{uid}", self._deployment),
            ("GET", "/systems/{system}/instances/{uid}/config", self._config),
            ("POST", "/systems/{system}/instances/{uid}/config", self._publish),
            ("GET", "/systems/{system}/instances/{uid}", self._instance),
            ("DELETE", "/systems/{system}/instances/{uid}", self._delete_instance),
            ("GET", "/systems/{system}/instances", self._of_system),
            ("GET", "/instance-groups/{uid}/config", self._group_config),
            ("POST", "/instance-groups/{uid}/config", self._publish_group),
            ("PATCH", "/(?P<name>systems|instance-groups)/{uid}", self._patch),
            ("POST", "/(?P<name>instance-groups|configs)", self._create),
            ("PUT", "/configs/{uid}", self._put_config),
            ("GET", "/configs/{uid}", self._get_config),
            ("PUT", "/certs/{uid}", self._put_certificate),
            ("DELETE", "/certs/{uid}", self._delete_certificate),
            ("GET", "/roles/{uid}", self._described),
            ("GET", "/users/{uid}", self._described_user),
            ("POST", "/servers/scan", self._scan),
            ("GET", "/analytics/events", self._events),
            ("GET", "/analytics/events/{uid}", self._event),
            ("GET", "/analytics/metrics", self._metrics),
            ("GET", "/license/status", lambda *_: (200, {"licenseStatus": "VALID"})),
            ("GET", f"/(?P<name>{'|'.join(DOCUMENTS)})", self._document),
            ("GET", f"/(?P<name>{'|'.join(LISTS - {'roles'})})", self._list),
            ("GET", "/(?P<name>systems|instance-groups|certs)/{uid}", self._one),
        ]

    def _list(self, query: Query, _: Any, name: str) -> Reply:
        rows = self._store.rows(name)
        if name == "systems" and "hostname" in query:
            rows = [row for row in rows if row["hostname"] == query["hostname"]]
        return 200, inventory(name, rows, query)

    def _one(self, _: Query, __: Any, name: str, uid: str) -> Reply:
        return 200, self._store.one(name, **{KEYS.get(name, "uid"): uid})

    def _document(self, _: Query, __: Any, name: str) -> Reply:
        return 200, self._store.documents.get(name, {})

    def _described(self, _: Query, __: Any, uid: str) -> Reply:
        return 200, self._in_metadata("roles", uid)

    def _described_user(self, _: Query, __: Any, uid: str) -> Reply:
        return 200, self._in_metadata("users", uid)

    def _in_metadata(self, name: str, uid: str) -> JSONObject:
        for row in self._store.rows(name):
            if row["metadata"]["name"] == uid:
                return row
        raise Fault(404, f"Error getting the {name}: it could not be found.", 12020)

    def _of_system(self, query: Query, _: Any, system: str) -> Reply:
        rows = [row for row in self._store.rows("instances") if row["systemUid"] == system]
        found = inventory("instances", rows, query)
        return 200, {"count": found["count"], "items": found["items"]}

    def _instance(self, _: Query, __: Any, system: str, uid: str) -> Reply:
        return 200, self._store.one("instances", systemUid=system, uid=uid)

    def _delete_instance(self, _: Query, __: Any, system: str, uid: str) -> Reply:
        self._store.rows("instances").remove(
            self._store.one("instances", systemUid=system, uid=uid)
        )
        return 204, None

    def _config(self, _: Query, __: Any, system: str, uid: str) -> Reply:
        self._store.one("instances", systemUid=system, uid=uid)
        return self._configuration(f"/systems/{system}/instances/{uid}")

    def _group_config(self, _: Query, __: Any, uid: str) -> Reply:
        self._store.one("instance-groups", uid=uid)
        return self._configuration(f"/instance-groups/{uid}")

    def _configuration(self, place: str) -> Reply:
        if place not in self._store.configurations:
            raise Fault(404, "Error getting the config: it could not be found.", 12021)
        return 200, self._store.configurations[place]

    def _publish(self, _: Query, body: Any, system: str, uid: str) -> Reply:
        row = self._store.one("instances", systemUid=system, uid=uid)
        self._files(body)
        place = f"/systems/{system}/instances/{uid}"
        return 202, self._store.deploy(place, [row["displayName"]], body)

    def _publish_group(self, _: Query, body: Any, uid: str) -> Reply:
        row = self._store.one("instance-groups", uid=uid)
        if "configUid" in body:
            body = self._store.configurations[f"/configs/{body['configUid']}"]
        self._files(body)
        names = [one["hostName"] for one in row.get("instances", ())]
        return 202, self._store.deploy(f"/instance-groups/{uid}", names, body)

    def _files(self, body: JSONObject) -> None:
        for part in ("configFiles", "auxFiles"):
            if not all({"name", "contents"} <= file.keys() for file in body[part]["files"]):
                raise Fault(400, "Error: a file has no name or no contents.", 12022)

    def _deployment(self, _: Query, __: Any, uid: str) -> Reply:
        return 200, self._store.deployment(uid)

    def _patch(self, _: Query, body: Any, name: str, uid: str) -> Reply:
        row = self._store.one(name, uid=uid)
        row |= body
        return 200, row

    def _create(self, _: Query, body: Any, name: str) -> Reply:
        by = "name" if name == "instance-groups" else "configName"
        if any(row[by] == body[by] for row in self._store.rows(name)):
            told = "Error creating the instance group: an instance group with that name"
            raise Fault(409, f"{told} already exists.", 11013)
        row = {"uid": self._store.uid(), **self._kept(name, body)}
        self._store.rows(name).append(row)
        if name == "configs":
            self._store.configurations[f"/configs/{row['uid']}"] = body
        return 201, row

    def _kept(self, name: str, body: JSONObject) -> JSONObject:
        if name == "configs":
            now = self._store.now()
            return {"configName": body["configName"], "createTime": now, "updateTime": now}
        return body

    def _get_config(self, _: Query, __: Any, uid: str) -> Reply:
        row = self._store.one("configs", uid=uid)
        return 200, row | self._store.configurations.get(f"/configs/{uid}", {})

    def _put_config(self, _: Query, body: Any, uid: str) -> Reply:
        row = self._store.one("configs", uid=uid)
        row |= {"configName": body["configName"], "updateTime": self._store.now()}
        self._store.configurations[f"/configs/{uid}"] = body
        return 200, row

    def _put_certificate(self, _: Query, body: Any, uid: str) -> Reply:
        rows = self._store.rows("certs")
        old = next((row for row in rows if row["name"] == uid), None)
        made = {
            "name": uid,
            "uid": old["uid"] if old else self._store.uid(),
            "created": old.get("created") if old else self._store.now(),
            "modified": self._store.now(),
            "certAssignmentDetails": [],
            "certMetadata": old.get("certMetadata", []) if old else [],
            "certPEMDetails": body["certPEMDetails"] | {"privateKey": HIDDEN, "password": HIDDEN},
            "instanceRefs": body.get("instanceRefs", []),
        }
        if old is not None:
            rows.remove(old)
        rows.append(made)
        return (200 if old else 201), made

    def _delete_certificate(self, _: Query, __: Any, uid: str) -> Reply:
        self._store.rows("certs").remove(self._store.one("certs", name=uid))
        return 204, None

    def _scan(self, _: Query, body: Any) -> Reply:
        return 200, {
            "completionTime": self._store.now(),
            "duration": 13110,
            "endpointsScanned": 508,
            "nginxFound": len(self._store.rows("servers")),
            "percentageComplete": 100,
            "request": body,
            "serversFound": len(self._store.rows("servers")),
            "status": "complete",
        }

    def _events(self, query: Query, _: Any) -> Reply:
        if "endTime" in query and "startTime" not in query:
            raise Fault(400, "endTime needs a startTime.", 10002)
        token = query.get("pageToken") or str(int(self._store.clock()))
        rows = self._store.snapshots.setdefault(token, list(self._store.rows("events")))
        return 200, events(rows, query, token)

    def _event(self, _: Query, __: Any, uid: str) -> Reply:
        return 200, self._store.one("events", id=uid)

    def _metrics(self, query: Query, _: Any) -> Reply:
        wanted = query["names"].split(",")
        found = []
        for metric in self._store.metrics:
            for one in wanted:
                aggregation, _, name = one.rstrip(")").rpartition("(")
                if name == metric["name"]:
                    wanted_of = [it for it in metric["series"] if fits(query.get("filter", ""), it)]
                    told = {"aggr": aggregation} if aggregation else {}
                    found.append(told | metric | {"series": wanted_of})
        return 200, {"metrics": found}
