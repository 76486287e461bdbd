"""A failing operation made smaller: whatever can be left out while it still fails."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace as with_changes
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
    print_ast,
    visit,
)
from graphql.language import REMOVE, Visitor
from msgspec.structs import replace

from tests.fuzz.operations import Sample

Fails = Callable[[Sample], Awaitable[bool]]


async def shrunk(sample: Sample, fails: Fails) -> Sample:
    """The smallest sample found that still fails; each step leaves one thing out."""
    smaller: Sample | None = sample
    while smaller is not None:
        sample = smaller
        smaller = await _first(steps(sample), fails)
    return sample


async def _first(samples: Iterator[Sample], fails: Fails) -> Sample | None:
    for one in samples:
        if await fails(one):
            return one
    return None


def steps(sample: Sample) -> Iterator[Sample]:
    """The sample without one of its nodes, largest first, or with what stands in it instead."""
    document = parse(sample.text)
    nodes = Nodes()
    visit(document, nodes)
    for node in nodes.found:
        yield from _tidied(visit(document, Replacing(node, REMOVE)), sample)
    fragments = {
        it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)
    }
    for node in nodes.found:
        for inner in _content(node, fragments):
            yield from _tidied(visit(document, Replacing(node, inner)), sample)
    for name in sample.variables:
        rest = {key: value for key, value in sample.variables.items() if key != name}
        yield replace(sample, variables=rest)


def _content(node: Node, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[Any]:
    if isinstance(node, InlineFragmentNode):
        yield from node.selection_set.selections
    elif isinstance(node, FragmentSpreadNode):
        found = fragments[node.name.value]
        yield InlineFragmentNode(
            type_condition=found.type_condition,
            directives=node.directives,
            selection_set=found.selection_set,
        )
    elif isinstance(node, FieldNode) and node.alias:
        yield FieldNode(
            name=node.name,
            arguments=node.arguments,
            directives=node.directives,
            selection_set=node.selection_set,
        )


class Nodes(Visitor):
    """Collects what may be left out."""

    KINDS = ("field", "fragment_spread", "inline_fragment", "directive", "argument", "object_field")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Node] = []

    def enter(self, node: Node, *_: Any) -> None:
        if node.kind in self.KINDS:
            self.found.append(node)


class Replacing(Visitor):
    """Puts something into the place of one node."""

    def __init__(self, node: Node, instead: Any) -> None:
        super().__init__()
        self._node = node
        self._instead = instead

    def enter(self, node: Node, *_: Any) -> Any:
        return self._instead if node is self._node else None


def _tidied(document: Any, sample: Sample) -> Iterator[Sample]:
    """The document without fragments and variables that nothing uses any more; nothing where it
    selects nothing, which graphql-core's parser would let pass."""
    *_, operation = (it for it in document.definitions if isinstance(it, OperationDefinitionNode))
    fragments = {
        it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)
    }
    used, waiting, kept = Used(), [operation.selection_set], []
    while waiting:
        visit(waiting.pop(), used)
        for name in sorted(used.fragments & fragments.keys()):
            kept.append(fragments.pop(name))
            waiting.append(kept[-1].selection_set)
    defined = [
        it
        for it in operation.variable_definitions or ()
        if it.variable.name.value in used.variables
    ]
    operation = with_changes(operation, variable_definitions=tuple(defined))
    given = {key: value for key, value in sample.variables.items() if key in used.variables}
    if not used.empty:
        yield Sample(print_ast(DocumentNode(definitions=(operation, *kept))), given)


class Used(Visitor):
    """Collects the fragments that are spread, and the variables that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.fragments: set[str] = set()
        self.variables: set[str] = set()
        self.empty = False

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        self.empty |= not node.selections

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.fragments.add(node.name.value)

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.variables.add(node.name.value)
