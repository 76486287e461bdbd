"""Every write as one root: of resources, of secrets, and the making of tokens."""

import strawberry

from gateway.schema import mutation
from gateway.schema.described import described
from gateway.schema.secret_writes import SecretMutation
from gateway.schema.token_writes import TokenMutation


@described
@strawberry.type
class Mutation(mutation.Mutation, SecretMutation, TokenMutation):
    """Everything that can be written; an apply creates, or replaces as a whole."""
