"""What Instance Manager's writes take."""

import strawberry

from gateway.schema.described import described
from gateway.schema.inputs import Write

_INSTANCE = "The instance's name: the uid of its system, a slash, its own uid."


@described
@strawberry.input
class NginxFileInput:
    """A file of a configuration, as text."""

    name: str = strawberry.field(description="Its path, such as `/etc/nginx/nginx.conf`.")
    text: str = strawberry.field(description="What is in it.")


@described
@strawberry.input
class PublishInstanceConfigInput(Write):
    """A configuration, and to whom it goes: an instance or a group; files, or what is staged."""

    instance: str | None = strawberry.field(default=None, description=_INSTANCE)
    instance_group: str | None = strawberry.field(
        default=None, description="The uid of the instance group."
    )
    staged_configuration: str | None = strawberry.field(
        default=None, description="The uid of a staged configuration, instead of files."
    )
    config_files: list[NginxFileInput] | None = strawberry.field(
        default=None, description="NGINX's own files."
    )
    aux_files: list[NginxFileInput] | None = strawberry.field(
        default=None, description="The files beside them."
    )
    root_dir: str = strawberry.field(
        default="/etc/nginx", description="The folder of NGINX's own files."
    )
    external_id: str | None = strawberry.field(
        default=None, description="What you call this version, such as a commit."
    )
    external_id_type: str | None = strawberry.field(
        default=None, description="What the external id is: `git` or `other`."
    )
    validate_config: bool | None = strawberry.field(
        default=None, description="Whether NGINX tests it before it is published."
    )
    ignore_conflict: bool | None = strawberry.field(
        default=None, description="Whether it is published over a change that came between."
    )
    wait: bool = strawberry.field(
        default=False,
        description="Whether to answer once nothing is pending, or at the operation's deadline.",
    )


@described
@strawberry.input
class PatchSystemInput(Write):
    """Another set of tags for a host."""

    name: str = strawberry.field(description="The system's name, which is its uid.")
    tags: list[str] = strawberry.field(description="All the tags that it shall have.")


@described
@strawberry.input
class ApplyCertificateInput(Write):
    """A certificate with its key, for instances. What is given here is never answered."""

    name: str = strawberry.field(description="The name under which it is kept.")
    public_cert: str = strawberry.field(description="The certificate, in PEM.")
    private_key: str | None = strawberry.field(default=None, description="Its key, in PEM.")
    password: str | None = strawberry.field(default=None, description="The key's password.")
    ca_certs: list[str] | None = strawberry.field(
        default=None, description="The certificates of its authorities, each in PEM."
    )
    instances: list[str] | None = strawberry.field(
        default=None, description="The names of the instances that it is for."
    )


@described
@strawberry.input
class ApplyInstanceGroupInput(Write):
    """A group of instances; without a uid it is made."""

    uid: str | None = strawberry.field(
        default=None, description="The uid of the group to change; a new one is made without it."
    )
    name: str = strawberry.field(description="The name of the group.")
    display_name: str | None = strawberry.field(
        default=None, description="The name that people see."
    )
    description: str | None = strawberry.field(default=None, description="What people say of it.")


@described
@strawberry.input
class ApplyStagedConfigurationInput(Write):
    """A configuration to keep; without a uid it is made."""

    uid: str | None = strawberry.field(
        default=None, description="The uid of the one to replace; a new one is made without it."
    )
    name: str = strawberry.field(description="The name of the configuration.")
    config_files: list[NginxFileInput] = strawberry.field(description="NGINX's own files.")
    aux_files: list[NginxFileInput] | None = strawberry.field(
        default=None, description="The files beside them."
    )
    root_dir: str = strawberry.field(
        default="/etc/nginx", description="The folder of NGINX's own files."
    )


@described
@strawberry.input
class DeleteInstanceInput(Write):
    """An instance that Instance Manager shall forget."""

    name: str = strawberry.field(description=_INSTANCE)


@described
@strawberry.input
class ScanNetworkInput(Write):
    """The network in which to look for NGINX."""

    cidr: str = strawberry.field(description="The network, such as `192.0.2.0/24`.")
    port_ranges: list[str] = strawberry.field(
        description="The ports to try, such as `80` or `8000-8100`."
    )
    host_discovery: str = strawberry.field(
        default="none", description="How hosts are found first: `none`, `icmp`."
    )
