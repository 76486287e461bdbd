"""What policies make of a proxy as a whole and of each of its ports, told by KRIs."""

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.upstreams.kuma.fake import layouts, rendering, ruling
from gateway.upstreams.kuma.fake.dialect import Failure
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored
from gateway.upstreams.kuma.kinds import KINDS

_ROUTES: Final = ("MeshHTTPRoute", "MeshTCPRoute")


def told(store: Store, dataplane: Stored, place: Sequence[str]) -> JSONObject:
    """What is told of a place in a proxy, by the path below the proxy's own."""
    made = ruling.rules(store, dataplane)["rules"]
    match place:
        case ["_policies"]:
            return {"policies": list(_of_proxy(store, made))}
        case ["_inbounds", kri, "_policies"]:
            port = _port(store, dataplane, "inbounds", kri)
            return {"policies": list(_of_inbound(store, made, port))}
        case ["_outbounds", kri, "_routes"]:
            _port(store, dataplane, "outbounds", kri)
            routes = [one for one in made if one["type"] in _ROUTES]
            return {"routes": list(_routes(store, routes, kri))}
        case ["_outbounds", kri, "_policies"]:
            _port(store, dataplane, "outbounds", kri)
            return {"policies": list(_of_outbound(store, made, kri))}
        case _:
            others = [one for one in made if one["type"] not in _ROUTES]
            return {"policies": list(_of_outbound(store, others, place[1]))}


def _port(store: Store, dataplane: Stored, side: str, kri: str) -> int:
    """The number of a port; raises Failure where a proxy has none of that KRI."""
    if not kri.startswith("kri_"):
        raise Failure(400, "Bad Request", f'bad request: invalid identifier string: "{kri}"')
    for one in layouts.layout(store, dataplane)[side]:
        if one["kri"] == kri:
            return int(one["port"])
    raise Failure(500, "Failed building response", "Internal Server Error")


def _origins(store: Store, found: Sequence[JSONObject]) -> list[JSONObject]:
    metas = [one.get("resourceMeta", one) for one in found]
    rows = [store.get(one["type"], one["mesh"], one["name"]) for one in metas]
    return [{"kri": rendering.kri(KINDS[row.kind], row)} for row in rows if row is not None]


def _of_proxy(store: Store, made: Sequence[JSONObject]) -> Iterator[JSONObject]:
    for one in made:
        if rule := one.get("proxyRule"):
            origins = _origins(store, rule["origin"])
            yield {"kind": one["type"], "conf": [rule["conf"]], "origins": origins}


def _of_inbound(store: Store, made: Sequence[JSONObject], port: int) -> Iterator[JSONObject]:
    for one in made:
        rules = [
            rule
            for inbound in one["inboundRules"]
            if inbound["inbound"]["port"] == port
            for rule in inbound["rules"]
        ]
        if rules:
            named = [(_origins(store, rule["origin"]), rule["conf"][0]) for rule in rules]
            yield {
                "kind": one["type"],
                "origins": [kri for kris, _ in named for kri in kris],
                "rules": [{**kris[0], "conf": conf} for kris, conf in named],
            }


def _of_outbound(store: Store, made: Sequence[JSONObject], kri: str) -> Iterator[JSONObject]:
    for one in made:
        if rule := _fitting(store, one["toResourceRules"], kri):
            origins = _origins(store, rule["origin"])
            yield {"kind": one["type"], "conf": rule["conf"], "origins": origins}


def _routes(store: Store, made: Sequence[JSONObject], kri: str) -> Iterator[JSONObject]:
    for one in _of_outbound(store, made, kri):
        origins = one["origins"]
        rules = [
            {**origins[0], "conf": rule["default"], "matches": rule.get("matches", [])}
            for conf in one["conf"]
            for rule in conf["rules"]
        ]
        yield {"kind": one["kind"], "origins": origins, "rules": rules}


def _fitting(store: Store, rules: Sequence[JSONObject], kri: str) -> JSONObject | None:
    """The rule for the port of a service, or for the service, or for whatever it is."""
    general = None
    for rule in reversed(rules):
        meta = rule["resourceMeta"]
        if meta["type"] == "Mesh":
            general = rule
            continue
        row = store.get(meta["type"], meta["mesh"], meta["name"])
        if row is None:
            continue
        own = rendering.kri(KINDS[row.kind], row)
        if kri == own + rule["resourceSectionName"] or (
            not rule["resourceSectionName"] and kri.startswith(own)
        ):
            return rule
    return general
