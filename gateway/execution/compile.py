"""An operation → a plan: for each object type and selection one function, made of source text.

graphql-core walks the document again for every object. A plan has walked it once: what is left of
a field is the call of its resolver and a look at what came back.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    NamedTypeNode,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
)
from strawberry import Schema
from strawberry.types.field import StrawberryField

from gateway.execution.arguments import arguments_of
from gateway.execution.completion import Complete, completion, no_null, or_null
from gateway.execution.plans import Plan
from gateway.execution.progress import (
    Hop,
    Info,
    Nulled,
    Path,
    Reads,
    Selected,
    Unusual,
)
from gateway.execution.selections import (
    ALWAYS,
    Asked,
    Selections,
    Unplannable,
    asked,
    fragments_of,
    memo_of,
)
from gateway.execution.symbols import Code
from gateway.execution.ways import Made, Ways, lazy, met
from gateway.execution.writing import LINES, TooLong, Writer, origin_of

_AS_IT_IS: dict[str, str] = {
    "String": "found.__class__ is str",
    "ID": "found.__class__ is str",
    "Boolean": "found.__class__ is bool",
    "Int": f"found.__class__ is int and {GRAPHQL_MIN_INT} <= found <= {GRAPHQL_MAX_INT}",
}
"""The scalars whose values go out as they are, if this holds of them."""


def plan(schema: Schema, document: DocumentNode, operation: OperationDefinitionNode) -> Plan | None:
    """The plan of an operation; None for what plans do not know and graphql-core does.

    That is introspection, directives of one's own, variables of fragments, fields that may stand at
    too many places of the response, and resolvers with something around them.
    """
    fragments = fragments_of(document)
    root = schema._schema.get_root_type(operation.operation)
    if operation.operation is OperationType.SUBSCRIPTION or root is None:
        return None
    if any(it.variable_definitions for it in fragments.values()):
        return None
    try:
        whole: Selections = ((operation.selection_set, ALWAYS),)
        compiler = Compiler(schema, fragments, root, whole)
        if operation.variable_definitions:
            compiler.foresee(root, whole)
        one_by_one = operation.operation is OperationType.MUTATION
        steps = compiler.steps(root, whole) if one_by_one else [compiler.root(root, whole)]
        return Plan(steps, frozenset(flags(operation)))
    except (Unplannable, RecursionError):
        return None


def flags(operation: OperationDefinitionNode) -> Iterator[str]:
    """The variables that may be null though `@skip` and `@include` may read them."""
    for it in operation.variable_definitions or ():
        kind = it.type
        if isinstance(kind, NamedTypeNode) and kind.name.value == "Boolean" and it.default_value:
            yield it.variable.name.value


class Compiler:
    """The functions made so far for one operation; those of types behind interfaces come later."""

    def __init__(
        self,
        schema: Schema,
        fragments: Mapping[str, FragmentDefinitionNode],
        root: GraphQLObjectType,
        whole: Selections,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self.whole = root, whole
        self._made: dict[object, Made] = {}
        self._foreseen: set[object] = set()
        self._read: dict[str, Reads] = {}
        self._kept: dict[object, Any] = {}
        self._unwritten = LINES
        self.unusual = Unusual()

    def possible(self, kind: GraphQLNamedType, cls: type) -> GraphQLObjectType:
        """The GraphQL type of a view's class; raises TypeError where the other may not be it."""
        definition = getattr(cls, "__strawberry_definition__", None)
        found = self._schema._schema.get_type(definition.name) if definition else None
        if not isinstance(found, GraphQLObjectType) or not (
            is_abstract_type(kind) and self._schema._schema.is_sub_type(kind, found)
        ):
            raise TypeError(f"{cls.__name__} is no {kind}")
        return found

    def foresee(self, kind: GraphQLNamedType, selections: Selections) -> None:
        """Raise Unplannable now for what would be compiled only when values of it come."""
        memo = memo_of(kind, selections)
        if memo in self._foreseen:
            return
        self._foreseen.add(memo)
        schema = self._schema._schema
        for it in schema.get_possible_types(kind) if is_abstract_type(kind) else (kind,):
            assert isinstance(it, GraphQLObjectType)
            for field in asked(schema, self._fragments, it, selections):
                if field.selections and field.name in it.fields:
                    self.foresee(get_named_type(it.fields[field.name].type), field.selections)

    def made(self, kind: GraphQLObjectType, selections: Selections) -> "Made":
        """The functions that complete objects of a type."""
        memo = memo_of(kind, selections)
        made = self._made.get(memo)
        if made is None:
            fields = asked(self._schema._schema, self._fragments, kind, selections)
            made = self._made[memo] = self._object(kind, fields)
        return made

    def ways(self, kind: GraphQLOutputType, asked: Asked) -> "Ways":
        """The quick functions for values of a type or, where it is abstract, of its types."""
        return Ways(self, kind, asked)

    def reads(self, name: str) -> Reads:
        """What the operation reads of objects of the named type, or of an abstract type's types.

        It may be more than one run reads; None stands for all of it.
        """
        if name not in self._read:
            schema, found = self._schema._schema, set[tuple[str, ...]]()
            kind = schema.get_type(name)
            possible = schema.get_possible_types(kind) if is_abstract_type(kind) else (kind,)
            names = frozenset(it.name for it in possible if it is not None)
            known = bool(names) and self._add_reads(*self.whole, names, found, set())
            self._read[name] = frozenset(found) if known else None
        return self._read[name]

    def _add_reads(
        self,
        kind: GraphQLNamedType,
        selections: Selections,
        names: Set[str],
        found: set[tuple[str, ...]],
        seen: set[object],
    ) -> bool:
        memo = memo_of(kind, selections)
        if memo in seen:
            return True
        seen.add(memo)
        schema = self._schema._schema
        for it in schema.get_possible_types(kind) if is_abstract_type(kind) else (kind,):
            assert isinstance(it, GraphQLObjectType)
            if it.name in names:
                reads = self.made(it, selections).reads
                if reads is None:
                    return False
                found |= reads
            for field in asked(schema, self._fragments, it, selections):
                if not field.selections or field.name not in it.fields:
                    continue
                below = get_named_type(it.fields[field.name].type)
                if not self._add_reads(below, field.selections, names, found, seen):
                    return False
        return True

    def root(self, kind: GraphQLObjectType, selections: Selections) -> Complete:
        """The function that completes a root type, of which there is no object."""
        fields = asked(self._schema._schema, self._fragments, kind, selections)
        return self._function(kind, fields)

    def steps(self, kind: GraphQLObjectType, selections: Selections) -> list[Complete]:
        """A function for each field of a root type."""
        fields = asked(self._schema._schema, self._fragments, kind, selections)
        return [self._function(kind, [field]) for field in fields]

    def _object(self, kind: GraphQLObjectType, fields: Sequence[Asked]) -> "Made":
        writer = Writer(self._selected, self.ways, self._unwritten)
        cls = origin_of(kind)
        try:
            left = writer.whole(Code("value", cls, frozenset({()}), exact=True), kind, fields)
        except TooLong:
            return Made(self._function(kind, fields), None, None)
        finally:
            self._unwritten -= writer.fields
        careful = lazy(lambda: self._function(kind, fields))
        names = writer.names | self._names() | {"careful": careful}
        if len(left) == len(fields):
            return Made(self._function(kind, fields), None, self._left(kind, left))
        check = f"if value.__class__ is not {writer.bind(cls)}: raise Unforeseen"
        if not left:
            quick = ["def quick(value, flags):", f"    {check}", *writer.lines, "    return out"]
            complete = [
                "def complete(value, progress, place):",
                "    try:",
                "        return quick(value, progress.flags)",
                "    except Exception:",
                "        return careful(value, progress, place)",
            ]
        else:
            quick = []
            complete = [
                "def complete(value, progress, place):",
                "    flags = progress.flags",
                "    try:",
                f"        {check}",
                *(f"    {line}" for line in writer.lines),
                "    except Exception:",
                "        return careful(value, progress, place)",
                *self._lines(kind, left, names),
                "    return out",
            ]
        names |= writer.names
        try:
            exec(compile("\n".join([*quick, *complete]), f"<plan of {kind.name}>", "exec"), names)
        except SyntaxError:
            # Python allows for twenty blocks within each other.
            return Made(self._function(kind, fields), None, None)
        below = self._left(kind, left)
        is_lost = below is None or writer.inliner.lost
        reads = None if is_lost else frozenset(writer.inliner.reads) | (below or frozenset())
        return Made(names["complete"], names.get("quick"), reads)

    def _left(self, kind: GraphQLObjectType, left: Sequence[Asked]) -> Reads:
        """What the fields read whose resolvers are called: as far as they say."""
        found: frozenset[tuple[str, ...]] = frozenset()
        for field in left:
            reads = getattr(resolver_of(kind.fields[field.name]), "reads", None)
            if reads is None:
                return None
            found |= reads
        return found

    def _selected(self, kind: GraphQLObjectType, field: Asked) -> list[Asked]:
        return asked(self._schema._schema, self._fragments, kind, field.selections)

    def _names(self) -> dict[str, Any]:
        return {
            "Info": Info,
            "Nulled": Nulled,
            "Path": Path,
            "Selected": Selected,
            "fragments": self._fragments,
            "kept": self._kept,
            "reads": self.reads,
            "unusual": self.unusual,
        }

    def _function(self, kind: GraphQLObjectType, fields: Sequence[Asked]) -> Complete:
        names = self._names()
        lines = ["def complete(value, progress, place):", "    out = {}"]
        if kind.is_type_of:
            names["fitting"] = Fitting(kind)
            lines.append("    fitting[value.__class__] or fitting.look(value)")
        lines += [*self._lines(kind, fields, names), "    return out"]
        exec(compile("\n".join(lines), f"<plan of {kind.name}>", "exec"), names)
        made: Complete = names["complete"]
        return made

    def _lines(
        self, kind: GraphQLObjectType, fields: Sequence[Asked], names: dict[str, Any]
    ) -> list[str]:
        lines: list[str] = []
        for number, field in enumerate(fields):
            names[f"asked{number}"] = field
            source = self._field(kind, field, number, names)
            if field.condition:
                lines.append(f"    if progress.flags[asked{number}.condition]:")
                source = [f"    {line}" for line in source]
            lines += [f"    {line}" for line in source]
        return lines

    def _field(
        self, kind: GraphQLObjectType, field: Asked, number: int, names: dict[str, Any]
    ) -> list[str]:
        key = repr(field.key)
        if field.name == "__typename":
            return [f"out[{key}] = {kind.name!r}"]
        if field.name.startswith("__"):
            raise Unplannable("introspection")
        row = kind.fields[field.name]
        nullable = not isinstance(row.type, GraphQLNonNull)
        where = f"(place, {key}, out, {nullable})"
        complete = completion(self, kind.name, field, row.type)
        names[f"complete{number}"] = complete
        names[f"awaited{number}"] = or_null(complete, kind.name, field, nullable=nullable)
        names[f"no_null{number}"] = partial(no_null, kind.name, field)
        many = getattr(resolver_of(row), "many", None)
        if many is not None and not row.args:
            quick = met(self, row.type, field)
            hop = Hop(many, names[f"awaited{number}"], field, self._fragments, self.reads, quick)
            names[f"hop{number}"] = hop
            return [f"progress.together(hop{number}, value, {where})"]
        null = f"out[{key}] = None" if nullable else "raise Nulled from None"
        exact = _AS_IT_IS.get(str(get_nullable_type(row.type)))
        as_it_is = [f"    if {exact}:", f"        out[{key}] = found"]
        if_null = f"out[{key}] = None" if nullable else f"raise no_null{number}()"
        return [
            "try:",
            f"    found = {self._call(row, number, names, where)}",
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

    def _call(self, row: GraphQLField, number: int, names: dict[str, Any], where: str) -> str:
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
            selected = f"Selected({nodes}, fragments, Path({where}), reads, {kept})"
            given.append(f"{resolver.info_parameter.name}=Info(progress.context, {selected})")
        if row.args:
            names[f"arguments{number}"] = arguments_of(
                row, names[f"asked{number}"].nodes[0], self._schema.schema_converter
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


def resolver_of(row: GraphQLField) -> object:
    """The function below a field's resolver."""
    resolver = row.extensions["strawberry-definition"].base_resolver
    return resolver and resolver.wrapped_func
