"""What a targetRef policy says of itself: which proxies it is for, and what in them."""

from collections.abc import Iterator

import msgspec

from gateway.model.inspection import Origin, Place, Rule
from gateway.model.policies import TargetRef
from gateway.model.resources import Resource, Wire


class Entry(Wire, frozen=True):
    """One entry of `to` or `from`."""

    target_ref: TargetRef | None = None


class Sections(Wire, frozen=True):
    """The sections of a spec."""

    target_ref: TargetRef | None = None
    to: tuple[Entry, ...] | None = None
    from_: tuple[Entry, ...] | None = msgspec.field(default=None, name="from")
    rules: tuple[msgspec.Raw, ...] | None = None
    default: msgspec.Raw = msgspec.Raw()


class Body(Wire, frozen=True):
    """A policy of which the sections count alone."""

    spec: Sections = Sections()


_BODY = msgspec.json.Decoder(Body)


def sections(policy: Resource) -> tuple[Rule, ...]:
    """What a policy says for each proxy that it is for; empty where it says so in no way known."""
    try:
        spec = _BODY.decode(policy.raw)
    except (msgspec.DecodeError, RecursionError):
        return ()
    return tuple(_rules(policy.kind.name, spec.spec))


def _rules(kind: str, spec: Sections) -> Iterator[Rule]:
    for at, entry in enumerate(spec.to or ()):
        yield _rule(kind, Place.OUTBOUND, f"to[{at}]", entry.target_ref)
    for at, entry in enumerate(spec.from_ or ()):
        yield _rule(kind, Place.INBOUND, f"from[{at}]", entry.target_ref)
    for at, _ in enumerate(spec.rules or ()):
        yield _rule(kind, Place.INBOUND, f"rules[{at}]", None)
    if bytes(spec.default) not in (b"", b"null"):
        yield _rule(kind, Place.PROXY, "default", None)


def _rule(kind: str, place: Place, section: str, ref: TargetRef | None) -> Rule:
    target = Origin(ref.kind, ref.mesh, ref.name) if ref is not None else None
    return Rule(
        kind=kind,
        place=place,
        section=section,
        target=target,
        tags={**ref.labels, **ref.tags} if ref is not None else {},
    )


def selecting(policy: Resource) -> str:
    """Which proxies a policy is for, in words."""
    ref = policy.content.spec.target_ref
    if ref is None or ref.kind in {"", "Mesh"}:
        chosen = "the whole mesh"
    else:
        by = [f"{key}={value}" for key, value in sorted({**ref.labels, **ref.tags}.items())]
        chosen = " ".join(filter(None, (ref.kind, ref.name, ref.section_name, ", ".join(by))))
    types = f" ({', '.join(ref.proxy_types)})" if ref and ref.proxy_types else ""
    return f"targetRef {chosen}{types}"
