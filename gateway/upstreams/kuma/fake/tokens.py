"""Tokens as each release makes them: no key signs them, but they say all that real ones do."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from gateway.model.durations import seconds
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.fake.dialect import (
    TOKENS,
    V3,
    Failure,
    Release,
    access_denied,
    no_such_method,
    silent,
)
from gateway.upstreams.kuma.fake.store import JSONObject, Store

TOKENS_ON_THE_PORT: Final = (1, 0)
ZONE_PROXIES: Final = (1, 2)
ZONES: Final = (1, 8)
WITHOUT_ZONE_INGRESS: Final = (2, 7)
WITHOUT_ROOT: Final = (2, 0)
WORKLOADS: Final = (2, 13)
TEN_YEARS: Final = "87600h"

Claims = Callable[[JSONObject, Release], JSONObject]


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """A sort of token: what must not be empty, what it says, and how its refusal is worded."""

    required: tuple[str, ...]
    claims: Claims
    refusal: str
    ends: bool = False
    """Whether it has to be said how long it is good."""


def _dataplane(given: JSONObject, release: Release) -> JSONObject:
    found = {
        "Name": given.get("name", ""),
        "Mesh": given["mesh"],
        "Tags": given.get("tags", {}),
        "Type": given.get("type", ""),
    }
    return found | ({"Workload": given.get("workload", "")} if release >= WORKLOADS else {})


def _zone(given: JSONObject, _: Release) -> JSONObject:
    return {"Zone": given.get("zone", ""), "Scope": given.get("scope")}


DATAPLANE: Final = Sort(
    required=("mesh",),
    claims=_dataplane,
    refusal='user "mesh-system:anonymous/mesh-system:unauthenticated" cannot access generate '
    "dataplane token",
)
ZONE: Final = Sort(required=("scope",), claims=_zone, refusal="action not allowed", ends=True)
ZONE_OF_3: Final = Sort(required=(), claims=_zone, refusal="action not allowed")
ZONE_INGRESS: Final = Sort(
    required=(),
    claims=lambda given, _: {"Zone": given.get("zone", "")},
    refusal="action not allowed",
)
USER: Final = Sort(
    required=("name",),
    claims=lambda given, _: {"Name": given["name"], "Groups": given.get("groups")},
    refusal="action not allowed",
    ends=True,
)

_EVER: Final = (1_000_000,)
ROUTES: Final[tuple[tuple[str, Release, Release, Sort], ...]] = (
    ("/tokens", TOKENS_ON_THE_PORT, WITHOUT_ROOT, DATAPLANE),
    ("/tokens/dataplane", ZONE_PROXIES, _EVER, DATAPLANE),
    ("/tokens/zone-ingress", ZONE_PROXIES, WITHOUT_ZONE_INGRESS, ZONE_INGRESS),
    ("/tokens/zone", ZONES, V3, ZONE),
    ("/tokens/zone", V3, _EVER, ZONE_OF_3),
    ("/tokens/user", TOKENS, _EVER, USER),
)
"""Path, the first release with it, the first without, and what is made there."""


def answer(
    path: str, method: str, body: bytes, store: Store, now: float, *, admin: bool
) -> Answer | None:
    """The answer to a request for a token; None where the path is none for that."""
    release = store.release
    sort = next((row[3] for row in ROUTES if row[0] == path and row[1] <= release < row[2]), None)
    if sort is None:
        return None
    if method != "POST":
        raise no_such_method("POST")
    given = _parsed(body)
    if given is None:
        return silent(400)
    lasting = _checked(given, sort, release)
    if not admin:
        raise _refusal(sort, release)
    claims = sort.claims(given, release)
    if sort is DATAPLANE:
        _require_key(given["mesh"], store)
    if release >= TOKENS:
        claims |= {"exp": int(now + lasting), "nbf": int(now), "iat": int(now), "jti": f"{now}"}
    return Answer(200, {"content-type": "text/plain"}, _jwt(claims, release))


def _parsed(body: bytes) -> JSONObject | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _checked(given: Mapping[str, Any], sort: Sort, release: Release) -> float:
    """How long a token is to be good; raises what is wrong with the body."""
    for field in sort.required:
        if not given.get(field):
            raise _invalid(field, "cannot be empty")
    text = given.get("validFor") or ""
    if not text and sort.ends and release >= TOKENS:
        raise _invalid("validFor", "cannot be empty")
    try:
        lasting = seconds(text or TEN_YEARS)
    except ValueError:
        raise _invalid("validFor", f'is invalid: time: invalid duration "{text}"') from None
    if sort is USER and lasting == 0:
        raise _invalid("validFor", "cannot be empty or nil")
    return lasting


def _invalid(field: str, reason: str) -> Failure:
    return Failure(400, "Invalid request", "Resource is not valid", ((field, reason),))


def _refusal(sort: Sort, release: Release) -> Failure:
    if release < TOKENS:
        return access_denied(release, "Token")
    return Failure(403, "Access Denied", sort.refusal)


def _require_key(mesh: str, store: Store) -> None:
    if store.get("Mesh", None, mesh) is None:
        name = f"dataplane-token-signing-key-{mesh}-1"
        detail = (
            f'there is no signing key with KID 1. Secret of name "{name}" in mesh "{mesh}" is not '
            "found. If signing key was rotated, regenerate the token"
        )
        raise Failure(404, "Signing Key not found", detail)


def _jwt(claims: JSONObject, release: Release) -> bytes:
    header = {"alg": "RS256", "kid": "1", "typ": "JWT"}
    if release < TOKENS:
        header = {"alg": "HS256", "typ": "JWT"}
    parts = (base64.urlsafe_b64encode(json.dumps(one).encode()) for one in (header, claims))
    return b".".join(re.sub(b"=+$", b"", part) for part in parts) + b".fake-signature"
