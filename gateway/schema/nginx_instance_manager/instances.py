"""Instances: NGINX processes, which stand among the dataplanes of all products."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import strawberry

from gateway.errors import MeshgateError
from gateway.model.nginx_instance_manager import instances as model
from gateway.model.pages import Listing, Page
from gateway.model.resources import Resource
from gateway.schema.context import Info
from gateway.schema.dataplanes import Dataplane, zones_of
from gateway.schema.described import described
from gateway.schema.hops import alone, together
from gateway.schema.nginx_instance_manager import analytics
from gateway.schema.nginx_instance_manager.certificates import NginxCertificate
from gateway.schema.nginx_instance_manager.configurations import (
    Authored,
    NginxConfiguration,
    OfVersion,
    configuration,
)
from gateway.schema.nginx_instance_manager.deployments import NginxDeployment, deployment
from gateway.schema.nginx_instance_manager.groups import NginxInstanceGroup
from gateway.schema.nginx_instance_manager.managed import NginxManaged
from gateway.schema.nginx_instance_manager.systems import NginxSystem
from gateway.schema.scalars import DateTime, moment
from gateway.schema.subscriptions import ComponentVersion
from gateway.schema.views import shows, view
from gateway.upstreams.nginx_instance_manager import InstanceManager
from gateway.upstreams.nginx_instance_manager.analytics import metrics as metrics_query
from gateway.upstreams.nginx_instance_manager.filters import Condition, Operator

Find = Callable[[model.Instance], Any]


async def groups_of(instances: Sequence["NginxInstance"], info: Info) -> list[Any]:
    """The group of each, from the list of all: it names its group, or the group names it."""

    def finding(page: Page) -> Find:
        by_uid = {row.content.uid: row for row in page.rows}
        members = {
            f"{it.system_uid}/{it.uid}": row for row in page.rows for it in row.content.instances
        }

        def find(one: model.Instance) -> Any:
            named = by_uid.get(one.config_version.instance_group.uid)
            row = named or members.get(one.name)
            return view(row) if row is not None else None

        return find

    return await _found_in_lists(instances, info, "InstanceGroup", finding)


async def certificates_of(instances: Sequence["NginxInstance"], info: Info) -> list[Any]:
    """The certificates of each, from the list of all."""

    def finding(page: Page) -> Find:
        owned: defaultdict[str, list[Resource]] = defaultdict(list)
        for row in page.rows:
            for name in row.content.instances:
                owned[name].append(row)
        return lambda one: [view(row) for row in owned.get(one.name, ())]

    return await _found_in_lists(instances, info, "Certificate", finding)


async def _found_in_lists(
    instances: Sequence["NginxInstance"], info: Info, kind: str, finding: Callable[[Page], Find]
) -> list[Any]:
    """What each finds in the list of a kind of its own control plane, or the error of that list."""
    finds: dict[str, Find | MeshgateError] = {}
    for name in {one.resource.upstream for one in instances}:
        try:
            page = await info.context.loaders.page(Listing(name, kind))
            finds[name] = page.broken[0] if page.broken else finding(page)
        except MeshgateError as error:
            finds[name] = error
    found = [(finds[one.resource.upstream], one.content) for one in instances]
    return [how if isinstance(how, MeshgateError) else how(content) for how, content in found]


@described
@strawberry.type
class NginxBuild:
    """Which NGINX an instance is."""

    content: strawberry.Private[model.Build]

    @strawberry.field
    def nginx_plus(self) -> bool | None:
        """Whether it is NGINX Plus."""
        return self.content.nginx_plus

    @strawberry.field
    def release(self) -> str | None:
        """The release of NGINX Plus."""
        return self.content.release or None

    @strawberry.field
    def version(self) -> str | None:
        """The version of NGINX."""
        return self.content.version or None


@described
@strawberry.type
class NginxConfigurationVersion(Authored):
    """A configuration that an instance has had."""

    content: strawberry.Private[model.ConfigurationVersion]

    @strawberry.field
    def uid(self) -> str | None:
        """The uid that Instance Manager gave it."""
        return self.content.uid or None

    @strawberry.field
    def hash(self) -> str | None:
        """The hash of its content."""
        return self.content.version_hash or None

    @strawberry.field
    def created_at(self) -> DateTime | None:
        """When it came."""
        return moment(self.content.create_time)


@shows("NginxInstance")
@described
@strawberry.type
class NginxInstance(NginxManaged, Dataplane):
    """An NGINX process that an agent manages."""

    @strawberry.field
    def status_reasons(self) -> list[str]:
        """Why it is not online; empty where it is."""
        return reasons(self.content.report)

    @strawberry.field
    def raw_status(self) -> str | None:
        """How it is doing, in Instance Manager's own word."""
        return self.content.report.state or None

    @strawberry.field
    def last_status_report(self) -> DateTime | None:
        """When its agent last said how it is doing."""
        return moment(self.content.report.last_status_report)

    @strawberry.field
    def address(self) -> str | None:
        """The address under which others reach it: Instance Manager tells none."""
        return None

    @strawberry.field
    @together(zones_of)
    async def system(self, info: Info) -> NginxSystem | None:
        """The host on which it runs, which is its zone."""
        return await alone(zones_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    def system_uid(self) -> str:
        """The uid of the host on which it runs."""
        return self.content.host  # type: ignore[no-any-return]

    @strawberry.field
    def versions(self) -> list[ComponentVersion]:
        """The NGINX that it is."""
        return components(self.content)

    @strawberry.field
    def build(self) -> NginxBuild:
        """The NGINX that it is, more exactly."""
        return NginxBuild(content=self.content.build)

    @strawberry.field
    def config_path(self) -> str | None:
        """The path of its configuration."""
        return self.content.config_path or None

    @strawberry.field
    def process_path(self) -> str | None:
        """The path of its program."""
        return self.content.process_path or None

    @strawberry.field
    def started_at(self) -> DateTime | None:
        """When its process began."""
        return moment(self.content.start_time)

    @strawberry.field
    @together(groups_of)
    async def instance_group(self, info: Info) -> NginxInstanceGroup | None:
        """The group with which it shares a configuration."""
        return await alone(groups_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    @together(certificates_of)
    async def certificates(self, info: Info) -> list[NginxCertificate] | None:
        """The certificates that are kept for it."""
        return await alone(certificates_of, self, info)  # type: ignore[no-any-return]

    @strawberry.field
    def configuration_versions(self) -> list[NginxConfigurationVersion]:
        """The configurations that it has had, as far as they are told."""
        found = self.content.config_version.versions
        return [NginxConfigurationVersion(content=one) for one in found]

    @strawberry.field
    def last_deployment(self) -> NginxDeployment | None:
        """What was last published to it, where Instance Manager tells."""
        return deployment(self.content.last_deployment_details)

    @strawberry.field
    async def configuration(
        self, info: Info, external_id: OfVersion = None
    ) -> NginxConfiguration | None:
        """The files that it runs with; a call for each instance."""
        return await configuration(info, self.resource.key, external_id)

    @strawberry.field
    async def metrics(
        self,
        info: Info,
        names: analytics.MetricNames,
        aggregation: analytics.Aggregated = None,
        start_time: analytics.Start = None,
        end_time: analytics.End = None,
        resolution: analytics.Resolution = None,
    ) -> list[analytics.NginxMetric] | None:
        """What was measured of it, by the dimension `nginx_id`; a call for each instance."""
        own = Condition("nginx_id", Operator.EQUALS, (self.content.uid,))
        within = analytics.window(start_time, end_time)
        query = metrics_query(names, aggregation, within, (own,), resolution=resolution)
        upstream = info.context.of_product(self.resource.upstream, InstanceManager)
        found = await upstream.metrics(query, info.context.operation)
        return [analytics.NginxMetric(content=one) for one in found]


def reasons(report: model.Report) -> list[str]:
    """Why an instance is not online."""
    if report.state.lower() == "online":
        return []
    return [f"its agent says {report.state}" if report.state else "its agent says nothing"]


def components(instance: model.Instance) -> list[ComponentVersion]:
    """NGINX as a component."""
    if not instance.nginx:
        return []
    return [
        ComponentVersion(
            component="nginx",
            version=instance.nginx,
            git_tag=None,
            git_commit=None,
            build_date=None,
            build=instance.build.release or None,
        )
    ]
