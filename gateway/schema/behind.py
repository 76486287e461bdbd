"""Which dataplanes are behind a service."""

from gateway.model.resources import Resource
from gateway.model.services import ServiceInsight, ServiceSelector
from gateway.schema.filters import Keep


def behind(service: Resource) -> Keep | None:
    """The condition on dataplanes that a service makes; None where it has none of its own."""
    content = service.content
    if isinstance(content, ServiceInsight):
        if content.service_type == "external":
            return None
        wanted = {"kuma.io/service": content.name}
        return lambda one: any(wanted.items() <= tags.items() for tags in one.content.tag_sets)
    if service.kind.name == "MeshService":
        return selected(content.spec.selector)
    return None


def selected(selector: ServiceSelector) -> Keep:
    """The condition of a MeshService: a name, tags of one inbound, or labels."""
    if selector.dataplane_ref is not None:
        name = selector.dataplane_ref.name
        return lambda one: one.content.name == name
    if selector.dataplane_labels is not None:
        labels = selector.dataplane_labels.match_labels.items()
        return lambda one: labels <= one.content.labels.items()
    tags = selector.dataplane_tags.items()
    return lambda one: bool(tags) and any(tags <= found.items() for found in one.content.tag_sets)
