"""Configurations on their way to instances."""

from typing import Any, Final

import msgspec

from gateway.model.nginx_instance_manager.managed import Links, linked
from gateway.model.resources import Wire

_ENDED: Final = frozenset(("successful", "failed", "finalized"))


class Published(Wire, frozen=True):
    """One instance of a deployment, and why it failed where it did."""

    name: str = ""
    fail_message: str = ""


class Results(Wire, frozen=True):
    """What became of a deployment on each instance."""

    success: tuple[Published, ...] = ()
    failure: tuple[Published, ...] = ()
    pending: tuple[Published, ...] = ()
    error: Any = None


class Deployment(Wire, frozen=True):
    """A configuration on its way to instances."""

    id: str = ""
    status: str = ""
    message: str = ""
    create_time: str | None = None
    update_time: str | None = None
    details: Results = Results()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is pending any more, of what was begun."""
        found = self.details
        begun = bool(found.success or found.failure) or self.status in _ENDED
        return begun and not found.pending


class Accepted(Wire, frozen=True):
    """What a publication was told: under which path it goes on."""

    deployment_uid: str = msgspec.field(default="", name="deploymentUID")
    links: Links = ()
    result: str = ""

    @property
    def place(self) -> str:
        """The path under which its deployment is; empty where none is told."""
        return next((one.rel for one in linked(self.links) if one.rel), "")
