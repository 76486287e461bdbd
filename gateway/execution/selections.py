"""What a selection asks of one object type: its fields, merged, each under its condition."""

from collections.abc import Iterable, Mapping

import msgspec
from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
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
    """All appearances of one response key, and the condition that they share."""

    key: str
    nodes: list[FieldNode]
    condition: Condition

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def selections(self) -> Selections:
        """What is asked of its value; the condition is that of the field already."""
        return tuple((it.selection_set, ALWAYS) for it in self.nodes if it.selection_set)


def asked(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    kind: GraphQLObjectType,
    selections: Selections,
) -> list[Asked]:
    """The fields asked of an object type in the order of the response.

    Raises Unplannable where their order or their selection depends on variables: the same key
    under several conditions.

    See https://spec.graphql.org/September2025/#sec-Field-Collection.
    """
    found: dict[str, list[tuple[FieldNode, Condition]]] = {}
    visited: set[tuple[str, Condition]] = set()

    def walk(group: SelectionSetNode, under: Condition) -> None:
        wanted: NamedTypeNode | None
        for node in group.selections:
            condition = narrowed(node.directives or (), under)
            if condition is None:
                continue
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                found.setdefault(key, []).append((node, condition))
                continue
            if isinstance(node, FragmentSpreadNode):
                if (node.name.value, condition) in visited:
                    continue
                visited.add((node.name.value, condition))
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
    """One field of its appearances; raises Unplannable for several conditions."""
    nodes, conditions = zip(*parts, strict=True)
    if len(set(conditions)) > 1:
        raise Unplannable(f"{key} stands under several conditions")
    return Asked(key, list(nodes), conditions[0])


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
