"""Tokens made: for proxies, for zones and for users, by each version's own way."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from gateway.errors import BadUserInput
from gateway.model import tokens as model
from gateway.model.changes import Outcome, Written
from gateway.model.confs.parts import Duration
from gateway.model.durations import seconds
from gateway.schema import inputs, payloads
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.scalars import DateTime

_GIVEN = strawberry.argument(description="What the token is for, and who makes it.")


@described
@strawberry.input
class TokenTagInput:
    """A tag that a dataplane has to have, with the values that it may have."""

    key: str = strawberry.field(description="The tag's key, such as `kuma.io/service`.")
    values: list[str] = strawberry.field(description="The values, of which it has one.")


@strawberry.input
class Lasting(inputs.Write):
    """A token that may end."""

    valid_for: Duration | None = strawberry.field(
        default=None,
        description="How long it is good; ten years if left out, or for ever before Kuma 1.4.",
    )


@described
@strawberry.input
class CreateDataplaneTokenInput(Lasting):
    """A token with which a proxy proves that it is a dataplane of a mesh."""

    mesh: str = strawberry.field(description="The name of the mesh.")
    name: str | None = strawberry.field(
        default=None, description="For the dataplane of this name alone."
    )
    tags: list[TokenTagInput] | None = strawberry.field(
        default=None, description="For dataplanes with these tags alone."
    )
    type: str | None = strawberry.field(
        default=None, description="For this type of proxy alone: dataplane, or ingress before 1.2."
    )
    workload: str | None = strawberry.field(
        default=None, description="For dataplanes of this workload alone. Kuma 2.13 or later."
    )


@described
@strawberry.input
class CreateZoneTokenInput(Lasting):
    """A token with which the proxies of a zone prove whose they are. Kuma 1.2 or later."""

    zone: str = strawberry.field(description="The zone's name; the control plane checks none.")
    scope: list[str] | None = strawberry.field(
        default=None,
        description="What it is good for: ingress, egress, … Kuma 1.8 to 2 want one at least; "
        "before, it is ingress.",
    )


@described
@strawberry.input
class CreateUserTokenInput(inputs.Write):
    """A token with which somebody asks the control plane's own API. Kuma 1.4 or later."""

    name: str = strawberry.field(description="The user's name.")
    groups: list[str] | None = strawberry.field(
        default=None,
        description="The groups that the user is in; mesh-system:admin is all-powerful.",
    )
    valid_for: Duration = strawberry.field(description="How long it is good.")


@described
@strawberry.type
class TokenPayload(payloads.WritePayload):
    """A token that was made; it is shown here and kept nowhere."""

    made: strawberry.Private[model.Token]

    @strawberry.field
    def token(self) -> str:
        """The token itself: whoever has it is taken for whom it names."""
        return self.made.text

    @strawberry.field
    def expires_at(self) -> DateTime | None:
        """When it ends, as the token says; null where it never does."""
        at = self.made.expires_at
        try:
            return None if at is None else DateTime(datetime.fromtimestamp(at, UTC).isoformat())
        except (OverflowError, ValueError, OSError):
            # A time that no calendar has is as good as never; the token itself is good.
            return None


async def issued(
    info: Info, given: inputs.Write, kind: str, order: model.TokenOrder
) -> TokenPayload:
    """A new token. Raises what stands in its way.

    `kind` is one that the control plane stores where the token could be made.
    """
    if order.valid_for is not None and seconds(order.valid_for) <= 0:
        raise BadUserInput("`validFor` is above zero: the token would have ended already")
    upstream = await info.context.only(given.control_plane, kind)
    made = await upstream.issue(order, info.context.operation)
    endless = order.valid_for is not None and made.expires_at is None
    warnings = ("the token does not say when it ends, though validFor was given",)
    written = Written(Outcome.CREATED, warnings if endless else ())
    return TokenPayload(written=written, mutation=given.client_mutation_id, made=made)


def tags(given: list[TokenTagInput] | None) -> dict[str, tuple[str, ...]] | None:
    """Tags as an object; raises BadUserInput where a key comes twice."""
    found = None if given is None else {one.key: tuple(one.values) for one in given}
    if found is not None and len(found) < len(given or ()):
        raise BadUserInput("a tag is given twice; give all of its values at once")
    return found


@described
@strawberry.type
class TokenMutation:
    """The making of tokens."""

    @strawberry.mutation
    async def create_dataplane_token(
        self, info: Info, input: Annotated[CreateDataplaneTokenInput, _GIVEN]
    ) -> TokenPayload | None:
        """Have a token made for dataplanes of a mesh; by default for administrators alone."""
        order = model.DataplaneToken(
            mesh=input.mesh,
            name=input.name,
            tags=tags(input.tags),
            type=input.type,
            workload=input.workload,
            valid_for=input.valid_for,
        )
        return await issued(info, input, "Dataplane", order)

    @strawberry.mutation
    async def create_zone_token(
        self, info: Info, input: Annotated[CreateZoneTokenInput, _GIVEN]
    ) -> TokenPayload | None:
        """Have a token made for a zone's proxies; by default for administrators alone."""
        scope = None if input.scope is None else tuple(input.scope)
        order = model.ZoneToken(zone=input.zone, scope=scope, valid_for=input.valid_for)
        return await issued(info, input, "Zone", order)

    @strawberry.mutation
    async def create_user_token(
        self, info: Info, input: Annotated[CreateUserTokenInput, _GIVEN]
    ) -> TokenPayload | None:
        """Have a token made for a user; by default for administrators alone."""
        groups = None if input.groups is None else tuple(input.groups)
        order = model.UserToken(name=input.name, groups=groups, valid_for=input.valid_for)
        return await issued(info, input, "GlobalSecret", order)
