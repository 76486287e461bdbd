"""What a control plane counts of a mesh."""

import msgspec

from gateway.model.resources import Int32, Stored, Wire


class Counts(Wire, frozen=True):
    """How many there are, and how they are doing."""

    total: Int32 = 0
    online: Int32 = 0
    offline: Int32 = 0
    partially_degraded: Int32 = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.total + other.total,
            self.online + other.online,
            self.offline + other.offline,
            self.partially_degraded + other.partially_degraded,
        )


class KindTotal(Wire, frozen=True):
    """How many resources of one kind there are."""

    total: Int32 = 0


class DpVersions(Wire, frozen=True):
    """The versions of a mesh's proxies, counted; NGINX is of those that the gateway counts."""

    kuma_dp: dict[str, Counts] = {}
    envoy: dict[str, Counts] = {}
    nginx: dict[str, Counts] = {}


class InsightMtls(Wire, frozen=True):
    """The certificate backends of a mesh's proxies, counted."""

    issued_backends: dict[str, Counts] = {}
    supported_backends: dict[str, Counts] = {}


class DataplanesByType(Wire, frozen=True):
    """A mesh's proxies, counted by what they are."""

    standard: Counts = Counts()
    gateway: Counts = Counts()
    gateway_builtin: Counts = Counts()
    gateway_delegated: Counts = Counts()


class ServiceTotals(Wire, frozen=True):
    """A mesh's services, counted."""

    total: Int32 = 0
    internal: Int32 = 0
    external: Int32 = 0


class MeshInsight(Stored, frozen=True):
    """A mesh's dataplanes, policies, services and versions, counted by the control plane."""

    last_sync: str | None = None
    dataplanes: Counts = Counts()
    dataplanes_by_type: DataplanesByType | None = None
    policies: dict[str, KindTotal] = {}
    resources: dict[str, KindTotal] = {}
    dp_versions: DpVersions = DpVersions()
    mtls: InsightMtls | None = msgspec.field(default=None, name="mTLS")
    services: ServiceTotals | None = None
