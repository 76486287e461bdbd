"""Traffic metrics, as the Kubernetes API serves them beside NGINX Service Mesh.

Source: https://github.com/servicemeshinterface/smi-spec/blob/main/apis/traffic-metrics/v1alpha1/traffic-metrics.md
"""

from gateway.model.resources import Wire


class Subject(Wire, frozen=True):
    """The Kubernetes object whose traffic is counted, or at the other end of it."""

    kind: str = ""
    namespace: str | None = None
    name: str | None = None


class Edge(Wire, frozen=True):
    """The other end of the traffic that is counted: `to` it or `from` it."""

    direction: str = ""
    resource: Subject | None = None


class Metric(Wire, frozen=True):
    """One number, as a Kubernetes quantity."""

    name: str = ""
    unit: str | None = None
    value: str | int | float | None = None


class TrafficMetrics(Wire, frozen=True):
    """The traffic of one object, or of one of its edges, over a window of time."""

    resource: Subject = Subject()
    edge: Edge | None = None
    timestamp: str | None = None
    window: str | None = None
    metrics: tuple[Metric, ...] = ()


class Scope(Wire, frozen=True):
    """Whose traffic is asked for: of namespaces, of a kind in one, of one object, of its edges."""

    namespace: str | None = None
    kind: str | None = None
    name: str | None = None
    edges: bool = False
