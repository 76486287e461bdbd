"""What a scan finds in the network."""

from gateway.model.nginx_instance_manager.certificates import CertificateMetadata
from gateway.model.nginx_instance_manager.managed import Managed
from gateway.model.resources import Int32, Wire


class Endpoint(Wire, frozen=True):
    """An address and port of a server."""

    ip: str = ""
    port: Int32 = 0


class Vulnerability(Wire, frozen=True):
    """A known weakness of a server's version."""

    id: str = ""
    severity: str = ""
    description: str = ""
    advisory: str = ""


class SeenCertificate(Wire, frozen=True):
    """A certificate that a server showed to a scan."""

    endpoint: Endpoint = Endpoint()
    metadata: CertificateMetadata = CertificateMetadata()


class Server(Managed, frozen=True):
    """An NGINX that a scan found in the network."""

    network: tuple[Endpoint, ...] = ()
    server_application: str = ""
    version: str = ""
    vendor: str = ""
    cves: tuple[Vulnerability, ...] = ()
    certs: tuple[SeenCertificate, ...] = ()
    create_time: str | None = None
    update_time: str | None = None

    @property
    def name(self) -> str:
        """Its addresses and ports: it has no other name."""
        return ",".join(f"{one.ip}:{one.port}" for one in self.network) or self.uid

    @property
    def creation_time(self) -> str | None:
        """When it was first found."""
        return self.create_time

    @property
    def modification_time(self) -> str | None:
        """When it was last found."""
        return self.update_time


class Scan(Wire, frozen=True):
    """How far a scan of a network is."""

    status: str = ""
    percentage_complete: float | None = None
    duration: int | None = None
    completion_time: str | None = None
    endpoints_scanned: Int32 | None = None
    servers_found: Int32 | None = None
    nginx_found: Int32 | None = None
