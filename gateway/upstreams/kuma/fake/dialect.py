"""What the releases of Kuma say differently: since when what, and failures in their four dialects.

Source: exchanges recorded from 0.7.3, 1.1.6, 1.8.8, 2.14.3 and 3.0.0-dev. Where a boundary between
two of them is not known, the fake changes at 1.0, or at 2.7, when unknown meshes became 404.
"""

from typing import Final, Literal

import msgspec

from gateway.upstreams.base import Answer

Mode = Literal["zone", "global", "standalone"]
Release = tuple[int, ...]

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"

# The first release that …
ORDERED: Final = (1, 0)
DEFAULTS: Final = (1, 0)
ROUTES_SPLIT: Final = (1, 0)
OWNED: Final = (1, 0)
GATEWAY_COUNTS: Final = (1, 5)
ISSUED_BACKENDS: Final = (1, 2)
READ_ONLY_INSIGHTS: Final = (1, 3)
WITHOUT_LAST_SYNC: Final = (1, 4)
TOKENS: Final = (1, 4)
GLOBAL_INSIGHTS: Final = (1, 4)
INSPECT: Final = (1, 5)
POLICIES: Final = (1, 8)
WITHOUT_VERSIONS: Final = (1, 8)
SERVICE_TYPES: Final = (2, 0)
TARGET_REFS: Final = (2, 0)
NAME_FILTER: Final = (2, 1)
WHO_AM_I: Final = (2, 2)
STRING_STATUS: Final = (2, 3)
FORMATS: Final = (2, 3)
STATUS: Final = (2, 4)
OVERVIEWS: Final = (2, 5)
PLAIN_TAGS: Final = (2, 5)
GLOBAL_INSIGHT: Final = (2, 5)
INSPECT_RESOURCES: Final = (2, 5)
RESOURCES: Final = (2, 6)
LABELS: Final = (2, 6)
RULES: Final = (2, 6)
MESH_CHECKED: Final = (2, 7)
COUNTS_OF_RESOURCES: Final = (2, 9)
LABEL_FILTER: Final = (2, 10)
WRITES_SAY_MORE: Final = (2, 10)
WITHOUT_ZONE_STATUS: Final = (2, 12)
CONFIGS: Final = (2, 7)
LAYOUTS: Final = (2, 12)
KRI: Final = (2, 13)
SNI: Final = (2, 14)
POSITIVE_SIZES: Final = (2, 14)
V3: Final = (3, 0)

_READ_ONLY: Final[dict[Mode, str]] = {
    "zone": (
        "On zone control plane you can only modify zone resources with 'kumactl apply' or via the "
        "HTTP API. You can still use 'kumactl' or the HTTP API to modify the rest of the resource "
        "on the global control plane.\n"
    ),
    "global": (
        "On global control plane you can not modify dataplane resources with 'kumactl apply' or "
        "via the HTTP API. You can still use 'kumactl' or the HTTP API to modify them on the zone "
        "control plane.\n"
    ),
    "standalone": (
        "On Kubernetes you cannot change the state of Kuma resources with 'kumactl apply' or via "
        "the HTTP API. As a best practice, you should always be using 'kubectl apply' instead. "
        "You can still use 'kumactl' or the HTTP API to make read-only operations. On Universal "
        "this limitation does not apply.\n"
    ),
}


class Failure(Exception):
    """What a control plane answers instead of a resource; `text` is go-restful's own plain text."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        violations: tuple[tuple[str, str], ...] = (),
        *,
        text: bool = False,
        allow: str | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.violations = violations
        self.text = text
        self.allow = allow


def invalid(title: str, *violations: tuple[str, str]) -> Failure:
    """A body or a change that a control plane refuses, each reason with the field it is about."""
    return Failure(400, title, "Resource is not valid", violations)


def no_such_path() -> Failure:
    """The answer to a path that the release does not serve."""
    return Failure(404, "404: Page Not Found", text=True)


def not_acceptable(release: Release) -> Failure:
    """The answer to a caller who accepts no JSON."""
    more = "\n\nAvailable representations: application/json" if release >= ORDERED else ""
    return Failure(406, f"406: Not Acceptable{more}", text=True)


def no_such_method(allow: str) -> Failure:
    """The answer to a method that a path does not have."""
    return Failure(405, "405: Method Not Allowed", text=True, allow=allow)


def not_found(verb: str) -> Failure:
    """The answer to the name of nothing; `verb` is retrieve or delete."""
    return Failure(404, f"Could not {verb} a resource", "Not found")


def mesh_not_found(release: Release, mesh: str) -> Failure:
    """A mesh that does not exist, to a write before 2.7 and to everything since."""
    if release >= MESH_CHECKED:
        return Failure(404, "Failed to retrieve Mesh", "Not found")
    violation = ("mesh", f"mesh of name {mesh} is not found")
    return Failure(400, "Could not create a resource", "Mesh is not found", (violation,))


def read_only(release: Release, mode: Mode) -> Failure:
    """A write that nobody may make; the sentence goes by the mode, whatever the reason was."""
    if release < (2, 0):
        return Failure(405, _READ_ONLY["standalone" if mode == "zone" else mode], text=True)
    return Failure(405, "Method not allowed", _READ_ONLY[mode])


def access_denied(release: Release, kind: str) -> Failure:
    """What an anonymous caller hears of secrets."""
    if release < TOKENS:
        return Failure(403, f"access to the resource of type {kind} is denied\n", text=True)
    user = "mesh-system:anonymous/mesh-system:unauthenticated"
    return Failure(
        403, "Access Denied", f'user "{user}" cannot access the resource of type "{kind}"'
    )


def unauthenticated() -> Failure:
    """The answer to a token that the control plane did not issue."""
    return Failure(401, "Invalid authentication data", "Unauthenticated")


def malformed(release: Release, kind: str, reason: str) -> Failure:
    """A body that is no JSON, or in which a field is of another type."""
    if release < MESH_CHECKED:
        return Failure(500, "Could not process a resource", "Internal Server Error")
    return Failure(400, "Bad Request", f'invalid {kind} object: "{reason}"')


def rendered(body: object) -> bytes:
    """JSON as Kuma writes it, indented by one space and ended by a newline."""
    return msgspec.json.format(msgspec.json.encode(body), indent=1) + b"\n"


def silent(status: int) -> Answer:
    """An answer with neither body nor type, which early releases give to writes."""
    return Answer(status, {}, b"")


def answered(status: int, body: object) -> Answer:
    """An answer with a JSON body, which may be null."""
    return Answer(status, {"content-type": JSON}, rendered(body))


def failed(failure: Failure, release: Release) -> Answer:
    """A failure in the words of a release."""
    if failure.text:
        headers = {"content-type": TEXT} | ({"allow": failure.allow} if failure.allow else {})
        return Answer(failure.status, headers, failure.title.encode())
    body: dict[str, object] = {"title": failure.title, "details": failure.detail}
    causes = [{"field": field, "message": reason} for field, reason in failure.violations]
    if release >= STRING_STATUS:
        body = {
            "type": "/std-errors",
            "status": failure.status if release >= STATUS else str(failure.status),
            "title": failure.title,
            "detail": failure.detail,
        }
        if causes:
            body["invalid_parameters"] = [
                {"field": field, "reason": reason} for field, reason in failure.violations
            ]
        body["details"] = failure.detail
    if causes:
        body["causes"] = causes
    return answered(failure.status, body)
