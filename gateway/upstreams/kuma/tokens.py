"""Tokens: the request of each version, and the one thing that it answers."""

import base64
import re
from typing import Any, Final

import msgspec

from gateway.errors import Forbidden, MeshgateError, NotFound, Unsupported
from gateway.model.tokens import Token, TokenOrder
from gateway.model.versions import Version
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import problems
from gateway.upstreams.kuma.dialects import ISSUERS, NEWEST, Issuer
from gateway.upstreams.reading import MALFORMED, unreadable
from gateway.upstreams.wire import Request

_JWT: Final = re.compile(r"[\w-]+\.([\w-]+)\.[\w-]*", re.ASCII)
_NAMES: Final = {
    "DataplaneToken": "a token for a dataplane",
    "ZoneToken": "a token for a zone",
    "UserToken": "a token for a user",
}


class _Claims(msgspec.Struct):
    exp: float | None = None


def request(upstream: str, order: TokenOrder, version: Version | None) -> Request:
    """The POST that has a token made; raises Unsupported for what that version cannot make."""
    rows = [row for row in ISSUERS if row.kind is type(order)]
    row = next((row for row in rows if row.served_by(version)), None)
    if row is None:
        what = _NAMES[type(order).__name__]
        raise _lacking(upstream, what, min(row.since for row in rows), version)
    given = {
        key: value for key, value in msgspec.structs.asdict(order).items() if value is not None
    }
    body = {_wire(key): value for key, value in given.items() if _has(row, key, value, version)}
    for key in given:
        if _wire(key) not in body and given[key] != row.implied.get(key):
            since = row.members.get(key) or row.until or row.since
            raise _lacking(upstream, f"`{_wire(key)}` of a token", since, version)
    return Request("POST", row.path, msgspec.json.encode(body))


def _has(row: Issuer, key: str, value: Any, version: Version | None) -> bool:
    since = row.members.get(key)
    return key in row.members and (since is None or (version or NEWEST) >= since)


def _wire(key: str) -> str:
    return "validFor" if key == "valid_for" else key


def _lacking(
    upstream: str, what: str, since: tuple[int, int], version: Version | None
) -> Unsupported:
    needed = ".".join(map(str, since))
    return Unsupported(
        f"{upstream}: {what} needs Kuma {needed} or later; this control plane is {version}",
        upstream=upstream,
    )


def token(upstream: str, answer: Answer) -> Token:
    """The token in an answer; raises what stands in its way, and never shows what it is."""
    if answer.status >= 300:
        raise refusal(upstream, answer)
    found = _JWT.fullmatch(answer.body.decode("ascii", errors="replace").strip())
    if found is None:
        raise unreadable(upstream, "a token", answer)
    try:
        claims = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
        ends = msgspec.json.decode(claims, type=_Claims).exp
    except (*MALFORMED, ValueError):
        ends = None
    return Token(found[0], ends)


def refusal(upstream: str, answer: Answer) -> MeshgateError:
    """Why no token was made, and what to do about it."""
    error = problems.failure(upstream, answer)
    said = error.problem
    if isinstance(error, Forbidden):
        detail = f" ({said.detail})" if said and said.detail else ""
        error.message = (
            f"{upstream}: the control plane does not make tokens for this caller{detail}; by "
            "default it does for its administrators alone, so call with the token of one"
        )
    elif isinstance(error, NotFound) and said and said.title == "Signing Key not found":
        error.message = f"{upstream}: there is no such mesh, or it has no key to sign tokens with"
    return error
