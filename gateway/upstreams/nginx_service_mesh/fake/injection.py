"""The sidecar that an imitated mesh puts into the workloads of a manifest."""

from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.policy import HTTP
from typing import Any, Final

import msgspec
import yaml

from gateway.upstreams.nginx_service_mesh.fake.config import JSONObject

KINDS: Final = frozenset(
    (
        "Deployment",
        "DaemonSet",
        "StatefulSet",
        "ReplicaSet",
        "ReplicationController",
        "Job",
        "Pod",
    )
)


class Form:
    """A form of several parts; raises ValueError where it has no file."""

    def __init__(self, content_type: str, body: bytes) -> None:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        message = message_from_bytes(head + body, policy=HTTP)
        parts = list(message.iter_parts()) if message.is_multipart() else []
        self._parts = [
            (part.get_param("name", header="content-disposition"), part.get_payload(decode=True))
            for part in parts
        ]
        if not self.values("file"):
            raise ValueError("no file")

    def values(self, name: str) -> list[str]:
        """What the parts of a name hold."""
        return [bytes(held).decode() for key, held in self._parts if key == name]


def injected(form: Form, config: JSONObject) -> str:
    """The manifest of a form with a sidecar in each workload; raises ValueError for none."""
    [manifest] = form.values("file")
    ignored = {name: form.values(name) for name in ("ignoreIncomingPorts", "ignoreOutgoingPorts")}
    if manifest.lstrip().startswith("{"):
        found = msgspec.json.decode(manifest)
        _inject(found, config, ignored)
        return msgspec.json.format(msgspec.json.encode(found).decode(), indent=4)
    try:
        documents = list(yaml.safe_load_all(manifest))
    except yaml.YAMLError as error:
        raise ValueError("error decoding file into k8s object") from error
    for document in documents:
        if document is not None:
            _inject(document, config, ignored)
    rest = [one for one in documents if one is not None]
    return "".join(f"---\n{yaml.safe_dump(one, sort_keys=True)}" for one in rest)


def _inject(found: Any, config: JSONObject, ignored: Mapping[str, Sequence[str]]) -> None:
    if not isinstance(found, dict) or "kind" not in found:
        raise ValueError("Object 'Kind' is missing")
    if found["kind"] not in KINDS:
        return
    pod = found if found["kind"] == "Pod" else found["spec"]["template"]
    meta = pod.setdefault("metadata", {})
    meta.setdefault("annotations", {})["injector.nsm.nginx.com/status"] = "injected"
    ports = [port for each in ignored["ignoreIncomingPorts"] for port in ("-i", each)]
    ports += [port for each in ignored["ignoreOutgoingPorts"] for port in ("-o", each)]
    init = config["sidecarInitImage"] | {"args": ports}
    pod["spec"].setdefault("initContainers", []).append(init)
    pod["spec"].setdefault("containers", []).append(dict(config["sidecarImage"]))
