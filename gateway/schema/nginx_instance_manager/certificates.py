"""Certificates: what they say of themselves, and never a key."""

import strawberry

from gateway.model.nginx_instance_manager import certificates as model
from gateway.schema.described import described
from gateway.schema.nginx_instance_manager.managed import NginxManaged
from gateway.schema.scalars import BigInt, DateTime, moment
from gateway.schema.views import shows


@described
@strawberry.type
class NginxCertificateMetadata:
    """What one certificate says of itself."""

    content: strawberry.Private[model.CertificateMetadata]

    @strawberry.field
    def common_name(self) -> str | None:
        """The name that it is for."""
        return self.content.common_name or None

    @strawberry.field
    def subject(self) -> str | None:
        """For whom it is."""
        return self.content.subject or None

    @strawberry.field
    def subject_alternative_name(self) -> str | None:
        """The other names that it is for."""
        return self.content.subject_alternative_name or None

    @strawberry.field
    def issuer(self) -> str | None:
        """Who issued it."""
        return self.content.issuer or None

    @strawberry.field
    def serial_number(self) -> str | None:
        """The number that its issuer gave it."""
        return self.content.serial_number or None

    @strawberry.field
    def valid_from(self) -> DateTime | None:
        """From when it is valid."""
        return moment(self.content.valid_from)

    @strawberry.field
    def valid_to(self) -> DateTime | None:
        """Until when it is valid."""
        return moment(self.content.valid_to)

    @strawberry.field
    def expired(self) -> bool | None:
        """Whether it has ended, as Instance Manager says."""
        return self.content.expired

    @strawberry.field
    def expiry(self) -> BigInt | None:
        """The seconds that it has left, as Instance Manager counts them."""
        return None if self.content.expiry is None else BigInt(self.content.expiry)

    @strawberry.field
    def public_key_type(self) -> str | None:
        """The kind of key that it is for."""
        return self.content.public_key_type or None

    @strawberry.field
    def signature_algorithm(self) -> str | None:
        """How it is signed."""
        return self.content.signature_algorithm or None

    @strawberry.field
    def thumbprint(self) -> str | None:
        """Its fingerprint."""
        return self.content.thumbprint or None


@shows("NginxCertificate")
@described
@strawberry.type
class NginxCertificate(NginxManaged):
    """A certificate that is kept for instances: what it says of itself, never its key."""

    @strawberry.field
    def valid_from(self) -> DateTime | None:
        """From when it is valid."""
        return moment(self.content.valid_from)

    @strawberry.field
    def valid_to(self) -> DateTime | None:
        """Until when it is valid: it, and all that it comes with."""
        return moment(self.content.valid_until)

    @strawberry.field
    def metadata(self) -> list[NginxCertificateMetadata]:
        """What it says of itself, and what those say that it comes with."""
        return [NginxCertificateMetadata(content=one) for one in self.content.cert_metadata]

    @strawberry.field
    def instance_names(self) -> list[str]:
        """The names of the instances that it is for."""
        return list(self.content.instances)
