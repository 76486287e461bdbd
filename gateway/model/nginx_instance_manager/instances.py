"""NGINX processes on hosts, and the groups that share a configuration."""

import re
from typing import Final

import msgspec

from gateway.model.dataplanes import Networking
from gateway.model.nginx_instance_manager.deployments import Deployment
from gateway.model.nginx_instance_manager.managed import Authored, Links, Managed, linked
from gateway.model.resources import Wire
from gateway.model.status import DataplaneStatus

_SYSTEM: Final = re.compile("/systems/(?!instances/)([^/]+)")
_STATES: Final = {"online": DataplaneStatus.ONLINE, "offline": DataplaneStatus.OFFLINE}


class Build(Wire, frozen=True):
    """Which NGINX an instance is."""

    nginx_plus: bool | None = None
    release: str = ""
    version: str = ""


class Report(Wire, frozen=True):
    """How an instance is doing, as its agent last said."""

    state: str = ""
    last_status_report: str | None = None


class ConfigurationVersion(Authored, frozen=True):
    """One configuration that an instance has had."""

    uid: str = ""
    version_hash: str = ""
    create_time: str | None = None


class ConfigurationVersions(Wire, frozen=True):
    """The configurations of an instance, and the one of its group."""

    instance_group: ConfigurationVersion = ConfigurationVersion()
    versions: tuple[ConfigurationVersion, ...] = ()


class Instance(Managed, frozen=True):
    """An NGINX process on a host."""

    system_uid: str = ""
    version: str = ""
    build: Build = Build()
    report: Report = msgspec.field(default=Report(), name="status")
    config_path: str = ""
    process_path: str = ""
    process_id: str | int | None = None
    start_time: str | None = None
    registration_time: str | None = None
    config_version: ConfigurationVersions = ConfigurationVersions()
    last_deployment_details: Deployment | None = None
    links: Links = ()

    @property
    def host(self) -> str:
        """The uid of its host, which a single one tells by its links alone."""
        found = (_SYSTEM.search(one.rel) for one in linked(self.links))
        return self.system_uid or next((it[1] for it in found if it), "")

    @property
    def nginx(self) -> str:
        """The version of NGINX, wherever it is told."""
        return self.version or self.build.version

    @property
    def name(self) -> str:
        """Both uids, for its own is not enough to find it."""
        return f"{self.host}/{self.uid}"

    @property
    def title(self) -> str:
        """The name that people gave it."""
        return self.display_name or self.uid

    @property
    def creation_time(self) -> str | None:
        """When it was registered."""
        return self.registration_time

    @property
    def tag_sets(self) -> list[dict[str, str]]:
        """The tags by which dataplanes are chosen: an instance has none."""
        return []

    @property
    def network(self) -> Networking:
        """Its ports and what kind of gateway it is, of which nothing is told."""
        return Networking()

    @property
    def dataplane_insight(self) -> None:
        """Its connections to a control plane: it has none of that sort."""
        return None

    @property
    def is_overview(self) -> bool:
        """Whether it was read together with its insight: it always is."""
        return True

    @property
    def status(self) -> str:
        """How it is doing, by the word of its agent."""
        return _STATES.get(self.report.state.lower(), DataplaneStatus.UNKNOWN)


class Member(Wire, frozen=True):
    """An instance of a group, by its uids."""

    uid: str = ""
    system_uid: str = ""


class InstanceGroup(Managed, frozen=True):
    """Instances that have one configuration."""

    own_name: str = msgspec.field(default="", name="name")
    instances: tuple[Member, ...] = ()

    @property
    def title(self) -> str:
        """The name that people gave it."""
        return self.display_name or self.own_name or self.uid
