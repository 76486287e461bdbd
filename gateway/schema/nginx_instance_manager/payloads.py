"""What Instance Manager's writes answer."""

import strawberry

from gateway.model.nginx_instance_manager import deployments as model
from gateway.model.nginx_instance_manager import servers as scans
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.nginx_instance_manager.certificates import NginxCertificate
from gateway.schema.nginx_instance_manager.configurations import NginxStagedConfiguration
from gateway.schema.nginx_instance_manager.deployments import NginxDeployment, deployment
from gateway.schema.nginx_instance_manager.groups import NginxInstanceGroup
from gateway.schema.nginx_instance_manager.servers import NginxScan
from gateway.schema.nginx_instance_manager.systems import NginxSystem
from gateway.schema.payloads import OfResource, WritePayload


@described
@strawberry.type
class PublishPayload(WritePayload):
    """What became of a publication; it is accepted, and its deployment tells the rest."""

    accepted: strawberry.Private[model.Accepted]
    content: strawberry.Private[model.Deployment | None]

    @strawberry.field
    def deployment_uid(self) -> str | None:
        """The uid of the deployment."""
        return self.accepted.deployment_uid or None

    @strawberry.field
    def deployment(self) -> NginxDeployment | None:
        """How far it is, where `wait` was given; null where nothing was told of it yet."""
        return deployment(self.content)


@described
@strawberry.type
class PatchSystemPayload(OfResource, WritePayload):
    """What became of a host."""

    @strawberry.field
    async def system(self, info: Info) -> NginxSystem | None:
        """It as it is now kept."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyCertificatePayload(OfResource, WritePayload):
    """What became of a certificate."""

    @strawberry.field
    async def certificate(self, info: Info) -> NginxCertificate | None:
        """It as it is now kept, without its key."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyInstanceGroupPayload(OfResource, WritePayload):
    """What became of a group of instances."""

    @strawberry.field
    async def instance_group(self, info: Info) -> NginxInstanceGroup | None:
        """It as it is now kept."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class ApplyStagedConfigurationPayload(OfResource, WritePayload):
    """What became of a staged configuration."""

    @strawberry.field
    async def staged_configuration(self, info: Info) -> NginxStagedConfiguration | None:
        """It as it is now kept."""
        return await self.stored(info)  # type: ignore[no-any-return]


@described
@strawberry.type
class ScanPayload(WritePayload):
    """What became of a scan."""

    content: strawberry.Private[scans.Scan]

    @strawberry.field
    def scan(self) -> NginxScan:
        """How far it is; what it found is among `servers`."""
        return NginxScan(content=self.content)
