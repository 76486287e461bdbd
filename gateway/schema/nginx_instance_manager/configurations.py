"""Configurations: the files of an instance, of a group, or kept and not yet published."""

from typing import Annotated, Any

import strawberry

from gateway.model.nginx_instance_manager import configurations as model
from gateway.model.resources import ResourceKey
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.nginx_instance_manager.managed import NginxManaged
from gateway.schema.scalars import DateTime, moment
from gateway.schema.views import shows
from gateway.upstreams.nginx_instance_manager import InstanceManager

OfVersion = Annotated[
    str | None,
    strawberry.argument(description="The version with this external id, such as a commit."),
]


@described
@strawberry.type
class NginxConfigurationFile:
    """A file of a configuration."""

    content: strawberry.Private[model.File]

    @strawberry.field
    def name(self) -> str:
        """Its path."""
        return self.content.name

    @strawberry.field
    def text(self) -> str | None:
        """What is in it, private keys masked; null where it is no text."""
        return self.content.contents if self.content.is_text else None


@strawberry.type
class Authored:
    """What its author calls by a name of their own."""

    content: strawberry.Private[Any]

    @strawberry.field
    def external_id(self) -> str | None:
        """What its author calls this version, such as a commit."""
        return self.content.external_id or None

    @strawberry.field
    def external_id_type(self) -> str | None:
        """What the external id is: `git` or `other`."""
        return self.content.external_id_type or None


@described
@strawberry.type
class NginxConfiguration(Authored):
    """The files of a configuration."""

    content: strawberry.Private[model.Configuration]

    @strawberry.field
    def root_dir(self) -> str | None:
        """The folder of NGINX's own files."""
        return self.content.config_files.root_dir or None

    @strawberry.field
    def config_files(self) -> list[NginxConfigurationFile]:
        """NGINX's own files."""
        return [NginxConfigurationFile(content=one) for one in self.content.config_files.files]

    @strawberry.field
    def aux_files(self) -> list[NginxConfigurationFile]:
        """The files beside them."""
        return [NginxConfigurationFile(content=one) for one in self.content.aux_files.files]

    @strawberry.field
    def updated_at(self) -> DateTime | None:
        """When it was last changed."""
        return moment(self.content.update_time)


@shows("NginxStagedConfiguration")
@described
@strawberry.type
class NginxStagedConfiguration(NginxManaged):
    """A configuration that is kept, and published nowhere yet."""

    @strawberry.field
    async def configuration(self, info: Info) -> NginxConfiguration | None:
        """Its files; a call for each."""
        return await configuration(info, self.resource.key, None)


async def configuration(
    info: Info, key: ResourceKey, external_id: str | None
) -> NginxConfiguration | None:
    """The view of a configuration; None where there is none."""
    upstream = info.context.of_product(key.upstream, InstanceManager)
    found = await upstream.configuration(key, external_id, info.context.operation)
    return None if found is None else NginxConfiguration(content=found)
