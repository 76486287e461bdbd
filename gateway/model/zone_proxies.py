"""Zone proxies: what other zones reach a zone by, and what a zone leaves by."""

from gateway.model.resources import Int32, Stored, Wire
from gateway.model.subscriptions import Subscription


class ZoneProxyNetworking(Wire, frozen=True):
    """Where a zone proxy is, for its own zone and for others."""

    address: str = ""
    port: Int32 = 0
    advertised_address: str = ""
    advertised_port: Int32 = 0


class AvailableService(Wire, frozen=True):
    """A service, by its tags in one mesh, that other zones reach through an ingress."""

    tags: dict[str, str] = {}
    instances: Int32 = 0
    mesh: str = ""


class ZoneProxySpec(Wire, frozen=True):
    """What was written of a zone proxy."""

    zone: str = ""
    networking: ZoneProxyNetworking = ZoneProxyNetworking()
    available_services: tuple[AvailableService, ...] = ()


class ZoneProxyInsight(Wire, frozen=True):
    """A zone proxy's connections to the control plane."""

    subscriptions: tuple[Subscription, ...] = ()


class ZoneProxy(Stored, frozen=True):
    """A zone proxy, by itself: what ingresses and egresses have in common."""

    zone: str = ""
    networking: ZoneProxyNetworking = ZoneProxyNetworking()
    available_services: tuple[AvailableService, ...] = ()

    @property
    def overview(self) -> ZoneProxySpec | None:
        """What was written of it, where it was read with its insight."""
        return None

    @property
    def insight(self) -> ZoneProxyInsight | None:
        """Its connections, where it was read with them."""
        return None

    @property
    def is_overview(self) -> bool:
        """Whether it was read together with its insight."""
        return self.overview is not None

    @property
    def spec(self) -> ZoneProxySpec:
        """What was written of it, wherever the body keeps it."""
        alone = ZoneProxySpec(self.zone, self.networking, self.available_services)
        return self.overview or alone


class ZoneIngress(ZoneProxy, frozen=True):
    """A zone ingress, by itself or as an overview together with its insight."""

    zone_ingress: ZoneProxySpec | None = None
    zone_ingress_insight: ZoneProxyInsight | None = None

    @property
    def overview(self) -> ZoneProxySpec | None:
        """What was written of it, where it was read with its insight."""
        return self.zone_ingress

    @property
    def insight(self) -> ZoneProxyInsight | None:
        """Its connections, where it was read with them."""
        return self.zone_ingress_insight


class ZoneEgress(ZoneProxy, frozen=True):
    """A zone egress, by itself or as an overview together with its insight."""

    zone_egress: ZoneProxySpec | None = None
    zone_egress_insight: ZoneProxyInsight | None = None

    @property
    def overview(self) -> ZoneProxySpec | None:
        """What was written of it, where it was read with its insight."""
        return self.zone_egress

    @property
    def insight(self) -> ZoneProxyInsight | None:
        """Its connections, where it was read with them."""
        return self.zone_egress_insight
