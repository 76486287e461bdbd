"""Secrets inside of resources: never shown, nor written over by what stands in their place."""

import re
from typing import Any, Final

import msgspec

from gateway.errors import BadResponse, BadUserInput
from gateway.model.kinds import Noun
from gateway.model.resources import Resource

MASK: Final = "(masked by meshgate)"
_MASK: Final = MASK.encode()
DEPTH: Final = 500
"""How deep an input may be nested: less than what breaks the encoder."""
_META: Final = frozenset(
    ("type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "snis", "status")
)


def raw(resource: Resource) -> Any:
    """What the upstream answered: its very bytes, but for private keys and secrets' data."""
    if resource.answered is not None:
        resource = msgspec.structs.replace(resource, raw=resource.answered)
    if resource.kind.noun is Noun.SECRET:
        return {key: value for key, value in _members(resource).items() if key != "data"}
    if not resource.kind.masks:
        return resource.raw
    return _masked(resource)


def spec(resource: Resource) -> Any:
    """The content without the meta, spelled alike for kinds that keep it in `spec` or beside it."""
    body = _masked(resource) if resource.kind.masks else _members(resource)
    if resource.kind.plugin or (resource.kind.family is None and "spec" in body):
        found = body.get("spec", _NULL)
        return {} if bytes(found) == bytes(_NULL) else found
    return {key: value for key, value in body.items() if key not in _META}


_NULL: Final = msgspec.Raw(b"null")


def _members(resource: Resource) -> dict[str, msgspec.Raw]:
    """The members of a body, each as its bytes."""
    try:
        return msgspec.json.decode(resource.raw, type=dict[str, msgspec.Raw])
    except (ValueError, RecursionError):
        raise _unfit(resource) from None


def _masked(resource: Resource) -> dict[str, msgspec.Raw]:
    """The members of a body, those that lead to private keys without them."""
    body = _members(resource)
    for path in resource.kind.masks:
        step, *rest = path.split(".")
        if step in body:
            try:
                value = _mask(msgspec.json.decode(body[step]), rest)
                body[step] = msgspec.Raw(msgspec.json.encode(value))
            except (ValueError, RecursionError):
                raise _unfit(resource) from None
    return body


def _unfit(resource: Resource) -> BadResponse:
    upstream, kind = resource.upstream, resource.kind.name
    return BadResponse(f"{upstream}: the answer cannot be shown as a {kind}", upstream=upstream)


def _mask(value: Any, path: list[str]) -> Any:
    """The value with every text below the end of a path replaced."""
    if not path:
        return _hidden(value)
    step, rest = path[0].removesuffix("[]"), path[1:]
    if not isinstance(value, dict) or step not in value:
        return value
    inner = value[step]
    if path[0].endswith("[]") and isinstance(inner, list):
        return value | {step: [_mask(one, rest) for one in inner]}
    return value | {step: _mask(inner, rest)}


_NAMES: Final = frozenset(("secret", "secretRef", "type", "file", "envVar"))
"""Members of a data source that only name where the data is."""


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: one if key in _NAMES else _hidden(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_hidden(one) for one in value]
    return MASK if isinstance(value, str) else value


_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_SECRET: Final = re.compile(r"(?i)(?:password|secret|token|passphrase|privateKey)$")


def configuration(upstream: str, raw: msgspec.Raw) -> Any:
    """A control plane's configuration, masked here too: which members it masks is up to it."""
    try:
        return _without_secrets(msgspec.json.decode(raw))
    except (ValueError, RecursionError):
        told = f"{upstream}: the answer cannot be shown as a configuration"
        raise BadResponse(told, upstream=upstream) from None


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: MASK
            if isinstance(one, str) and one and one.strip("*") and _SECRET.search(key)
            else _without_secrets(one)
            for key, one in value.items()
        }
    return [_without_secrets(one) for one in value] if isinstance(value, list) else value


def kubernetes(resource: Resource, raw: msgspec.Raw) -> Any:
    """A resource as a Kubernetes object, without private keys: its content is in `spec`."""
    if not resource.kind.masks:
        return raw
    try:
        found = msgspec.json.decode(raw, type=dict[str, Any])
        for path in resource.kind.masks:
            found = _mask(found, (path if resource.kind.plugin else f"spec.{path}").split("."))
    except (ValueError, RecursionError):
        raise _unfit(resource) from None
    # It holds the whole of what was applied once more, as a text.
    metadata = found.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(annotations, dict):
        annotations.pop(_APPLIED, None)
    return found


def refuse_mask(body: Any) -> bytes | None:
    """Raise BadUserInput where a mask would be written over what it stands for.

    Else the body as JSON, if it took that to find out.
    """
    text = _encoded(body)
    if text and _MASK not in text and _is_flat(text):
        # One look at its bytes shows that it is neither masked nor nested too deep.
        return text
    level = [body]
    for _ in range(DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and MASK in value:
                raise BadUserInput(
                    "the input contains a masked private key; "
                    "give the key itself, or a secret's name"
                )
        if not below:
            return None
        level = below
    raise BadUserInput("the input is nested too deep")


def _is_flat(text: bytes) -> bool:
    # What is opened has to be closed as well.
    return len(text) < 2 * DEPTH or text.count(b"[") + text.count(b"{") < DEPTH


def _encoded(body: Any) -> bytes | None:
    try:
        return msgspec.json.encode(body)
    except (ValueError, RecursionError):
        return None
