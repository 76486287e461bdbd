"""A zone and its connections to the Global."""

from gateway.model.resources import Stored, Wire
from gateway.model.subscriptions import Subscription


class ZoneSpec(Wire, frozen=True):
    """What was written of a zone; no `enabled` means enabled."""

    enabled: bool | None = None


class ZoneInsight(Wire, frozen=True):
    """A zone control plane's connections to the Global."""

    subscriptions: tuple[Subscription, ...] = ()


class Zone(Stored, frozen=True):
    """A zone, by itself or as an overview together with its insight."""

    enabled: bool | None = None
    zone: ZoneSpec | None = None
    zone_insight: ZoneInsight | None = None

    @property
    def is_overview(self) -> bool:
        """Whether it was read together with its insight."""
        return self.zone is not None

    @property
    def disabled(self) -> bool:
        """Whether it was switched off; nothing said means it was not."""
        return (self.zone.enabled if self.zone else self.enabled) is False
