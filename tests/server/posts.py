"""Requests as they come over a socket: those that are plain, and those that are not."""

import json
from typing import Any

NAMES = "{ meshes { name } }"


def body(query: str = NAMES, **more: Any) -> bytes:
    return json.dumps({"query": query, **more}).encode()


def post(content: bytes | None = None, *headers: str, start: str = "POST /graphql") -> bytes:
    content = body() if content is None else content
    lines = [f"{start} HTTP/1.1", "Host: gateway", "X-Request-Id: same", *headers]
    if not any(it.lower().startswith("content-type") for it in headers):
        lines.append("Content-Type: application/json")
    if not any(it.lower().startswith(("content-length", "transfer")) for it in headers):
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def old(request: bytes) -> bytes:
    return request.replace(b"HTTP/1.1", b"HTTP/1.0", 1)


RESPONSE = "Accept: application/graphql-response+json"
PLAIN: dict[str, bytes] = {
    "query": post(),
    "query in its own media type": post(None, RESPONSE),
    "any media type": post(None, "Accept: */*"),
    "charset": post(None, "Content-Type: application/json; charset=utf-8"),
    "mutation": post(body('mutation { apply(name: "a") }')),
    "failed mutation": post(body('mutation { apply(name: "bad") }')),
    "variables": post(body("query ($n: Int) { meshes(first: $n) { name } }", variables={"n": 1})),
    "failing field": post(body("{ meshes { name status } }")),
    "null at the root": post(body("{ must }")),
    "syntax error": post(body("{")),
    "syntax error in its own media type": post(body("{"), RESPONSE),
    "unknown field": post(body("{ x }"), RESPONSE),
    "no JSON": post(b"{"),
    "no request": post(b"[]", RESPONSE),
    "wrong variables": post(body(variables=[])),
    "not UTF-8": post(b'{"query":"\xff"}'),
    "closing": post(None, "Connection: close"),
    "closing in capitals": post(None, "CONNECTION: Close"),
    "old": old(post()),
    "old and kept": old(post(None, "Connection: keep-alive")),
    "of a page of another site": post(None, "Origin: https://other.example"),
    "authorization": post(None, "Authorization: Bearer abc"),
    "two of a kind": post(
        None, "Authorization: a", "Authorization: b", "Accept: a/b", "Accept: */*"
    ),
    "long answer": post(
        body("query ($n: Int) { meshes(first: $n) { name } }", variables={"n": 400})
    ),
}
DETOURS: dict[str, bytes] = {
    "GET": b"GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nX-Request-Id: same\r\n\r\n",
    "HEAD": b"HEAD /graphql?query=%7B__typename%7D HTTP/1.1\r\nX-Request-Id: same\r\n\r\n",
    "page": b"GET /graphql HTTP/1.1\r\nAccept: text/html\r\nX-Request-Id: same\r\n\r\n",
    "health": b"GET /healthz HTTP/1.1\r\nX-Request-Id: same\r\n\r\n",
    "elsewhere": post(start="POST /other"),
    "parameters": post(start="POST /graphql?a=1"),
    "escaped path": post(start="POST /graph%71l"),
    "PUT": post(start="PUT /graphql"),
    "no type": post(None, "Content-Type: text/plain"),
    "other charset": post(None, "Content-Type: application/json; charset=utf-16"),
    "compressed": post(None, "Content-Encoding: gzip"),
    "unacceptable": post(None, "Accept: image/png"),
    "empty": post(b""),
    "too long": post(b" " * 2001),
    "chunked": post(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body()), body()), "Transfer-Encoding: chunked"),
    "upgrade": post(None, "Connection: upgrade, close", "Upgrade: h2c"),
    "no HTTP": b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n",
    "bad length": post(None, "Content-Length: x"),
    "two lengths": post(None, "Content-Length: 2", "Content-Length: 3"),
    "length and chunks": post(b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"),
    "bad header": post(None, "A b: c"),
}
CLOSER = b"GET /healthz HTTP/1.1\r\nX-Request-Id: same\r\nConnection: close\r\n\r\n"
