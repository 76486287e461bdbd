"""Documents by their text: parsed and validated once, then kept while they are being used."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import msgspec
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from gateway.execution.arguments import Variables
from gateway.execution.discretion import discreet
from gateway.execution.failures import entry
from gateway.execution.limits import USUAL, Calls, Figures, Limits, calls_of, depth
from gateway.execution.plans import Plan
from gateway.execution.results import JSONObject, Operation
from gateway.execution.selections import fragments_of

MAX_ERRORS = 20

Planner = Callable[[DocumentNode, OperationDefinitionNode], Plan | None]
"""Makes the plan of an operation, where it can be planned."""


class Chosen(msgspec.Struct, frozen=True):
    """One operation of a document."""

    document: DocumentNode
    node: OperationDefinitionNode
    operation: Operation
    variables: Variables
    plan: Plan | None = None
    calls: Calls | None = None
    """The upstream calls that it plans for single objects; None where it plans none."""
    """How it is run; None where graphql-core runs it."""


class Document(msgspec.Struct, frozen=True):
    """A valid document's operations by their names (None for one without)."""

    operations: dict[str | None, Chosen]
    only: Chosen | None
    """The operation of a document that has one alone."""

    def choose(self, name: str | None) -> Chosen | str:
        """The operation of this name, the only one where no name is given; or why there is none."""
        if name is None and self.only is not None:
            return self.only
        return self.operations.get(name) or (
            "the document holds no operation"
            if not self.operations
            else "the document holds several operations; operationName must tell which to run"
            if name is None
            else "the document holds no operation of the name that operationName gives"
        )


class InvalidDocument(msgspec.Struct, frozen=True):
    """Why a text is no document that could be run, and the code that says so."""

    code: str
    errors: tuple[GraphQLError, ...]

    def entry(self, error: GraphQLError) -> JSONObject:
        """An error of this document as a client sees it."""
        return entry(error, error.message, {"code": self.code})


class Documents:
    """The documents of one schema, the latest used kept: so many, of so many bytes of text.

    A parsed document takes about a hundred times the memory of its text. What is invalid is not
    kept: it would let anyone push out what is in use.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        planner: Planner = lambda document, operation: None,
        introspection: bool = True,
        max_tokens: int = 10_000,
        limits: Limits = USUAL,
        entries: int = 512,
        size: int = 256 * 1024,
    ) -> None:
        self._schema = schema
        self._planner = planner
        self._rules = [
            *specified_rules,
            *(() if introspection else (NoSchemaIntrospectionCustomRule,)),
        ]
        self._max_tokens = max_tokens
        self.limits = limits
        self.figures = Figures()
        self._entries = entries
        self._size = size
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._kept_size = 0
        self.suggestions = introspection

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, text: str) -> Document | InvalidDocument:
        """The document of this text, or what is wrong with it."""
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            self.figures.found += 1
            return kept
        found = self._read(text)
        if isinstance(found, Document):
            self.figures.read += 1
            self._keep(text, found)
        else:
            self.figures.invalid += 1
        return found

    def _read(self, text: str) -> Document | InvalidDocument:
        try:
            node = parse(text, max_lexical_tokens=self._max_tokens, max_comments=self._max_tokens)
        except GraphQLError as error:
            return InvalidDocument("GRAPHQL_PARSE_FAILED", (error,))
        errors = validate(
            self._schema,
            node,
            self._rules,
            max_errors=MAX_ERRORS,
            hide_suggestions=not self.suggestions,
        )
        if errors:
            return InvalidDocument("GRAPHQL_VALIDATION_FAILED", self._discreet(errors))
        operations = [it for it in node.definitions if isinstance(it, OperationDefinitionNode)]
        fragments = fragments_of(node)
        deep = [it for it in operations if depth(it.selection_set, fragments) > self.limits.depth]
        if deep:
            told = f"an operation may be {self.limits.depth} fields deep, and this one is deeper"
            return InvalidDocument("MAX_DEPTH_LIMIT", (GraphQLError(told, deep[0]),))
        chosen = [self._chosen(node, it) for it in operations]
        only = chosen[0] if len(chosen) == 1 else None
        return Document({it.operation.name: it for it in chosen}, only)

    def _chosen(self, document: DocumentNode, node: OperationDefinitionNode) -> Chosen:
        return Chosen(
            document,
            node,
            Operation(node.operation.value, node.name.value if node.name else None),
            Variables(self._schema, node.variable_definitions or ()),
            self._planner(document, node),
            calls_of(self._schema, document, node, self.limits.page_size),
        )

    def _discreet(self, errors: Sequence[GraphQLError]) -> tuple[GraphQLError, ...]:
        for error in errors:
            error.message = discreet(error.message)
            if not self.suggestions:
                # One rule of graphql-core suggests even where suggestions are hidden.
                error.message = error.message.partition(" Did you mean ")[0]
        return tuple(errors)

    def _keep(self, text: str, document: Document) -> None:
        size = _size(text)
        if size > self._size:
            return
        self._kept[text] = document
        self._kept_size += size
        while len(self._kept) > self._entries or self._kept_size > self._size:
            oldest, _ = self._kept.popitem(last=False)
            self._kept_size -= _size(oldest)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
