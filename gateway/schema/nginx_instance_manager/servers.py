"""Servers that a scan found in the network, and scans."""

import strawberry

from gateway.model.nginx_instance_manager import servers as model
from gateway.schema.described import described
from gateway.schema.nginx_instance_manager.certificates import NginxCertificateMetadata
from gateway.schema.nginx_instance_manager.managed import NginxManaged
from gateway.schema.scalars import DateTime, moment
from gateway.schema.views import shows


@described
@strawberry.type
class NginxEndpoint:
    """An address and port of a server."""

    ip: str = strawberry.field(description="Its address.")
    port: int = strawberry.field(description="Its port.")


@described
@strawberry.type
class NginxVulnerability:
    """A known weakness of a server's version."""

    content: strawberry.Private[model.Vulnerability]

    @strawberry.field
    def cve(self) -> str:
        """Its number, without the letters CVE."""
        return self.content.id

    @strawberry.field
    def severity(self) -> str | None:
        """How bad it is."""
        return self.content.severity or None

    @strawberry.field
    def description(self) -> str | None:
        """What it is."""
        return self.content.description or None

    @strawberry.field
    def advisory(self) -> str | None:
        """Where more is said of it."""
        return self.content.advisory or None


@described
@strawberry.type
class NginxSeenCertificate:
    """A certificate that a server showed to a scan."""

    content: strawberry.Private[model.SeenCertificate]

    @strawberry.field
    def endpoint(self) -> NginxEndpoint:
        """Where it was shown."""
        return NginxEndpoint(ip=self.content.endpoint.ip, port=self.content.endpoint.port)

    @strawberry.field
    def metadata(self) -> NginxCertificateMetadata:
        """What it says of itself."""
        return NginxCertificateMetadata(content=self.content.metadata)


@shows("NginxServer")
@described
@strawberry.type
class NginxServer(NginxManaged):
    """An NGINX that a scan found in the network, managed or not."""

    @strawberry.field
    def network(self) -> list[NginxEndpoint]:
        """Where it listens."""
        return [NginxEndpoint(ip=one.ip, port=one.port) for one in self.content.network]

    @strawberry.field
    def application(self) -> str | None:
        """What it is."""
        return self.content.server_application or None

    @strawberry.field
    def version(self) -> str | None:
        """Its version."""
        return self.content.version or None

    @strawberry.field
    def vendor(self) -> str | None:
        """Who built it."""
        return self.content.vendor or None

    @strawberry.field
    def vulnerabilities(self) -> list[NginxVulnerability]:
        """The known weaknesses of its version."""
        return [NginxVulnerability(content=one) for one in self.content.cves]

    @strawberry.field
    def certificates(self) -> list[NginxSeenCertificate]:
        """The certificates that it showed."""
        return [NginxSeenCertificate(content=one) for one in self.content.certs]


@described
@strawberry.type
class NginxScan:
    """How far a scan of a network is."""

    content: strawberry.Private[model.Scan]

    @strawberry.field
    def status(self) -> str | None:
        """How it is doing, in Instance Manager's own word: `complete`, …"""
        return self.content.status or None

    @strawberry.field
    def percentage_complete(self) -> float | None:
        """How much of it is done."""
        return self.content.percentage_complete

    @strawberry.field
    def endpoints_scanned(self) -> int | None:
        """How many addresses and ports were tried."""
        return self.content.endpoints_scanned

    @strawberry.field
    def servers_found(self) -> int | None:
        """How many servers it found."""
        return self.content.servers_found

    @strawberry.field
    def nginx_found(self) -> int | None:
        """How many of them are NGINX."""
        return self.content.nginx_found

    @strawberry.field
    def completed_at(self) -> DateTime | None:
        """When it ended."""
        return moment(self.content.completion_time)
