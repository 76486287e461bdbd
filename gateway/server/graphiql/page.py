"""The page a browser is shown at the path of the graph, and the files it is made of.

The files are kept compressed. Their names hold a hash of their content, so a browser asks once.
"""

import asyncio
import gzip
from hashlib import sha256
from html import escape
from pathlib import Path

import msgspec
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.server.problems import refuse
from gateway.server.replies import Header, reply

HERE = Path(__file__).parent
STATIC = HERE / "static"
FOLDER = "graphiql"

TYPES: dict[str, bytes] = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".ttf": b"font/ttf",
}
# Monaco writes style sheets of its own into the page, and its icons are a font inside of one.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
SAFE: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
# The addresses are relative: they hold wherever a proxy puts the graph.
DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Meshgate</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<script type="module" src="{script}"></script>
</head>
<body>
<div id="graphiql" data-examples="{examples}"></div>
</body>
</html>
"""


class Example(msgspec.Struct, frozen=True, omit_defaults=True):
    """A query that the page opens with, in a tab of its own."""

    title: str
    query: str
    variables: dict[str, object] = {}


class Manifest(msgspec.Struct, frozen=True):
    """The two files that the page names; those name the others."""

    script: str
    style: str


def examples(control_plane: str = "") -> list[Example]:
    """The queries in examples.json, which name a control plane where they have to."""
    text = (HERE / "examples.json").read_text("utf-8").replace("{controlPlane}", control_plane)
    return msgspec.json.decode(text, type=list[Example])


class GraphiQLPage:
    """GraphiQL for the graph at `path`; its examples write to the named control plane."""

    def __init__(self, path: str, control_plane: str = "") -> None:
        manifest = msgspec.json.decode((STATIC / "manifest.json").read_bytes(), type=Manifest)
        folder = f"{path.rpartition('/')[2]}/{FOLDER}".lstrip("/")
        self._document = DOCUMENT.format(
            script=f"{folder}/{manifest.script}",
            style=f"{folder}/{manifest.style}",
            examples=escape(msgspec.json.encode(examples(control_plane)).decode()),
        ).encode()
        self._headers: tuple[Header, ...] = (
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", POLICY.encode()),
            (b"cache-control", b"no-cache"),
            (b"vary", b"accept"),
            (b"etag", f'"{sha256(self._document).hexdigest()[:16]}"'.encode()),
            *SAFE,
        )
        self._files = frozenset(it.name.removesuffix(".gz") for it in STATIC.glob("*.gz"))
        self._route = f"{path.rstrip('/')}/{FOLDER}/{{name}}"

    def routes(self) -> list[Route]:
        """The route of the files, beside that of the graph."""
        return [Route(self._route, _File(self._files), methods=["GET"])]

    async def show(self, scope: Scope, send: Send) -> None:
        """Answer with the page."""
        status = 304 if _unchanged(scope, self._headers) else 200
        await reply(send, status, self._headers, b"" if status == 304 else self._document)


class _File:
    """One of the files, as it is kept or, for the few who cannot unpack it, unpacked."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        name = scope["path_params"]["name"]
        if name not in self._names:
            await refuse(send, 404, "no such file")
            return
        headers: list[Header] = [
            (b"content-type", TYPES[Path(name).suffix]),
            (b"cache-control", b"public, max-age=31536000, immutable"),
            (b"vary", b"accept-encoding"),
            (b"etag", f'"{name}"'.encode()),
            *SAFE,
        ]
        if _unchanged(scope, headers):
            await reply(send, 304, headers)
            return
        body = await asyncio.to_thread((STATIC / f"{name}.gz").read_bytes)
        if _unpacks(scope):
            headers.append((b"content-encoding", b"gzip"))
        else:
            body = await asyncio.to_thread(gzip.decompress, body)
        await reply(send, 200, headers, body)


def _unchanged(scope: Scope, headers: list[Header] | tuple[Header, ...]) -> bool:
    etag = dict(headers)[b"etag"]
    return any(name == b"if-none-match" and etag in value for name, value in scope["headers"])


def _unpacks(scope: Scope) -> bool:
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding")
    codings = {it.replace(b" ", b"") for it in accepted.lower().split(b",")}
    return b"gzip" in codings or any(
        it.startswith(b"gzip;") and not it.rstrip(b".0").endswith(b"q=") for it in codings
    )
