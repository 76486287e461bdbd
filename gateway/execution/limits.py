"""What an operation may ask for, known before anything is asked: how deep, and for how many calls.

A resolver whose every call is an upstream call says so (`calls`): batches are not counted, which
are few whatever is asked, but what is asked of each object apart is.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
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

Calls = Callable[[Mapping[str, Any]], int]
"""How many calls are planned, by the variables of a run."""


def depth(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    """How many fields stand within each other; the document has been validated."""
    known: dict[str, int] = {}

    def below(found: SelectionSetNode | None) -> int:
        return max(map(of, found.selections), default=0) if found else 0

    def of(node: Any) -> int:
        if isinstance(node, FieldNode):
            return 1 + below(node.selection_set)
        if not isinstance(node, FragmentSpreadNode):
            return below(node.selection_set)
        name = node.name.value
        if name not in known:
            known[name] = below(fragments[name].selection_set)
        return known[name]

    return below(selections)


class Limits(msgspec.Struct, frozen=True):
    """How deep an operation may be, how many calls it may plan, and how long a page usually is."""

    depth: int = 20
    calls: int = 500
    page_size: int = 100


USUAL: Final = Limits()


class Figures(msgspec.Struct):
    """What became of requests: documents found, read and refused; operations that were planned,
    and those that graphql-core ran."""

    found: int = 0
    read: int = 0
    invalid: int = 0
    planned: int = 0
    referred: int = 0


def calls_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    page_size: int,
) -> Calls | None:
    """The calls that an operation plans for single objects; None for none that could be told."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        return None
    try:
        pricing = Pricing(schema, fragments_of(document), page_size)
        return pricing.calls(root, ((operation.selection_set, ALWAYS),))
    except (Unplannable, RecursionError):
        return None


class Pricing:
    """The calls of one operation, with `page_size` items where a list is asked for without
    `first`."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        page_size: int,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._page_size = page_size
        self._known: dict[object, Calls | None] = {}

    def calls(self, kind: GraphQLNamedType, selections: Selections) -> Calls | None:
        """What a value of this type costs; None where it costs nothing."""
        memo = memo_of(kind, selections)
        if memo not in self._known:
            schema = self._schema
            possible = schema.get_possible_types(kind) if is_abstract_type(kind) else (kind,)
            found = [self._of_type(it, selections) for it in possible]  # type: ignore[arg-type]
            self._known[memo] = most([it for it in found if it])
        return self._known[memo]

    def _of_type(self, kind: GraphQLObjectType, selections: Selections) -> Calls | None:
        fields = asked(self._schema, self._fragments, kind, selections)
        by_key: dict[str, list[Calls]] = {}
        for field in fields:
            if price := self._of_field(kind, field):
                by_key.setdefault(field.key, []).append(price)
        # A key that has several places stands at one of them.
        found = [it for prices in by_key.values() if (it := most(prices))]
        return (lambda given: sum(it(given) for it in found)) if found else None

    def _of_field(self, kind: GraphQLObjectType, field: Asked) -> Calls | None:
        row = kind.fields.get(field.name)
        if row is None:
            return None
        definition = row.extensions.get("strawberry-definition")
        resolver = definition.base_resolver if definition else None
        own = getattr(resolver.wrapped_func, "calls", 0) if resolver else 0
        below = self.calls(get_named_type(row.type), field.selections) if field.selections else None
        if below is None:
            return (lambda _: own) if own else None
        size = self._size(field) if "first" in row.args else lambda _: 1
        return lambda given: own + size(given) * below(given)

    def _size(self, field: Asked) -> Calls:
        given = field.nodes[0].arguments or ()
        value = next((it.value for it in given if it.name.value == "first"), None)
        usual = self._page_size
        if isinstance(value, IntValueNode):
            fixed = int(value.value)
            return lambda _: fixed
        if isinstance(value, VariableNode):
            name = value.name.value
            return lambda given: usual if given.get(name) is None else given[name]
        return lambda _: usual


def most(found: list[Calls]) -> Calls | None:
    """The dearest of several; None where there is none."""
    if len(found) < 2:
        return found[0] if found else None
    return lambda given: max(it(given) for it in found)
