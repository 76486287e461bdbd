"""What real control planes were recorded to say, found by version and area."""

import functools
import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from gateway.upstreams import faults
from gateway.upstreams.base import Answer

ROOT = Path(__file__).parent / "recordings" / "kuma"


class Exchange(msgspec.Struct, frozen=True):
    """One recorded request and its answer; `status` None is a connection that was closed."""

    area: str
    name: str
    recorded_from: str
    method: str
    target: str
    request_headers: dict[str, str]
    request_body: Any
    status: int | None
    headers: dict[str, str]
    body: Any

    def asks(self, method: str, target: str, body: bytes | None) -> bool:
        """Whether a request is this one, whatever the order of its parameters and keys."""
        return (
            self.method == method
            and canonical(self.target) == canonical(target)
            and (method != "PUT" or parsed(body) == self.request_body)
        )

    def answer(self) -> Answer:
        """The recorded answer; raises BadResponse where the connection was closed."""
        if self.status is None:
            raise faults.CLOSED.error()
        return Answer(
            self.status,
            {
                key.lower(): value
                for key, value in self.headers.items()
                if key != "Transfer-Encoding"
            },
            rendered(self.body),
        )


class Recording(msgspec.Struct, frozen=True):
    """All that was recorded of one version."""

    version: str
    exchanges: tuple[Exchange, ...]
    snapshot: dict[str, Any]
    snapshot_global: dict[str, Any]

    def area(self, *names: str) -> tuple[Exchange, ...]:
        """The exchanges of these areas, `02-kinds/Mesh` or all of `03-lists`, in their order."""
        return tuple(
            found
            for found in self.exchanges
            if any(found.area == name or found.area.startswith(f"{name}/") for name in names)
        )

    def one(self, name: str) -> Exchange:
        """The exchange of a file, `04-errors/not-found`."""
        area, _, last = name.rpartition("/")
        return next(found for found in self.exchanges if (found.area, found.name) == (area, last))


@functools.cache
def recording(version: str) -> Recording:
    """The recording of a version, read once."""
    folder = ROOT / version
    exchanges = []
    for file in sorted(folder.glob("[0-9]*/**/*.json")):
        raw = json.loads(file.read_bytes())
        exchanges.append(
            Exchange(
                area=str(file.parent.relative_to(folder)),
                name=file.stem,
                recorded_from=raw["recorded_from"],
                method=raw["request"]["method"],
                target=raw["request"]["path"],
                request_headers=raw["request"]["headers"],
                request_body=raw["request"]["body"],
                status=raw["response"]["status"],
                headers=raw["response"]["headers"],
                body=raw["response"]["body"],
            )
        )
    return Recording(
        version,
        tuple(exchanges),
        _snapshot(folder / "snapshot"),
        _snapshot(folder / "snapshot-global"),
    )


def _snapshot(folder: Path) -> dict[str, Any]:
    found = {}
    for file in sorted(folder.glob("*.json")):
        # Three underscores are a slash and the one that `_overview` begins with.
        path = "" if file.stem == "index" else file.stem.replace("___", "/_").replace("__", "/")
        found[f"/{path}"] = json.loads(file.read_bytes())
    return found


def canonical(target: str) -> tuple[str, Counter[tuple[str, str]]]:
    """A path and its parameters; `size=1000` counts as no size, for no recorded list is longer."""
    parts = urlsplit(target)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return unquote(parts.path), Counter(pair for pair in pairs if pair != ("size", "1000"))


def parsed(body: bytes | None) -> Any:
    """A body as JSON where it is JSON, else as text; None where there is none."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


def rendered(body: Any) -> bytes:
    """A recorded body as bytes, indented by one space as Kuma does it."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return (json.dumps(body, indent=1, ensure_ascii=False) + "\n").encode()
