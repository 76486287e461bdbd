"""Secrets inside of resources: never shown, nor written over by what stands in their place."""

from typing import Any, Final

import msgspec

from gateway.errors import BadUserInput
from gateway.model.kinds import Noun
from gateway.model.resources import Resource

MASK: Final = "(masked by meshgate)"
_META: Final = frozenset(
    ("type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "snis", "status")
)


def raw(resource: Resource) -> Any:
    """What the upstream answered: its very bytes, but for private keys and secrets' data."""
    if resource.kind.noun is Noun.SECRET:
        body: dict[str, Any] = msgspec.json.decode(resource.raw)
        return {key: value for key, value in body.items() if key != "data"}
    if not resource.kind.masks:
        return resource.raw
    return _masked(resource)


def spec(resource: Resource) -> Any:
    """The content without the meta, spelled alike for kinds that keep it in `spec` or beside it."""
    body: dict[str, Any] = (
        _masked(resource)
        if resource.kind.masks
        else msgspec.json.decode(resource.raw, type=dict[str, msgspec.Raw])
    )
    if resource.kind.plugin:
        return body.get("spec", {})
    if resource.kind.family is None and "spec" in body:
        return body["spec"]
    return {key: value for key, value in body.items() if key not in _META}


def _masked(resource: Resource) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(resource.raw)
    for path in resource.kind.masks:
        _mask(body, path.split("."))
    return body


def _mask(value: Any, path: list[str]) -> None:
    """Replace every text below the end of a path."""
    step, rest = path[0].removesuffix("[]"), path[1:]
    if not isinstance(value, dict) or step not in value:
        return
    inner = value[step] if path[0].endswith("[]") else [value[step]]
    for one in inner if isinstance(inner, list) else ():
        if rest:
            _mask(one, rest)
        else:
            _mask_texts(one)


_NAMES: Final = frozenset(("secret", "type", "file", "envVar"))
"""Members of a data source that only name where the data is."""


def _mask_texts(value: Any) -> None:
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in _NAMES:
            continue
        if isinstance(inner, str):
            value[key] = MASK
        else:
            _mask_texts(inner)


def refuse_mask(body: Any) -> None:
    """Raise BadUserInput where a mask would be written over what it stands for."""
    if isinstance(body, str):
        if MASK in body:
            raise BadUserInput(
                "the input contains a masked private key; give the key itself, or a secret's name"
            )
    elif isinstance(body, dict):
        for value in body.values():
            refuse_mask(value)
    elif isinstance(body, list):
        for value in body:
            refuse_mask(value)
