"""Errors in the order of the document; of those that one null has eaten, the first alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

Ranks = dict[str, "tuple[int, Ranks]"]
"""Where each response key stands among its siblings, and its own fields'."""
Path = Sequence[str | int]


def ordered(
    errors: Iterable[GraphQLError],
    data: object,
    document: DocumentNode,
    operation: OperationDefinitionNode,
) -> list[GraphQLError]:
    """The errors of a response by their places in it.

    What ran side by side fails in the order of time, and what a null has eaten need not have been
    run at all: neither may show.
    """
    found = list(errors)
    if not found:
        return found
    ranked = ranks(document, operation)
    found.sort(key=lambda error: rank(error.path or (), ranked))
    first: dict[tuple[str | int, ...], GraphQLError] = {}
    kept = []
    for error in found:
        place = eaten(error.path or (), data)
        if place is None:
            kept.append(error)
        elif place not in first:
            first[place] = error
            kept.append(error)
    return kept


def eaten(path: Path, data: object) -> tuple[str | int, ...] | None:
    """The place of the null that stands for this part of a response; None where it stands."""
    for depth, key in enumerate(path):
        if data is None:
            return tuple(path[:depth])
        try:
            data = data[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return tuple(path[:depth])
    return tuple(path) if data is None else None


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
    fragments = {
        it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)
    }
    return _of((operation.selection_set,), fragments)


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
