"""A mesh: what it is made of beside its policies."""

from gateway.model.resources import Stored, Wire


class Backend(Wire, frozen=True):
    """A named backend of a mesh: of a certificate authority, of logs, traces or metrics."""

    name: str = ""
    type: str = ""


class Backends(Wire, frozen=True):
    """The backends of one purpose and which of them is in force."""

    enabled_backend: str = ""
    default_backend: str = ""
    backends: tuple[Backend, ...] = ()


class MeshRouting(Wire, frozen=True):
    """How a mesh routes by default."""

    locality_aware_load_balancing: bool = False
    zone_egress: bool = False
    default_forbid_mesh_external_service_access: bool = False


class MeshServices(Wire, frozen=True):
    """Whether MeshServices are generated and whether they replace service tags."""

    mode: str = ""


class Mesh(Stored, frozen=True):
    """A mesh: what it is made of beside its policies."""

    mtls: Backends | None = None
    logging: Backends | None = None
    tracing: Backends | None = None
    metrics: Backends | None = None
    routing: MeshRouting | None = None
    mesh_services: MeshServices | None = None
