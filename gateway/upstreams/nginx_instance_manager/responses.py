"""Bytes → model: the border at which every null, link and wrapping is settled."""

import binascii
import re
from base64 import b64decode
from typing import Any, Final, TypeVar

import msgspec

from gateway.errors import BadResponse, MeshgateError
from gateway.model.changes import JSONObject
from gateway.model.kinds import Kind
from gateway.model.nginx_instance_manager.access import Described, ResourceGroup
from gateway.model.nginx_instance_manager.analytics import Event, Events, Metric
from gateway.model.nginx_instance_manager.certificates import Certificate
from gateway.model.nginx_instance_manager.configurations import (
    Configuration,
    File,
    Files,
    StagedConfiguration,
)
from gateway.model.nginx_instance_manager.deployments import Accepted, Deployment
from gateway.model.nginx_instance_manager.health import Health
from gateway.model.nginx_instance_manager.instances import Instance, InstanceGroup
from gateway.model.nginx_instance_manager.managed import Managed
from gateway.model.nginx_instance_manager.servers import Scan, Server
from gateway.model.nginx_instance_manager.systems import System
from gateway.model.resources import Resource
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_instance_manager.dialects import Envelope, envelope
from gateway.upstreams.reading import MALFORMED, forgiving, unreadable

CONTENT: Final[dict[str, type[Managed]]] = {
    "System": System,
    "Instance": Instance,
    "InstanceGroup": InstanceGroup,
    "StagedConfiguration": StagedConfiguration,
    "Certificate": Certificate,
    "Server": Server,
    "User": Described,
    "Role": Described,
    "ResourceGroup": ResourceGroup,
}
MASK: Final = "(masked by meshgate)"
_KEY: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_KEY_IN_JSON: Final = re.compile(
    rb'-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[^"]*?-----END [A-Z0-9 ]*PRIVATE KEY-----|[^"]*)'
)

T = TypeVar("T")


class Metrics(msgspec.Struct):
    """The body of metrics."""

    metrics: list[Metric] = []


class Made(msgspec.Struct):
    """What something new was called."""

    uid: str = ""


_READ: Final[tuple[type[msgspec.Struct], ...]] = (
    *CONTENT.values(),
    *(Accepted, Configuration, Deployment, Event, Health, Made, Metrics, Scan),
)
_DECODERS: Final[dict[type, msgspec.json.Decoder[Any]]] = {
    one: msgspec.json.Decoder(one, strict=False) for one in _READ
}


def without_keys(answer: Answer) -> Answer:
    """The answer with private keys masked: no document shows in which members there are any."""
    if b"PRIVATE KEY" not in answer.body:
        return answer
    return msgspec.structs.replace(answer, body=_KEY_IN_JSON.sub(MASK.encode(), answer.body))


def read(upstream: str, kind: type[T], what: str, answer: Answer) -> T:
    """A body as what it is said to be; raises BadResponse where it is no such thing."""
    try:
        str(answer.body, "utf-8")
        found: T = forgiving(_DECODERS[kind], answer.body)
    except MALFORMED as error:
        raise unreadable(upstream, what, answer) from error
    return found


def made(answer: Answer) -> str:
    """The uid of something new; empty where the answer does not tell it."""
    try:
        found: Made = forgiving(_DECODERS[Made], answer.body)
    except MALFORMED:
        return ""
    return found.uid


def accepted(upstream: str, answer: Answer) -> Accepted:
    """Where a publication goes on; an empty answer is accepted as well, and does not tell."""
    if not answer.body.strip():
        return Accepted()
    return read(upstream, Accepted, "the answer to a publication", answer)


def resource(upstream: str, kind: Kind, raw: bytes | msgspec.Raw, answer: Answer) -> Resource:
    """One thing from its body; raises BadResponse where it is no such thing, or has no name."""
    try:
        # Decoding does not look into what it skips, and that is shown as well.
        str(raw, "utf-8")
        content = forgiving(_DECODERS[CONTENT[kind.name]], raw)
    except MALFORMED as error:
        raise unreadable(upstream, f"something of kind {kind.name}", answer) from error
    if not content.name or (isinstance(content, Instance) and not (content.host and content.uid)):
        raise unreadable(upstream, f"something of kind {kind.name} that has a name", answer)
    return Resource(upstream, kind, content, msgspec.Raw(raw))


def listed(upstream: str, what: str, answer: Answer) -> Envelope:
    """A list, however it is wrapped."""
    try:
        return envelope(answer.body)
    except MALFORMED as error:
        raise unreadable(upstream, f"the list of {what}", answer) from error


def rows(
    upstream: str, kind: Kind, found: Envelope, answer: Answer
) -> tuple[list[Resource], list[MeshgateError]]:
    """The things of a list, and those that cannot be read."""
    good: list[Resource] = []
    broken: list[MeshgateError] = []
    for raw in found.items:
        try:
            good.append(resource(upstream, kind, raw, answer))
        except BadResponse as error:
            broken.append(error)
    return good, broken


def events(upstream: str, answer: Answer) -> Events:
    """A page of events."""
    found = listed(upstream, "events", answer)
    try:
        read_all = tuple(forgiving(_DECODERS[Event], raw) for raw in found.items)
    except MALFORMED as error:
        raise unreadable(upstream, "the list of events", answer) from error
    return Events(read_all, found.token, found.total)


def configuration(upstream: str, answer: Answer) -> Configuration:
    """Files with their contents as text, private keys masked."""
    found = read(upstream, Configuration, "a configuration", answer)
    return msgspec.structs.replace(
        found, config_files=_texts(found.config_files), aux_files=_texts(found.aux_files)
    )


def files(upstream: str, answer: Answer) -> JSONObject:
    """The files of a configuration as they came, to be sent on."""
    found = read(upstream, Configuration, "a configuration", answer)
    return {
        "auxFiles": _wire(found.aux_files),
        "configFiles": _wire(found.config_files),
    }


def _wire(found: Files) -> JSONObject:
    rows = [{"name": one.name, "contents": one.contents} for one in found.files]
    return {"rootDir": found.root_dir, "files": rows}


def _texts(found: Files) -> Files:
    return msgspec.structs.replace(found, files=tuple(map(_text, found.files)))


def _text(file: File) -> File:
    """The file as text where it is one, else as it came."""
    try:
        text = b64decode(file.contents, validate=True).decode()
    except (binascii.Error, ValueError):
        return file
    return File(file.name, _KEY.sub(MASK, text), is_text=True)


def version(answer: Answer) -> str | None:
    """The version of Instance Manager itself, of those that it tells of its modules."""
    try:
        return _named(msgspec.json.decode(answer.body), "nim")
    except MALFORMED:
        return None


def _named(value: Any, name: str) -> str | None:
    """The first text under a name, at whatever depth: no document shows where it stands."""
    if isinstance(value, dict):
        if isinstance(value.get(name), str):
            return str(value[name])
        value = list(value.values())
    if isinstance(value, list):
        return next((found for one in value if (found := _named(one, name))), None)
    return None
