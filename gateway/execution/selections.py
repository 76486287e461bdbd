"""What a selection asks of one object type: its fields, merged, each under its condition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

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

PLACES = 8
"""At how many places of an object one key may stand."""

Selections = tuple[tuple[SelectionSetNode, Condition], ...]
"""Selection sets that are read as one, each with what it is under."""


class Unplannable(Exception):
    """A document asks for what plans do not know; graphql-core does it instead."""


class Asked(msgspec.Struct, frozen=True):
    """All appearances of one response key, each with its condition.

    It stands in the response `under` a condition where which appearance is the first depends on
    variables: once for each that may be.
    """

    key: str
    nodes: list[FieldNode]
    conditions: list[Condition]
    under: Condition = ALWAYS

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def condition(self) -> Condition:
        """Under what it stands in the response."""
        return self.under or self.conditions[0]

    @property
    def selections(self) -> Selections:
        """What is asked of its value; the condition of the field itself holds already."""
        return tuple(
            (node.selection_set, ALWAYS if condition <= self.condition else condition)
            for node, condition in zip(self.nodes, self.conditions, strict=True)
            if node.selection_set
        )

    @property
    def varies(self) -> bool:
        """Whether some appearances count only under conditions of their own."""
        return any(not it <= self.condition for it in self.conditions)

    def held(self, flags: Mapping[Condition, bool]) -> list[FieldNode]:
        """The appearances that count in a run."""
        if not self.varies:
            return self.nodes
        both = zip(self.nodes, self.conditions, strict=True)
        held = {id(node): node for node, condition in both if flags[condition]}
        return [*held.values()]


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

    A key whose first appearance depends on variables is there several times, under conditions of
    which one holds. Raises Unplannable where that would be more than `PLACES` times.

    See https://spec.graphql.org/September2025/#sec-Field-Collection.
    """
    found: dict[str, list[tuple[int, FieldNode, Condition]]] = {}
    visited: dict[str, list[Condition]] = {}
    places = count()

    def walk(group: SelectionSetNode, under: Condition) -> None:
        wanted: NamedTypeNode | None
        for node in group.selections:
            condition = narrowed(node.directives or (), under)
            if condition is None:
                continue
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                parts = found.setdefault(key, [])
                if not any(node is known and held <= condition for _, known, held in parts):
                    parts.append((next(places), node, condition))
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
    rows = [row for key, parts in found.items() for row in placed(key, parts)]
    return [it for _, it in sorted(rows, key=lambda row: row[0])]


def placed(
    key: str, parts: Sequence[tuple[int, FieldNode, Condition]]
) -> Iterator[tuple[int, Asked]]:
    """One key at each place where it may be the first, under the condition that it is."""
    nodes, conditions = [node for _, node, _ in parts], [it for _, _, it in parts]
    if all(conditions[0] <= it for it in conditions):
        yield parts[0][0], Asked(key, nodes, conditions)
        return
    found: list[tuple[int, Condition]] = []
    for number, (place, _, condition) in enumerate(parts):
        firsts = [condition]
        for earlier in conditions[:number]:
            firsts = [it for first in firsts for it in without(first, earlier)]
            if len(found) + len(firsts) > PLACES:
                raise Unplannable(f"{key} stands under several conditions")
        found += [(place, under) for under in firsts]
    for place, under in found:
        held: list[tuple[FieldNode, Condition]] = []
        for _, node, it in parts:
            counted = any(known is node and before <= it | under for known, before in held)
            if not counted and not excluded(it, under):
                held.append((node, it))
        yield place, Asked(key, [node for node, _ in held], [it for _, it in held], under)


def excluded(one: Condition, other: Condition) -> bool:
    """Whether two conditions never hold together."""
    return any((name, not wanted) in other for name, wanted in one)


def without(one: Condition, other: Condition) -> list[Condition]:
    """Where the one holds and the other does not, as conditions of which one holds at a time."""
    if excluded(one, other):
        return [one]
    found, held = [], one
    for name, wanted in sorted(other - one):
        found.append(held | {(name, not wanted)})
        held |= {(name, wanted)}
    return found


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
