"""Recorded requests played to a fake control plane, and what is compared of the answers."""

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from gateway.upstreams.kuma.fake import FakeKuma
from gateway.upstreams.kuma.fake.dialect import Mode
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import Exchange, Recording, recording

VERSIONS = ("0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev")
META = ("type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "snis")
TIMES = (
    "creationTime",
    "creationTimestamp",
    "modificationTime",
    "lastSync",
    "createdAt",
    "instanceId",
    "clusterId",
)
"""What is another one with each control plane and each run."""

COMPUTED = ("MeshInsight", "ServiceInsight")

_DURATION = re.compile(
    r"(?=\d)(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?"
    r"(?:(\d+(?:\.\d+)?)ms)?"
)


class Said(msgspec.Struct, frozen=True):
    """What of an answer is compared; status None is a connection that was closed."""

    status: int | None
    content_type: str | None
    body: Any


def fake(
    version: str,
    *,
    read_only: bool = False,
    of_global: bool = False,
    clock: Callable[[], float] = time.time,
) -> FakeKuma:
    """A fake like the recorded control plane: standalone before there were zones."""
    mode: Mode = "standalone" if version[0] in "01" else "zone"
    mode = "global" if of_global else mode
    return FakeKuma(version, mode=mode, read_only=read_only, insight_lag=1e9, clock=clock)


def seeded(
    recorded: Recording,
    *,
    until: str = "9",
    read_only: bool = False,
    of_global: bool = False,
) -> FakeKuma:
    """A fake with what the snapshot holds, made when it was made, as far as it was until then."""
    now: list[float] = []
    made = fake(
        recorded.version,
        read_only=read_only,
        of_global=of_global,
        clock=lambda: now[0] if now else time.time(),
    )
    snapshot = recorded.snapshot_global if of_global else recorded.snapshot
    for kind in KINDS.values():
        path = kind.path
        if kind.former_path and made.control_plane.release < kind.former_path[0]:
            path = kind.former_path[1]
        found = snapshot.get(f"/{path}")
        if found is None or kind.name in COMPUTED:
            continue
        for row in made.store.rows(kind.name):
            made.store.delete(kind.name, row.mesh, row.name)
        for item in found["items"]:
            if item["creationTime"] <= until:
                content = {key: value for key, value in item.items() if key not in META}
                labels = item.get("labels", {})
                now[:] = [datetime.fromisoformat(item["creationTime"]).timestamp()]
                made.store.put(kind.name, item.get("mesh"), item["name"], content, labels)
    now.clear()
    made.resync()
    return made


def newest(body: Any) -> str:
    """The latest time of creation anywhere in a body."""
    if isinstance(body, dict):
        return max([str(body.get("creationTime", "")), *map(newest, body.values())])
    return max(map(newest, body), default="") if isinstance(body, list) else ""


async def played(made: FakeKuma, exchange: Exchange, *, admin: bool = True) -> Said:
    """What the fake says to the recorded request, by its administrator or by anyone."""
    headers = {"host": "127.0.0.1:5681", "accept": "*/*"}
    headers |= {key.lower(): value for key, value in exchange.request_headers.items()}
    if admin:
        headers["authorization"] = f"Bearer {made.admin_token}"
    given = exchange.request_body
    text = given if isinstance(given, str) else json.dumps(given)
    body = b"" if given is None else text.encode()
    try:
        answer = await made.answer(exchange.method, exchange.target, headers, body)
    except ConnectionResetError:
        return Said(None, None, None)
    content: Any = answer.body.decode() or None
    if answer.headers.get("content-type") == "application/json":
        content = json.loads(answer.body)
    shown = None if exchange.method == "HEAD" else content
    return Said(answer.status, answer.headers.get("content-type"), shown)


def recorded(exchange: Exchange) -> Said:
    """What the real control plane said."""
    return Said(exchange.status, exchange.headers.get("Content-Type"), exchange.body)


def normal(said: Said, *, without: tuple[str, ...] = (), bodies: bool = True) -> Said:
    """An answer without what may differ: times, spellings of durations, the paths named."""
    body = _same_times(_claims(said.body))
    for path in without:
        for one in _items(body):
            _drop(one, path.split("."))
    return Said(said.status, said.content_type, body if bodies else None)


def _claims(body: Any) -> Any:
    """A token as what it says, without the times and the number that are its own."""
    if not isinstance(body, str) or not body.startswith("eyJ"):
        return body
    header, claims = (
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in body.split(".")[:2]
    )
    lasting = claims.get("exp", 0) - claims.get("iat", 0)
    own = {key: "some" for key in ("exp", "nbf", "iat", "jti") if key in claims}
    return [header, claims | own, round(lasting, -1)]


def seed_of(version: str) -> dict[str, Any]:
    """The mesh in which the recorded kinds were written."""
    meshes = recording(version).snapshot["/meshes"]["items"]
    return next(mesh for mesh in meshes if mesh["name"] == "mesh-1")


def _same_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "some" if key in TIMES else _same_times(found) for key, found in value.items()}
    if isinstance(value, list):
        return [_same_times(found) for found in value]
    return _in_seconds(value) if isinstance(value, str) else value


def _in_seconds(text: str) -> str:
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return text
    hours, minutes, seconds, thousandths = (float(part or 0) for part in found.groups())
    return f"{hours * 3600 + minutes * 60 + seconds + thousandths / 1000:g} s"


def _items(body: Any) -> Iterator[Any]:
    yield from body["items"] if isinstance(body, dict) and "items" in body else [body]


def _drop(value: Any, path: list[str]) -> None:
    """Take a path out; `[]` after a key goes into each element of its list."""
    key, *rest = path
    if not isinstance(value, dict):
        return
    if not rest:
        value.pop(key, None)
    elif key.endswith("[]"):
        for one in value.get(key[:-2], []):
            _drop(one, rest)
    else:
        _drop(value.get(key), rest)
