"""What a policy says beside whom it is for, decoded when somebody asks for it."""

import functools
import re
from typing import Any, Final, Generic, TypeVar

import msgspec
import strawberry

from gateway.errors import BadResponse
from gateway.model.kinds import Kind
from gateway.model.resources import Resource, Wire
from gateway.schema import masks
from gateway.schema.confs.members import Member, members
from gateway.schema.confs.shown import type_of
from gateway.upstreams.reading import MALFORMED, forgiving

B = TypeVar("B", bound=Wire)

_SHARED: Final = frozenset(("sources", "destinations", "selectors", "target_ref"))
"""Members that every policy shows, typed or not."""
_PLACE: Final = re.compile(r" - at `\$\.?([^`]+)`$")


class InSpec(Wire, Generic[B], frozen=True):
    """What keeps its body in `spec`."""

    spec: B | None = None


@functools.cache
def _decoder(kind: type[Wire], plugin: bool) -> msgspec.json.Decoder[Any]:
    read = InSpec[kind] if plugin else kind  # type: ignore[valid-type]
    return msgspec.json.Decoder(read, strict=False)


def body(resource: Resource) -> Any:
    """A resource's body as the Struct that its row names, private keys masked.

    Raises BadResponse where it has another shape.
    """
    kind = resource.kind
    assert kind.body is not None
    try:
        raw = msgspec.json.encode(masks.raw(resource)) if kind.masks else resource.raw
        found = forgiving(_decoder(kind.body, kind.plugin), raw)
    except MALFORMED as error:
        raise unfit(resource, kind, error) from error
    return (found.spec or kind.body()) if kind.plugin else found


def unfit(resource: Resource, kind: Kind, error: Exception) -> BadResponse:
    """The error of a body that has another shape than its kind, with the place where it has."""
    place = _PLACE.search(str(error))
    where = f" at `{place[1]}`" if place else ""
    return BadResponse(
        f"{resource.upstream}: this {kind.name} is not what its kind is known to be{where}; "
        "`spec` shows it as it is",
        upstream=resource.upstream,
    )


class Bodied:
    """A view of a resource whose body is decoded once, and not before it is asked for."""

    resource: Resource

    @functools.cached_property
    def body(self) -> Any:
        """The body as the Struct that the kind's row names."""
        return body(self.resource)


def typed(part: type[Wire] | None) -> dict[str, Any]:
    """The fields of a view for what is typed of its body, each null where the body is not fit."""
    own = [one for one in members(part) if one.name not in _SHARED] if part else []
    annotations = {one.name: type_of(one) | None for one in own}
    return {"__annotations__": annotations, **{one.name: _field(one) for one in own}}


def _field(member: Member) -> Any:
    name = member.name

    def read(self: Bodied) -> Any:
        return getattr(self.body, name)

    return strawberry.field(name=member.shown, description=member.text, resolver=read)
