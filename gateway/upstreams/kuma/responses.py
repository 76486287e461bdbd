"""Bytes → model: the one border at which every null, default and malformed body is settled."""

from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from gateway.errors import BadResponse, MeshgateError
from gateway.model.dataplanes import Dataplane
from gateway.model.insights import MeshInsight
from gateway.model.kinds import Kind, Noun, Scope
from gateway.model.meshes import Mesh
from gateway.model.pages import Page
from gateway.model.policies import Policy
from gateway.model.resources import Resource, Stored
from gateway.model.services import ExternalService, MeshService, ServiceInsight
from gateway.model.zones import Zone
from gateway.upstreams.base import Answer
from gateway.upstreams.bodies import MALFORMED, forgiving, is_text, unreadable

CONTENT: Final[dict[str, type[Stored]]] = {
    "Mesh": Mesh,
    "Dataplane": Dataplane,
    "Zone": Zone,
    "MeshInsight": MeshInsight,
    "ServiceInsight": ServiceInsight,
    "ExternalService": ExternalService,
    "MeshService": MeshService,
    "MeshMultiZoneService": MeshService,
    "MeshExternalService": MeshService,
}


T = TypeVar("T")


class Envelope(msgspec.Struct):
    """A list as it comes; 0.x has no total, the last page of some lists no `next`."""

    items: list[msgspec.Raw] | None
    total: Any = None
    next: Any = None


class Contents(msgspec.Struct, Generic[T]):
    """The rows of a list, read all at once."""

    items: list[T]


_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_CONTENTS: Final[tuple[type[Stored], ...]] = (Stored, Policy, *CONTENT.values())
_DECODERS: Final = {one: msgspec.json.Decoder(one, strict=False) for one in _CONTENTS}
_AT_ONCE: Final[dict[type[Stored], msgspec.json.Decoder[Contents[Any]]]] = {
    one: msgspec.json.Decoder(Contents[one], strict=False)  # type: ignore[valid-type]
    for one in _CONTENTS
}


def content_type(kind: Kind) -> type[Stored]:
    """The Struct into which a kind's bodies are read."""
    default = Policy if kind.noun is Noun.POLICY else Stored
    return CONTENT.get(kind.name, default)


def resource(
    upstream: str, kind: Kind, raw: bytes | msgspec.Raw, answer: Answer | None = None
) -> Resource:
    """One resource from its body; raises BadResponse where the body is no such thing.

    `answer` is the one that the body came in, for the error to tell of.
    """
    try:
        # Decoding does not look into what it skips, and that is shown as well.
        str(raw, "utf-8")
        content = forgiving(_DECODERS[content_type(kind)], raw)
    except MALFORMED as error:
        raise unreadable(upstream, f"a {kind.name}", answer) from error
    if content.mesh is None and kind.scope is Scope.MESH:
        raise unreadable(upstream, f"a {kind.name} in a mesh", answer)
    return Resource(upstream, kind, content, msgspec.Raw(raw))


def page(upstream: str, kind: Kind, answer: Answer, offset: int = 0) -> Page:
    """One page of a list; a row that cannot be read leaves it and is named in `broken`."""
    try:
        envelope = _ENVELOPE.decode(answer.body)
    except MALFORMED as error:
        raise unreadable(upstream, f"the list of {kind.name}", answer) from error
    raws = envelope.items or []
    rows = rows_at_once(upstream, kind, answer.body, raws)
    broken: list[MeshgateError] = []
    if rows is None:
        rows = []
        for raw in raws:
            try:
                rows.append(resource(upstream, kind, raw, answer))
            except BadResponse as error:
                broken.append(error)
    return Page(
        rows=tuple(rows),
        total=envelope.total if isinstance(envelope.total, int) else None,
        next_offset=next_offset(upstream, envelope.next, offset),
        broken=tuple(broken),
    )


def rows_at_once(
    upstream: str, kind: Kind, body: bytes, raws: Sequence[msgspec.Raw]
) -> list[Resource] | None:
    """All rows of a list in one go; None where one of them does not fit, or needs a second look."""
    if not is_text(body):
        return None
    try:
        contents = _AT_ONCE[content_type(kind)].decode(body).items
    except MALFORMED:
        return None
    if kind.scope is Scope.MESH and any(content.mesh is None for content in contents):
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


def accepted(upstream: str, answer: Answer) -> None:
    """Raise BadResponse where the success of a write is told by something else than Kuma.

    A proxy's login page comes with 200 as well.
    """
    try:
        msgspec.json.decode(answer.body or b"{}", type=dict[str, Any])
    except MALFORMED as error:
        raise unreadable(upstream, "the answer to a write", answer) from error


def warnings(answer: Answer) -> tuple[str, ...]:
    """What an accepted write was told; old versions answer with no body at all."""
    try:
        body = msgspec.json.decode(answer.body or b"{}")
    except MALFORMED:
        return ()
    said = body.get("warnings") if isinstance(body, dict) else None
    return tuple(str(one) for one in said) if isinstance(said, list) else ()
