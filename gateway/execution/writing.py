"""Symbols → the lines of a function that completes them: what a plan runs where nothing is unusual.

It completes values as `completion` does, but trusts what was checked when it was decoded, and
gives up (Unforeseen) at whatever does not fit: the careful way then tells what is wrong and where.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
)
from strawberry.types.field import StrawberryField

from gateway.execution.inlining import OPPOSITE, Inliner
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
    bare,
    is_int32,
    may_be_none,
    some,
)

LINES = 4000
"""How long a function may become: fragments within fragments can make much of little."""
_CLASSES: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool, "Int": int}


class Unforeseen(Exception):
    """What a quick function does not know; the careful one does."""


class Serialized(dict[Any, Any]):
    """The values of an enum as they go out, each serialised once."""

    def __init__(self, kind: GraphQLEnumType) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, value: Any) -> Any:
        found = self[value] = self._kind.coerce_output_value(value)
        return found


class Writer:
    """One function in the making.

    `select` gives the fields asked of a type, and `dispatch` a mapping from a class to what
    completes its values where a field's type is abstract.
    """

    def __init__(
        self,
        select: Callable[[GraphQLObjectType, Asked], list[Asked]],
        dispatch: Callable[[GraphQLOutputType, Asked], Mapping[type, Any]],
    ) -> None:
        self._select = select
        self._dispatch = dispatch
        self._indent = 1
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"Unforeseen": Unforeseen}
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
        if len(self.lines) >= LINES:
            raise Foreign("too long")
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
        grows = any(field.condition for field in fields)
        if grows:
            self.line("out = {}")
        for field in fields:
            with self.under(field):
                before = len(self.lines)
                try:
                    text = self._any_field(owner, kind, field)
                except Foreign:
                    del self.lines[before:]
                    left.append(field)
                    text = "None"
                if grows:
                    self.line(f"out[{field.key!r}] = {text}")
                else:
                    written.append((field, text))
        if not grows:
            self.line(f"out = {literal(written)}")
        return left

    def object(self, owner: Symbol, kind: GraphQLObjectType, asked: Asked) -> str:
        """The source of an object with all that is asked of it."""
        fields = self._select(kind, asked)
        if any(field.condition for field in fields):
            return self._growing(owner, kind, fields)
        return literal([(field, self._any_field(owner, kind, field)) for field in fields])

    def _any_field(self, owner: Symbol, kind: GraphQLObjectType, field: Asked) -> str:
        """The source of a field, or of the name of its type."""
        if field.name == "__typename":
            return repr(kind.name)
        if field.name.startswith("__"):
            raise Foreign("introspection")
        return self.field(owner, kind.fields[field.name], field)

    def _growing(self, owner: Symbol, kind: GraphQLObjectType, fields: list[Asked]) -> str:
        name = self.hold("{}")
        for field in fields:
            with self.under(field):
                self.line(f"{name}[{field.key!r}] = {self._any_field(owner, kind, field)}")
        return name

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
                return self._followed(list(symbol.statements), symbol.scope, kind, asked)
        if isinstance(kind, GraphQLNonNull):
            return self._value(symbol, kind.of_type, asked, nullable=False)
        return self._value(symbol, kind, asked, nullable=True)

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
            except Foreign:
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
            case (
                ast.Assign(targets=[ast.Name() as target], value=value)
                | ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value)
            ):
                held = self.inliner.held(self.inliner.value(value, scope))
                return self._followed(rest, scope.knowing(**{target.id: held}), kind, asked)
            case ast.If():
                return self._either(
                    self.inliner.test(first.test, scope),
                    lambda: self._followed([*first.body, *rest], scope, kind, asked),
                    lambda: self._followed([*first.orelse, *rest], scope, kind, asked),
                )
            case _:
                raise Foreign(type(first).__name__)

    def _value(
        self, symbol: Symbol, kind: GraphQLOutputType, asked: Asked, *, nullable: bool
    ) -> str:
        if isinstance(kind, GraphQLList):
            return self._list(symbol, kind, asked, nullable=nullable)
        if isinstance(symbol, Given):
            if not isinstance(kind, GraphQLObjectType):
                # An interface's value is made by the function that knows its class.
                raise Foreign(symbol.view.__name__)
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
        cls = kind.extensions["strawberry-definition"].origin
        self.line(f"if {code.text}.__class__ is not {self.bind(cls)}: raise Unforeseen")
        return self.object(code._replace(kind=cls), kind, asked)

    def _list(self, symbol: Symbol, kind: GraphQLList[Any], asked: Asked, *, nullable: bool) -> str:
        if isinstance(symbol, Each):
            items = self.inliner.code(symbol.items)
            one = self.inliner.item(items, self.inliner.fresh())
            inner = symbol.scope.knowing(**{symbol.name: one})
            element: Symbol = Later(symbol.element, inner)
            tests = [self.inliner.test(it, inner) for it in symbol.conditions]
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
            tests = []
        out = self.hold("[]")
        assert isinstance(one, Code)
        with self.block(f"for {one.text} in {items.text}:"):
            if tests:
                self.line(f"if not ({' and '.join(tests)}): continue")
            self.line(f"{out}.append({self.completed(element, kind.of_type, asked)})")
        return out

    def _leaf(
        self, code: Code, kind: GraphQLScalarType | GraphQLEnumType, *, nullable: bool
    ) -> str:
        optional = may_be_none(code.kind)
        if code.sure and self._as_it_is(code.kind, kind):
            if nullable or not optional:
                return code.text
            name = self._held(code)
            self.line(f"if {name} is None: raise Unforeseen")
            return name
        name = self._held(code)
        text, test = self._checked(name, some(code.kind) if code.sure else Any, kind)
        if optional and not nullable:
            self.line(f"if {name} is None: raise Unforeseen")
        if test:
            missing = f"{name} is not None and " if optional and nullable else ""
            self.line(f"if {missing}{test}: raise Unforeseen")
        goes_through = text == name or not (optional and nullable)
        return text if goes_through else f"(None if {name} is None else {text})"

    def _as_it_is(self, kind_found: Any, kind: GraphQLScalarType | GraphQLEnumType) -> bool:
        """Whether values that were decoded as this type go out unchanged."""
        if kind.name == "Int":
            return is_int32(kind_found)
        found = some(kind_found)
        wanted = _CLASSES.get(kind.name)
        return found is wanted if wanted else found is str and kind.coerce_output_value is str

    def _checked(
        self, name: str, found: Any, kind: GraphQLScalarType | GraphQLEnumType
    ) -> tuple[str, str]:
        """How a leaf goes out, and when it does not fit."""
        if isinstance(kind, GraphQLEnumType):
            return f"{self.bind(Serialized(kind))}[{name}]", ""
        wanted = _CLASSES.get(kind.name)
        if wanted is int:
            limits = f"{GRAPHQL_MIN_INT} <= {name} <= {GRAPHQL_MAX_INT}"
            return name, f"({name}.__class__ is not int or not ({limits}))"
        if wanted:
            return name, f"{name}.__class__ is not {wanted.__name__}"
        if kind.coerce_output_value is str:
            return (name, "") if bare(found) is str else (f"{self.bind(str)}({name})", "")
        return f"{self.bind(_never_null(kind))}({name})", ""


def literal(fields: Sequence[tuple[Asked, str]]) -> str:
    """The source of a dict."""
    return "{" + ", ".join(f"{field.key!r}: {text}" for field, text in fields) + "}"


def _never_null(kind: GraphQLScalarType) -> Callable[[Any], Any]:
    serialize = kind.coerce_output_value

    def serialized(value: Any) -> Any:
        found = serialize(value)
        if found is None:
            raise Unforeseen
        return found

    return serialized
