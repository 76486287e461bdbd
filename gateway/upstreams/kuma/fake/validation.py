"""What is wrong with a body: the checks of every kind, and those of a few kinds of their own."""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gateway.model.kinds import Family, Kind, Noun, Scope
from gateway.upstreams.kuma.fake.dialect import (
    MESH_CHECKED,
    ORDERED,
    ROUTES_SPLIT,
    V3,
    Release,
    invalid,
    malformed,
)

Violation = tuple[str, str]

UNPROCESSED: Final = "Could not process a resource"
META: Final = ("type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "snis")
TO_KINDS: Final = (
    "Mesh",
    "MeshService",
    "MeshExternalService",
    "MeshMultiZoneService",
    "MeshHTTPRoute",
)
"""What `to` may lead to in 3; before, it may lead to whatever a policy is for."""
TARGET_KINDS: Final = (
    "Mesh",
    "MeshSubset",
    "MeshGateway",
    "MeshService",
    "MeshExternalService",
    "MeshMultiZoneService",
    "MeshServiceSubset",
    "MeshHTTPRoute",
    "Dataplane",
)

_OLD_NAME: Final = re.compile(r"[0-9a-z\-_]+")
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_OLD_CHARACTERS: Final = (
    "invalid characters. Valid characters are numbers, lowercase latin letters and '-', '_' "
    "symbols."
)
_CHARACTERS: Final = (
    "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
    "characters, '-' or '.', and must start and end with an alphanumeric character"
)
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_LABEL: Final = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL_NAME: Final = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


def parsed(body: bytes, kind: Kind, release: Release) -> dict[str, Any]:
    """A body as an object; raises what a release says of a body that is none."""
    try:
        found = json.loads(body)
    except ValueError as error:
        at = error.pos if isinstance(error, json.JSONDecodeError) else 0
        raise malformed(
            release, kind.name, _as_go_says(body.decode(errors="replace"), at)
        ) from None
    if found is None and kind.plugin:
        raise ConnectionResetError("a body of null crashes this release's handler")
    if found is None:
        found = {}
    if not isinstance(found, dict):
        raise malformed(release, kind.name, "json: cannot unmarshal into an object")
    route = ("conf",) if kind.name == "TrafficRoute" else ()
    as_list = route if release < ROUTES_SPLIT else ()
    for field in (*LISTS.get(kind.name, ()), *as_list) if found else ():
        if not isinstance(found.get(field, []), list):
            raise malformed(release, kind.name, f"unexpected value of {field}")
    for field in (*OBJECTS.get(kind.name, ()), *(route if not as_list else ())):
        if not isinstance(found.get(field, {}), dict):
            raise malformed(release, kind.name, f"unexpected value of {field}")
    if kind.noun is Noun.SECRET and (byte := _undecodable(found.get("data", ""))) is not None:
        raise malformed(release, kind.name, f"illegal base64 data at input byte {byte}")
    for inbound in (found.get("networking") or {}).get("inbound", []):
        if isinstance(port := inbound.get("port", 0), str):
            reason = f"invalid character '{port[:1]}' looking for beginning of value"
            raise malformed(release, kind.name, reason)
    gateway = (found.get("networking") or {}).get("gateway") or {}
    if release >= V3 and gateway.get("type") == "BUILTIN":
        raise malformed(release, kind.name, BUILTIN)
    return found


BUILTIN: Final = (
    r"unknown value \"\\\"BUILTIN\\\"\" for enum "
    "kuma.mesh.v1alpha1.Dataplane.Networking.Gateway.GatewayType"
)


def _undecodable(text: object) -> int | None:
    """The place from which on a text is no base64."""
    found = _BASE64.match(str(text))
    end = found.end() if found else 0
    return None if end == len(str(text)) else end


def _as_go_says(text: str, at: int) -> str:
    """What Go's decoder says of text that is no JSON from some place on."""
    if at >= len(text.rstrip()):
        return "unexpected end of JSON input"
    for literal in ("true", "false", "null"):
        for index, (want, got) in enumerate(zip(literal, text[at:], strict=False)):
            if index and want != got:
                return f"invalid character '{got}' in literal {literal} (expecting '{want}')"
            if want != got:
                break
    return f"invalid character '{text[at]}' looking for beginning of value"


def check(
    body: Mapping[str, Any], kind: Kind, mesh: str | None, name: str, release: Release
) -> None:
    """Raise what is wrong with the meta of a body, and since 2.7 with its content too."""
    problems: list[Violation]
    if release >= MESH_CHECKED and kind.plugin:
        for field in ("type", "name", "spec"):
            if not body.get(field) and body.get(field) != {}:
                raise invalid(UNPROCESSED, ("", f".{field} in body is required"))
        if body["type"] != kind.name:
            raise invalid(UNPROCESSED, ("", f"type in body should be one of [{kind.name}]"))
        problems = list(_shape(body["spec"], kind, release))
        if problems:
            raise invalid(UNPROCESSED, *problems)
    checks: list[Callable[[], list[Violation]]] = [
        lambda: [*_identity(body, kind, mesh, name), *_characters(name, release)]
    ]
    if release >= MESH_CHECKED:
        own = lambda: _content(body, kind, release)  # noqa: E731
        checks.append(lambda: list(_label_names(body.get("labels") or {})))
        checks.insert(2 if kind.plugin and release < V3 else 0, own)
    for found in checks:
        problems = found()
        if problems:
            raise invalid(UNPROCESSED, *problems)


def check_stored(
    body: Mapping[str, Any],
    kind: Kind,
    name: str,
    release: Release,
    before: Mapping[str, Any] | None,
) -> None:
    """Raise what the store's side refuses: before 2.7 all that is wrong with the content."""
    verb = "create" if before is None else "update"
    if release < MESH_CHECKED:
        problems = _content(body, kind, release)
        if problems:
            raise invalid(f"Could not {verb} a resource", *problems)
    elif kind.name == "Mesh" and len(name) > 63:
        raise invalid(
            f"Failed to {verb} a resource", ("name", "cannot be longer than 63 characters")
        )
    if kind.name == "Mesh" and before is not None:
        was, now = (one.get("mtls", {}).get("enabledBackend") for one in (before, body))
        if was and now and was != now:
            reason = (
                "Changing CA when mTLS is enabled is forbidden. Disable mTLS first and then change "
                "the CA"
            )
            title = f"Failed to {verb} a resource" if release >= MESH_CHECKED else UNPROCESSED
            raise invalid(title, ("mtls.enabledBackend", reason))


def _identity(
    body: Mapping[str, Any], kind: Kind, mesh: str | None, name: str
) -> Iterator[Violation]:
    wanted = {"type": kind.name, "name": name}
    if kind.scope is Scope.MESH:
        wanted["mesh"] = mesh or ""
    for field, value in wanted.items():
        if body.get(field) != value:
            yield field, f"{field} from the URL has to be the same as in body"


def _characters(name: str, release: Release) -> list[Violation]:
    if release < MESH_CHECKED:
        return [] if _OLD_NAME.fullmatch(name) else [("name", _OLD_CHARACTERS)]
    if len(name) > 253:
        return [("name", "value length must less or equal 253")]
    return [] if _NAME.fullmatch(name) else [("name", _CHARACTERS)]


def _label_names(labels: Mapping[str, Any]) -> Iterator[Violation]:
    for key in labels:
        if not _LABEL.fullmatch(key.rpartition("/")[2]):
            yield f'labels["{key}"]', _LABEL_NAME


def _shape(spec: Any, kind: Kind, release: Release) -> Iterator[Violation]:
    if kind.family is not Family.TARGET_REF:
        return
    known = TARGET_KINDS if release < V3 else ("Mesh", "Dataplane")
    for index, entry in enumerate(spec.get("to") or () if release >= V3 else ()):
        if entry.get("targetRef", {}).get("kind") not in TO_KINDS:
            at = f"spec.to[{index}].targetRef.kind"
            yield at, f"in body should be one of [{' '.join(TO_KINDS)}]"
    target = spec.get("targetRef", {})
    if not isinstance(target, dict):
        named = "string" if isinstance(target, str) else "array"
        yield "spec.targetRef", f'in body must be of type object: "{named}"'
    elif target and target.get("kind") not in known:
        choices = " ".join(known)
        yield "spec.targetRef.kind", f"in body should be one of [{choices}]"


def _content(body: Mapping[str, Any], kind: Kind, release: Release) -> list[Violation]:
    if kind.family is Family.SOURCE_DESTINATION:
        return list(_sources(body))
    if kind.family is Family.TARGET_REF:
        return list(_targets(body["spec"], kind, release))
    check_kind = OWN.get(kind.name)
    return list(check_kind(body, release)) if check_kind else []


def _sources(body: Mapping[str, Any]) -> Iterator[Violation]:
    for field in ("sources", "destinations"):
        if not body.get(field):
            yield field, "must have at least one element"


def _targets(spec: Mapping[str, Any], kind: Kind, release: Release) -> Iterator[Violation]:
    for index, entry in enumerate(spec.get("to") or () if release >= V3 else ()):
        to = entry.get("targetRef", {})
        if to.get("kind") == "MeshService" and not to.get("labels"):
            yield f"spec.to[{index}].targetRef.labels", "must be set when kind is MeshService"
    target = spec.get("targetRef", {})
    if target.get("kind") == "MeshService" and not (target.get("name") or target.get("labels")):
        yield "spec.targetRef", "name or labels must be set when kind is MeshService"
    if kind.name == "MeshTimeout":
        if release >= V3 and not spec.get("to") and not spec.get("rules"):
            yield "spec", "at least one of 'to' or 'rules' has to be defined"
        for key in ("to", "from", "rules"):
            for index, entry in enumerate(spec.get(key) or []):
                if not entry.get("default"):
                    reason = "at least one timeout should be configured"
                    yield f"spec.{key}[{index}].default", reason


def _dataplane(body: Mapping[str, Any], release: Release) -> Iterator[Violation]:
    networking = body.get("networking")
    if not networking:
        yield "networking", "must be defined"
        return
    if not _is_address(networking.get("address", "")):
        named = " or domain name" if release >= ORDERED else ""
        yield "networking.address", f"address has to be valid IP address{named}"
    for index, outbound in enumerate(networking.get("outbound", ()) if release >= V3 else ()):
        if "backendRef" not in outbound:
            yield f"networking.outbound[{index}].backendRef", "must be defined"
    old = "port has to be in range of [1, 65535]"
    new = "port must be in the range [1, 65535]"
    for index, inbound in enumerate(networking.get("inbound", [])):
        at = f"networking.inbound[{index}]"
        if not 1 <= inbound.get("port", 0) <= 65535:
            yield f"{at}.port", new if release >= (1, 8) else old
        if release < V3 and "kuma.io/service" not in inbound.get("tags", {}):
            yield f'{at}.tags["kuma.io/service"]', "tag has to exist"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", text) is not None
    return True


def _mesh(body: Mapping[str, Any], release: Release) -> Iterator[Violation]:
    mtls = body.get("mtls") or {}
    names = [backend.get("name") for backend in mtls.get("backends", [])]
    if release >= MESH_CHECKED:
        if len(names) > 1:
            yield "mtls.backends", "cannot have more than 1 backends"
        for index, name in enumerate(names):
            if name in names[:index]:
                yield (
                    f"mtls.backends[{index}].name",
                    f'"{name}" name is already used for another backend',
                )
    if mtls.get("enabledBackend") and mtls["enabledBackend"] not in names:
        yield "mtls.enabledBackend", "has to be set to one of the backends in the mesh"


OWN: Final[dict[str, Callable[[Mapping[str, Any], Release], Iterator[Violation]]]] = {
    "Dataplane": _dataplane,
    "Mesh": _mesh,
}
LISTS: Final = {
    name: ("sources", "destinations", "selectors")
    for name in (
        "CircuitBreaker",
        "FaultInjection",
        "HealthCheck",
        "RateLimit",
        "Retry",
        "Timeout",
        "TrafficLog",
        "TrafficPermission",
        "TrafficRoute",
    )
}
OBJECTS: Final = {"Dataplane": ("networking",)}


def content_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a body is stored: all but its meta, and its status, which nobody may write."""
    return {key: value for key, value in body.items() if key not in (*META, "status")}


def warnings(body: Mapping[str, Any], kind: Kind, release: Release) -> list[str]:
    """What a release deprecates in a body."""
    selector = body.get("spec", {}).get("selector", {}) if kind.name == "MeshService" else {}
    if release >= V3 and selector and not {"dataplaneRef", "dataplaneLabels"} & selector.keys():
        return [NO_SELECTOR.format(body["name"])]
    if kind.family is not Family.TARGET_REF or release < MESH_CHECKED:
        return []
    spec = body.get("spec", {})
    found = []
    if "from" in spec and release >= (2, 12):
        found.append(
            FROM_DEPRECATED.get(kind.name, "'from' field is deprecated, use 'rules' instead")
        )
    if spec.get("targetRef", {}).get("kind") == "MeshSubset" and release >= (2, 10):
        found.append(
            "MeshSubset value for 'targetRef.kind' is deprecated, use Dataplane with labels instead"
        )
    return found


NO_SELECTOR: Final = (
    "MeshService resource '{}' has no selector, so it matches no data plane proxies. Set "
    "'spec.selector.dataplaneRef' or 'spec.selector.dataplaneLabels'. The "
    "'spec.selector.dataplaneTags' selector was removed, migrate it to 'dataplaneLabels'."
)
FROM_DEPRECATED: Final = {
    "MeshTrafficPermission": (
        "'from' field is deprecated and will be removed in 3.0, use 'rules' with MeshIdentity "
        "(spiffeId) instead"
    ),
}
