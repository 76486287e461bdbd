"""Resources as the Kubernetes objects that they would be."""

from typing import Final

from gateway.model.kinds import Kind
from gateway.upstreams.kuma.fake.store import JSONObject, Stored

_MESH: Final = "kuma.io/mesh"


def rendered(kind: Kind, row: Stored) -> JSONObject:
    """An object of Kuma's group: newer kinds name their mesh in a label, older ones beside it."""
    labels = {key: value for key, value in row.labels.items() if not key.startswith("kuma.io/")}
    metadata: JSONObject = {
        "name": row.name,
        "creationTimestamp": f"{row.created.partition('.')[0].rstrip('Z')}Z",
    }
    found: JSONObject = {"kind": kind.name, "apiVersion": "kuma.io/v1alpha1"}
    if kind.plugin:
        metadata["namespace"] = "kuma-system"
        labels |= {_MESH: row.mesh} if row.mesh else {}
    elif row.mesh:
        found["mesh"] = row.mesh
    if labels:
        metadata["labels"] = labels
    spec = row.content.get("spec", {}) if kind.plugin else row.content
    return found | {"metadata": metadata, "spec": spec}
