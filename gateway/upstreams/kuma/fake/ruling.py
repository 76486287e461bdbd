"""The rules that targetRef policies make of a proxy, merged as releases from 2.6 on merge them."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from gateway.upstreams.kuma.fake.attaching import SERVICE
from gateway.upstreams.kuma.fake.dialect import V3
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored
from gateway.upstreams.kuma.fake.targeting import least_specific_first, targets

ORDER: Final = (
    "MeshHTTPRoute",
    "MeshTCPRoute",
    "MeshAccessLog",
    "MeshTrace",
    "MeshFaultInjection",
    "MeshRateLimit",
    "MeshTimeout",
    "MeshTrafficPermission",
    "MeshHealthCheck",
    "MeshCircuitBreaker",
    "MeshRetry",
    "MeshMetric",
    "MeshLoadBalancingStrategy",
    "MeshProxyPatch",
    "MeshPassthrough",
    "MeshTLS",
)
_ROUTES: Final = ("MeshHTTPRoute", "MeshTCPRoute")
_BY_CLIENT: Final = ("MeshTrafficPermission", "MeshTLS")
"""The kinds whose `from` is told by client alone, and not as rules of an inbound."""


class Entry(msgspec.Struct, frozen=True):
    """One entry of a section: whose, which, for what, and what it says."""

    policy: Stored
    index: int
    ref: JSONObject
    says: JSONObject


def is_exclusive(store: Store, mesh: str | None) -> bool:
    """Whether MeshServices have replaced service tags in a mesh."""
    found = store.get("Mesh", None, mesh or "")
    mode = (found.content if found else {}).get("meshServices", {}).get("mode")
    return mode == "Exclusive" or store.release >= V3


def rules(store: Store, dataplane: Stored) -> JSONObject:
    """All rules of a proxy."""
    found, matches = [], []
    for kind in ORDER:
        rows = store.rows(kind, dataplane.mesh)
        fitting = least_specific_first([one for one in rows if targets(one, dataplane, store)])
        made = _of_kind(kind, fitting, store, dataplane)
        if any(made.values()):
            found.append({"type": kind, "warnings": [], **made})
        if kind == "MeshHTTPRoute" and any(made.values()):
            matches += list(_matches(fitting))
    return {"httpMatches": matches, "resource": meta(dataplane), "rules": found}


def meta(row: Stored) -> JSONObject:
    """A resource as rules name it."""
    return {"labels": row.labels, "mesh": row.mesh or "", "name": row.name, "type": row.kind}


def merged(confs: Iterable[JSONObject]) -> JSONObject:
    """Confs one over another, as JSON Merge Patch has it."""
    found: JSONObject = {}
    for conf in confs:
        for key, value in conf.items():
            both = isinstance(value, dict) and isinstance(found.get(key), dict)
            found[key] = merged([found[key], value]) if both else value
    return found


def _of_kind(
    kind: str, policies: list[Stored], store: Store, dataplane: Stored
) -> dict[str, object]:
    made: dict[str, object] = {"toResourceRules": _to_resources(policies, store, dataplane)}
    inbounds = dataplane.content.get("networking", {}).get("inbound", [])
    if store.release < V3:
        exclusive = is_exclusive(store, dataplane.mesh)
        made["toRules"] = [] if exclusive else list(_to_services(policies))
        made["fromRules"] = _at(inbounds, list(_from_clients(policies)))
    made["inboundRules"] = _at(inbounds, list(_rules_of(kind, policies)))
    proxy = [one for one in policies if "default" in one.content.get("spec", {})]
    if proxy:
        conf = merged(one.content["spec"]["default"] for one in proxy)
        made["proxyRule"] = {"conf": conf, "origin": list(map(meta, proxy))}
    return made


def _entries(policies: list[Stored], section: str) -> list[Entry]:
    return [
        Entry(policy, index, one.get("targetRef") or {"kind": "Mesh"}, _said(policy, one))
        for policy in policies
        for index, one in enumerate(policy.content.get("spec", {}).get(section) or ())
    ]


def _said(policy: Stored, entry: JSONObject) -> JSONObject:
    return {"rules": entry["rules"]} if policy.kind in _ROUTES else entry.get("default", {})


def _origins(entries: list[Entry], named: Callable[[Entry], JSONObject]) -> list[JSONObject]:
    seen = {(one.policy.name, one.index if named is _indexed else 0): one for one in entries}
    return [named(one) for one in seen.values()]


def _indexed(entry: Entry) -> JSONObject:
    return {"resourceMeta": meta(entry.policy), "ruleIndex": entry.index}


def _plain(entry: Entry) -> JSONObject:
    return meta(entry.policy)


def _rule(entries: list[Entry], *matchers: JSONObject) -> JSONObject:
    conf = merged(one.says for one in entries)
    return {"conf": conf, "matchers": list(matchers), "origin": _origins(entries, _plain)}


def _to_services(policies: list[Stored]) -> Iterator[JSONObject]:
    entries = _entries(policies, "to")
    names = {one.ref.get("name", "") for one in entries if one.ref["kind"] == "MeshService"}
    for name in sorted(names):
        fitting = [e for e in entries if e.ref["kind"] == "Mesh" or e.ref.get("name") == name]
        yield _rule(fitting, {"key": SERVICE, "not": False, "value": name})
    general = [one for one in entries if one.ref["kind"] == "Mesh"]
    if general:
        yield _rule(general)


def _to_resources(policies: list[Stored], store: Store, dataplane: Stored) -> list[JSONObject]:
    entries = _entries(policies, "to")
    general = [one for one in entries if one.ref["kind"] == "Mesh"]
    found = []
    if general:
        mesh: JSONObject = {"labels": {}, "mesh": "", "name": dataplane.mesh, "type": "Mesh"}
        found.append(_resource_rule(general, mesh, ""))
    places = {
        (e.ref.get("name", ""), e.ref.get("sectionName", "")) for e in entries if e.ref.get("name")
    }
    for name, section in sorted(places):
        row = store.get("MeshService", dataplane.mesh, name)
        if row is not None:
            here = [e for e in entries if e in general or e.ref.get("name") == name]
            found.append(_resource_rule(here, meta(row), section))
    return found


def _resource_rule(entries: list[Entry], resource: JSONObject, section: str) -> JSONObject:
    return {
        "conf": [merged(one.says for one in entries)],
        "origin": _origins(entries, _indexed),
        "resourceMeta": resource,
        "resourceSectionName": section,
    }


def _from_clients(policies: list[Stored]) -> Iterator[JSONObject]:
    entries = _entries(policies, "from")
    general = [one for one in entries if one.ref["kind"] == "Mesh"]
    others = [one for one in entries if one.ref["kind"] == "MeshSubset"]
    negated = []
    for one in others:
        tags = one.ref.get("tags", {}).items()
        yield _rule([*general, one], *({"key": k, "not": False, "value": v} for k, v in tags))
        negated += [{"key": key, "not": True, "value": value} for key, value in tags]
    if general:
        yield _rule(general, *negated)


def _rules_of(kind: str, policies: list[Stored]) -> Iterator[JSONObject]:
    general = [one for one in _entries(policies, "from") if one.ref["kind"] == "Mesh"]
    if general and kind not in _BY_CLIENT:
        conf = merged(one.says for one in general)
        yield {"conf": [conf], "origin": _origins(general, _indexed)}
    for one in _entries(policies, "rules"):
        yield {"conf": [one.says], "origin": [_indexed(one)]}


def _at(inbounds: list[JSONObject], made: list[JSONObject]) -> list[JSONObject]:
    if not made:
        return []
    return [
        {
            "inbound": {
                **({"name": one["name"]} if one.get("name") else {}),
                "port": one["port"],
                "tags": one.get("tags", {}),
            },
            "rules": made,
        }
        for one in inbounds
    ]


def _matches(routes: list[Stored]) -> Iterator[JSONObject]:
    for entry in _entries(routes, "to"):
        for rule in entry.says["rules"]:
            text = msgspec.json.encode(rule["matches"])
            digest = b64encode(hashlib.sha256(text).digest()).decode()
            yield {"hash": digest, "match": rule["matches"]}
