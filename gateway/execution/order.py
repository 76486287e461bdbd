"""Errors in the order of the document; of those that one null has eaten, its cause alone."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gateway.execution.selections import fragments_of

Ranks = dict[str, "tuple[int, Ranks]"]
"""Where each response key stands among its siblings, and its own fields'."""
Path = Sequence[str | int]


class Failed(NamedTuple):
    """An error, and the place where null stands for what it has spoilt."""

    error: GraphQLError
    nulled: tuple[str | int, ...]


def ordered(
    failed: Iterable[Failed],
    beside: Iterable[GraphQLError],
    document: DocumentNode,
    operation: OperationDefinitionNode,
) -> list[GraphQLError]:
    """The errors of a response by their places in it; those `beside` it have made nothing null.

    What runs side by side fails in the order of time, and what a null has eaten need not have been
    run at all: neither may show. So each null has one error, of those that would have made it the
    first in the document, which running one after another would have met; and what lies below a
    null is not told.
    """
    found = list(failed)
    others = list(beside)
    if not found and not others:
        return []
    ranked = ranks(document, operation)
    found.sort(key=lambda one: rank(one.error.path or (), ranked))
    causes: dict[tuple[str | int, ...], GraphQLError] = {}
    for error, nulled in found:
        causes.setdefault(nulled, error)
    told = [error for nulled, error in causes.items() if not below(nulled, causes)]
    for error in others:
        place = tuple(error.path or ())
        if place not in causes and not below(place, causes):
            told.append(error)
    return sorted(told, key=lambda error: rank(error.path or (), ranked))


def below(place: tuple[str | int, ...], nulls: Container[tuple[str | int, ...]]) -> bool:
    """Whether null stands where a place would be held."""
    return any(place[:depth] in nulls for depth in range(len(place)))


def rank(path: Path, ranked: Ranks) -> list[int]:
    """A path as numbers that sort in the order of the document."""
    found = []
    for key in path:
        if isinstance(key, str):
            place, ranked = ranked.get(key, (0, {}))
            found.append(place)
        else:
            found.append(key)
    return found


def ranks(document: DocumentNode, operation: OperationDefinitionNode) -> Ranks:
    """The order of all response keys, whatever the types and conditions of their fragments."""
    return _of((operation.selection_set,), fragments_of(document))


def _of(
    groups: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Ranks:
    nodes: dict[str, list[FieldNode]] = {}
    for group in groups:
        _collect(group, fragments, nodes, set())
    return {
        key: (place, _of([it.selection_set for it in found if it.selection_set], fragments))
        for place, (key, found) in enumerate(nodes.items())
    }


def _collect(
    group: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    nodes: dict[str, list[FieldNode]],
    visited: set[str],
) -> None:
    for node in group.selections:
        if isinstance(node, FieldNode):
            nodes.setdefault((node.alias or node.name).value, []).append(node)
        elif isinstance(node, FragmentSpreadNode):
            if node.name.value not in visited:
                visited.add(node.name.value)
                inner: Any = fragments[node.name.value]
                _collect(inner.selection_set, fragments, nodes, visited)
        else:
            spread: Any = node
            _collect(spread.selection_set, fragments, nodes, visited)
