"""Symbols → the lines of a function that completes them: what a plan runs where nothing is unusual.

It completes values as `completion` does, but trusts what was checked when it was decoded, and
gives up (Unforeseen) at whatever does not fit: the careful way then tells what is wrong and where.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import FunctionType
from typing import Any

import msgspec
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from gateway.execution.inlining import OPPOSITE, Inliner
from gateway.execution.leaves import Unforeseen, checked, goes_as_it_is
from gateway.execution.noting import assigned, note_given
from gateway.execution.progress import Unusual
from gateway.execution.selections import Asked
from gateway.execution.symbols import (
    NONE,
    Absent,
    Body,
    Choice,
    Code,
    Each,
    Foreign,
    Given,
    Later,
    Scope,
    Symbol,
    may_be_none,
    some,
)

LINES = 4000
"""How much is written of one operation: fragments within fragments can make much of little."""


class TooLong(Exception):
    """A function would become longer than it may, or complete more fields."""


class Writer:
    """One function in the making.

    `select` gives the fields asked of a type, and `dispatch` a mapping from a class to what
    completes its values where a field's type is abstract. There may be `limit` lines, and as many
    fields.
    """

    def __init__(
        self,
        select: Callable[[GraphQLObjectType, Asked], list[Asked]],
        dispatch: Callable[[GraphQLOutputType, Asked], Mapping[type, Any]],
        limit: int = LINES,
    ) -> None:
        self._select = select
        self._dispatch = dispatch
        self._indent = 1
        self._limit = limit
        self._unusual = Unusual()
        self.fields = 0
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"UNSET": msgspec.UNSET, "Unforeseen": Unforeseen}
        self._bound: dict[int, str] = {}
        self.inliner = Inliner(self.bind, self.hold)

    def bind(self, value: Any) -> str:
        """A name for an object."""
        name = self._bound.get(id(value))
        if name is None:
            name = self._bound[id(value)] = f"g{len(self._bound)}"
            self.names[name] = value
        return name

    def hold(self, text: str) -> str:
        """A name for a value that is computed here."""
        name = self.inliner.fresh()
        self.line(f"{name} = {text}")
        return name

    def line(self, text: str) -> None:
        """Write one line."""
        if len(self.lines) >= self._limit:
            raise TooLong
        self.lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write the lines that stand below a head."""
        self.line(head)
        before = len(self.lines)
        self._indent += 1
        try:
            yield
            if len(self.lines) == before:
                self.line("pass")
        finally:
            self._indent -= 1

    def field(self, owner: Symbol, row: GraphQLField, asked: Asked) -> str:
        """The source of a field's completed value; raises Foreign where it cannot be written."""
        field: StrawberryField = row.extensions["strawberry-definition"]
        resolver = field.base_resolver
        if row.args or field.extensions or (resolver and resolver.parent_parameter):
            raise Foreign(asked.name)
        if resolver is None:
            symbol = self.inliner.attribute(owner, field.python_name)
        else:
            function = resolver.wrapped_func
            if not isinstance(function, FunctionType) or hasattr(function, "many"):
                raise Foreign(asked.name)
            given: dict[str, Symbol] = {}
            if resolver.self_parameter:
                given["self"] = owner
            if resolver.info_parameter:
                given[resolver.info_parameter.name] = Absent()
            symbol = self.inliner.called(function, given)
        return self.completed(symbol, row.type, asked)

    def whole(self, owner: Symbol, kind: GraphQLObjectType, fields: Sequence[Asked]) -> list[Asked]:
        """Write `out`, an object with its fields in their order; the fields that have to be
        resolved by calls are null in it, and returned."""
        left: list[Asked] = []
        written: list[tuple[Asked, str]] = []
        for field in fields:
            before = len(self.lines)
            try:
                text = self._where_it_counts(owner, kind, field)
            except Foreign:
                del self.lines[before:]
                left.append(field)
                text = "None"
            written.append((field, text))
        if not left:
            self.line(f"out = {self._made(written)}")
            return left
        self._dict("out", written)
        return left

    def object(self, owner: Symbol, kind: GraphQLObjectType, asked: Asked) -> str:
        """The source of an object with all that is asked of it."""
        fields = self._select(kind, asked)
        return self._made([(it, self._where_it_counts(owner, kind, it)) for it in fields])

    def _made(self, fields: Sequence[tuple[Asked, str]]) -> str:
        """The source of an object; a Struct is made and encoded in half the time of a dict."""
        keys = tuple(field.key for field, _ in fields)
        if len(set(keys)) < len(keys):
            return self._dict(self.inliner.fresh(), fields)
        return f"{self.bind(struct_of(keys))}({', '.join(text for _, text in fields)})"

    def _dict(self, name: str, fields: Sequence[tuple[Asked, str]]) -> str:
        """What may be filled in later, or has several places for a key."""
        self.line(f"{name} = {{}}")
        for field, text in fields:
            with self.under(field):
                self.line(f"{name}[{field.key!r}] = {text}")
        return name

    def _where_it_counts(self, owner: Symbol, kind: GraphQLObjectType, field: Asked) -> str:
        """The source of a field; UNSET, which is not encoded, where its condition does not hold."""
        if not field.condition:
            return self._any_field(owner, kind, field)
        name = self.hold("UNSET")
        with self.under(field):
            self.line(f"{name} = {self._any_field(owner, kind, field)}")
        return name

    def _any_field(self, owner: Symbol, kind: GraphQLObjectType, field: Asked) -> str:
        """The source of a field, or of the name of its type."""
        self.fields += 1
        if self.fields > self._limit:
            raise TooLong
        if field.name == "__typename":
            return repr(kind.name)
        if field.name.startswith("__"):
            raise Foreign("introspection")
        return self.field(owner, kind.fields[field.name], field)

    @contextmanager
    def under(self, field: Asked) -> Iterator[None]:
        """Write what is done only where a field's condition holds."""
        if not field.condition:
            yield
            return
        with self.block(f"if flags[{self.bind(field.condition)}]:"):
            yield

    def completed(self, symbol: Symbol, kind: GraphQLOutputType, asked: Asked) -> str:
        """The source of a value of this type as it goes out."""
        if isinstance(symbol, Later):
            symbol = self.inliner.value_of(symbol)
        match symbol:
            case Choice():
                return self._either(
                    symbol.test,
                    lambda: self.completed(symbol.then, kind, asked),
                    lambda: self.completed(symbol.otherwise, kind, asked),
                )
            case Body():
                return self._inside(symbol, kind, asked)
        if isinstance(kind, GraphQLNonNull):
            return self._value(symbol, kind.of_type, asked, nullable=False)
        return self._value(symbol, kind, asked, nullable=True)

    def _inside(self, body: Body, kind: GraphQLOutputType, asked: Asked) -> str:
        """What a function of several statements returns; its call, where they are not plain."""
        inliner, before = self.inliner, len(self.lines)
        lost, inliner.lost = inliner.lost, False
        try:
            text = self._followed(list(body.statements), body.scope, kind, asked)
        except Foreign:
            del self.lines[before:]
            inliner.lost = True
            text = self.completed(inliner.code(body), kind, asked)
        finally:
            if inliner.lost:
                # A way that is left to the function reads no more than it is given.
                note_given(inliner, body.call)
            inliner.lost = lost
        return text

    def _either(self, test: str, then: Callable[[], str], otherwise: Callable[[], str]) -> str:
        if test in OPPOSITE:
            return then() if test == "True" else otherwise()
        target = self.inliner.fresh()
        written = [
            self._branch(f"if {test}:", target, then),
            self._branch("else:", target, otherwise),
        ]
        if not any(written):
            raise Foreign("neither way")
        return target

    def _branch(self, head: str, target: str, write: Callable[[], str]) -> bool:
        """Write one way to a value; where that cannot be, to go it is unforeseen."""
        with self.block(head):
            before = len(self.lines)
            try:
                self.line(f"{target} = {write()}")
            except Foreign as left:
                self.inliner.left(left)
                del self.lines[before:]
                self.line("raise Unforeseen")
                return False
        return True

    def _followed(
        self, statements: Sequence[ast.stmt], scope: Scope, kind: GraphQLOutputType, asked: Asked
    ) -> str:
        """What a function's statements return, in the order in which they are run."""
        if not statements:
            return self.completed(NONE, kind, asked)
        first, *rest = statements
        match first:
            case ast.Return():
                found = Later(first.value, scope) if first.value else NONE
                return self.completed(found, kind, asked)
            case ast.If():
                return self._either(
                    self.inliner.test(first.test, scope),
                    lambda: self._followed([*first.body, *rest], scope, kind, asked),
                    lambda: self._followed([*first.orelse, *rest], scope, kind, asked),
                )
            case _:
                name, value = assigned(first)
                held = self.inliner.held(self.inliner.value(value, scope))
                return self._followed(rest, scope.knowing(**{name: held}), kind, asked)

    def _value(
        self, symbol: Symbol, kind: GraphQLOutputType, asked: Asked, *, nullable: bool
    ) -> str:
        if isinstance(kind, GraphQLList):
            return self._list(symbol, kind, asked, nullable=nullable)
        if isinstance(symbol, Given):
            if symbol.view is not origin_of(kind):
                # An interface's value is made by the function that knows its class.
                raise Foreign(symbol.view.__name__)
            assert isinstance(kind, GraphQLObjectType)
            return self.object(symbol, kind, asked)
        code = self.inliner.code(symbol)
        if code.text == "None":
            return self._null(nullable=nullable)
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            self.inliner.used(code)
            return self._leaf(code, kind, nullable=nullable)
        name = self._held(code)
        if not nullable or not may_be_none(code.kind):
            return self._instance(code._replace(text=name), kind, asked)
        return self._either(
            f"{name} is None",
            lambda: "None",
            lambda: self._instance(code._replace(text=name), kind, asked),
        )

    def _null(self, *, nullable: bool) -> str:
        if not nullable:
            self.line("raise Unforeseen")
        return "None"

    def _held(self, code: Code) -> str:
        return code.text if code.text.isidentifier() else self.hold(code.text)

    def _instance(self, code: Code, kind: GraphQLOutputType, asked: Asked) -> str:
        """A view that was made."""
        if not isinstance(kind, GraphQLObjectType):
            self.inliner.used(code)
            ways = self.bind(self._dispatch(kind, asked))
            return f"{ways}[{code.text}.__class__]({code.text}, flags)"
        cls = origin_of(kind)
        self.line(f"if {code.text}.__class__ is not {self.bind(cls)}: raise Unforeseen")
        return self.object(code._replace(kind=cls, exact=True), kind, asked)

    def _list(self, symbol: Symbol, kind: GraphQLList[Any], asked: Asked, *, nullable: bool) -> str:
        if isinstance(symbol, Each):
            items = self.inliner.code(symbol.items)
            one = self.inliner.item(items, self.inliner.fresh())
            inner = symbol.scope.knowing(**{symbol.name: one})
            element: Symbol = Later(symbol.element, inner)
            conditions = symbol.conditions
        else:
            items = self.inliner.code(symbol)
            if items.text == "None":
                return self._null(nullable=nullable)
            if nullable and may_be_none(items.kind):
                name = self._held(items)
                there = items._replace(text=name, kind=some(items.kind))
                if some(items.kind) is not Any:
                    return self._either(
                        f"{name} is None",
                        lambda: "None",
                        lambda: self._list(there, kind, asked, nullable=False),
                    )
            name = self._held(items)
            items = items._replace(text=name)
            self.line(f"if {name}.__class__ not in (list, tuple): raise Unforeseen")
            element = one = self.inliner.item(items, self.inliner.fresh())
            conditions = ()
        out = self.hold("[]")
        assert isinstance(one, Code)
        with self.block(f"for {one.text} in {items.text}:"):
            for condition in conditions:
                self.line(f"if not {self.inliner.test(condition, inner)}: continue")
            self.line(f"{out}.append({self.completed(element, kind.of_type, asked)})")
        return out

    def _leaf(
        self, code: Code, kind: GraphQLScalarType | GraphQLEnumType, *, nullable: bool
    ) -> str:
        optional = may_be_none(code.kind)
        if code.sure and goes_as_it_is(code.kind, kind):
            if nullable or not optional:
                return code.text
            name = self._held(code)
            self.line(f"if {name} is None: raise Unforeseen")
            return name
        name = self._held(code)
        found = some(code.kind) if code.sure else Any
        text, test = checked(name, found, kind, self.bind)
        # What nobody checked may be null whatever was said of it.
        optional = optional or not (code.sure or test)
        if not (code.sure or test):
            self.line(f"if {self.bind(self._unusual)}[{name}.__class__]: raise Unforeseen")
        if optional and not nullable:
            self.line(f"if {name} is None: raise Unforeseen")
        if test:
            missing = f"{name} is not None and " if optional and nullable else ""
            self.line(f"if {missing}{test}: raise Unforeseen")
        goes_through = text == name or not (optional and nullable)
        return text if goes_through else f"(None if {name} is None else {text})"


def origin_of(kind: GraphQLOutputType) -> type | None:
    """The class whose values an object type shows; None for other types."""
    if not isinstance(kind, GraphQLObjectType):
        return None
    definition: StrawberryObjectDefinition = kind.extensions["strawberry-definition"]
    # Of a generic class there is a type for each of what it is made of, and values of its own.
    return (definition.concrete_of or definition).origin


@lru_cache(maxsize=1024)
def struct_of(keys: tuple[str, ...]) -> type[msgspec.Struct]:
    """A Struct that is encoded as an object of these keys."""
    names = {f"f{number}": key for number, key in enumerate(keys)}
    return msgspec.defstruct("Object", [(name, Any) for name in names], rename=names, gc=False)
