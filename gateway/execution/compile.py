"""An operation → a plan: for each object type and selection one function, made of source text.

graphql-core walks the document again for every object. A plan has walked it once: what is left of
a field is the call of its resolver and a look at what came back.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    NamedTypeNode,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_abstract_type,
)
from strawberry import Schema

from gateway.execution import careful
from gateway.execution.classes import kernel_of
from gateway.execution.hops import Lead, many_of, resolver_of
from gateway.execution.lines import LINES, TooLong
from gateway.execution.objects import origin_of
from gateway.execution.plans import Plan
from gateway.execution.progress import Complete, Info, Nulled, Reads, Selected, Unusual
from gateway.execution.selections import (
    ALWAYS,
    Asked,
    Selections,
    Unplannable,
    asked,
    fragments_of,
    memo_of,
)
from gateway.execution.symbols import Code, Given
from gateway.execution.ways import Made, Ways, lazy
from gateway.execution.writing import Writer


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
        self.schema = schema
        self.fragments = fragments
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
        found = self.schema._schema.get_type(definition.name) if definition else None
        if not isinstance(found, GraphQLObjectType) or not (
            is_abstract_type(kind) and self.schema._schema.is_sub_type(kind, found)
        ):
            raise TypeError(f"{cls.__name__} is no {kind}")
        return found

    def foresee(self, kind: GraphQLNamedType, selections: Selections) -> None:
        """Raise Unplannable now for what would be compiled only when values of it come."""
        memo = memo_of(kind, selections)
        if memo in self._foreseen:
            return
        self._foreseen.add(memo)
        schema = self.schema._schema
        for it in schema.get_possible_types(kind) if is_abstract_type(kind) else (kind,):
            assert isinstance(it, GraphQLObjectType)
            for field in asked(schema, self.fragments, it, selections):
                if field.selections and field.name in it.fields:
                    self.foresee(get_named_type(it.fields[field.name].type), field.selections)

    def made(self, kind: GraphQLObjectType, selections: Selections) -> "Made":
        """The functions that complete objects of a type."""
        memo = memo_of(kind, selections)
        made = self._made.get(memo)
        if made is None:
            fields = asked(self.schema._schema, self.fragments, kind, selections)
            made = self._made[memo] = self._object(kind, fields)
        return made

    def ways(
        self, kind: GraphQLOutputType, asked: Asked, *, is_open: bool = False, kernel: str = ""
    ) -> Ways:
        """The quick functions for values of a type or, where it is abstract, of its types."""
        return Ways(self, kind, asked, is_open=is_open, kernel=kernel)

    def reads(self, name: str) -> Reads:
        """What the operation reads of objects of the named type, or of an abstract type's types.

        It may be more than one run reads; None stands for all of it.
        """
        if name not in self._read:
            schema, found = self.schema._schema, set[tuple[str, ...]]()
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
        schema = self.schema._schema
        for it in schema.get_possible_types(kind) if is_abstract_type(kind) else (kind,):
            assert isinstance(it, GraphQLObjectType)
            if it.name in names:
                reads = self.made(it, selections).reads
                if reads is None:
                    return False
                found |= reads
            for field in asked(schema, self.fragments, it, selections):
                if not field.selections or field.name not in it.fields:
                    continue
                below = get_named_type(it.fields[field.name].type)
                if not self._add_reads(below, field.selections, names, found, seen):
                    return False
        return True

    def root(self, kind: GraphQLObjectType, selections: Selections) -> Complete:
        """The function that completes a root type, of which there is no object."""
        fields = asked(self.schema._schema, self.fragments, kind, selections)
        alone = len([it for it in fields if not it.name.startswith("__")]) == 1
        return careful.function(self, kind, fields, alone=alone)

    def steps(self, kind: GraphQLObjectType, selections: Selections) -> list[Complete]:
        """A function for each field of a root type."""
        fields = asked(self.schema._schema, self.fragments, kind, selections)
        return [careful.function(self, kind, [field]) for field in fields]

    def _object(self, kind: GraphQLObjectType, fields: Sequence[Asked]) -> "Made":
        writer = Writer(self._selected, self.ways, self._unwritten)
        cls = origin_of(kind)
        kernel = kernel_of(cls)
        owner: Given | Code = Code("value", cls, frozenset({()}), exact=True)
        if kernel:
            of = cls.__dataclass_fields__[kernel].type  # type: ignore[union-attr]
            owner = Given(cls, {kernel: Code("inner", of, frozenset({(kernel,)}))})  # type: ignore[arg-type]
        try:
            left = writer.whole(owner, kind, fields)
        except TooLong:
            return Made(careful.function(self, kind, fields), None, None)
        finally:
            self._unwritten -= writer.fields
        hops = [it for it in left if it.name in kind.fields and many_of(kind.fields[it.name])]
        if len(left) == len(fields) != len(hops):
            return Made(careful.function(self, kind, fields), None, self._left(kind, left))
        called = lazy(lambda: careful.function(self, kind, fields))
        names = self.names() | {"careful": called}
        check = f"if value.__class__ is not {writer.bind(cls)}: raise Unforeseen"
        rest = careful.lines(self, kind, left, names)
        bare = [f"    inner = value.{kernel}"] if kernel else []
        if len(left) > len(hops):
            source = [
                "def complete(value, progress, place):",
                "    flags = progress.flags",
                "    try:",
                *(f"    {line}" for line in (f"    {check}", *bare, *writer.lines)),
                "    except Exception:",
                "        return careful(value, progress, place)",
                *rest,
                "    return out",
            ]
        else:
            source = [
                f"def {'kernel(inner' if kernel else 'quick(value'}, flags):",
                *([] if kernel else [f"    {check}"]),
                *writer.lines,
                "    return out",
                "def complete(value, progress, place):",
                "    try:",
                "        out = quick(value, progress.flags)",
                "    except Exception:",
                "        return careful(value, progress, place)",
                *rest,
                "    return out",
            ]
            if kernel:
                quick = f"    return kernel(value.{kernel}, flags)"
                source += ["def quick(value, flags):", f"    {check}", quick]
        names |= writer.names
        try:
            exec(compile("\n".join(source), f"<plan of {kind.name}>", "exec"), names)
        except SyntaxError:
            # Python allows for twenty blocks within each other.
            return Made(careful.function(self, kind, fields), None, None)
        below = self._left(kind, left)
        is_lost = below is None or writer.inliner.lost
        reads = None if is_lost else frozenset(writer.inliner.reads) | (below or frozenset())
        leads = tuple(
            Lead(names[f"hop{number}"], not isinstance(kind.fields[it.name].type, GraphQLNonNull))
            for number, it in enumerate(left)
            if len(left) == len(hops)
        )
        return Made(names["complete"], names.get("quick"), reads, leads, names.get("kernel"))

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
        return asked(self.schema._schema, self.fragments, kind, field.selections)

    def names(self) -> dict[str, Any]:
        """What the functions of this operation know by name."""
        return {
            "Info": Info,
            "Nulled": Nulled,
            "Selected": Selected,
            "alone": False,
            "fragments": self.fragments,
            "kept": self._kept,
            "reads": self.reads,
            "unusual": self.unusual,
        }
