"""What the graph must show of a recorded body, worked out from the body alone."""

from collections.abc import Callable
from typing import Any

from gateway.model.kinds import Family, Kind, Noun
from gateway.upstreams.kuma.kinds import KINDS

META = {"type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "snis"}
STATE = {"status"}

WHOLE = """
fragment Pair on Tag { key value }
fragment Word on Label { key value }
fragment Selector on TagSelector { tags { ...Pair } }
fragment Purpose on MeshBackends { defaultBackend backends { name type } }
fragment Whole on Resource {
  __typename
  kind
  name
  displayName
  labels { ...Word }
  createdAt
  modifiedAt
  raw
  ... on Specified { spec }
  ... on Policy {
    family
    sources { ...Selector }
    destinations { ...Selector }
    selectors { ...Selector }
    targetRef { kind name labels { ...Word } tags { ...Pair } proxyTypes }
  }
  ... on KumaMesh {
    mtls { enabled enabledBackend backends { name type } }
    logging { ...Purpose }
    tracing { ...Purpose }
    metrics { ...Purpose }
    meshServicesMode
  }
  ... on KumaDataplane {
    address
    networking {
      inbounds { port servicePort serviceAddress name state tags { ...Pair } }
      outbounds { port address tags { ...Pair } }
      gateway { type tags { ...Pair } }
    }
  }
  ... on KumaZone { enabled }
  ... on KumaExternalService { tags { ...Pair } }
  ... on KumaService { serviceType zoneNames }
}
"""
"""Everything that is read from a body alone, without another call."""


def shown(body: dict[str, Any]) -> dict[str, Any]:
    """A recorded body as the fragment Whole shows it."""
    kind = KINDS[body["type"].removesuffix("Overview")]
    return {
        "__typename": kind.type_name,
        "kind": kind.name,
        "name": body["name"],
        "displayName": body.get("labels", {}).get("kuma.io/display-name", body["name"]),
        "labels": pairs(body.get("labels")),
        "createdAt": moment(body.get("creationTime")),
        "modifiedAt": moment(body.get("modificationTime")),
        "raw": body,
        **BY_NOUN[kind.noun](kind, body),
    }


def moment(text: str | None) -> str | None:
    """A time; Go writes the year 1 for none."""
    return None if text is None or text.startswith("0001-") else text


def pairs(found: dict[str, str] | None) -> list[dict[str, str]]:
    """Labels and tags as the graph spells them."""
    return [{"key": key, "value": value} for key, value in sorted((found or {}).items())]


def spec(kind: Kind, body: dict[str, Any]) -> Any:
    """The body without the meta, in the present spelling: the conf of a route of 0.x is a list."""
    if kind.plugin:
        return body["spec"]
    found = {key: value for key, value in body.items() if key not in META | STATE}
    if isinstance(found.get("conf"), list):
        found["conf"] = {"split": found["conf"]}
    return found


def _policy(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    def selectors(member: str) -> list[Any]:
        return [{"tags": pairs(one["match"])} for one in body.get(member, ())]

    ref = body.get("spec", {}).get("targetRef")
    target = kind.family is Family.TARGET_REF and ref is not None
    return {
        "family": kind.family,
        "spec": spec(kind, body),
        "sources": selectors("sources"),
        "destinations": selectors("destinations"),
        "selectors": selectors("selectors"),
        "targetRef": {
            "kind": ref["kind"],
            "name": ref.get("name"),
            "labels": pairs(ref.get("labels")),
            "tags": pairs(ref.get("tags")),
            "proxyTypes": ref.get("proxyTypes", []),
        }
        if target
        else None,
    }


def _mesh(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    def backends(found: dict[str, Any]) -> list[Any]:
        return [{"name": one["name"], "type": one["type"]} for one in found.get("backends", ())]

    def purpose(member: str) -> dict[str, Any] | None:
        found = body.get(member)
        if found is None:
            return None
        default = found.get("defaultBackend") or found.get("enabledBackend")
        return {"defaultBackend": default, "backends": backends(found)}

    mtls = body.get("mtls")
    enabled = mtls and mtls.get("enabledBackend")
    return {
        "spec": spec(kind, body),
        "mtls": None
        if mtls is None
        else {
            "enabled": bool(enabled),
            "enabledBackend": enabled or None,
            "backends": backends(mtls),
        },
        "logging": purpose("logging"),
        "tracing": purpose("tracing"),
        "metrics": purpose("metrics"),
        "meshServicesMode": body.get("meshServices", {}).get("mode"),
    }


def _dataplane(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    network = body.get("dataplane", body)["networking"]
    gateway = network.get("gateway")
    return {
        "address": network.get("advertisedAddress") or network["address"],
        "networking": {
            "inbounds": [
                {
                    "port": one["port"],
                    "servicePort": one.get("servicePort"),
                    "serviceAddress": one.get("serviceAddress"),
                    "name": one.get("name"),
                    "state": one.get("state", "Ready"),
                    "tags": pairs(one.get("tags")),
                }
                for one in network.get("inbound", ())
            ],
            "outbounds": [
                {
                    "port": one["port"],
                    "address": one.get("address"),
                    "tags": pairs(one.get("tags")),
                }
                for one in network.get("outbound", ())
            ],
            "gateway": gateway
            and {"type": gateway.get("type", "DELEGATED"), "tags": pairs(gateway["tags"])},
        },
    }


def _service(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    if kind.name == "ServiceInsight":
        return {
            "serviceType": body.get("serviceType", "internal"),
            "zoneNames": body.get("zones", []),
        }
    tags = {"tags": pairs(body["tags"])} if kind.name == "ExternalService" else {}
    return {"spec": spec(kind, body), **tags}


def _zone(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    return {"enabled": body.get("zone", body).get("enabled", True)}


def _secret(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    raw = {key: value for key, value in body.items() if key != "data"}
    return {"raw": raw}


def _other(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    return {"spec": spec(kind, body)}


BY_NOUN: dict[Noun, Callable[[Kind, dict[str, Any]], dict[str, Any]]] = {
    Noun.POLICY: _policy,
    Noun.MESH: _mesh,
    Noun.DATAPLANE: _dataplane,
    Noun.ZONE: _zone,
    Noun.SERVICE: _service,
    Noun.SECRET: _secret,
    Noun.INSIGHT: _other,
    Noun.RESOURCE: _other,
}
