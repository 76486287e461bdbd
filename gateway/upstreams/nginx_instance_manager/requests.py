"""Keys, questions and changes → requests, as Instance Manager's API spells them."""

import re
from collections.abc import Mapping
from typing import Final, assert_never
from urllib.parse import quote, urlencode

import msgspec

from gateway.errors import BadUserInput, Unsupported
from gateway.model.changes import Apply, Change, Delete
from gateway.model.kinds import Kind
from gateway.model.nginx_instance_manager.changes import Create, Order, Patch, Publish, Scan
from gateway.model.nginx_instance_manager.deployments import Accepted
from gateway.upstreams.nginx_instance_manager.certificates import checked
from gateway.upstreams.nginx_instance_manager.kinds import KINDS, VERBS
from gateway.upstreams.paths import segment
from gateway.upstreams.wire import Request

PAGE_SIZE: Final = 100
"""The largest page there is."""
USER: Final = "/userinfo"
VERSIONS: Final = "/modules/versions"
HEALTH: Final = "/health"
LICENSE_STATUS: Final = "/license/status"
EVENTS: Final = "/analytics/events"
METRICS: Final = "/analytics/metrics"
SCAN: Final = "/servers/scan"
DEPLOYMENTS: Final = ("/systems/instances/deployments", "/instance-groups/deployments")
"""Where publications are that went to an instance, and to a group."""

ROOT: Final = "/api/platform/v1"
"""What the paths in answers begin with."""
_NOT_ITS_OWN: Final = ("type", "mesh", "labels")
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~-]+)+")


def listing(path: str, page: int, token: str | None = None, size: int = PAGE_SIZE) -> Request:
    """A GET of one page of a list; the token keeps later pages those of the same moment."""
    return Request("GET", f"/{path}?{paged(page, token, size)}")


def paged(page: int, token: str | None, size: int = PAGE_SIZE) -> str:
    """The parameters of one page; a size of zero would be everything, and is never asked."""
    after = f"&pageToken={quote(token, safe='')}" if token else ""
    return f"page={page}&pageSize={size}{after}"


def place(kind: Kind, name: str) -> str:
    """The path of one thing; an instance is below its host."""
    if kind.name != "Instance":
        return f"/{kind.path}/{segment(name)}"
    system, slash, uid = name.partition("/")
    if not slash:
        raise BadUserInput(f"{name!r} names no instance: give its system's uid, a slash, its own")
    return f"/systems/{segment(system)}/instances/{segment(uid)}"


def write(change: Change) -> Request:
    """A PUT or a DELETE of one thing; raises Unsupported where the API has none."""
    kind, verbs = KINDS[change.key.kind], VERBS[change.key.kind]
    path = place(kind, change.key.name)
    match change:
        case Apply(body=body) if verbs.applies == "PUT":
            own = {key: value for key, value in body.items() if key not in _NOT_ITS_OWN}
            return Request("PUT", path, msgspec.json.encode(checked(own)))
        case Delete() if verbs.deletes:
            return Request("DELETE", path)
        case Apply():
            raise Unsupported(f"Instance Manager cannot replace a {kind.name} as a whole")
        case Delete():
            raise Unsupported(f"Instance Manager cannot delete a {kind.name}")
        case _:
            assert_never(change)


def order(given: Order) -> Request:
    """A write that no other product has."""
    match given:
        case Create(kind=kind, body=body):
            return Request("POST", f"/{KINDS[kind].path}", msgspec.json.encode(body))
        case Patch(key=key, body=body):
            return Request("PATCH", place(KINDS[key.kind], key.name), msgspec.json.encode(body))
        case Publish(key=key, body=body):
            path = configuration(KINDS[key.kind], key.name)
            return Request("POST", path, msgspec.json.encode(body))
        case Scan(body=body):
            return Request("POST", SCAN, msgspec.json.encode(body))
        case _:
            assert_never(given)


def configuration(kind: Kind, name: str, external_id: str | None = None) -> str:
    """Where the files of an instance, a group or a staged configuration are."""
    if kind.name == "StagedConfiguration":
        return place(kind, name)
    version = f"?{urlencode({'externalId': external_id})}" if external_id else ""
    return f"{place(kind, name)}/config{version}"


def events(query: Mapping[str, str], page: int, token: str | None) -> str:
    """One page of events."""
    asked = urlencode(query, quote_via=quote)
    return f"{EVENTS}?{paged(page, token)}&includeTotal=true{'&' if asked else ''}{asked}"


def deployments(uid: str) -> tuple[str, ...]:
    """Where a publication may be; where a link is told, that is followed instead."""
    return tuple(f"{place}/{segment(uid)}" for place in DEPLOYMENTS)


def event(uid: str) -> str:
    """One event."""
    return f"{EVENTS}/{segment(uid)}"


def metrics(query: Mapping[str, str]) -> str:
    """Series of metrics."""
    return f"{METRICS}?{urlencode(query, quote_via=quote)}"


def followed(accepted: Accepted) -> tuple[str, ...]:
    """Where a publication goes on: as its link says, or by its uid where that leads elsewhere.

    A link is followed with a credential, so that it may lead to nothing but this API.
    """
    rel = accepted.place
    if _PATH.fullmatch(rel) and rel.startswith(f"{ROOT}/"):
        return (rel.removeprefix(ROOT),)
    return deployments(accepted.deployment_uid) if accepted.deployment_uid else ()
