"""Bytes → model, for what Kuma's generations of inspection endpoints tell."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from gateway.model.inspection import (
    UNUSED,
    Affected,
    Config,
    Hostname,
    Layout,
    Matcher,
    Opening,
    Origin,
    Place,
    PolicyConf,
    Rule,
    RuleConf,
    Rules,
)
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.generations import LEGACY
from gateway.upstreams.kuma.inspected import (
    NOTHING,
    Attachment,
    Confs,
    Entry,
    GatewayListener,
    Hostnames,
    InboundOf,
    Item,
    Items,
    KindRules,
    Matched,
    MergedRule,
    MergedRules,
    Meta,
    OldRules,
    Port,
    Ports,
    Rendered,
    RuleOrigin,
)
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.reading import MALFORMED, document, forgiving, unreadable

PLACES: Final = {
    "dataplane": Place.PROXY,
    "inbound": Place.INBOUND,
    "outbound": Place.OUTBOUND,
    "service": Place.OUTBOUND,
    "SingleItem": Place.PROXY,
    "ClientSubset": Place.INBOUND,
    "DestinationSubset": Place.OUTBOUND,
}
"""Kuma's words for where a policy attaches; one that is not here is the proxy's."""


def read(upstream: str, answer: Answer, into: Any) -> Any:
    """A body as its Struct; raises BadResponse."""
    try:
        return forgiving(_DECODERS[into], answer.body)
    except MALFORMED as error:
        raise unreadable(upstream, "what is told of a proxy", answer) from error


_DECODERS: Final = {
    one: msgspec.json.Decoder(one, strict=False)
    for one in (Matched, Items, OldRules, MergedRules, Ports, Confs, Hostnames, Rendered)
}


def conf(raw: msgspec.Raw) -> msgspec.Raw | None:
    """JSON as it came; None where it is null."""
    return None if bytes(raw) == bytes(NOTHING) else msgspec.Raw(bytes(raw))


def listed(raw: msgspec.Raw) -> tuple[msgspec.Raw, ...]:
    """Confs as one or several came: some endpoints wrap even the one into a list."""
    text = bytes(raw).strip()
    if text.startswith(b"["):
        return tuple(msgspec.json.decode(text, type=list[msgspec.Raw]))
    return () if text == bytes(NOTHING) else (msgspec.Raw(text),)


def attached(kind: str, found: Attachment | Entry, origin: Origin | None = None) -> Rule:
    """A rule of the old world: that a policy holds, and where."""
    return Rule(
        kind=kind,
        place=PLACES.get(found.type, Place.PROXY),
        section=found.type,
        name=found.name or None,
        service=found.service or None,
        origins=(origin,) if origin else (),
    )


def origin(kind: str, meta: Meta | RuleOrigin) -> Origin:
    """The policy that is named, and the place of the rule in it."""
    if isinstance(meta, RuleOrigin) and meta.resource_meta is not None:
        inner = meta.resource_meta
        return Origin(inner.type or kind, inner.mesh, inner.name, meta.rule_index)
    return Origin(meta.type or kind, meta.mesh, meta.name)


def matched(upstream: str, answer: Answer) -> Rules:
    """The policies of a proxy with their attachments, as every version since 1.5 lists them."""
    body: Matched = read(upstream, answer, Matched)
    rules = [
        attached(kind, entry, origin(kind, meta))
        for entry in body.items
        for kind, metas in entry.matched_policies.items()
        for meta in metas
    ]
    rules += [
        attached(kind, Entry("dataplane"), origin(kind, m)) for kind, m in body.policies.items()
    ]
    rules += [
        msgspec.structs.replace(rule, kind=kind, origins=(origin(kind, meta),))
        for rule, policies in leading(body.listeners)
        for kind, meta in policies.items()
    ]
    return Rules(tuple(rules))


def leading(
    listeners: tuple[GatewayListener, ...],
) -> Iterator[tuple[Rule, dict[str, Meta]]]:
    """Where the routes of a builtin gateway lead, and the policies that hold there."""
    for listener in listeners:
        for route in (route for host in listener.hosts for route in host.routes):
            for tags, policies in map(destination, route.destinations):
                rule = Rule(
                    kind="",
                    place=Place.OUTBOUND,
                    section="outbound",
                    name=route.route or None,
                    port=listener.port or None,
                    service=tags.get("kuma.io/service"),
                    tags=tags,
                )
                yield rule, policies


def destination(
    found: dict[str, msgspec.Raw],
) -> tuple[dict[str, str], dict[str, Meta]]:
    """The tags of a destination, and its policies where they stand beside."""
    if "tags" not in found or "policies" not in found:
        return {key: msgspec.json.decode(raw, type=str) for key, raw in found.items()}, {}
    tags = msgspec.json.decode(found["tags"], type=dict[str, str])
    return tags, msgspec.json.decode(found["policies"], type=dict[str, Meta])


def old_rules(upstream: str, answer: Answer) -> Rules:
    """The rules of targetRef policies as 2.0 to 2.14 list them."""
    body: OldRules = read(upstream, answer, OldRules)
    return Rules(
        tuple(
            Rule(
                kind=one.policy_type,
                place=PLACES.get(one.type, Place.PROXY),
                section=one.type,
                name=one.addresses[0] if one.addresses else None,
                service=one.service or None,
                tags=one.tags,
                matchers=tuple(subset(one.subset)),
                confs=listed(one.conf),
                origins=tuple(origin(one.policy_type, meta) for meta in one.origins),
            )
            for one in body.items
        )
    )


def subset(tags: Mapping[str, str]) -> Iterator[Matcher]:
    """Tags of the other side; `!` before a value means any other."""
    for key, value in tags.items():
        yield Matcher(key, value.removeprefix("!"), value.startswith("!"))


def merged_rules(upstream: str, answer: Answer) -> Rules:
    """The rules of targetRef policies as 2.6 and later merge them."""
    body: MergedRules = read(upstream, answer, MergedRules)
    return Rules(
        tuple(rule for kind in body.rules for rule in of_kind(kind)),
        tuple(f"{kind.type}: {text}" for kind in body.rules for text in kind.warnings),
    )


def of_kind(found: KindRules) -> Iterator[Rule]:
    """The rules of one kind; those by inbound stand for the same ones by client where both are."""
    if found.proxy_rule is not None:
        yield merged(found.type, Place.PROXY, "proxyRule", found.proxy_rule)
    for section, rules in (
        ("toRules", found.to_rules),
        ("toResourceRules", found.to_resource_rules),
    ):
        for rule in rules:
            yield merged(found.type, Place.OUTBOUND, section, rule)
    by_inbound = ("inboundRules", found.inbound_rules)
    by_client = ("fromRules", found.from_rules)
    section, inbounds = by_inbound if found.inbound_rules else by_client
    for one in inbounds:
        for rule in one.rules:
            yield merged(found.type, Place.INBOUND, section, rule, one.inbound)


def merged(
    kind: str, place: Place, section: str, rule: MergedRule, inbound: InboundOf | None = None
) -> Rule:
    """One rule of a kind at a place."""
    inbound = inbound or InboundOf()
    meta = rule.resource_meta
    target = Origin(meta.type, meta.mesh or None, meta.name) if meta else None
    return Rule(
        kind=kind,
        place=place,
        section=section,
        name=inbound.name or rule.resource_section_name or None,
        port=inbound.port or None,
        service=inbound.tags.get("kuma.io/service"),
        tags=inbound.tags,
        target=target,
        matchers=tuple(Matcher(one.key, one.value, one.not_) for one in rule.matchers),
        match=conf(rule.match),
        confs=listed(rule.conf),
        origins=tuple(origin(kind, one) for one in rule.origin),
    )


def together(parts: Mapping[str, Rules]) -> Rules:
    """The rules of several endpoints: what one merely says to hold, another may tell in full."""
    told = [part for path, part in parts.items() if path != "policies"]
    known = {(o.kind, o.name) for part in told for rule in part.rules for o in rule.origins}
    first = parts.get("policies", Rules())
    rest = [r for r in first.rules if not any((o.kind, o.name) in known for o in r.origins)]
    if told:
        rest = [unused(rule) for rule in rest]
    return Rules(
        (*rest, *(rule for part in told for rule in part.rules)),
        tuple(text for part in told for text in part.warnings),
    )


def unused(rule: Rule) -> Rule:
    """A policy that is for the proxy by its targetRef, and of which no rule is in force there."""
    row = KINDS.get(rule.kind)
    by_tags = row is not None and row.family in LEGACY
    return rule if by_tags else msgspec.structs.replace(rule, section=UNUSED)


def affected(upstream: str, answer: Answer) -> tuple[tuple[Affected, ...], str | None]:
    """The dataplanes of one page, and the link to the next one."""
    body: Items = read(upstream, answer, Items)
    return tuple(map(touched, body.items)), body.next


def touched(item: Item) -> Affected:
    """A dataplane of a policy with its attachments."""
    meta = item.dataplane or Meta(mesh=item.mesh, name=item.name)
    rules = [attached("", one) for one in item.attachments]
    rules += [rule for rule, _ in leading(item.listeners)]
    return Affected(meta.mesh, meta.name, tuple(rules))


def layout(upstream: str, answer: Answer) -> Layout:
    """The ports of a proxy by their KRIs."""
    body: Ports = read(upstream, answer, Ports)
    return Layout(
        body.kri,
        body.spiffe_id,
        tuple(map(opening, body.inbounds)),
        tuple(map(opening, body.outbounds)),
        tuple(map(opening, body.listeners)),
    )


def opening(port: Port) -> Opening:
    """One port of a layout."""
    return Opening(port.kri, port.port, port.protocol, port.proxy_resource_name, port.type)


def confs(upstream: str, answer: Answer) -> tuple[PolicyConf, ...]:
    """What policies, or routes, make together; origins come twice at times (kumahq/kuma#15414)."""
    body: Confs = read(upstream, answer, Confs)
    return tuple(
        PolicyConf(
            kind=one.kind,
            confs=listed(one.conf),
            origins=tuple(dict.fromkeys(meta.kri for meta in one.origins if meta.kri)),
            rules=tuple(
                RuleConf(rule.kri or None, conf(rule.conf), conf(rule.matches))
                for rule in one.rules
            ),
        )
        for one in (*body.policies, *body.routes)
    )


def hostnames(upstream: str, answer: Answer) -> tuple[Hostname, ...]:
    """The hostnames of a service."""
    body: Hostnames = read(upstream, answer, Hostnames)
    return tuple(
        Hostname(one.hostname, tuple(zone.name for zone in one.zones)) for one in body.items
    )


def config(upstream: str, answer: Answer) -> Config:
    """What the control plane renders for a proxy."""
    body: Rendered = read(upstream, answer, Rendered)
    return Config(body.xds, conf(body.diff))


def dump(upstream: str, answer: Answer) -> msgspec.Raw:
    """What Envoy dumps, as JSON."""
    return document(upstream, answer)


def text(upstream: str, answer: Answer) -> str:
    """What Envoy tells in lines of text."""
    try:
        return str(answer.body, "utf-8")
    except UnicodeError as error:
        raise unreadable(upstream, "what a proxy tells", answer) from error


READERS: Final[Mapping[str, Callable[[str, Answer], Any]]] = {
    "policies": matched,
    "rules": old_rules,
    "_rules": merged_rules,
    "_layout": layout,
    "_policies": confs,
    "_routes": confs,
    "_hostnames": hostnames,
    "_config": config,
    "xds": dump,
    "stats": text,
    "clusters": text,
}
"""How an answer is read, by what its path ends with."""
