"""Whom a policy names, anywhere in it: read from its bytes when it is asked for."""

from typing import Final

import msgspec

from gateway.model.policies import TagSelector, TargetRef
from gateway.model.resources import Wire
from gateway.model.tags import SERVICE

SERVICES: Final = frozenset(
    ("MeshService", "MeshServiceSubset", "MeshExternalService", "MeshMultiZoneService")
)
"""The kinds of reference that name a service."""


class _Rule(Wire, frozen=True):
    target_ref: TargetRef | None = None


class _Spec(Wire, frozen=True):
    target_ref: TargetRef | None = None
    to: tuple[_Rule, ...] | None = None
    from_: tuple[_Rule, ...] | None = msgspec.field(default=None, name="from")


class _Policy(Wire, frozen=True):
    spec: _Spec | None = None
    sources: tuple[TagSelector, ...] | None = None
    destinations: tuple[TagSelector, ...] | None = None
    selectors: tuple[TagSelector, ...] | None = None


_DECODER: Final = msgspec.json.Decoder(_Policy, strict=False)


def services(policy: msgspec.Raw) -> set[str]:
    """The names of services in a policy's references and in the tags of its selectors."""
    try:
        found = _DECODER.decode(policy)
    except (msgspec.DecodeError, RecursionError):
        return set()
    spec = found.spec or _Spec()
    rules = (*(spec.to or ()), *(spec.from_ or ()))
    references = [spec.target_ref, *(rule.target_ref for rule in rules)]
    selectors = (*(found.sources or ()), *(found.destinations or ()), *(found.selectors or ()))
    names = {it.name for it in references if it and it.kind in SERVICES}
    return {name for name in (*names, *(it.match.get(SERVICE) for it in selectors)) if name}
