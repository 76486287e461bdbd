"""Recordings of real control planes, played back: in process as a Transport, or on a port.

python -m tests.replay 2.14.3 --port 5681
python -m tests.replay 2.14.3 --area 02-kinds/MeshTimeout
"""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.errors import BadResponse
from gateway.upstreams.base import Answer
from tests.recorded import Exchange, Recording, recording, rendered

DISCOVERY = (
    "/",
    "/_resources",
    "/policies",
    "/versions",
    "/config",
    "/who-am-i",
    "/mesh-insights",
    "/status/zones",
    "/global-insight",
    "/global-insights",
)
WRITES = ("PUT", "DELETE", "POST")


class Unrecorded(AssertionError):
    """A request that no recording answers: a wrong test, or a recording that is missing."""


class Story(Protocol):
    """What answers requests: a snapshot, or exchanges in their sequence."""

    def answer(self, method: str, target: str, body: bytes | None) -> Answer: ...


class Exchanges:
    """The exchanges of some areas as a story whose state is the last write that was played.

    A read is answered from the stretch between that write and the next one; before the first
    write from what follows the last delete, when the resource is just as absent.
    """

    def __init__(self, recorded: Recording, *areas: str) -> None:
        self._recorded = recorded
        self._steps = recorded.area(*areas)
        self._reached: dict[str, int] = {}
        if not self._steps:
            raise Unrecorded(f"{recorded.version} has no area {', '.join(areas)}")

    def answer(self, method: str, target: str, body: bytes | None) -> Answer:
        for area in dict.fromkeys(step.area for step in self._steps):
            found = self._in_area(area, method, target, body)
            if found is not None:
                return found.answer()
        path = urlsplit(target).path
        if method == "GET" and path in DISCOVERY:
            return _discovery(self._recorded, path)
        raise Unrecorded(f"{self._recorded.version} has no recorded answer to {method} {target}")

    def _in_area(self, area: str, method: str, target: str, body: bytes | None) -> Exchange | None:
        steps = [step for step in self._steps if step.area == area]
        matches = [i for i, step in enumerate(steps) if step.asks(method, target, body)]
        writes = [i for i, step in enumerate(steps) if step.method in WRITES]
        reached = self._reached.get(area, -1)
        if method in WRITES:
            found = next((i for i in matches if i > reached), matches[-1] if matches else None)
            self._reached[area] = reached if found is None else found
        else:
            deleted = [i for i in writes if steps[i].method == "DELETE" and steps[i].status == 200]
            # What is deleted last is as absent as what was never made.
            start = reached if reached >= 0 else (deleted[-1] if deleted else -1)
            if reached in writes and steps[reached].status == 404:
                start = max((i for i in deleted if i < reached), default=reached)
            end = next((i for i in writes if i > start), len(steps))
            found = next((i for i in matches if start <= i < end), None)
        return None if found is None else steps[found]


class Snapshot:
    """A populated control plane that lets no one write, answering from its full lists."""

    def __init__(self, recorded: Recording, *, of_global: bool = False) -> None:
        self._recorded = recorded
        self._answers = recorded.snapshot_global if of_global else recorded.snapshot
        self._standing = () if of_global else recorded.area("08-overviews", "09-inspect")
        self._modern = tuple(map(int, recorded.version.split(".")[:2])) >= (2, 7)

    def answer(self, method: str, target: str, body: bytes | None) -> Answer:
        path = unquote(urlsplit(target).path).rstrip("/") or "/"
        if method != "GET":
            return self._read_only()
        if path in self._answers:
            found = self._answers[path]
            return self._page(found["items"], target) if _is_list(found) else _ok(found)
        if path in DISCOVERY and self._standing:
            return _discovery(self._recorded, path)
        for step in self._standing:
            if step.asks(method, target, body):
                return step.answer()
        return self._located(path, target)

    def _located(self, path: str, target: str) -> Answer:
        """A single resource, or a mesh's part of a list recorded over all meshes."""
        suffix = "/_overview" if path.endswith("/_overview") else ""
        mesh, kind, name = _words(path.removesuffix("/_overview"))
        whole: Any = self._answers.get(f"/{kind}{suffix}")
        if not _is_list(whole):
            return self._error("unknown-path")
        items: list[dict[str, Any]] = whole["items"]
        if mesh is not None:
            if self._modern and all(found["name"] != mesh for found in self._meshes()):
                return self._error("unknown-mesh-get")
            items = [item for item in items if item["mesh"] == mesh]
        if name is None:
            return self._page(items, target)
        if "/" in name:
            return self._error("unknown-path")
        for item in items:
            if item["name"] == name:
                return _ok(item)
        if kind == "service-insights" and items:
            return _ok({**items[0], "name": name, "dataplanes": {}})
        return self._error("not-found")

    def _meshes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._answers["/meshes"]["items"]
        return found

    def _page(self, items: Sequence[Any], target: str) -> Answer:
        parameters = parse_qsl(urlsplit(target).query)
        last = dict(parameters)
        size, offset = int(last.get("size", 100)), int(last.get("offset", 0))
        chosen = [item for item in items if all(_passes(item, *pair) for pair in parameters)]
        page = chosen[offset : offset + size]
        rest = None
        if offset + size < len(chosen):
            kept = [pair for pair in parameters if pair[0] not in ("size", "offset")]
            query = urlencode(sorted([*kept, ("offset", offset + size), ("size", size)]))
            rest = f"http://127.0.0.1:5681{urlsplit(target).path}?{query}"
        counts_page = not self._modern and "+insights" in target
        total = len(page) if counts_page else len(chosen)
        return _ok({"total": total, "items": page, "next": rest})

    def _error(self, name: str) -> Answer:
        # Not every error was recorded of 3.0.0-dev; its texts are those of 2.14.
        recorded = self._recorded.area("04-errors")
        whole = any(one.name == name for one in recorded)
        found = self._recorded if whole else recording("2.14.3")
        return found.one(f"04-errors/{name}").answer()

    def _read_only(self) -> Answer:
        # 1.1 lets everyone write everything; its text is that of 1.8.
        found = recording("2.14.3" if self._modern else "1.8.8")
        return found.one("04-errors/read-only-mesh-insight").answer()


def _words(path: str) -> tuple[str | None, str, str | None]:
    """The mesh, the collection and the name that a path is made of."""
    words = path.strip("/").split("/")
    mesh = words.pop(1) if words[0] == "meshes" and len(words) > 2 else None
    if mesh is not None:
        words.pop(0)
    return mesh, words[0], "/".join(words[1:]) or None


def _passes(item: dict[str, Any], key: str, value: str) -> bool:
    if key == "name":
        return value in item["name"]
    if key.startswith("filter[labels."):
        return bool(item.get("labels", {}).get(key[14:-1]) == value)
    if key == "tag":
        networking = item.get("dataplane", item).get("networking", {})
        tag, _, wanted = value.partition(":")
        bearers = [*networking.get("inbound", []), networking.get("gateway", {})]
        return any(
            tag in (tags := bearer.get("tags", {})) and (wanted == "*" or wanted in tags[tag])
            for bearer in bearers
        )
    if key == "gateway":
        gateway = item.get("dataplane", item).get("networking", {}).get("gateway")
        builtin = (gateway or {}).get("type") == "BUILTIN"
        kinds = {"true": gateway, "false": not gateway, "builtin": builtin}
        return bool(kinds.get(value, gateway and not builtin))
    return True


def _is_list(body: Any) -> bool:
    # Some lists of 1.x say null for no items, and are played as they are.
    return isinstance(body, dict) and isinstance(body.get("items"), list) and "total" in body


def _ok(body: Any) -> Answer:
    return Answer(200, {"content-type": "application/json"}, rendered(body))


def _discovery(recorded: Recording, path: str) -> Answer:
    """What the system's area or the snapshot says of a path that adapters probe."""
    for step in recorded.area("01-system"):
        if step.target == path and "X-Forwarded-For" not in step.request_headers:
            return step.answer()
    if path in recorded.snapshot:
        return _ok(recorded.snapshot[path])
    return recorded.one("01-system/unknown").answer()


class ReplayTransport:
    """A Transport over a story; `requests` holds each method and target that arrived."""

    def __init__(self, story: Story, *, base_path: str = "") -> None:
        self._story = story
        self._base_path = base_path
        self.requests: list[tuple[str, str]] = []
        self.headers: list[Mapping[str, str]] = []

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        parts = urlsplit(url)
        target = (parts.path.removeprefix(self._base_path) or "/") + (
            f"?{parts.query}" if parts.query else ""
        )
        self.requests.append((method, target))
        self.headers.append(headers)
        return self._story.answer(method, target, body)

    async def close(self) -> None:
        """Nothing is open."""


def snapshot(version: str, *, of_global: bool = False) -> ReplayTransport:
    """The populated control plane of a version; 2.14.3 has a Global as well."""
    return ReplayTransport(Snapshot(recording(version), of_global=of_global))


def exchanges(version: str, *areas: str) -> ReplayTransport:
    """The exchanges of some areas of a version, `02-kinds/MeshTimeout`, as a story."""
    return ReplayTransport(Exchanges(recording(version), *areas))


def replay_app(transport: ReplayTransport) -> Starlette:
    """A story behind HTTP; what no recording answers is 599 and says so."""

    async def play(request: Request) -> Response:
        url = str(request.url)
        try:
            answer = await transport.send(
                request.method, url, dict(request.headers), await request.body()
            )
        except Unrecorded as unknown:
            return Response(str(unknown), status_code=599)
        except BadResponse as closed:
            raise ConnectionResetError(str(closed)) from None
        return Response(answer.body, answer.status, dict(answer.headers))

    methods = ["GET", "PUT", "DELETE", "POST", "PATCH", "OPTIONS", "HEAD"]
    return Starlette(routes=[Route("/{path:path}", play, methods=methods)])


def main() -> None:
    """Serve a recording for trials by hand."""
    import uvicorn

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("version")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5681)
    parser.add_argument("--of-global", action="store_true", help="the Global of 2.14.3")
    parser.add_argument("--area", action="append", help="exchanges of an area, not the snapshot")
    given = parser.parse_args()
    transport = (
        exchanges(given.version, *given.area)
        if given.area
        else snapshot(given.version, of_global=given.of_global)
    )
    uvicorn.run(replay_app(transport), host=given.host, port=given.port)


if __name__ == "__main__":
    main()
