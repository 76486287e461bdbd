"""What failed, beside the part of an answer that stands."""

import strawberry

from gateway.errors import MeshgateError, Unsupported
from gateway.schema.context import Info
from gateway.schema.described import described


@described
@strawberry.type
class Failure:
    """Whose part of a list is missing, and why.

    A fault is in `errors` too; what is merely not to be had there is here alone.
    """

    control_plane: str = strawberry.field(description="The name of the control plane.")
    code: str = strawberry.field(description="The code, as in `errors[].extensions.code`.")
    message: str = strawberry.field(description="What went wrong, for people.")


def failure(error: MeshgateError, upstream: str, info: Info) -> Failure:
    """A failure for a list; it is put into `errors` as well where it is a fault."""
    if not isinstance(error, Unsupported):
        info.context.fault(error, info)
    return Failure(control_plane=upstream, code=error.code, message=error.message)
