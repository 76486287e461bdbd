"""What a control plane counts of all of its meshes and zones, from 2.5 on."""

import msgspec

from gateway.model.insights import Counts, KindTotal
from gateway.model.resources import Int32, Wire


class ProxyCounts(Wire, frozen=True):
    """Proxies or services by what they are; v3 has no builtin gateways."""

    standard: Counts | None = None
    internal: Counts | None = None
    gateway_builtin: Counts | None = None
    gateway_delegated: Counts | None = None
    external: KindTotal | None = None


class Online(Wire, frozen=True):
    """How many are connected, of those that ever were."""

    online: Int32 = 0
    total: Int32 = 0


class ZoneCounts(Wire, frozen=True):
    """The control planes, ingresses and egresses of zones."""

    control_planes: Online = Online()
    zone_ingresses: Online = Online()
    zone_egresses: Online = Online()


class GlobalInsight(Wire, frozen=True):
    """What a control plane counts of everything."""

    created_at: str | None = None
    dataplanes: ProxyCounts = ProxyCounts()
    services: ProxyCounts = ProxyCounts()
    zones: ZoneCounts = ZoneCounts()
    meshes: KindTotal = KindTotal()
    policies: KindTotal = KindTotal()
    resources: dict[str, KindTotal] = msgspec.field(default_factory=dict)


class ZoneActivity(Wire, frozen=True):
    """Whether a zone is switched on and connected, as `/status/zones` says."""

    name: str
    active: bool = False
