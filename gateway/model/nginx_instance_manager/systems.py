"""Hosts on which an agent runs."""

from gateway.model.nginx_instance_manager.managed import Managed
from gateway.model.status import ZoneStatus


class System(Managed, frozen=True):
    """A host on which an agent runs."""

    hostname: str = ""
    tags: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name that people gave it."""
        return self.display_name or self.hostname or self.uid

    @property
    def is_overview(self) -> bool:
        """Whether it was read together with its insight: it has none."""
        return True

    @property
    def status(self) -> str:
        """How it is doing: no document says how a host tells."""
        return ZoneStatus.UNKNOWN
