"""A view, asked by a plan and by graphql-core; and what the plan made of it."""

from functools import partial
from typing import Any

import strawberry
from graphql import OperationDefinitionNode, parse
from strawberry.schema.config import StrawberryConfig

from gateway.execution.compile import Compiler, plan
from gateway.execution.documents import Documents
from gateway.execution.failures import Failures
from gateway.execution.objects import origin_of
from gateway.execution.requests import GraphQLRequest
from gateway.execution.run import Engine
from gateway.execution.selections import ALWAYS, asked
from gateway.execution.symbols import Code
from gateway.execution.ways import Made
from gateway.execution.writing import Writer

FAILURES = Failures(lambda _fault, _request: None)


def schema_of(cls: Any, *types: Any, scalars: dict[Any, Any] | None = None) -> strawberry.Schema:
    """A schema whose root leads to `it`, the context of an operation, and to a list of it."""

    def it(info: strawberry.Info[Any, None]) -> Any:
        return info.context

    def them(info: strawberry.Info[Any, None]) -> Any:
        return [info.context, info.context]

    it.__annotations__["return"] = cls | None
    them.__annotations__["return"] = list[cls]
    fields = {"it": strawberry.field(resolver=it), "them": strawberry.field(resolver=them)}
    config = StrawberryConfig(scalar_map=scalars or {})
    return strawberry.Schema(strawberry.type(type("Query", (), fields)), types=types, config=config)


def planning(schema: strawberry.Schema) -> Engine:
    """What runs operations by plans."""
    core = schema._schema
    return Engine(core, Documents(core, planner=partial(plan, schema)), FAILURES)


async def answers(
    schema: strawberry.Schema, view: object, text: str, variables: dict[str, Any] | None = None
) -> tuple[bytes, bytes]:
    """What a plan and what graphql-core says of a view."""
    core = schema._schema
    request = GraphQLRequest(text, variables)
    mine = await planning(schema).run(request, view)
    its = await Engine(core, Documents(core), FAILURES).run(request, view)
    return mine.encoded(), its.encoded()


async def answer(
    view: Any, selection: str, *types: Any, scalars: dict[Any, Any] | None = None
) -> bytes:
    """What both say of a selection of a view, alone and twice in a list."""
    schema = schema_of(view.__class__, *types, scalars=scalars)
    mine, its = await answers(schema, view, f"{{ it {selection} them {selection} }}")
    assert mine == its
    return mine


def compiler(schema: strawberry.Schema, text: str) -> Compiler:
    """What compiles the first operation of a document."""
    document = parse(text)
    [operation] = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    assert schema._schema.query_type is not None
    fragments: Any = {it.name.value: it for it in document.definitions if it is not operation}  # type: ignore[attr-defined]
    whole = ((operation.selection_set, ALWAYS),)
    return Compiler(schema, fragments, schema._schema.query_type, whole)


def made(cls: Any, selection: str, *types: Any, scalars: dict[Any, Any] | None = None) -> Made:
    """How views of a class are completed."""
    schema = schema_of(cls, *types, scalars=scalars)
    one = compiler(schema, f"{{ it {selection} }}")
    [it] = asked(schema._schema, {}, *one.whole)
    kind: Any = schema._schema.type_map[cls.__strawberry_definition__.name]
    return one.made(kind, it.selections)


def called(cls: Any, selection: str, scalars: dict[Any, Any] | None = None) -> set[str]:
    """The fields of a selection whose resolvers are called: no plan reads them."""
    schema = schema_of(cls, scalars=scalars)
    one = compiler(schema, f"{{ it {selection} }}")
    [it] = asked(schema._schema, {}, *one.whole)
    kind: Any = schema._schema.type_map[cls.__strawberry_definition__.name]
    writer = Writer(one._selected, one.ways)
    fields = asked(schema._schema, {}, kind, it.selections)
    value = Code("value", origin_of(kind), frozenset({()}), exact=True)
    return {field.name for field in writer.whole(value, kind, fields)}


def read(cls: Any, selection: str) -> set[str] | None:
    """What is read of a view, as dotted paths; None for all of it."""
    found = made(cls, selection).reads
    return None if found is None else {".".join(path) for path in found}
