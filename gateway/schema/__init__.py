"""What clients see: a file per noun, every type a view on the model."""

import functools

import strawberry

from gateway.schema.mutation import Mutation
from gateway.schema.policies import policy_types
from gateway.schema.query import Query
from gateway.schema.resources import resource_types
from gateway.schema.scalars import CONFIG
from gateway.schema.views import VIEWS


@functools.cache
def build() -> strawberry.Schema:
    """The schema: the roots, and every type that only an interface leads to."""
    types = {*VIEWS.values(), *policy_types(), *resource_types()}
    ordered = sorted(types, key=lambda one: one.__name__)
    return strawberry.Schema(query=Query, mutation=Mutation, types=ordered, config=CONFIG)
