"""Bytes → model: the one border at which every null, default and malformed body is settled."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from gateway.errors import BadResponse, MeshgateError
from gateway.model.dataplanes import Dataplane
from gateway.model.gateways import MeshGateway
from gateway.model.insights import MeshInsight
from gateway.model.kinds import IN_MESH, Kind, Noun
from gateway.model.mesh_identities import MeshIdentity, MeshTrust
from gateway.model.meshes import Mesh
from gateway.model.pages import Page
from gateway.model.policies import Policy
from gateway.model.reads import IDENTITY, Reads, paths
from gateway.model.resources import UNREAD, Resource, Stored
from gateway.model.services import ExternalService, MeshService, ServiceInsight
from gateway.model.versions import Version
from gateway.model.zone_proxies import ZoneEgress, ZoneIngress
from gateway.model.zones import Zone
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import older
from gateway.upstreams.kuma.identities import Who
from gateway.upstreams.narrowing import row_reader, rows_reader
from gateway.upstreams.reading import MALFORMED, forgiving, is_text, unreadable

CONTENT: Final[dict[str, type[Stored]]] = {
    "Mesh": Mesh,
    "Dataplane": Dataplane,
    "Zone": Zone,
    "ZoneIngress": ZoneIngress,
    "ZoneEgress": ZoneEgress,
    "MeshGateway": MeshGateway,
    "MeshIdentity": MeshIdentity,
    "MeshTrust": MeshTrust,
    "MeshInsight": MeshInsight,
    "ServiceInsight": ServiceInsight,
    "ExternalService": ExternalService,
    "MeshService": MeshService,
    "MeshMultiZoneService": MeshService,
    "MeshExternalService": MeshService,
}


class Envelope(msgspec.Struct):
    """A list as it comes; 0.x has no total, the last page of some lists no `next`."""

    items: list[msgspec.Raw] | None
    total: Any = None
    next: Any = None


_POLICY: Final = Noun.POLICY
_EXISTING: Final = {"ServiceInsight": paths("status")}
"""What tells of a kind whether a body stands for anything, beside its identity."""
_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])
_CONTENTS: Final[tuple[type[Stored], ...]] = (Stored, Policy, *CONTENT.values())
_DECODERS: Final = {one: msgspec.json.Decoder(one, strict=False) for one in _CONTENTS}


def content_type(kind: Kind) -> type[Stored]:
    """The Struct into which a kind's bodies are read."""
    default = Policy if kind.noun is _POLICY else Stored
    return CONTENT.get(kind.name, default)


def resource(
    upstream: str,
    kind: Kind,
    raw: bytes | msgspec.Raw,
    answer: Answer | None = None,
    version: Version | None = None,
    reads: Reads | None = None,
) -> Resource:
    """One resource from its body; raises BadResponse where the body is no such thing.

    `answer` is the one that the body came in, for the error to tell of; `version` is the control
    plane's, which may have spelled it in its own way. So much is read as `reads` says, all of it
    without; what may be spelled in an old way is read as a whole.
    """
    if reads and not older.spellings(kind, version, raw):
        narrow = narrow_resource(upstream, kind, raw, reads)
        if narrow is not None:
            return narrow
    try:
        # Decoding does not look into what it skips, and that is shown as well.
        str(raw, "utf-8")
        present = older.present(kind, version, raw)
        content = forgiving(_DECODERS[content_type(kind)], present or raw)
    except MALFORMED as error:
        raise unreadable(upstream, f"a {kind.name}", answer) from error
    if content.mesh is None and kind.scope is IN_MESH:
        raise unreadable(upstream, f"a {kind.name} in a mesh", answer)
    if present:
        return Resource(upstream, kind, content, msgspec.Raw(present), msgspec.Raw(raw))
    return Resource(upstream, kind, content, msgspec.Raw(raw))


def narrow_resource(
    upstream: str, kind: Kind, raw: bytes | msgspec.Raw, reads: Reads
) -> Resource | None:
    """A resource without its bytes, and of its content what is read; None where it does not fit, or
    its bytes are shown."""
    if reads.raw:
        return None
    read = row_reader(content_type(kind), reads, *IDENTITY, *_EXISTING.get(kind.name, ()))
    try:
        content = read(raw)
    except MALFORMED:
        return None
    if content.mesh is None and kind.scope is IN_MESH:
        return None
    return Resource(upstream, kind, content, UNREAD)


def page(
    upstream: str,
    kind: Kind,
    answer: Answer,
    offset: int = 0,
    reads: Reads | None = None,
    version: Version | None = None,
) -> Page:
    """One page of a list, of which so much is read; without `reads`, all of it.

    A row that cannot be read leaves it and is named in `broken`. A row that may be spelled in an
    old way is read as a whole.
    """
    old = older.spellings(kind, version, answer.body)
    narrow = narrow_page(upstream, kind, answer, offset, reads) if reads and not old else None
    if narrow is not None:
        return narrow
    try:
        envelope = _ENVELOPE.decode(answer.body)
    except MALFORMED as error:
        raise unreadable(upstream, f"the list of {kind.name}", answer) from error
    raws = envelope.items or []
    old = older.spellings(kind, version, answer.body)
    rows = None if old else rows_at_once(upstream, kind, answer.body, raws)
    broken: list[MeshgateError] = []
    if rows is None:
        rows = []
        for raw in raws:
            try:
                rows.append(resource(upstream, kind, raw, answer, version))
            except BadResponse as error:
                broken.append(error)
    return Page(
        rows=tuple(rows),
        total=envelope.total if isinstance(envelope.total, int) else None,
        next_offset=next_offset(upstream, envelope.next, offset),
        broken=tuple(broken),
    )


def narrow_page(
    upstream: str, kind: Kind, answer: Answer, offset: int, reads: Reads
) -> Page | None:
    """A page of rows without their bytes, and of their contents what is read; None where a row
    does not fit, or its bytes are shown."""
    if reads.raw:
        return None
    read = rows_reader(content_type(kind), IDENTITY | reads.paths)
    try:
        found = read(answer.body)
    except MALFORMED:
        return None
    rows = found.items or []
    if kind.scope is IN_MESH and any(content.mesh is None for content in rows):
        return None
    return Page(
        rows=tuple([Resource(upstream, kind, content, UNREAD) for content in rows]),
        total=found.total if isinstance(found.total, int) else None,
        next_offset=next_offset(upstream, found.next, offset),
    )


def rows_at_once(
    upstream: str, kind: Kind, body: bytes, raws: Sequence[msgspec.Raw]
) -> list[Resource] | None:
    """All rows of a list in one go; None where one of them does not fit, or needs a second look."""
    if not is_text(body):
        return None
    try:
        contents = rows_reader(content_type(kind), None)(body).items or []
    except MALFORMED:
        return None
    if kind.scope is IN_MESH and any(content.mesh is None for content in contents):
        return None
    return [Resource(upstream, kind, *both) for both in zip(contents, raws, strict=True)]


def exists(found: Resource) -> bool:
    """Whether a body that came with 200 stands for something.

    A service insight of an unknown name is an empty one without a status.
    """
    return found.kind.name != "ServiceInsight" or bool(found.content.status)


def next_offset(upstream: str, link: object, offset: int) -> int | None:
    """The offset of the page that `next` leads to: of the link only that can be trusted.

    The rest of it is made from the control plane's own idea of its host.
    """
    if not link:
        return None
    try:
        found = int(parse_qs(urlsplit(str(link)).query)["offset"][0])
    except (ValueError, KeyError):
        found = -1
    if found <= offset:
        raise BadResponse(f"{upstream}: the pages of a list do not go on", upstream=upstream)
    return found


def who(upstream: str, said: msgspec.Raw) -> Who:
    """Whom `/who-am-i` names; raises BadResponse where it names nobody."""
    try:
        return msgspec.json.decode(said, type=Who)
    except MALFORMED as error:
        raise unreadable(upstream, "an identity") from error


def warnings(upstream: str, answer: Answer) -> tuple[str, ...]:
    """What a write was told that was accepted; old versions answer with no body at all.

    Raises BadResponse where something else than Kuma answers: a proxy's login page comes with 200
    as well.
    """
    try:
        said = _OBJECT.decode(answer.body or b"{}").get("warnings")
    except MALFORMED as error:
        raise unreadable(upstream, "the answer to a write", answer) from error
    return tuple(str(one) for one in said) if isinstance(said, list) else ()
