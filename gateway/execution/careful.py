"""The careful functions: they call a field's resolver and look at whatever comes back."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    get_nullable_type,
)
from strawberry.types.field import StrawberryField

from gateway.execution.arguments import arguments_of
from gateway.execution.completion import completion, no_null, or_null
from gateway.execution.hops import Hop, many_of
from gateway.execution.progress import Complete
from gateway.execution.selections import Asked, Unplannable
from gateway.execution.ways import met

if TYPE_CHECKING:
    from gateway.execution.compile import Compiler

_AS_IT_IS: dict[str, str] = {
    "String": "found.__class__ is str",
    "ID": "found.__class__ is str",
    "Boolean": "found.__class__ is bool",
    "Int": f"found.__class__ is int and {GRAPHQL_MIN_INT} <= found <= {GRAPHQL_MAX_INT}",
}
"""The scalars whose values go out as they are, if this holds of them."""


def function(
    compiler: "Compiler", kind: GraphQLObjectType, fields: Sequence[Asked], *, alone: bool = False
) -> Complete:
    """The function that completes objects of a type, field by field; `alone` is what Selected has
    of that name."""
    names = compiler.names() | {"alone": alone}
    text = ["def complete(value, progress, place):", "    out = {}"]
    if kind.is_type_of:
        names["fitting"] = Fitting(kind)
        text.append("    fitting[value.__class__] or fitting.look(value)")
    text += [*lines(compiler, kind, fields, names), "    return out"]
    exec(compile("\n".join(text), f"<plan of {kind.name}>", "exec"), names)
    made: Complete = names["complete"]
    return made


def lines(
    compiler: "Compiler", kind: GraphQLObjectType, fields: Sequence[Asked], names: dict[str, Any]
) -> list[str]:
    """The source of what puts fields into `out`; `names` is given what it needs."""
    found: list[str] = []
    for number, field in enumerate(fields):
        names[f"asked{number}"] = field
        source = _field(compiler, kind, field, number, names)
        if field.condition:
            found.append(f"    if progress.flags[asked{number}.condition]:")
            source = [f"    {line}" for line in source]
        found += [f"    {line}" for line in source]
    return found


def _field(
    compiler: "Compiler", kind: GraphQLObjectType, field: Asked, number: int, names: dict[str, Any]
) -> list[str]:
    key = repr(field.key)
    if field.name == "__typename":
        return [f"out[{key}] = {kind.name!r}"]
    if field.name.startswith("__"):
        raise Unplannable("introspection")
    row = kind.fields[field.name]
    nullable = not isinstance(row.type, GraphQLNonNull)
    where = f"(place, {key}, out, {nullable})"
    if many_of(row):
        names[f"hop{number}"] = hop_of(compiler, kind, field)
        return [f"out[{key}] = None", f"progress.meet(hop{number}).append((value, {where}))"]
    complete = completion(compiler, kind.name, field, row.type)
    names[f"complete{number}"] = complete
    names[f"awaited{number}"] = or_null(complete, kind.name, field, nullable=nullable)
    names[f"no_null{number}"] = partial(no_null, kind.name, field)
    null = f"out[{key}] = None" if nullable else "raise Nulled from None"
    exact = _AS_IT_IS.get(str(get_nullable_type(row.type)))
    as_it_is = [f"    if {exact}:", f"        out[{key}] = found"]
    if_null = f"out[{key}] = None" if nullable else f"raise no_null{number}()"
    return [
        "try:",
        f"    found = {_call(compiler, row, number, names, where)}",
        *(as_it_is if exact else ()),
        f"    {'elif' if exact else 'if'} found is None:",
        f"        {if_null}",
        "    elif unusual[found.__class__]:",
        f"        progress.later(found, awaited{number}, asked{number}, {where})",
        f"        out[{key}] = None",
        "    else:",
        f"        out[{key}] = complete{number}(found, progress, {where})",
        "except Nulled:",
        f"    {null}",
        "except Exception as error:",
        f"    progress.fail(error, asked{number}, {where})",
        f"    {null}",
    ]


def _call(
    compiler: "Compiler", row: GraphQLField, number: int, names: dict[str, Any], where: str
) -> str:
    """The source text of a field's value."""
    field: StrawberryField = row.extensions["strawberry-definition"]
    resolver = field.base_resolver
    if field.extensions or (resolver and resolver.parent_parameter):
        raise Unplannable("what stands around a resolver")
    if resolver is None:
        return f"value.{field.python_name}"
    names[f"resolve{number}"] = resolver.wrapped_func
    given = ["value"] if resolver.self_parameter else []
    if resolver.info_parameter:
        varies = names[f"asked{number}"].varies
        nodes = f"asked{number}.held(progress.flags)" if varies else f"asked{number}.nodes"
        kept = None if varies else "kept"
        selected = f"Selected({nodes}, fragments, {where}, reads, {kept}, alone)"
        given.append(f"{resolver.info_parameter.name}=Info(progress.context, {selected})")
    if row.args:
        names[f"arguments{number}"] = arguments_of(
            row, names[f"asked{number}"].nodes[0], compiler.schema.schema_converter
        )
        given.append(f"**progress.once(arguments{number})")
    return f"resolve{number}({', '.join(given)})"


class Fitting(dict[type, bool]):
    """The classes whose values are of an object type, each looked at once."""

    def __init__(self, kind: GraphQLObjectType) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, cls: type) -> bool:
        return False

    def look(self, value: Any) -> None:
        """Learn from a value; raises TypeError where it is of another type."""
        is_type_of: Any = self._kind.is_type_of
        if not is_type_of(value, None):
            raise TypeError(f"{value.__class__.__name__} is no {self._kind}")
        self[value.__class__] = True


def hop_of(compiler: "Compiler", kind: GraphQLObjectType, field: Asked) -> Hop:
    """The hop that a field is."""
    row = kind.fields[field.name]
    nullable = not isinstance(row.type, GraphQLNonNull)
    complete = completion(compiler, kind.name, field, row.type)
    awaited = or_null(complete, kind.name, field, nullable=nullable)
    quick = met(compiler, row.type, field)
    return Hop(many_of(row), awaited, field, compiler.fragments, compiler.reads, quick)
