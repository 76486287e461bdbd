"""What everything has that Instance Manager keeps, beside what every resource has."""

from typing import Any

import strawberry

from gateway.model.pages import Page
from gateway.schema.collecting import collection
from gateway.schema.connections import connection
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.filters import Keep
from gateway.schema.resources import Resource
from gateway.upstreams.base import Adapter


@described
@strawberry.interface
class NginxManaged(Resource):
    """Something that Instance Manager keeps; its name is what its path ends with."""

    @strawberry.field
    def display_name(self) -> str:
        """The name that people gave it."""
        return str(self.content.title)

    @strawberry.field
    def uid(self) -> str | None:
        """The uid that Instance Manager gave it."""
        return self.content.uid or None

    @strawberry.field
    def description(self) -> str | None:
        """What people say of it."""
        return self.content.description or None


async def listed(
    info: Info,
    upstream: Adapter,
    kind: str,
    first: int | None,
    after: str | None,
    keep: Keep = lambda _: True,
) -> Any:
    """Things of one kind that one Instance Manager keeps."""

    async def ask(one: Adapter) -> list[Page]:
        return await collection(info, one, kind)

    return await connection(info, (upstream,), ask, keep=keep, first=first, after=after)
