"""Users, roles, and the groups of things that roles are for."""

from typing import Any

import msgspec
import strawberry

from gateway.model.nginx_instance_manager import access as model
from gateway.schema import masks
from gateway.schema.described import described
from gateway.schema.nginx_instance_manager.managed import NginxManaged
from gateway.schema.scalars import JSON
from gateway.schema.views import shows


@strawberry.type
class _Described(NginxManaged):
    """Something that Instance Manager describes in metadata, with a definition beside them."""

    @strawberry.field
    def uid(self) -> str | None:
        """The uid that Instance Manager gave it."""
        return self.content.metadata.uid or None

    @strawberry.field
    def description(self) -> str | None:
        """What people say of it."""
        return self.content.metadata.description or None

    @strawberry.field
    def definition(self) -> JSON | None:
        """What it is made of, as Instance Manager says it; a password is masked."""
        return definition(masks.raw(self.resource))


@shows("NginxUser")
@described
@strawberry.type
class NginxUser(_Described):
    """Someone who may use Instance Manager."""


@shows("NginxRole")
@described
@strawberry.type
class NginxRole(_Described):
    """What users may do, by features and the things that they are for."""


def definition(found: Any) -> JSON | None:
    """The member of a body beside its metadata that holds the rest: `userDef`, `roleDef`."""
    body = msgspec.json.decode(found) if isinstance(found, msgspec.Raw) else found
    return next((JSON(value) for key, value in body.items() if key.endswith("Def")), None)


@described
@strawberry.type
class NginxResourceGroupItem:
    """One thing of a resource group."""

    content: strawberry.Private[model.ResourceObject]

    @strawberry.field
    def name(self) -> str:
        """Its name."""
        return self.content.name

    @strawberry.field
    def object(self) -> str | None:
        """What it is: `Systems`, …"""
        return self.content.object or None

    @strawberry.field
    def module(self) -> str | None:
        """The module that keeps it."""
        return self.content.module or None

    @strawberry.field
    def uid(self) -> str | None:
        """Its uid."""
        return self.content.uid or None


@shows("NginxResourceGroup")
@described
@strawberry.type
class NginxResourceGroup(NginxManaged):
    """Things that roles give rights to together."""

    @strawberry.field
    def items(self) -> list[NginxResourceGroupItem]:
        """What is in it, as far as the list of groups tells."""
        return [NginxResourceGroupItem(content=one) for one in self.content.resources]
