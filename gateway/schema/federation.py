"""Which of the configured control planes belong together: a Global and its zones.

They say the same cluster id: a Global gives its own to its zones.
"""

from collections.abc import Iterable
from functools import cached_property

from gateway.model.control_planes import ControlPlane
from gateway.model.origins import Identity, Made, Origin, identity, made
from gateway.model.resources import Resource
from gateway.upstreams.base import Adapter, Viewer


class Federation:
    """The control planes that are asked side by side, as far as they are known when first asked."""

    def __init__(self, upstreams: Iterable[Adapter] = (), viewer: Viewer | None = None) -> None:
        self._upstreams = upstreams
        self._viewer = viewer or Viewer()

    @cached_property
    def planes(self) -> dict[str, ControlPlane]:
        """What is known of each."""
        known = ((one.name, one.known(self._viewer)) for one in self._upstreams)
        return {name: plane for name, plane in known if plane is not None}

    @cached_property
    def _globals(self) -> dict[str, str]:
        return {
            plane.cluster: name
            for name, plane in self.planes.items()
            if plane.cluster and plane.mode == "global"
        }

    @cached_property
    def _zones(self) -> dict[tuple[str, str], str]:
        return {
            (plane.cluster, plane.zone): name
            for name, plane in self.planes.items()
            if plane.cluster and plane.zone and plane.federated
        }

    def global_of(self, name: str) -> str | None:
        """The Global to which a zone's control plane belongs, if it is one of these."""
        plane = self.planes.get(name)
        if plane is None or plane.cluster is None or not plane.federated:
            return None
        return self._globals.get(plane.cluster)

    def made(self, resource: Resource) -> Made:
        """Where a resource was made."""
        return made(resource.content, self.planes.get(resource.upstream))

    def identity(self, resource: Resource) -> Identity:
        """By what a resource is recognised at each of these."""
        return identity(resource, self.planes.get(resource.upstream))

    def is_copy(self, resource: Resource) -> bool:
        """Whether another of these shows the same resource, nearer to where it was made."""
        plane = self.planes.get(resource.upstream)
        if plane is None or plane.cluster is None:
            return False
        found = self.made(resource)
        above = self.global_of(resource.upstream)
        if found.origin is Origin.GLOBAL:
            return above is not None
        if found.origin is None or found.zone is None:
            return False
        if plane.federated and found.zone == plane.zone:
            return False
        return (plane.cluster, found.zone) in self._zones or above is not None
