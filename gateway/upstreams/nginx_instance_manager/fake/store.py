"""What a fake Instance Manager keeps: rows as they go over the wire, and what is under way."""

import time
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

JSONObject = dict[str, Any]
API = "/api/platform/v1"
_SPACE = UUID("5d1a3c0e-8f5b-4f0e-9a53-1f0e6d8f9a11")


class Fault(Exception):
    """An error as the API says it."""

    def __init__(self, status: int, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code or status, "message": message}


class Store:
    """Lists by the last part of their paths, configurations by the path that they are of.

    A publication is pending for `seconds`; until `late` seconds have passed nobody knows of it.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, *, seconds: float = 1.0, late: float = 0.2
    ) -> None:
        self.clock = clock
        self.seconds = seconds
        self.late = late
        self.lists: dict[str, list[JSONObject]] = {}
        self.configurations: dict[str, JSONObject] = {}
        self.documents: dict[str, Any] = {}
        self.metrics: list[JSONObject] = []
        self.deployments: dict[str, tuple[float, JSONObject]] = {}
        self.snapshots: dict[str, list[JSONObject]] = {}
        self._made = 0

    def rows(self, name: str) -> list[JSONObject]:
        """A list, to read or to change."""
        return self.lists.setdefault(name, [])

    def uid(self) -> str:
        """A uid that nothing has."""
        self._made += 1
        return str(uuid5(_SPACE, str(self._made)))

    def now(self) -> str:
        """The time as the API writes it."""
        found = datetime.fromtimestamp(self.clock(), UTC)
        return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def one(self, name: str, /, **wanted: str) -> JSONObject:
        """The row of a list that has these values; raises the 404 of the API."""
        for row in self.rows(name):
            if all(row.get(key) == value for key, value in wanted.items()):
                return row
        raise Fault(404, f"Error getting the {name}: it could not be found.", 12020)

    def deploy(self, place: str, names: list[str], body: JSONObject) -> JSONObject:
        """Begin to give instances a configuration; what the request is answered with."""
        uid = self.uid()
        parent = "instance-groups" if place.startswith("/instance-groups") else "systems/instances"
        self.deployments[uid] = (self.clock(), {"names": names, "place": place, "body": body})
        return {
            "deploymentUID": uid,
            "links": {"rel": f"{API}/{parent}/deployments/{uid}"},
            "result": "Publish nginx configuration request Accepted",
        }

    def deployment(self, uid: str) -> JSONObject:
        """How far a deployment is; raises a 404 where it is not known yet."""
        began, what = self.deployments.get(uid, (0.0, {}))
        age = self.clock() - began
        if not what or age < self.late:
            raise Fault(404, "Error getting the deployment: the deployment could not be found.")
        names = [{"name": name} for name in what["names"]]
        broken = self._is_broken(what["body"])
        pending = age < self.seconds
        failed = [one | {"failMessage": "nginx: configuration file test failed"} for one in names]
        if not pending and not broken:
            self.configurations[what["place"]] = what["body"]
        status = "pending" if pending else "failed" if broken else "successful"
        return {
            "createTime": self.now(),
            "details": {
                "failure": failed if broken and not pending else [],
                "pending": names if pending else [],
                "success": [] if pending or broken else names,
                **({"error": '{"nginx": "test failed"}'} if broken and not pending else {}),
            },
            "id": uid,
            "message": "Instance config failed to publish to"
            if broken
            else "Instance config successfully published to",
            "status": status,
            "updateTime": self.now(),
        }

    def _is_broken(self, body: JSONObject) -> bool:
        """Whether NGINX would refuse it: its braces do not fit."""
        texts = [b64decode(file["contents"]).decode() for file in body["configFiles"]["files"]]
        return any(text.count("{") != text.count("}") for text in texts)
