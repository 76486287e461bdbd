"""What a selection asks of one object type: its fields, merged, each under its condition."""

from collections.abc import Iterable, Mapping

import msgspec
from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)
from graphql.language import BooleanValueNode

Condition = frozenset[tuple[str, bool]]
"""Variables and the values that they must have, all of them; empty where there is none."""
ALWAYS: Condition = frozenset()

Selections = tuple[tuple[SelectionSetNode, Condition], ...]
"""Selection sets that are read as one, each with what it is under."""


class Unplannable(Exception):
    """A document asks for what plans do not know; graphql-core does it instead."""


class Asked(msgspec.Struct, frozen=True):
    """All appearances of one response key, each with its condition; the first holds wherever
    another one does."""

    key: str
    nodes: list[FieldNode]
    conditions: list[Condition]

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def condition(self) -> Condition:
        """Under what it stands in the response."""
        return self.conditions[0]

    @property
    def selections(self) -> Selections:
        """What is asked of its value; the condition of the field itself holds already."""
        return tuple(
            (node.selection_set, ALWAYS if condition == self.condition else condition)
            for node, condition in zip(self.nodes, self.conditions, strict=True)
            if node.selection_set
        )

    @property
    def varies(self) -> bool:
        """Whether some appearances count only under conditions of their own."""
        return any(it != self.condition for it in self.conditions)

    def held(self, flags: Mapping[Condition, bool]) -> list[FieldNode]:
        """The appearances that count in a run."""
        if not self.varies:
            return self.nodes
        both = zip(self.nodes, self.conditions, strict=True)
        return [node for node, condition in both if flags[condition]]


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document by their names."""
    return {
        it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)
    }


def asked(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    kind: GraphQLObjectType,
    selections: Selections,
) -> list[Asked]:
    """The fields asked of an object type in the order of the response.

    Raises Unplannable where their order depends on variables: a key that stands first under a
    condition, and then without it.

    See https://spec.graphql.org/September2025/#sec-Field-Collection.
    """
    found: dict[str, list[tuple[FieldNode, Condition]]] = {}
    visited: dict[str, list[Condition]] = {}

    def walk(group: SelectionSetNode, under: Condition) -> None:
        wanted: NamedTypeNode | None
        for node in group.selections:
            condition = narrowed(node.directives or (), under)
            if condition is None:
                continue
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                parts = found.setdefault(key, [])
                if not any(node is known and held <= condition for known, held in parts):
                    parts.append((node, condition))
                continue
            if isinstance(node, FragmentSpreadNode):
                spread = visited.setdefault(node.name.value, [])
                if any(held <= condition for held in spread):
                    continue
                spread.append(condition)
                fragment = fragments[node.name.value]
                wanted, inner = fragment.type_condition, fragment.selection_set
            else:
                assert isinstance(node, InlineFragmentNode)
                wanted, inner = node.type_condition, node.selection_set
            if wanted is None or applies(schema, wanted.name.value, kind):
                walk(inner, condition)

    for group, under in selections:
        walk(group, under)
    return [merged(key, parts) for key, parts in found.items()]


def merged(key: str, parts: Iterable[tuple[FieldNode, Condition]]) -> Asked:
    """One field of its appearances; raises Unplannable where the first depends on variables."""
    nodes, conditions = zip(*parts, strict=True)
    if not all(conditions[0] <= it for it in conditions):
        raise Unplannable(f"{key} stands under several conditions")
    return Asked(key, list(nodes), list(conditions))


def narrowed(directives: Iterable[DirectiveNode], under: Condition) -> Condition | None:
    """A condition with a selection's own `@skip` and `@include`; None where it never holds."""
    for directive in directives:
        name = directive.name.value
        if name not in ("skip", "include"):
            raise Unplannable(f"@{name}")
        wanted = name == "include"
        [argument] = directive.arguments or ()
        value = argument.value
        if isinstance(value, VariableNode):
            if (value.name.value, not wanted) in under:
                return None
            under |= {(value.name.value, wanted)}
        elif isinstance(value, BooleanValueNode) and value.value is not wanted:
            return None
    return under


def applies(schema: GraphQLSchema, name: str, kind: GraphQLObjectType) -> bool:
    """Whether a fragment on the named type speaks of this object type."""
    if name == kind.name:
        return True
    other = schema.get_type(name)
    return is_abstract_type(other) and schema.is_sub_type(other, kind)


def memo_of(kind: GraphQLNamedType, selections: Selections) -> object:
    """What tells a type and its selections from others of one document."""
    return (kind.name, tuple((id(nodes), condition) for nodes, condition in selections))
