"""Resources as the Kubernetes objects that they would be."""

from gateway.model.kinds import Noun
from gateway.model.resources import Resource
from gateway.schema import masks
from gateway.schema.context import Info
from gateway.schema.scalars import JSON


async def kubernetes(resource: Resource, info: Info) -> JSON | None:
    """A resource as a Kubernetes object; None of a secret, whose data would be in it."""
    upstream = info.context.upstream(resource.upstream)
    if resource.kind.noun is Noun.SECRET:
        return None
    found = await upstream.kubernetes(resource.key, info.context.operation)
    return None if found is None else JSON(masks.kubernetes(resource, found))
