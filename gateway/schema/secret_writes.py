"""Secrets written and deleted: by names of their own, since nothing else may show them."""

import base64
import binascii
from typing import Annotated

import strawberry

from gateway.errors import BadUserInput
from gateway.model.changes import Apply, Delete
from gateway.model.kinds import Noun
from gateway.schema import inputs, payloads, spelling
from gateway.schema.context import Info
from gateway.schema.described import described
from gateway.schema.filters import LabelInput
from gateway.schema.mutation import write, writing
from gateway.schema.pairs import pairs
from gateway.schema.secrets import KumaGlobalSecret, KumaSecret

_GIVEN = strawberry.argument(description="What to write, and where.")


@strawberry.input
class OfSecret(inputs.Named):
    """A write of a secret, by its name."""

    mesh: str | None = strawberry.field(
        default=None,
        description="The name of the mesh whose secret it is; one of the control plane's own "
        "where it is left out.",
    )


@described
@strawberry.input
class ApplySecretInput(OfSecret):
    """A secret to create, or to replace as a whole: give one of `text` and `base64`."""

    text: str | None = strawberry.field(
        default=None, description="What is in it, as plain text; it is stored as UTF-8."
    )
    base64: str | None = strawberry.field(
        default=None, description="What is in it, in base64: whatever is no text."
    )
    labels: list[LabelInput] | None = strawberry.field(
        default=None, description="All of its labels. Kuma 2.6 or later."
    )


@described
@strawberry.input
class DeleteSecretInput(OfSecret):
    """A secret to delete."""


@described
@strawberry.type
class ApplySecretPayload(payloads.OfResource, payloads.WritePayload):
    """What became of a secret."""

    @strawberry.field
    async def secret(self, info: Info) -> KumaSecret | None:
        """It as it is now stored, where it is a mesh's."""
        return await self.stored(info) if self.key.mesh else None

    @strawberry.field
    async def global_secret(self, info: Info) -> KumaGlobalSecret | None:
        """It as it is now stored, where it is the control plane's own."""
        return None if self.key.mesh else await self.stored(info)


def kind_of(given: OfSecret) -> str:
    """The kind of a secret: of a mesh, or of the control plane."""
    return "GlobalSecret" if given.mesh is None else "Secret"


def encoded(given: ApplySecretInput) -> str:
    """What is to be in a secret, in base64; the message of an error never holds any of it."""
    if (given.text is None) == (given.base64 is None):
        raise BadUserInput("what is in the secret is given as `text` or as `base64`, one of them")
    if given.text is not None:
        try:
            return base64.b64encode(given.text.encode()).decode()
        except UnicodeEncodeError:
            raise BadUserInput("`text` is no text that UTF-8 could hold") from None
    try:
        # Line ends, as tools write them, are no part of it.
        plain = "".join((given.base64 or "").split())
        return base64.b64encode(base64.b64decode(plain, validate=True)).decode()
    except (binascii.Error, ValueError):
        raise BadUserInput("`base64` is not base64; plain text is given as `text`") from None


@described
@strawberry.type
class SecretMutation:
    """The writes of secrets."""

    @strawberry.mutation
    async def apply_secret(
        self, info: Info, input: Annotated[ApplySecretInput, _GIVEN]
    ) -> ApplySecretPayload | None:
        """Create a secret of a mesh or of the control plane, or replace it as a whole.

        What is in it is given as plain text or as base64.
        """
        data = encoded(input)
        to = await writing(info, input.control_plane, kind_of(input), Noun.SECRET)
        key = to.key(input.mesh, input.name)
        body = spelling.said(
            type=to.kind.name,
            mesh=key.mesh,
            name=key.name,
            labels=pairs(input.labels),
            data=data,
        )
        change, mutation = Apply(key, body), input.client_mutation_id
        return await write(
            info, to.upstream, change, ApplySecretPayload, mutation, ("data", "text", "base64")
        )

    @strawberry.mutation
    async def delete_secret(
        self, info: Info, input: Annotated[DeleteSecretInput, _GIVEN]
    ) -> payloads.DeletePayload | None:
        """Delete a secret of a mesh or of the control plane."""
        to = await writing(info, input.control_plane, kind_of(input), Noun.SECRET)
        change, mutation = Delete(to.key(input.mesh, input.name)), input.client_mutation_id
        return await write(info, to.upstream, change, payloads.DeletePayload, mutation, ())
