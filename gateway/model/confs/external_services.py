"""Where an external service is, and how it is spoken to."""

from typing import Annotated

import msgspec

from gateway.model.confs.parts import DataSource
from gateway.model.resources import Wire


class ExternalServiceTls(Wire, frozen=True):
    """How TLS is spoken with it."""

    enabled: Annotated[bool | None, "Whether it is."] = None
    ca_cert: Annotated[DataSource | None, "The authority that is believed."] = None
    client_cert: Annotated[DataSource | None, "The certificate that dataplanes show."] = None
    client_key: Annotated[DataSource | None, "The key of that certificate."] = None
    allow_renegotiation: Annotated[bool | None, "Whether the other side may renegotiate."] = None
    server_name: Annotated[str | None, "The name that is asked for; the host if left out."] = None
    skip_hostname_verification: Annotated[
        bool | None, "Whether a certificate of another name is believed."
    ] = None


class ExternalServiceNetworking(Wire, frozen=True):
    """Where it is, and how it is spoken to."""

    address: Annotated[str | None, "Its host and port."] = None
    tls: Annotated[ExternalServiceTls | None, "How TLS is spoken with it."] = None
    disable_host_dns_entry: Annotated[
        bool | None, "Whether its host gets no entry in the mesh's DNS."
    ] = msgspec.field(name="disableHostDNSEntry", default=None)


class ExternalService(Wire, frozen=True):
    """The body of an ExternalService, as far as the graph reads it late."""

    networking: Annotated[
        ExternalServiceNetworking | None, "Where it is, and how it is spoken to."
    ] = None
