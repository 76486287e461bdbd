"""Variables and arguments → what resolvers are given, by functions that are made once.

They know what is plainly valid. For anything else they leave it to graphql-core and Strawberry,
which say what is wrong with it, or read it in one of the rarer ways.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING
from typing import Any

from graphql import (
    FieldNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    VariableDefinitionNode,
    VariableNode,
    get_nullable_type,
    is_required_input_field,
    print_ast,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import (
    VariableValues,
    VariableValueSource,
    get_argument_values,
    get_variable_values,
)
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import (
    StrawberryContainer,
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from gateway.execution.progress import Arguments

Convert = Callable[[Any], Any]


class Unplain(Exception):
    """What is not plainly valid, or valid in a rarer way."""


class Variables:
    """The variables of one operation."""

    def __init__(
        self, schema: GraphQLSchema, definitions: Collection[VariableDefinitionNode]
    ) -> None:
        self._schema = schema
        self._definitions = definitions
        self._plain: list[tuple[GraphQLVariableSignature, Convert, bool]] | None = []
        try:
            for definition in definitions:
                signature = get_variable_signature(schema, definition)
                if not isinstance(signature, GraphQLVariableSignature):
                    raise Unplain
                may_be_absent = not (definition.default_value or _required(signature.type))
                self._plain.append((signature, coercion(signature.type), may_be_absent))
        except Unplain:
            self._plain = None

    def values(self, given: Mapping[str, Any], max_errors: int, *, suggestions: bool) -> Any:
        """The coerced values, or the errors that a client made."""
        if not self._definitions:
            return _NONE
        if self._plain is not None:
            try:
                return self._coerced(self._plain, given)
            except Exception:
                # graphql-core says what is wrong, if anything is.
                pass
        return get_variable_values(
            self._schema,
            self._definitions,
            dict(given),
            max_errors=max_errors,
            hide_suggestions=not suggestions,
        )

    def _coerced(
        self, plain: list[tuple[GraphQLVariableSignature, Convert, bool]], given: Mapping[str, Any]
    ) -> VariableValues:
        sources, coerced = {}, {}
        for signature, coerce, may_be_absent in plain:
            name = signature.name
            if name in given:
                coerced[name] = coerce(given[name])
                sources[name] = VariableValueSource(signature, given[name])
            elif may_be_absent:
                sources[name] = VariableValueSource(signature)
            else:
                raise Unplain
        return VariableValues(sources, coerced)


_NONE = VariableValues({}, {})


def coercion(kind: GraphQLInputType, within: tuple[str, ...] = ()) -> Convert:
    """How values of a type are coerced; the function raises where they are not plainly valid.

    Raises Unplain for types that hold themselves: how deep they may go is graphql-core's to say.
    See https://spec.graphql.org/September2025/#sec-Coercing-Variable-Values.
    """
    if isinstance(kind, GraphQLNonNull):
        inner = coercion(kind.of_type, within)

        def coerce_there(value: Any) -> Any:
            if value is None:
                raise Unplain
            return inner(value)

        return coerce_there
    if isinstance(kind, GraphQLList):
        item = coercion(kind.of_type, within)

        def coerce_list(value: Any) -> Any:
            if value is None:
                return None
            if value.__class__ is not list:
                raise Unplain
            return [item(it) for it in value]

        return coerce_list
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind, within)
    leaf = kind.coerce_input_value

    def coerce_leaf(value: Any) -> Any:
        found = None if value is None else leaf(value)
        if found is Undefined:
            raise Unplain
        return found

    return coerce_leaf


def as_given(kind: GraphQLInputType) -> type | None:
    """The class whose values are valid as they are; None where they have to be looked at."""
    nullable = get_nullable_type(kind)
    if nullable is GraphQLString or nullable is GraphQLID:
        return str
    return bool if nullable is GraphQLBoolean else None


def _object(kind: GraphQLInputObjectType, within: tuple[str, ...]) -> Convert:
    if kind.name in within:
        raise Unplain(kind.name)
    deeper = (*within, kind.name)
    fields = {
        name: (field.out_name or name, as_given(field.type), coercion(field.type, deeper))
        for name, field in kind.fields.items()
    }
    required = {name for name, field in kind.fields.items() if is_required_input_field(field)}
    defaults = [
        (field.out_name or name, default)
        for name, field in kind.fields.items()
        if (default := coerce_default_value(field)) is not Undefined
    ]
    one_of, out_type = kind.is_one_of, kind.out_type

    def coerce_object(value: Any) -> Any:
        if value is None:
            return None
        if value.__class__ is not dict:
            raise Unplain
        found: dict[str, Any] = {}
        for name, given in value.items():
            out, exact, coerce = fields[name]
            found[out] = given if given.__class__ is exact else coerce(given)
        if len(found) < len(fields):
            if not required <= value.keys():
                raise Unplain
            for out, default in defaults:
                found.setdefault(out, default)
        if one_of and (len(found) != 1 or None in found.values()):
            raise Unplain
        return out_type(found)

    return coerce_object


def arguments_of(row: GraphQLField, node: FieldNode, converter: GraphQLCoreConverter) -> Arguments:
    """What a field's resolver is given, by the variables of a run."""
    field: StrawberryField = row.extensions["strawberry-definition"]

    def arguments(variables: VariableValues) -> dict[str, Any]:
        values = get_argument_values(row, node, variables)
        return convert_arguments(
            values, field.arguments, converter.scalar_registry, converter.config
        )

    by_variable = {
        it.name.value: it.value.name.value
        for it in node.arguments or ()
        if isinstance(it.value, VariableNode)
    }
    others = [it for it in node.arguments or () if it.name.value not in by_variable]
    if any("$" in print_ast(it.value) for it in others):
        return arguments
    # What the document itself gives is the same in each run.
    fixed = GraphQLField(row.type, {k: v for k, v in row.args.items() if k not in by_variable})
    try:
        values = get_argument_values(
            fixed, FieldNode(name=node.name, arguments=tuple(others)), _NONE
        )
        names = {converter.config.name_converter.from_argument(it): it for it in field.arguments}
        parts = [
            (
                names[name].python_name,
                variable,
                _required(row.args[name].type),
                conversion(names[name].type, converter),
            )
            for name, variable in by_variable.items()
        ]
        constant = convert_arguments(
            values, field.arguments, converter.scalar_registry, converter.config
        )
    except Exception:
        # It is an error of the field, and of each run.
        return arguments
    if not parts:
        return lambda _: constant

    def given(variables: VariableValues) -> dict[str, Any]:
        found = constant.copy()
        coerced = variables.coerced
        for name, variable, required, convert in parts:
            value = coerced.get(variable, Undefined)
            if value is Undefined or (required and value is None):
                return arguments(variables)
            found[name] = convert(value)
        return found

    return given


def _required(kind: GraphQLInputType) -> bool:
    return isinstance(kind, GraphQLNonNull)


def conversion(kind: Any, converter: GraphQLCoreConverter) -> Convert:
    """How coerced values become what a resolver's parameter is annotated with.

    Raises Unplain for the rarer of Strawberry's types.
    """
    if isinstance(kind, StrawberryMaybe):
        raise Unplain
    if isinstance(kind, StrawberryOptional):
        return conversion(kind.of_type, converter)
    if isinstance(kind, LazyType):
        return conversion(kind.resolve_type(), converter)
    if isinstance(kind, StrawberryList):
        item = conversion(kind.of_type, converter)
        return lambda value: None if value is None else [item(it) for it in value]
    if isinstance(kind, StrawberryContainer):
        raise Unplain
    if not has_object_definition(kind):
        return _as_it_is
    definition = kind.__strawberry_definition__
    if definition.from_input is not None:
        raise Unplain
    names = converter.config.name_converter
    fields = {
        names.from_field(field): (
            field.python_name,
            conversion(field.resolve_type(type_definition=definition), converter),
        )
        for field in definition.fields
    }
    nothing = {
        it.python_name: None
        for it in definition.fields
        if it.default_value is MISSING and it.default_factory is MISSING
    }
    renamed = any(name != python_name for name, (python_name, _) in fields.items())
    converted = [
        (python_name, convert_one)
        for python_name, convert_one in fields.values()
        if convert_one is not _as_it_is
    ]

    def convert(value: Any) -> Any:
        if value is None:
            return None
        if renamed:
            value = {fields[name][0]: one for name, one in value.items()}
        given = nothing | value
        for python_name, convert_one in converted:
            if given.get(python_name) is not None:
                given[python_name] = convert_one(given[python_name])
        return kind(**given)

    return convert


def _as_it_is(value: Any) -> Any:
    return value
