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
from gateway.upstreams.bodies import MALFORMED, forgiving, unreadable
from gateway.upstreams.kuma.dialects import dialect
from gateway.upstreams.kuma.kinds import KINDS

RESOURCES_SINCE: Final = (2, 6)
POLICIES_SINCE: Final = (1, 8)


class Index(msgspec.Struct):
    """`GET /`: `tagline` before 2.x, `product` since."""

    version: str
    product: str = ""
    tagline: str = ""


class Zone(msgspec.Struct, rename="camel"):
    """The part of `/config` that says which Global a zone belongs to."""

    global_address: str = ""


class Multizone(msgspec.Struct):
    """The part of `/config` about zones."""

    zone: Zone = msgspec.field(default_factory=Zone)


class ApiServer(msgspec.Struct, rename="camel"):
    """The part of `/config` about this API."""

    read_only: bool = False


class Config(msgspec.Struct, rename="camel"):
    """The parts of `/config` that say what may be written."""

    mode: str | None = None
    api_server: ApiServer = msgspec.field(default_factory=ApiServer)
    multizone: Multizone = msgspec.field(default_factory=Multizone)

    @property
    def federated(self) -> bool:
        """Whether this is a zone that belongs to a Global."""
        return self.mode in {"zone", "remote"} and bool(self.multizone.zone.global_address)


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
        return not settings.api_server.read_only and version < kind.writable_until
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
    found: dict[tuple[str, str | None], int] = {("Mesh", None): len(insights)}
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
        read_only=not any(one.writable for one in served.values()),
        kinds=served,
        counts=counts(insights),
        insight="MeshInsight",
        counted=counted(served, version),
    )


T = TypeVar("T", bound=msgspec.Struct)


def _lenient(answer: Answer, otherwise: T) -> T:
    if answer.status != 200:
        return otherwise
    try:
        return forgiving(msgspec.json.Decoder(type(otherwise), strict=False), answer.body)
    except MALFORMED:
        return otherwise
