"""Hosts on which an agent runs."""

from gateway.model.nginx_instance_manager.managed import Managed


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
