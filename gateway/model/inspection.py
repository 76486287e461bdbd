"""What a control plane tells of a proxy: the rules that hold in it, and what it is made of.

The Structs are the gateway's own: each generation of inspection endpoints is read into them.
"""

from enum import StrEnum
from typing import Final, assert_never

import msgspec

from gateway.model.resources import ResourceKey

DEAR: Final = 10
"""The calls that what a proxy itself tells weighs as much as: it goes through all to the proxy."""


class View(StrEnum):
    """What may be asked of a proxy, of a policy or of a service."""

    AFFECTED = "affectedDataplanes"
    RULES = "rules"
    LAYOUT = "layout"
    POLICIES = "policies"
    ROUTES = "routes"
    HOSTNAMES = "hostnames"
    XDS = "xds"
    STATS = "stats"
    CLUSTERS = "clusters"
    CONFIG = "config"


class Inspection(msgspec.Struct, frozen=True):
    """One question: a view of a resource, or of a part of it, with options as the view has them.

    `part` is the KRI of an inbound or an outbound, `route` that of a route of the outbound.
    """

    view: View
    key: ResourceKey
    part: str | None = None
    inbound: bool = False
    route: str | None = None
    options: tuple[str, ...] = ()


class Place(StrEnum):
    """Where in a proxy a rule holds."""

    PROXY = "PROXY"
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class Matcher(msgspec.Struct, frozen=True):
    """A tag of the other side that a rule wants, or does not want."""

    key: str
    value: str
    negated: bool = False


class Origin(msgspec.Struct, frozen=True):
    """A policy that a rule was made of, and which of its rules; by name or by KRI."""

    kind: str
    mesh: str | None = None
    name: str | None = None
    rule: int | None = None
    kri: str | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What policies of one kind say for one place in a proxy.

    `section` is the part of the policy that matched, as the control plane names it or its
    generation implies; `target` is what an outbound rule is for.
    """

    kind: str
    place: Place
    section: str | None = None
    name: str | None = None
    port: int | None = None
    service: str | None = None
    tags: dict[str, str] = {}
    target: Origin | None = None
    matchers: tuple[Matcher, ...] = ()
    match: msgspec.Raw | None = None
    confs: tuple[msgspec.Raw, ...] = ()
    origins: tuple[Origin, ...] = ()


class Rules(msgspec.Struct, frozen=True):
    """All rules of a proxy."""

    rules: tuple[Rule, ...] = ()
    warnings: tuple[str, ...] = ()


UNUSED: Final = "targetRef"
"""The section of a policy that is for a proxy as its targetRef says, and changes nothing there."""


class Affected(msgspec.Struct, frozen=True):
    """A dataplane that a policy is for; `rules` is empty where the control plane tells no more."""

    mesh: str
    name: str
    rules: tuple[Rule, ...] = ()


class Opening(msgspec.Struct, frozen=True):
    """An inbound, an outbound or a listener as the control plane lays them out."""

    kri: str
    port: int = 0
    protocol: str = ""
    proxy_resource_name: str = ""
    type: str = ""


class Layout(msgspec.Struct, frozen=True):
    """The ports of a proxy by their KRIs, and its identity."""

    kri: str
    spiffe_id: str | None = None
    inbounds: tuple[Opening, ...] = ()
    outbounds: tuple[Opening, ...] = ()
    listeners: tuple[Opening, ...] = ()


class RuleConf(msgspec.Struct, frozen=True):
    """What one rule of a policy says, and for what it holds."""

    kri: str | None = None
    conf: msgspec.Raw | None = None
    matches: msgspec.Raw | None = None


class PolicyConf(msgspec.Struct, frozen=True):
    """What the policies of one kind make together for a proxy or for one of its ports.

    `origins` are the KRIs of the policies in the order in which they were merged.
    """

    kind: str
    confs: tuple[msgspec.Raw, ...] = ()
    origins: tuple[str, ...] = ()
    rules: tuple[RuleConf, ...] = ()


class Hostname(msgspec.Struct, frozen=True):
    """A hostname of a service, and the zones in which it is known."""

    hostname: str
    zones: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True):
    """What the control plane renders for a proxy; `diff` is what shadow policies would change."""

    xds: msgspec.Raw
    diff: msgspec.Raw | None = None


def reason(rule: Rule) -> str:
    """Where a rule holds and for what, in words."""
    match rule.place:
        case Place.PROXY:
            none = ", and no rule of it is in force there" if rule.section == UNUSED else ""
            return f"the whole proxy{none}"
        case Place.INBOUND:
            of = f" of {rule.service}" if rule.service else ""
            port = f" on port {rule.port}" if rule.port else ""
            clients = ", ".join(map(_wanted, rule.matchers))
            return f"inbound{_named(rule)}{port}{of}" + (f" from {clients}" if clients else "")
        case Place.OUTBOUND:
            wanted = [_wanted(one) for one in rule.matchers]
            if rule.target is not None:
                by = rule.target.name or " ".join(f"{k}={v}" for k, v in sorted(rule.tags.items()))
                wanted = [f"{rule.target.kind} {by}".strip(), *wanted]
            elif rule.service:
                wanted = [rule.service, *wanted]
            return f"outbound{_named(rule)} to {', '.join(wanted) or 'anything'}"
        case _:
            assert_never(rule.place)


def _named(rule: Rule) -> str:
    return f" {rule.name}" if rule.name and rule.name != rule.service else ""


def _wanted(matcher: Matcher) -> str:
    return f"{matcher.key}{'!=' if matcher.negated else '='}{matcher.value}"
