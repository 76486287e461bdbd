"""What clients see: a file per noun, every type a view on the model."""

import functools

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
)

from gateway.schema.policies import policy_types
from gateway.schema.query import Query
from gateway.schema.resources import resource_types
from gateway.schema.scalars import CONFIG
from gateway.schema.views import VIEWS
from gateway.schema.writes import Mutation


@functools.cache
def build() -> strawberry.Schema:
    """The schema: the roots, and every type that only an interface leads to."""
    types = {*VIEWS.values(), *policy_types(), *resource_types()}
    ordered = sorted(types, key=lambda one: one.__name__)
    schema = strawberry.Schema(query=Query, mutation=Mutation, types=ordered, config=CONFIG)
    leave_out_nulls(schema._schema)
    say_one_of(schema._schema)
    return schema


def say_one_of(schema: GraphQLSchema) -> None:
    """Let introspection and validation know of `@oneOf`, which Strawberry prints and no more."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            definition = kind.extensions["strawberry-definition"]
            kind.is_one_of = bool(definition.is_one_of)


def leave_out_nulls(schema: GraphQLSchema) -> None:
    """Say nothing of defaults that are null: to leave an argument out means no more than that."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            given = list(kind.fields.values())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            given = [one for field in kind.fields.values() for one in field.args.values()]
        else:
            continue
        for one in given:
            if one.default_value is None:
                one.default_value = Undefined
