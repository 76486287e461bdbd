"""Certificates that are kept for instances, or that servers show; never a key."""

from gateway.model.nginx_instance_manager.managed import Named
from gateway.model.resources import Wire


class CertificateMetadata(Wire, frozen=True):
    """What a certificate says of itself; `expiry` is in seconds."""

    common_name: str = ""
    subject: str = ""
    subject_alternative_name: str = ""
    issuer: str = ""
    serial_number: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    expired: bool | None = None
    expiry: int | None = None
    public_key_type: str = ""
    signature_algorithm: str = ""
    thumbprint: str = ""
    thumbprint_algorithm: str = ""


class Certificate(Named, frozen=True):
    """A certificate that is kept for instances; its key is never given back."""

    cert_metadata: tuple[CertificateMetadata, ...] = ()
    instance_refs: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    created: str | None = None
    modified: str | None = None
    create_time: str | None = None
    update_time: str | None = None

    @property
    def creation_time(self) -> str | None:
        """When it was first kept."""
        return self.created or self.create_time

    @property
    def modification_time(self) -> str | None:
        """When it was last changed."""
        return self.modified or self.update_time

    @property
    def valid_until(self) -> str | None:
        """Until when it is valid: it and all that it comes with."""
        ends = [one.valid_to for one in self.cert_metadata if one.valid_to]
        return self.valid_to or min(ends, default=None)

    @property
    def instances(self) -> list[str]:
        """The names of the instances that it is for."""
        parts = [one.strip("/").split("/") for one in self.instance_refs]
        return [f"{it[-3]}/{it[-1]}" for it in parts if len(it) > 3 and it[-2] == "instances"]
