"""What everything has that Instance Manager keeps, beside what every resource has."""

import strawberry

from gateway.schema.described import described
from gateway.schema.resources import Resource


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
