"""Which proxies a targetRef policy is for."""

from typing import Final

from gateway.upstreams.kuma.fake.attaching import SERVICE, bearers, fits, is_builtin
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored

_SPECIFIC: Final = (
    "Mesh",
    "MeshSubset",
    "MeshGateway",
    "MeshService",
    "MeshServiceSubset",
    "Dataplane",
)
"""The kinds of targets, the least specific first."""


def target_of(policy: Stored) -> JSONObject:
    """What a policy is for; nothing said means its mesh."""
    found: JSONObject = policy.content.get("spec", {}).get("targetRef") or {"kind": "Mesh"}
    return found


def targets(policy: Stored, dataplane: Stored, store: Store) -> bool:
    """Whether a policy is for a dataplane."""
    ref = target_of(policy)
    types = ref.get("proxyTypes") or ["Sidecar", "Gateway"]
    if ("Gateway" if is_builtin(dataplane) else "Sidecar") not in types:
        return False
    wanted = dict(ref.get("tags") or {})
    match ref["kind"]:
        case "Mesh":
            return True
        case "Dataplane":
            labels = ref.get("labels") or {}
            named = ref.get("name") in (None, dataplane.name)
            return named and labels.items() <= dataplane.labels.items()
        case "MeshService" | "MeshServiceSubset":
            wanted[SERVICE] = ref.get("name", "")
        case "MeshGateway":
            gateway = store.get("MeshGateway", dataplane.mesh, ref.get("name", ""))
            chosen = gateway.content.get("selectors", []) if gateway else []
            return any(fits(s["match"], tags) for s in chosen for tags in bearers(dataplane))
    return any(fits(wanted, tags) for tags in bearers(dataplane))


def least_specific_first(policies: list[Stored]) -> list[Stored]:
    """Policies in the order in which they are merged: the first by name counts last."""

    def rank(policy: Stored) -> int:
        kind = target_of(policy)["kind"]
        return _SPECIFIC.index(kind) if kind in _SPECIFIC else len(_SPECIFIC)

    return sorted(sorted(policies, key=lambda one: one.name, reverse=True), key=rank)
