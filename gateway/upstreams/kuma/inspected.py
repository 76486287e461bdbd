"""The bodies of inspection endpoints, of each generation, as they come."""

from typing import Final

import msgspec

from gateway.model.resources import Wire

NOTHING: Final = msgspec.Raw(b"null")


class Meta(Wire, frozen=True):
    """What is told of a resource that is named and not shown."""

    type: str = ""
    mesh: str = ""
    name: str = ""
    kri: str | None = None


class Attachment(Wire, frozen=True):
    """Where in a proxy a policy of the old world attaches."""

    type: str = ""
    name: str = ""
    service: str = ""


class Route(Wire, frozen=True):
    """A gateway's route; a destination is tags, or has them beside the policies there."""

    route: str = ""
    destinations: tuple[dict[str, msgspec.Raw], ...] = ()


class Host(Wire, frozen=True):
    """A hostname of a gateway's listener."""

    host_name: str = ""
    routes: tuple[Route, ...] = ()


class GatewayListener(Wire, frozen=True):
    """A listener of a builtin gateway."""

    port: int = 0
    hosts: tuple[Host, ...] = ()


class Entry(Wire, frozen=True):
    """The policies of one attachment."""

    type: str = ""
    name: str = ""
    service: str = ""
    matched_policies: dict[str, tuple[Meta, ...]] = {}


class Matched(Wire, frozen=True):
    """`GET …/dataplanes/{dp}/policies`, of a sidecar or of a builtin gateway."""

    items: tuple[Entry, ...] = ()
    listeners: tuple[GatewayListener, ...] = ()
    policies: dict[str, Meta] = {}


class Item(Wire, frozen=True):
    """A dataplane of a policy: by its meta alone, or with its attachments."""

    mesh: str = ""
    name: str = ""
    dataplane: Meta | None = None
    attachments: tuple[Attachment, ...] = ()
    listeners: tuple[GatewayListener, ...] = ()


class Items(Wire, frozen=True):
    """A policy's dataplanes; the oldest endpoint gives them all on one page."""

    items: tuple[Item, ...] = ()
    next: str | None = None


class OldRule(Wire, frozen=True):
    """`GET …/dataplanes/{dp}/rules`: what holds for one side of one port."""

    type: str = ""
    name: str = ""
    addresses: tuple[str, ...] = ()
    service: str = ""
    tags: dict[str, str] = {}
    policy_type: str = ""
    subset: dict[str, str] = {}
    conf: msgspec.Raw = NOTHING
    origins: tuple[Meta, ...] = ()


class OldRules(Wire, frozen=True):
    """All of them."""

    items: tuple[OldRule, ...] = ()


class Tag(Wire, frozen=True):
    """A tag that the other side of a rule has, or has not."""

    key: str = ""
    value: str = ""
    not_: bool = msgspec.field(default=False, name="not")


class RuleOrigin(Wire, frozen=True):
    """A policy that made a rule: its meta, or that with the place in its list."""

    type: str = ""
    mesh: str = ""
    name: str = ""
    resource_meta: Meta | None = None
    rule_index: int | None = None


class MergedRule(Wire, frozen=True):
    """What several policies made together."""

    conf: msgspec.Raw = NOTHING
    matchers: tuple[Tag, ...] = ()
    match: msgspec.Raw = NOTHING
    origin: tuple[RuleOrigin, ...] = ()
    resource_meta: Meta | None = None
    resource_section_name: str = ""


class InboundOf(Wire, frozen=True):
    """The inbound for which rules hold."""

    name: str = ""
    port: int = 0
    tags: dict[str, str] = {}


class InboundRules(Wire, frozen=True):
    """The rules of one inbound."""

    inbound: InboundOf = InboundOf()
    rules: tuple[MergedRule, ...] = ()


class KindRules(Wire, frozen=True):
    """The rules of one kind of policy."""

    type: str = ""
    proxy_rule: MergedRule | None = None
    to_rules: tuple[MergedRule, ...] = ()
    to_resource_rules: tuple[MergedRule, ...] = ()
    from_rules: tuple[InboundRules, ...] = ()
    inbound_rules: tuple[InboundRules, ...] = ()
    warnings: tuple[str, ...] = ()


class MergedRules(Wire, frozen=True):
    """`GET …/dataplanes/{dp}/_rules`."""

    rules: tuple[KindRules, ...] = ()


class Port(Wire, frozen=True):
    """A port of a layout."""

    kri: str = ""
    port: int = 0
    protocol: str = ""
    proxy_resource_name: str = ""
    type: str = ""


class Ports(Wire, frozen=True):
    """`GET …/_layout`."""

    kri: str = ""
    spiffe_id: str | None = None
    inbounds: tuple[Port, ...] = ()
    outbounds: tuple[Port, ...] = ()
    listeners: tuple[Port, ...] = ()


class KriRule(Wire, frozen=True):
    """A rule and the policy it is from."""

    kri: str = ""
    conf: msgspec.Raw = NOTHING
    matches: msgspec.Raw = NOTHING


class KriConf(Wire, frozen=True):
    """What policies of one kind make together."""

    kind: str = ""
    conf: msgspec.Raw = NOTHING
    origins: tuple[Meta, ...] = ()
    rules: tuple[KriRule, ...] = ()


class Confs(Wire, frozen=True):
    """`GET …/_policies` and `GET …/_routes`."""

    policies: tuple[KriConf, ...] = ()
    routes: tuple[KriConf, ...] = ()


class ZoneName(Wire, frozen=True):
    """A zone by its name."""

    name: str = ""


class HostnameOf(Wire, frozen=True):
    """A hostname and where it is known."""

    hostname: str = ""
    zones: tuple[ZoneName, ...] = ()


class Hostnames(Wire, frozen=True):
    """`GET …/_hostnames`; `items` may be null."""

    items: tuple[HostnameOf, ...] = ()


class Rendered(Wire, frozen=True):
    """`GET …/_config`."""

    xds: msgspec.Raw = NOTHING
    diff: msgspec.Raw = NOTHING
