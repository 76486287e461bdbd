"""The configuration that is rendered for a proxy: its clusters and its listeners."""

from typing import Final

from gateway.upstreams.kuma.fake.dialect import Failure, Mode
from gateway.upstreams.kuma.fake.lists import Asked
from gateway.upstreams.kuma.fake.store import JSONObject, Store

_CLUSTER: Final = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
_LISTENER: Final = "type.googleapis.com/envoy.config.listener.v3.Listener"


def config(store: Store, mode: Mode, mesh: str, name: str, asked: Asked) -> JSONObject:
    """What a proxy that has connected is given, and that shadow policies change none of it."""
    if mode == "global":
        raise Failure(405, "Method not allowed", "Not allowed on global CP")
    include = asked.last("include")
    if include not in (None, "diff"):
        reason = "bad request: unsupported value for query parameter 'include'"
        raise Failure(400, "Bad Request", reason)
    row = store.get("Dataplane", mesh, name)
    if row is None or store.get("DataplaneInsight", mesh, name) is None:
        raise Failure(404, "Failed to fetch dataplane insight", "Not found")
    network = row.content.get("networking", {})
    inbounds, outbounds = network.get("inbound", []), network.get("outbound", [])
    clusters = [f"localhost:{one.get('servicePort', one['port'])}" for one in inbounds]
    clusters += [_service(one) for one in outbounds]
    listeners = [_listener("inbound", one, network["address"]) for one in inbounds]
    listeners += [_listener("outbound", one, "127.0.0.1") for one in outbounds]
    xds = {
        _CLUSTER: {one: {"name": one, "connectTimeout": "10s"} for one in sorted(clusters)},
        _LISTENER: {one["name"]: one for one in listeners},
    }
    return {"xds": xds} | ({"diff": []} if include else {})


def _service(outbound: JSONObject) -> str:
    ref, tags = outbound.get("backendRef", {}), outbound.get("tags", {})
    return str(ref.get("name") or tags.get("kuma.io/service", outbound["port"]))


def _listener(side: str, port: JSONObject, address: str) -> JSONObject:
    at, number = port.get("address", address), port["port"]
    place = {"socketAddress": {"address": at, "portValue": number}}
    return {"name": f"{side}:{at}:{number}", "address": place}
