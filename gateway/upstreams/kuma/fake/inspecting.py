"""What a control plane tells of its proxies and policies beside their resources."""

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlsplit

from gateway.model.kinds import Family, Kind, Noun
from gateway.upstreams.kuma.fake import (
    attaching,
    configs,
    layouts,
    ports,
    rendering,
    ruling,
    targeting,
)
from gateway.upstreams.kuma.fake.dialect import (
    CONFIGS,
    INSPECT,
    INSPECT_RESOURCES,
    LAYOUTS,
    MESH_CHECKED,
    RULES,
    TARGET_REFS,
    V3,
    Failure,
    Mode,
    mesh_not_found,
    no_such_path,
)
from gateway.upstreams.kuma.fake.lists import Asked
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored
from gateway.upstreams.kuma.kinds import KINDS

ENVOY: Final = {"xds": (1, 5), "stats": (1, 8), "clusters": (1, 8)}
"""What Envoy itself is asked for, since when; no Envoy is behind this control plane."""
PLACES: Final = (
    (["_policies"], 1),
    (["_inbounds", "_policies"], 3),
    (["_outbounds", "_policies"], 3),
    (["_outbounds", "_routes"], 3),
    (["_outbounds", "_routes", "_policies"], 5),
)
"""The words of paths that tell of a place in a proxy, and how long these are with the KRIs."""
_PATHS: Final = {kind.path: kind for kind in KINDS.values()}


class Inspections:
    """Answers to questions about proxies and policies."""

    def __init__(self, store: Store, mode: Mode) -> None:
        self._store, self._mode = store, mode
        self._release = store.release

    def answer(self, target: str, host: str) -> JSONObject | None:
        """What is told under a path; None where the path is another's."""
        words = [unquote(word) for word in urlsplit(target).path.strip("/").split("/")]
        match words:
            case ["meshes", mesh, "dataplanes", name, "policies"] if self._release >= INSPECT:
                return self._policies(self._dataplane(mesh, name, "get MatchedPolicies"))
            case ["meshes", mesh, "dataplanes", name, "_rules"] if self._release >= RULES:
                return ruling.rules(self._store, self._dataplane(mesh, name, "retrieve Dataplane"))
            case ["meshes", mesh, "dataplanes", name, "_layout"] if self._release >= LAYOUTS:
                layouts.refuse(self._store, mesh, "_layout")
                return layouts.layout(
                    self._store, self._dataplane(mesh, name, "retrieve Dataplane")
                )
            case ["meshes", mesh, "dataplanes", name, *place] if self._asks_ports(place):
                layouts.refuse(self._store, mesh, place[-1])
                dataplane = self._dataplane(mesh, name, "retrieve Dataplane")
                return ports.told(self._store, dataplane, place)
            case ["meshes", mesh, "dataplanes", name, "_config"] if self._release >= CONFIGS:
                asked = Asked(target, self._release)
                return configs.config(self._store, self._mode, mesh, name, asked)
            case ["meshes", mesh, "dataplanes", name, last] if self._asks_envoy(last):
                self._dataplane(mesh, name, "get dataplane resource")
                raise Failure(500, "Could not execute admin operation", "Internal Server Error")
            case ["zoneingresses" | "zoneegresses" as path, name, last] if self._asks_envoy(last):
                self._zone_proxy(_PATHS[path], name)
                raise Failure(500, "Could not execute admin operation", "Internal Server Error")
            case ["meshes", mesh, "meshgateways", name, "dataplanes"] if (
                INSPECT <= self._release < V3
            ):
                return self._carrying(mesh, name)
            case ["meshes", mesh, path, name, "dataplanes"] if self._is_inspectable(path):
                return self._attached(_PATHS[path], mesh, name)
            case ["meshes", mesh, path, name, "_resources", "dataplanes"] if (
                self._release >= INSPECT_RESOURCES and self._is_inspectable(path)
            ):
                return self._targeted(_PATHS[path], mesh, name, Asked(target, self._release), host)
        return None

    def _asks_ports(self, place: list[str]) -> bool:
        shape = [word for word in place if word.startswith("_")]
        return self._release >= LAYOUTS and (shape, len(place)) in PLACES

    def _asks_envoy(self, last: str) -> bool:
        return last in ENVOY and self._release >= ENVOY[last]

    def _is_inspectable(self, path: str) -> bool:
        kind = _PATHS.get(path)
        known = kind is not None and kind.served_by(self._release) and self._release >= INSPECT
        return known and kind is not None and kind.noun is Noun.POLICY

    def _dataplane(self, mesh: str, name: str, what: str) -> Stored:
        if self._release >= MESH_CHECKED and self._store.get("Mesh", None, mesh) is None:
            raise mesh_not_found(self._release, mesh)
        found = self._store.get("Dataplane", mesh, name)
        if found is None:
            raise Failure(404, f"Could not {what}", "Not found")
        return found

    def _zone_proxy(self, kind: Kind, name: str) -> None:
        if not kind.served_by(self._release):
            raise no_such_path()
        if self._store.get(kind.name, None, name) is None:
            words = "zone ingress" if kind.name == "ZoneIngress" else "zone egress"
            raise Failure(404, f"Could not get {words} resource", "Not found")

    def _policies(self, dataplane: Stored) -> JSONObject:
        if attaching.is_builtin(dataplane):
            gateway = attaching.gateway_of(self._store, dataplane)
            return {"kind": "MeshGatewayDataplane", "gateway": gateway}
        places: dict[tuple[str, str, str], dict[str, list[JSONObject]]] = {}
        for kind, policies in self._targeting(dataplane).items():
            places.setdefault(("dataplane", "", ""), {})[kind] = policies
        for one in self._attachments(dataplane):
            shown = [self._meta(KINDS[one.kind], policy) for policy in one.policies]
            if one.kind == "TrafficRoute":
                shown = [_routed(policy, one.service) for policy in shown]
            places.setdefault((one.sort, one.name, one.service), {})[one.kind] = shown
        items: list[JSONObject] = [
            {
                **self._place(sort, name, service),
                "matchedPolicies": dict(sorted(kinds.items())),
            }
            for (sort, name, service), kinds in places.items()
        ]
        return {"kind": "SidecarDataplane", "total": len(items), "items": items}

    def _attachments(self, dataplane: Stored) -> list[attaching.Attachment]:
        return [] if self._release >= V3 else attaching.attachments(self._store, dataplane)

    def _targeting(self, dataplane: Stored) -> dict[str, list[JSONObject]]:
        found = {}
        for kind in KINDS.values():
            if kind.family is Family.TARGET_REF and self._release >= TARGET_REFS:
                rows = self._store.rows(kind.name, dataplane.mesh)
                fitting = [one for one in rows if targeting.targets(one, dataplane, self._store)]
                if fitting:
                    ordered = targeting.least_specific_first(fitting)
                    found[kind.name] = [self._meta(kind, one) for one in ordered]
        return found

    def _meta(self, kind: Kind, policy: Stored) -> JSONObject:
        if self._release < MESH_CHECKED:
            return rendering.resource(kind, policy, self._store)
        return rendering.meta(kind, policy, self._release, None)

    def _place(self, sort: str, name: str, service: str) -> JSONObject:
        found: JSONObject = {"type": sort, "name": name, "service": service}
        # 1.x says of a place what is empty as well.
        return {key: one for key, one in found.items() if one or self._release < (2, 0)}

    def _attached(self, kind: Kind, mesh: str, name: str) -> JSONObject:
        """By policy, with attachments: each proxy of the mesh is looked at in full."""
        items: list[JSONObject] = []
        for dataplane in self._store.rows("Dataplane", mesh):
            named = {"mesh": mesh, "name": dataplane.name}
            places = self._places(kind, name, dataplane)
            if not places:
                continue
            if attaching.is_builtin(dataplane):
                if kind.family is not Family.TARGET_REF:
                    gateway = attaching.gateway_of(self._store, dataplane)
                    items.append(
                        {"kind": "MeshGatewayDataplane", "dataplane": named, "gateway": gateway}
                    )
                continue
            items.append({"kind": "SidecarDataplane", "dataplane": named, "attachments": places})
        return {"total": len(items), "items": items}

    def _places(self, kind: Kind, name: str, dataplane: Stored) -> list[JSONObject]:
        if kind.family is Family.TARGET_REF:
            policy = self._store.get(kind.name, dataplane.mesh, name)
            fits = policy is not None and targeting.targets(policy, dataplane, self._store)
            return [self._place("dataplane", "", "")] if fits else []
        return [
            self._place(one.sort, one.name, one.service)
            for one in self._attachments(dataplane)
            if one.kind == kind.name and any(policy.name == name for policy in one.policies)
        ]

    def _carrying(self, mesh: str, name: str) -> JSONObject:
        """The proxies of a builtin gateway."""
        gateway = {"mesh": mesh, "name": name}
        items = [
            {"dataplane": {"mesh": mesh, "name": one.name}}
            for one in self._store.rows("Dataplane", mesh)
            if attaching.is_builtin(one) and attaching.gateway_of(self._store, one) == gateway
        ]
        return {"total": len(items), "items": items}

    def _targeted(self, kind: Kind, mesh: str, name: str, asked: Asked, host: str) -> JSONObject:
        """By policy, page by page: the metas of the proxies that it is for."""
        policy = self._store.get(kind.name, mesh, name)
        if policy is None:
            raise Failure(404, "Could not retrieve policy", "Not found")
        fits: Callable[[Stored], bool]
        if kind.family is Family.TARGET_REF:
            fits = lambda one: targeting.targets(policy, one, self._store)  # noqa: E731
        else:
            fits = lambda one: attaching.may_attach(policy, one)  # noqa: E731
        part = asked.last("name") or ""
        rows = [
            one for one in self._store.rows("Dataplane", mesh) if part in one.name and fits(one)
        ]
        page = asked.page(rows, host)
        shown = [
            {"labels": row.labels, "mesh": mesh, "name": row.name, "type": "Dataplane"}
            for row in page["items"]
        ]
        following = {"next": page["next"]} if page["next"] else {}
        return {"items": shown, "total": page["total"], **following}


def _routed(route: JSONObject, service: str) -> JSONObject:
    """A route as it is for one service: any destination is then that service."""
    conf = route.get("conf", {})
    leads_to = conf.get("destination", {})
    if leads_to.get(attaching.SERVICE) != "*":
        return route
    destination = {**leads_to, attaching.SERVICE: service}
    return {**route, "conf": {**conf, "destination": destination}}
