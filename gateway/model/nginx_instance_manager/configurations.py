"""Configurations: files, and the ones that are kept and not yet published."""

from gateway.model.nginx_instance_manager.managed import Authored, Managed
from gateway.model.resources import Wire


class File(Wire, frozen=True):
    """A file of a configuration; on the wire its contents are base64, here text where they are."""

    name: str = ""
    contents: str = ""
    is_text: bool = False


class Files(Wire, frozen=True):
    """Files below one folder."""

    root_dir: str = ""
    files: tuple[File, ...] = ()


class Configuration(Authored, frozen=True):
    """What an instance, a group or nobody yet runs with: NGINX's files and those beside them."""

    config_files: Files = Files()
    aux_files: Files = Files()
    update_time: str | None = None


class StagedConfiguration(Managed, frozen=True):
    """A configuration that is kept and not yet published."""

    config_name: str = ""
    create_time: str | None = None
    update_time: str | None = None

    @property
    def title(self) -> str:
        """The name that people gave it."""
        return self.config_name or self.uid

    @property
    def creation_time(self) -> str | None:
        """When it was first kept."""
        return self.create_time

    @property
    def modification_time(self) -> str | None:
        """When it was last changed."""
        return self.update_time
