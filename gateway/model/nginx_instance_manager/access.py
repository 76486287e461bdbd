"""Users, roles and groups, and the things that rights are given to."""

import msgspec

from gateway.model.nginx_instance_manager.managed import Managed
from gateway.model.resources import Wire


class About(Wire, frozen=True):
    """The metadata of users and roles."""

    uid: str = ""
    name: str = ""
    display_name: str = ""
    description: str = ""


class Described(Managed, frozen=True):
    """A user, a role or a group of users: a name in its metadata, the rest as it comes."""

    metadata: About = About()
    own_name: str = msgspec.field(default="", name="name")

    @property
    def name(self) -> str:
        """What its path ends with."""
        return self.metadata.name or self.own_name or self.uid

    @property
    def title(self) -> str:
        """The name that people gave it."""
        return self.metadata.display_name or self.display_name or self.name


class ResourceObject(Wire, frozen=True):
    """One thing of a resource group."""

    module: str = ""
    name: str = ""
    object: str = ""
    uid: str = ""


class ResourceGroup(Managed, frozen=True):
    """Things that roles give rights to together."""

    own_name: str = msgspec.field(default="", name="name")
    resources: tuple[ResourceObject, ...] = ()

    @property
    def name(self) -> str:
        """Its uid, or its name where it tells no uid."""
        return self.uid or self.own_name

    @property
    def title(self) -> str:
        """The name that people gave it."""
        return self.own_name or self.uid
