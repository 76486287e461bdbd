"""What a control plane is and stores, read from the documents in which it says so."""

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.insights import MeshInsight
from gateway.model.kinds import Family, Kind, Noun, Scope
from gateway.model.resources import Resource
from gateway.model.versions import Version, parse
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.dialects import dialect
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.reading import MALFORMED, forgiving, unreadable

RESOURCES_SINCE: Final = (2, 6)
POLICIES_SINCE: Final = (1, 8)


class Index(msgspec.Struct):
    """`GET /`: `tagline` before 2.x, `product` since."""

    version: str
    product: str = ""
    tagline: str = ""
    cluster_id: str | None = msgspec.field(default=None, name="clusterId")


class Zone(msgspec.Struct, rename="camel"):
    """The part of `/config` that says which zone it is, and to which Global it belongs."""

    global_address: str = ""
    name: str = ""


class Multizone(msgspec.Struct):
    """The part of `/config` about zones."""

    zone: Zone = msgspec.field(default_factory=Zone)


class Authn(msgspec.Struct, rename="camel"):
    """The part of `/config` about who may call, in the words of 1.4 and of 1.1."""

    localhost_is_admin: bool = False
    allow_from_localhost: bool = False


class ApiServer(msgspec.Struct, rename="camel"):
    """The part of `/config` about this API."""

    read_only: bool = False
    auth: Authn = msgspec.field(default_factory=Authn)
    authn: Authn = msgspec.field(default_factory=Authn)


class Kept(msgspec.Struct):
    """The part of `/config` about the store."""

    type: str | None = None


class Config(msgspec.Struct, rename="camel"):
    """The parts of `/config` that say what it is and what may be written."""

    mode: str | None = None
    environment: str | None = None
    store: Kept = msgspec.field(default_factory=Kept)
    api_server: ApiServer = msgspec.field(default_factory=ApiServer)
    multizone: Multizone = msgspec.field(default_factory=Multizone)

    @property
    def trusts_its_host(self) -> bool:
        """Whether it takes whoever calls from its own host for its administrator."""
        server = self.api_server
        return server.authn.localhost_is_admin or server.auth.allow_from_localhost

    @property
    def federated(self) -> bool:
        """Whether this is a zone that belongs to a Global; before 1.2 none other is remote."""
        return self.mode == "remote" or (
            self.mode == "zone" and bool(self.multizone.zone.global_address)
        )


class ListedPolicy(msgspec.Struct, rename="camel"):
    """How `/_resources` describes a policy."""

    is_target_ref: bool = False


class Listed(msgspec.Struct, rename="camel"):
    """One kind as `/_resources` (2.6) or `/policies` (1.8) lists it."""

    name: str
    path: str
    scope: str = Scope.MESH.value
    read_only: bool = False
    short_name: str = ""
    singular_display_name: str = ""
    is_target_ref_based: bool = False
    policy: ListedPolicy | None = None


class Listings(msgspec.Struct):
    """`/_resources` and `/policies`."""

    resources: list[Listed] | None = None
    policies: list[Listed] | None = None


def index(upstream: str, answer: Answer) -> Index:
    """`GET /`; raises BadResponse where it is no Kuma that answers."""
    try:
        return msgspec.json.decode(answer.body, type=Index)
    except MALFORMED as error:
        raise unreadable(upstream, "the index of a Kuma control plane", answer) from error


def config(answer: Answer | None) -> Config:
    """`GET /config`; what it does not tell, or does not tell us, is left open."""
    return _lenient(answer, Config()) if answer else Config()


def kinds(version: Version | None, listed: Answer | None, settings: Config) -> Mapping[str, Served]:
    """What is stored: as listed, and as the rows say where the version has no list of it.

    A listed kind that no row declares gets a row of its own: it is served, never dropped.
    """
    found = _lenient(listed, Listings()) if listed else Listings()
    served = {} if found.resources else _by_rows(version, settings)
    policies = found.policies or ()
    for one in (*(found.resources or ()), *policies):
        kind = KINDS.get(one.name) or _undeclared(one, policy=one in policies)
        path = _safe_path(one.path) or _safe_path(kind.path)
        if path is None:
            continue
        served[kind.name] = Served(kind, path, _allowed(kind, settings, not one.read_only))
    return served


def _by_rows(version: Version | None, settings: Config) -> dict[str, Served]:
    at = version or Version(2, 14)
    return {
        kind.name: Served(kind, _path_at(kind, at), _writable(kind, at, settings))
        for kind in KINDS.values()
        if kind.served_by(at)
    }


def _path_at(kind: Kind, version: Version) -> str:
    if kind.former_path and version < kind.former_path[0]:
        return kind.former_path[1]
    return kind.path


def _writable(kind: Kind, version: Version, settings: Config) -> bool:
    if kind.writable_until:
        since = kind.writable_since or kind.since
        return not settings.api_server.read_only and since <= version < kind.writable_until
    return _allowed(kind, settings, bool(kind.writable))


def _allowed(kind: Kind, settings: Config, otherwise: bool) -> bool:
    """Whether the control plane's role lets a kind be written, `otherwise` where it has none.

    Lists do not tell: those of a Global leave out what belongs to zones, those of a zone say that
    nothing may be written.
    """
    if settings.api_server.read_only:
        return False
    if settings.federated:
        return "Z" in kind.writable
    return otherwise and (settings.mode != "global" or "G" in kind.writable)


def _undeclared(one: Listed, *, policy: bool) -> Kind:
    policy = policy or one.policy is not None
    target_ref = one.is_target_ref_based or bool(one.policy and one.policy.is_target_ref)
    return Kind(
        name=one.name,
        path=one.path,
        scope=Scope.GLOBAL if one.scope == Scope.GLOBAL else Scope.MESH,
        noun=Noun.POLICY if policy else Noun.RESOURCE,
        family=(Family.TARGET_REF if target_ref else Family.CONFIGURATION) if policy else None,
        type_name="UnknownPolicy" if policy else "UnknownResource",
        summary=one.singular_display_name,
        since=(0, 0),
        short=one.short_name,
        plugin=target_ref,
    )


def _safe_path(path: str) -> str | None:
    """The path as listed where it is one plain segment: no control plane leads us elsewhere."""
    plain = path.replace("-", "").replace("_", "")
    return path if plain.isascii() and plain.isalnum() else None


def counts(insights: tuple[Resource, ...]) -> dict[tuple[str, str | None], int]:
    """The sizes of collections by kind and mesh, and over all meshes, as mesh insights say."""
    found: dict[tuple[str, str | None], int] = dict.fromkeys(
        (("Mesh", None), ("MeshInsight", None)), len(insights)
    )
    for insight in insights:
        content: MeshInsight = insight.content
        totals = {k: v.total for k, v in {**content.policies, **content.resources}.items()}
        totals["Dataplane"] = content.dataplanes.total
        for kind, total in totals.items():
            found[kind, content.name] = total
            found[kind, None] = found.get((kind, None), 0) + total
    return found


def counted(served: Mapping[str, Served], version: Version | None) -> frozenset[str]:
    """The kinds that a mesh insight of that version counts."""
    every = dialect(version).counts
    kinds = (one.kind for one in served.values())
    return frozenset(kind.name for kind in kinds if (every or kind.noun is Noun.POLICY)) - {
        "ServiceInsight"
    }


def control_plane(
    name: str,
    said: Index,
    settings: Config,
    listed: Answer | None,
    insights: tuple[Resource, ...],
) -> ControlPlane:
    """Everything that discovery found, as one value."""
    version = parse(said.version)
    served = kinds(version, listed, settings)
    return ControlPlane(
        name=name,
        product=Product.KUMA,
        version_text=said.version,
        version=version,
        mode=settings.mode,
        environment=settings.environment,
        store=settings.store.type,
        zone=settings.multizone.zone.name or None,
        federated=settings.federated,
        cluster=said.cluster_id or None,
        trusts_its_host=settings.trusts_its_host,
        read_only=not any(one.writable for one in served.values()),
        kinds=served,
        counts=counts(insights),
        insight="MeshInsight",
        counted=counted(served, version),
        ordered=dialect(version).ordered,
        tagged=dialect(version).tagged,
    )


T = TypeVar("T", bound=msgspec.Struct)


def _lenient(answer: Answer, otherwise: T) -> T:
    if answer.status != 200:
        return otherwise
    try:
        return forgiving(msgspec.json.Decoder(type(otherwise), strict=False), answer.body)
    except MALFORMED:
        return otherwise
