"""Deployments: a configuration on its way to instances, and what became of it on each."""

from typing import Any

import msgspec
import strawberry

from gateway.model.nginx_instance_manager import deployments as model
from gateway.schema.described import described
from gateway.schema.scalars import JSON, DateTime, moment


@described
@strawberry.type
class NginxDeploymentFailure:
    """An instance on which a deployment failed."""

    content: strawberry.Private[model.Published]

    @strawberry.field
    def name(self) -> str:
        """The instance's name, as Instance Manager says it here."""
        return self.content.name

    @strawberry.field
    def message(self) -> str | None:
        """Why it failed."""
        return self.content.fail_message or None


@described
@strawberry.type
class NginxDeployment:
    """A configuration on its way to instances."""

    content: strawberry.Private[model.Deployment]

    @strawberry.field
    def uid(self) -> str:
        """The uid that Instance Manager gave it."""
        return self.content.id

    @strawberry.field
    def status(self) -> str | None:
        """How it is doing, in Instance Manager's own word: `successful`, `failed`, …"""
        return self.content.status or None

    @strawberry.field
    def settled(self) -> bool:
        """Whether nothing is pending any more."""
        return self.content.is_settled

    @strawberry.field
    def message(self) -> str | None:
        """What Instance Manager says of it."""
        return self.content.message or None

    @strawberry.field
    def created_at(self) -> DateTime | None:
        """When it began."""
        return moment(self.content.create_time)

    @strawberry.field
    def updated_at(self) -> DateTime | None:
        """When it last went on."""
        return moment(self.content.update_time)

    @strawberry.field
    def succeeded(self) -> list[str]:
        """The names of the instances that have it."""
        return [one.name for one in self.content.details.success]

    @strawberry.field
    def failed(self) -> list[NginxDeploymentFailure]:
        """The instances on which it failed."""
        return [NginxDeploymentFailure(content=one) for one in self.content.details.failure]

    @strawberry.field
    def pending(self) -> list[str]:
        """The names of the instances that it is still to reach."""
        return [one.name for one in self.content.details.pending]

    @strawberry.field
    def error(self) -> JSON | None:
        """What went wrong as a whole; JSON that comes as a text is read."""
        return error(self.content.details.error)


def error(found: Any) -> JSON | None:
    """The error of a deployment: what a text holds as JSON, or what came."""
    if isinstance(found, str):
        try:
            found = msgspec.json.decode(found)
        except (msgspec.DecodeError, RecursionError):
            return JSON(found) if found else None
    return None if found is None else JSON(found)


def deployment(found: model.Deployment | None) -> NginxDeployment | None:
    """The view of a deployment."""
    return None if found is None else NginxDeployment(content=found)
