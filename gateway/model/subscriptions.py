"""The connections of proxies and zones to a control plane."""

import msgspec

from gateway.model.resources import Int32, Wire


class DiscoveryCounts(Wire, frozen=True):
    """How many configurations went to a client and came back accepted or refused."""

    responses_sent: int = 0
    responses_acknowledged: int = 0
    responses_rejected: int = 0


class DiscoveryStatus(Wire, frozen=True):
    """The exchanges of one connection: of a proxy by xDS type, of a zone by kind (`stat`)."""

    last_update_time: str | None = None
    total: DiscoveryCounts = DiscoveryCounts()
    cds: DiscoveryCounts = DiscoveryCounts()
    eds: DiscoveryCounts = DiscoveryCounts()
    lds: DiscoveryCounts = DiscoveryCounts()
    rds: DiscoveryCounts = DiscoveryCounts()
    stat: dict[str, DiscoveryCounts] = {}


class Build(Wire, frozen=True):
    """The version of one component and how it was built."""

    version: str = ""
    git_tag: str = ""
    git_commit: str = ""
    build_date: str = ""
    build: str = ""
    kuma_cp_compatible: bool = False
    kuma_dp_compatible: bool = False


class Versions(Wire, frozen=True):
    """The components at the other end of a connection."""

    kuma_dp: Build | None = None
    envoy: Build | None = None
    kuma_cp: Build | None = None
    dependencies: dict[str, str] = {}


class Subscription(Wire, frozen=True):
    """One connection of a proxy or a zone to a control plane."""

    id: str = ""
    control_plane_instance_id: str = ""
    global_instance_id: str = ""
    connect_time: str | None = None
    disconnect_time: str | None = None
    status: DiscoveryStatus = DiscoveryStatus()
    version: Versions | None = None
    config: msgspec.Raw = msgspec.Raw()
    """A zone's configuration: JSON in a text, heavy, and read where it is asked for alone."""
    generation: Int32 = 0

    @property
    def open(self) -> bool:
        """Connected and not yet disconnected."""
        return self.connect_time is not None and self.disconnect_time is None
