"""What all policies share: whom they are for."""

from typing import Annotated

from gateway.model.resources import Stored, Wire


class TagSelector(Wire, frozen=True):
    """Tags that all have to match."""

    match: Annotated[dict[str, str], "The tags; the value `*` matches any."] = {}


class TargetRef(Wire, frozen=True):
    """What a policy is for."""

    kind: Annotated[str, "Mesh, Dataplane, MeshSubset, MeshService, … as the upstream says."] = ""
    name: Annotated[str | None, "The name of what is meant."] = None
    namespace: Annotated[str | None, "Its Kubernetes namespace."] = None
    mesh: Annotated[str | None, "The name of its mesh, where that is another."] = None
    section_name: Annotated[
        str | None, "The part of it that is meant: a port, a listener, an inbound."
    ] = None
    labels: Annotated[dict[str, str], "Labels that choose it instead of a name."] = {}
    tags: Annotated[dict[str, str], "Tags that choose a part of it."] = {}
    proxy_types: Annotated[tuple[str, ...], "Sidecar, Gateway or both; empty means both."] = ()


class PolicySpec(Wire, frozen=True):
    """What all targetRef policies share."""

    target_ref: TargetRef | None = None


class Policy(Stored, frozen=True):
    """What all policies share: whom they are for."""

    sources: tuple[TagSelector, ...] = ()
    destinations: tuple[TagSelector, ...] = ()
    selectors: tuple[TagSelector, ...] = ()
    spec: PolicySpec = PolicySpec()
