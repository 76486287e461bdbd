"""What a control plane counts every few seconds, and so knows a few seconds late."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from gateway.model.kinds import Noun, Scope
from gateway.upstreams.kuma.fake.dialect import (
    COUNTS_OF_RESOURCES,
    GATEWAY_COUNTS,
    ISSUED_BACKENDS,
    LABELS,
    NAME_FILTER,
    SERVICE_TYPES,
    V3,
    WITHOUT_LAST_SYNC,
)
from gateway.upstreams.kuma.fake.status import Status, status
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored

SERVICE_TAG = "kuma.io/service"


class Insights:
    """MeshInsights and ServiceInsights as of the last count, at most `lag` seconds ago.

    A count that is due is made before a change, so what was counted is never newer than due.
    """

    def __init__(self, store: Store, clock: Callable[[], float], lag: float) -> None:
        self._store, self._clock, self._lag = store, clock, lag
        self._counted_at: float | None = None
        self._found: dict[str, dict[tuple[str, str], Stored]] = {}
        store.watchers.append(self.count_if_due)

    def rows(self, kind: str, mesh: str | None = None) -> list[Stored]:
        """All MeshInsights or ServiceInsights, of one mesh or of all, by mesh and name."""
        self.count_if_due()
        rows = self._found.get(kind, {})
        return [rows[key] for key in sorted(rows) if mesh is None or key[0] == mesh]

    def count_if_due(self) -> None:
        """Count anew where the last count is `lag` seconds old."""
        if self._counted_at is None or self._clock() - self._counted_at >= self._lag:
            self.count()

    def count(self) -> None:
        """Count anew, due or not."""
        self._counted_at = self._clock()
        found: dict[str, dict[tuple[str, str], Stored]] = {"MeshInsight": {}, "ServiceInsight": {}}
        for mesh in self._store.rows("Mesh"):
            self._keep(found, "MeshInsight", None, mesh.name, self._of_mesh(mesh))
            for name, content in self._services(mesh).items():
                self._keep(found, "ServiceInsight", mesh.name, name, content)
        self._found = found

    def _keep(
        self,
        found: dict[str, dict[tuple[str, str], Stored]],
        kind: str,
        mesh: str | None,
        name: str,
        content: JSONObject,
    ) -> None:
        key, now = (mesh or "", name), self._store.now()
        before = self._found.get(kind, {}).get(key)
        same = before is not None and before.content == content
        if kind == "MeshInsight" and self._store.release < WITHOUT_LAST_SYNC:
            content = {"lastSync": now, **content}
        found[kind][key] = Stored(
            kind=kind,
            mesh=mesh,
            name=name,
            created=before.created if before else now,
            modified=before.modified if before and same else now,
            labels={},
            content=content,
        )

    def _dataplanes(self, mesh: str) -> list[tuple[Stored, JSONObject | None, Status]]:
        found = []
        for row in self._store.rows("Dataplane", mesh):
            insight = self._store.get("DataplaneInsight", mesh, row.name)
            content = insight.content if insight else None
            found.append((row, content, status(row.content, content)))
        return found

    def _of_mesh(self, mesh: Stored) -> JSONObject:
        release = self._store.release
        dataplanes = self._dataplanes(mesh.name)
        counts = {
            kind.name: len(self._store.rows(kind.name, mesh.name))
            for kind in self._store.kinds(Scope.MESH)
            if kind.noun not in (Noun.INSIGHT,) and kind.name != "ServiceInsight"
        }
        policies = {
            kind.name: {"total": counts[kind.name]}
            for kind in self._store.kinds(Scope.MESH)
            if counts.get(kind.name) and (kind.noun is Noun.POLICY or self._counts_all(kind.name))
        }
        if release < (2, 0):
            policies["ServiceInsight"] = {"total": 1}
        found: JSONObject = {
            "dataplanes": counted([found for _, _, found in dataplanes]),
            "policies": dict(sorted(policies.items())),
            "dpVersions": self._versions(dataplanes),
        }
        if release >= ISSUED_BACKENDS:
            found["mTLS"] = _backends(dataplanes)
            services = self._services_counted(mesh)
            if services is not None:
                found["services"] = services
        if release >= GATEWAY_COUNTS:
            found["dataplanesByType"] = self._by_type(dataplanes)
        if release >= COUNTS_OF_RESOURCES:
            found["resources"] = {
                name: {"total": count} for name, count in sorted(counts.items()) if count
            }
        return found

    def _counts_all(self, kind: str) -> bool:
        return self._store.release < (2, 0) and kind != "Dataplane"

    def _versions(self, dataplanes: list[tuple[Stored, JSONObject | None, Status]]) -> JSONObject:
        if not dataplanes:
            return {}
        by_version: dict[str, dict[str, list[Status]]] = {"kumaDp": {}, "envoy": {}}
        for _, insight, found in dataplanes:
            subscriptions = insight.get("subscriptions") if insight else None
            version = subscriptions[-1].get("version", {}) if subscriptions else {}
            for key, groups in by_version.items():
                named = version.get(key, {}).get("version", "unknown")
                groups.setdefault(named, []).append(found)
        # In these totals the control plane leaves the partially degraded ones out.
        return {
            key: {
                name: counted(found, leaves_degraded_out=True)
                for name, found in sorted(groups.items())
            }
            for key, groups in by_version.items()
        }

    def _by_type(self, dataplanes: list[tuple[Stored, JSONObject | None, Status]]) -> JSONObject:
        groups: dict[str, list[Status]] = {"standard": [], "gateway": []}
        if self._store.release >= NAME_FILTER:
            groups |= {"gatewayDelegated": []}
            if self._store.release < V3:
                groups |= {"gatewayBuiltin": []}
        for row, _, found in dataplanes:
            gateway = row.content.get("networking", {}).get("gateway")
            if not gateway:
                groups["standard"].append(found)
                continue
            groups["gateway"].append(found)
            typed = "gatewayBuiltin" if gateway.get("type") == "BUILTIN" else "gatewayDelegated"
            if typed in groups:
                groups[typed].append(found)
        return {key: counted(found) for key, found in groups.items()}

    def _services_counted(self, mesh: Stored) -> JSONObject | None:
        if self._store.release >= V3 or is_exclusive(mesh):
            return None
        services = self._services(mesh)
        external = len(self._store.rows("ExternalService", mesh.name))
        internal = sum(1 for one in services.values() if one.get("serviceType") != "external")
        counts = {"total": internal + external, "internal": internal, "external": external}
        return {key: count for key, count in counts.items() if count}

    def _services(self, mesh: Stored) -> dict[str, JSONObject]:
        release = self._store.release
        if release >= V3:
            return {}
        groups: dict[str, list[tuple[Stored, JSONObject | None, Status]]] = {}
        types: dict[str, str] = {}
        for entry in self._dataplanes(mesh.name):
            networking = entry[0].content.get("networking", {})
            gateway = networking.get("gateway")
            if gateway and release >= GATEWAY_COUNTS:
                name = gateway.get("tags", {}).get(SERVICE_TAG)
                kind = "builtin" if gateway.get("type") == "BUILTIN" else "delegated"
                types[name] = f"gateway_{kind}"
                groups.setdefault(name, []).append(entry)
            for inbound in networking.get("inbound", []):
                if inbound.get("state") == "Ignored":
                    continue
                name = inbound.get("tags", {}).get(SERVICE_TAG)
                groups.setdefault(name, []).append(self._of_inbound(entry, inbound))
        found = {
            name: self._service(name, entries, types.get(name))
            for name, entries in groups.items()
            if name and (not is_exclusive(mesh) or types.get(name) == "gateway_delegated")
        }
        if release >= SERVICE_TYPES and not is_exclusive(mesh):
            for row in self._store.rows("ExternalService", mesh.name):
                found[row.content.get("tags", {}).get(SERVICE_TAG, row.name)] = {
                    "status": "not_available",
                    "dataplanes": {},
                    "serviceType": "external",
                    "addressPort": row.content.get("networking", {}).get("address", ""),
                }
        return found

    def _of_inbound(
        self, entry: tuple[Stored, JSONObject | None, Status], inbound: JSONObject
    ) -> tuple[Stored, JSONObject | None, Status]:
        """An entry as it counts for one inbound's service: 1.1 looked at that inbound alone."""
        row, insight, _ = entry
        if self._store.release >= GATEWAY_COUNTS:
            return entry
        return row, insight, status({"networking": {"inbound": [inbound]}}, insight)

    def _service(
        self,
        name: str,
        entries: list[tuple[Stored, JSONObject | None, Status]],
        gateway: str | None,
    ) -> JSONObject:
        release = self._store.release
        total = len(entries)
        online = sum(1 for _, _, found in entries if found == "online")
        named = "offline" if not online else "online" if online == total else "partially_degraded"
        counts = {"total": total, "online": online, "offline": total - online}
        found: JSONObject = {
            "status": named,
            "dataplanes": {key: count for key, count in counts.items() if count},
        }
        if release >= ISSUED_BACKENDS and (issued := _issued(entries)):
            found["issuedBackends"] = dict(issued)
        if release >= SERVICE_TYPES:
            if gateway:
                found["serviceType"] = gateway
            else:
                found["addressPort"] = f"{name}.mesh:80"
        if release >= LABELS:
            zones = {_zone(row, name) for row, _, _ in entries}
            found["zones"] = sorted(zone for zone in zones if zone)
        return found


def counted(found: list[Status], *, leaves_degraded_out: bool = False) -> JSONObject:
    """Counts by status with their total; zeroes are left out."""
    by_status = Counter(found)
    total = len(found) - (by_status["partiallyDegraded"] if leaves_degraded_out else 0)
    counts = {"total": total} | {
        key: by_status[key] for key in ("online", "offline", "partiallyDegraded")
    }
    return {key: count for key, count in counts.items() if count}


def is_exclusive(mesh: Stored) -> bool:
    """Whether a mesh has MeshServices and no services by tag."""
    return bool(mesh.content.get("meshServices", {}).get("mode") == "Exclusive")


def _issued(entries: list[tuple[Stored, JSONObject | None, Status]]) -> Counter[str]:
    certificates = [insight.get("mTLS", {}) for _, insight, _ in entries if insight]
    return Counter(one["issuedBackend"] for one in certificates if "issuedBackend" in one)


def _backends(entries: list[tuple[Stored, JSONObject | None, Status]]) -> JSONObject:
    issued: dict[str, list[Status]] = {}
    supported: dict[str, list[Status]] = {}
    for _, insight, found in entries:
        certificate: dict[str, Any] = insight.get("mTLS", {}) if insight else {}
        if "issuedBackend" in certificate:
            issued.setdefault(certificate["issuedBackend"], []).append(found)
        for backend in certificate.get("supportedBackends", []):
            supported.setdefault(backend, []).append(found)
    if not issued:
        return {}
    return {
        "issuedBackends": {name: counted(found) for name, found in sorted(issued.items())},
        "supportedBackends": {name: counted(found) for name, found in sorted(supported.items())},
    }


def _zone(row: Stored, service: str) -> str | None:
    networking = row.content.get("networking", {})
    for bearer in [*networking.get("inbound", []), networking.get("gateway", {})]:
        if bearer.get("tags", {}).get(SERVICE_TAG) == service:
            zone = bearer["tags"].get("kuma.io/zone")
            return str(zone) if zone else None
    return None
