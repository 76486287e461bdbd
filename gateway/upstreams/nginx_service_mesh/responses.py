"""Bytes → model: what NGINX Service Mesh and Kubernetes answered, every null settled."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec

from gateway.errors import MeshgateError
from gateway.model.kinds import Kind
from gateway.model.nginx_service_mesh import policies
from gateway.model.nginx_service_mesh.config import Config, Mesh
from gateway.model.nginx_service_mesh.metrics import TrafficMetrics
from gateway.model.nginx_service_mesh.services import Listed, Service, Workload
from gateway.model.pages import Page
from gateway.model.resources import Resource, Wire
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_service_mesh.kinds import MESH, SERVICE, WORKLOAD
from gateway.upstreams.reading import MALFORMED, unreadable, without_nulls

SPECS: Final[dict[str, type[Wire]]] = {
    "CircuitBreaker": policies.CircuitBreaker,
    "HTTPRouteGroup": policies.HTTPRouteGroup,
    "RateLimit": policies.RateLimit,
    "TCPRoute": policies.TCPRoute,
    "TrafficSplit": policies.TrafficSplit,
    "TrafficTarget": policies.TrafficTarget,
}
T = TypeVar("T")


class Meta(Wire, frozen=True):
    """The part of `metadata` that is read."""

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    creation_timestamp: str | None = None


class Item(Wire, Generic[T], frozen=True):
    """A custom resource."""

    metadata: Meta
    spec: T | None = None


class Items(Wire, frozen=True):
    """A list of Kubernetes, its rows as their bytes."""

    items: tuple[msgspec.Raw, ...] | None = None


def read(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """A body as a type; a second look forgives nulls. Raises what MALFORMED names."""
    str(body, "utf-8")
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except msgspec.ValidationError:
        value = without_nulls(msgspec.json.decode(body))
        return msgspec.json.decode(msgspec.json.encode(value), type=kind, strict=False)


def whole(upstream: str, answer: Answer, kind: type[T], what: str) -> T:
    """The body of an answer as a type; raises BadResponse where it is none."""
    try:
        return read(answer.body, kind)
    except MALFORMED as error:
        raise unreadable(upstream, what, answer) from error


def config(upstream: str, answer: Answer, generation: str) -> Resource:
    """The mesh of an install from its configuration, which names the namespace that it is in."""
    found = whole(upstream, answer, Config, "the configuration of a mesh")
    if found.namespace is None:
        raise unreadable(upstream, "the configuration of a mesh", answer)
    content = Mesh(name=found.namespace, config=found, generation=generation)
    return Resource(upstream, MESH, content, msgspec.Raw(answer.body))


def configs(upstream: str, answer: Answer, generation: str) -> Page:
    """The meshes of 2.0: its MeshConfig resources, each in the namespace of an install."""

    def mesh(meta: Meta, spec: Config) -> Mesh:
        return Mesh(
            name=meta.namespace,
            labels=dict(meta.labels),
            creation_time=meta.creation_timestamp,
            config=msgspec.structs.replace(spec, namespace=meta.namespace),
            generation=generation,
        )

    return _items(upstream, MESH, answer, Config, mesh)


def custom(upstream: str, kind: Kind, answer: Answer, mesh: str | None) -> Page:
    """The custom resources of a kind of policy."""

    def policy(meta: Meta, spec: Any) -> policies.Policy:
        return policies.Policy(
            name=placed(meta.namespace, meta.name),
            mesh=mesh,
            labels=dict(meta.labels),
            creation_time=meta.creation_timestamp,
            namespace=meta.namespace,
            spec=spec,
        )

    return _items(upstream, kind, answer, SPECS[kind.name], policy)


def _items(
    upstream: str,
    kind: Kind,
    answer: Answer,
    spec: type[Wire],
    content: Callable[[Meta, Any], Any],
) -> Page:
    raws = whole(upstream, answer, Items, f"the list of {kind.name}").items or ()
    item: type[Item[Any]] = Item[spec]  # type: ignore[valid-type]

    def row(raw: msgspec.Raw) -> Resource:
        found = read(raw, item)
        return Resource(upstream, kind, content(found.metadata, found.spec or spec()), raw)

    return _rows(upstream, kind, raws, row)


def services(upstream: str, answer: Answer, mesh: str | None) -> Page:
    """The services that take part; null stands for none."""
    raws = whole(upstream, answer, list[msgspec.Raw] | None, "the list of services")  # type: ignore[arg-type]

    def row(raw: msgspec.Raw) -> Resource:
        listed = read(raw, Listed)
        content = Service(name=placed(listed.namespace, listed.name), mesh=mesh, listed=listed)
        return Resource(upstream, SERVICE, content, raw)

    return _rows(upstream, SERVICE, raws or (), row)


def _rows(upstream: str, kind: Kind, raws: Any, row: Callable[[msgspec.Raw], Resource]) -> Page:
    """The rows that can be read; each of the others is named in `broken`."""
    rows: list[Resource] = []
    broken: list[MeshgateError] = []
    for raw in raws:
        try:
            rows.append(row(raw))
        except MALFORMED:
            broken.append(unreadable(upstream, f"something of kind {kind.name}"))
    return Page(tuple(rows), len(rows), None, tuple(broken))


def workloads(upstream: str, answer: Answer, mesh: str | None) -> Page:
    """What carries a sidecar, by namespace, kind and name."""
    shape = dict[str, dict[str, tuple[str, ...]]] | None
    found: Any = whole(upstream, answer, shape, "the list of injected workloads")  # type: ignore[arg-type]
    rows = [
        Resource(
            upstream,
            WORKLOAD,
            Workload(
                name=f"{namespace}/{kind}/{name}",
                mesh=mesh,
                namespace=namespace,
                workload_kind=kind,
                workload_name=name,
            ),
            msgspec.Raw(msgspec.json.encode({"namespace": namespace, "kind": kind, "name": name})),
        )
        for namespace, kinds in (found or {}).items()
        for kind, names in kinds.items()
        for name in names
    ]
    return Page(tuple(rows), len(rows))


def components(upstream: str, answer: Answer) -> dict[str, tuple[str, ...]]:
    """The versions that run of each component."""
    shape = dict[str, tuple[str, ...]] | None
    found: Any = whole(upstream, answer, shape, "the versions of components")  # type: ignore[arg-type]
    return found or {}


def traffic(upstream: str, answer: Answer) -> tuple[TrafficMetrics, ...]:
    """Traffic metrics; a list is empty for a while after a sidecar was reloaded."""
    found = whole(upstream, answer, Items, "traffic metrics")
    try:
        return tuple(read(raw, TrafficMetrics) for raw in found.items or ())
    except MALFORMED as error:
        raise unreadable(upstream, "traffic metrics", answer) from error


def manifest(upstream: str, answer: Answer) -> str:
    """An injected manifest: text, which releases before 1.6 wrote as one JSON string."""
    try:
        text = str(answer.body, "utf-8")
        if text.startswith('"'):
            return msgspec.json.decode(text, type=str)
    except msgspec.DecodeError:
        return text
    except UnicodeError as error:
        raise unreadable(upstream, "an injected manifest", answer) from error
    return text


def placed(namespace: str, name: str) -> str:
    """A name as the graph has it: names are unique in a namespace alone."""
    return f"{namespace}/{name}" if namespace else name
