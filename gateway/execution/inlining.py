"""A resolver's source → what it computes, as symbols that a plan is written from.

A view's field is most often one expression over the Structs below it. The planner reads that
expression, puts the expressions of the properties and functions that it calls in their place,
makes no view that only carries a value to the next field, and notes each attribute that is read.
"""

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any, get_args, get_origin

import msgspec
from strawberry.types.base import has_object_definition

from gateway.execution.calls import call, unpacks
from gateway.execution.classes import SCALARS, carried, member, overridden, settled, waits
from gateway.execution.lines import Lines
from gateway.execution.noting import note
from gateway.execution.rendering import looks_for_none, rendered
from gateway.execution.sources import Source, source_of
from gateway.execution.symbols import (
    THERE,
    Absent,
    Body,
    Call,
    Choice,
    Code,
    Each,
    Foreign,
    Given,
    Known,
    Later,
    Method,
    Path,
    Scope,
    Shown,
    Symbol,
    either,
    fields_of,
    is_struct,
    item_of,
    returned,
    some,
    there,
)

DEPTH = 16
"""How many calls deep an expression is read."""
OPPOSITE = {"True": "False", "False": "True"}
"""What is known without running anything."""


class Inliner:
    """Reads expressions for one function that is being written.

    What is read below the view itself ends up in `reads`; `lost` says that there is more of it
    than can be told.
    """

    def __init__(self, lines: Lines) -> None:
        self.bind = lines.bind
        self.fresh = lines.fresh
        self._hold = lines.hold
        self._within: tuple[FunctionType, ...] = ()
        self._apart = 0
        self.reads: set[Path] = set()
        self.lost = False

    def called(self, function: FunctionType, given: Mapping[str, Symbol]) -> Symbol:
        """What a function returns for these arguments; raises Foreign where that cannot be read."""
        source = source_of(function)
        is_within = function in self._within or len(self._within) >= DEPTH
        if source is None or set(source.parameters) != given.keys() or is_within:
            raise Foreign(function.__qualname__, getattr(function, "reads", None))
        names = {**self._names_of(function, source), **given}
        scope = Scope(names, function.__globals__, (*self._within, function))
        first = source.statements[0] if source.statements else None
        if isinstance(first, ast.Return) and first.value is not None:
            return self.value(first.value, scope)
        return Body(source.statements, scope, Call(function, given))

    def value(self, node: ast.expr, scope: Scope) -> Symbol:
        """What an expression stands for."""
        around, self._within = self._within, scope.within
        try:
            return self._value(node, scope)
        finally:
            self._within = around

    def _value(self, node: ast.expr, scope: Scope) -> Symbol:
        match node:
            case ast.Constant():
                return Code(repr(node.value), type(node.value), sure=True)
            case ast.Name():
                return self._named(node.id, scope)
            case ast.Attribute():
                return self.attribute(self.value(node.value, scope), node.attr)
            case ast.Call() if not unpacks(node):
                return call(self, node, scope)
            case ast.IfExp():
                return self._choice(node.test, node.body, node.orelse, scope)
            case ast.BoolOp():
                return self._one_of(node, scope)
            case ast.Subscript() if not isinstance(node.slice, ast.Slice | ast.Tuple):
                return self._member(node, scope)
            case ast.ListComp(generators=[ast.comprehension(target=ast.Name() as target) as one]):
                items = self.value(one.iter, scope)
                return Each(items, target.id, tuple(one.ifs), node.elt, scope)
            case _:
                return self._rendered(node, scope)

    def test(self, node: ast.expr, scope: Scope) -> str:
        """A condition's source: it looks whether something is there, not what is in it."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            test = self.test(node.operand, scope)
            return OPPOSITE.get(test, f"(not {test})")
        if isinstance(node, ast.BoolOp):
            word = " and " if isinstance(node.op, ast.And) else " or "
            first, *others = node.values
            tests = [self.test(first, scope)]
            with self._alone():
                behind = self._behind(node.op, first, scope)
                tests += [self.test(one, behind) for one in others]
            return f"({word.join(tests)})"
        if looks_for_none(node):
            word = "is" if isinstance(node.ops[0], ast.Is) else "is not"
            left = self.code(self.value(node.left, scope))
            return f"({self.seen(left)} {word} None)"
        return self.seen(self.code(self.value(node, scope)))

    def _behind(self, operator: ast.boolop, first: ast.expr, scope: Scope) -> Scope:
        """The scope of what is looked at only if the first condition has not settled it all."""
        wanted = ast.IsNot if isinstance(operator, ast.And) else ast.Is
        if not looks_for_none(first) or not isinstance(first.ops[0], wanted):
            return scope
        name = first.left.id if isinstance(first.left, ast.Name) else ""
        known = scope.names.get(name)
        if not isinstance(known, Code):
            return scope
        return scope.knowing(**{name: known._replace(kind=there(known.kind))})

    def attribute(self, base: Symbol, name: str) -> Symbol:
        """An attribute of what a symbol stands for."""
        match base:
            case Known() if settled(base.value, name):
                return Known(getattr(base.value, name))
            case Given():
                if name in base.attributes:
                    return self.value_of(base.attributes[name])
                return self._of_class(base.view, base, name)
            case Code():
                return self._of_code(base, name)
            case _:
                return self._of_code(self.code(base), name)

    def code(self, symbol: Symbol) -> Code:
        """A symbol as an expression; raises Foreign where it stands for what is never made."""
        match symbol:
            case Code():
                return symbol
            case Known():
                if waits(symbol.value):
                    raise Foreign("what has to be awaited")
                kind = type(symbol.value)
                return Code(self.bind(symbol.value), kind, sure=kind in SCALARS)
            case Later():
                return self.code(self.value_of(symbol))
            case Choice():
                with self._alone():
                    then = self.code(self.value_of(symbol.then))
                    other = self.code(self.value_of(symbol.otherwise))
                return Code(
                    f"({then.text} if {symbol.test} else {other.text})",
                    either(then.kind, other.kind),
                    then.paths | other.paths,
                    then.sure and other.sure,
                )
            case Body():
                chosen = self._chosen(symbol.statements, symbol.scope)
                return self.code(chosen) if chosen is not None else self._made(symbol.call)
            case Each():
                return self._listed(symbol)
            case Shown():
                return symbol.made
            case Given():
                given = {name: self.code(it) for name, it in symbol.attributes.items()}
                text = ", ".join(f"{name}={self.used(it)}" for name, it in given.items())
                return Code(f"{self.bind(symbol.view)}({text})", symbol.view, exact=True)
            case _:
                raise Foreign("what is never made")

    def held(self, symbol: Symbol) -> Symbol:
        """The same, computed once; nothing is computed ahead of what may forbid it."""
        self.noted(symbol)
        if not isinstance(symbol, Code) or symbol.text.isidentifier() or self._apart:
            return symbol
        return symbol._replace(text=self._hold(symbol.text))

    @property
    def apart(self) -> bool:
        """Whether an expression is read that may not be computed at all."""
        return self._apart > 0

    def noted(self, symbol: Symbol) -> None:
        """Note what is read by computing this, whether the plan does so or only the function."""
        try:
            with self._alone():
                note(self, self.value_of(symbol))
        except Foreign as left:
            self.left(left)

    def left(self, to: Foreign) -> None:
        """Note what is read by a function that is called where a plan does not know its way."""
        if to.reads is None:
            self.lost = True
        else:
            self.reads |= to.reads

    def value_of(self, symbol: Symbol) -> Symbol:
        """What is behind an expression that was left for later."""
        return self.value(symbol.node, symbol.scope) if isinstance(symbol, Later) else symbol

    def used(self, code: Code) -> str:
        """The source of a value of which everything may be read."""
        self.reads |= code.paths
        return code.text

    def seen(self, code: Code) -> str:
        """The source of a value that is looked at but not into."""
        is_apart = is_struct(code.kind) or has_object_definition(some(code.kind))
        self.reads |= {(*it, THERE) for it in code.paths} if is_apart else code.paths
        return code.text

    def item(self, code: Code, name: str) -> Code:
        """An item of a sequence by the name that a loop gives it."""
        if is_struct(code.kind):
            self.seen(code)
            return Code(name, item_of(code.kind), code.paths, code.sure)
        self.used(code)
        return Code(name, item_of(code.kind), sure=code.sure)

    def _named(self, name: str, scope: Scope) -> Symbol:
        if name in scope.names:
            return self.value_of(scope.names[name])
        if name in scope.around:
            return Known(scope.around[name])
        if hasattr(builtins, name):
            return Known(getattr(builtins, name))
        raise Foreign(name)

    def _names_of(self, function: FunctionType, source: Source) -> dict[str, Symbol]:
        """What names mean that are not of the module, or not the same in each run."""
        found: dict[str, Symbol] = dict.fromkeys(source.own, Absent())
        for name in source.rebound:
            found[name] = Code(f"{self.bind(function.__globals__)}[{name!r}]")
        cells = function.__closure__ or ()
        for name, cell in zip(function.__code__.co_freevars, cells, strict=True):
            try:
                is_settled = isinstance(cell.cell_contents, FunctionType | type)
            except ValueError:  # It is empty.
                is_settled = False
            found[name] = (
                Known(cell.cell_contents)
                if is_settled
                else Code(f"{self.bind(cell)}.cell_contents")
            )
        return found

    def _of_code(self, base: Code, name: str) -> Symbol:
        kind = some(base.kind)
        if isinstance(kind, type):
            if issubclass(kind, msgspec.Struct) and name in kind.__struct_fields__:
                paths = frozenset((*it, name) for it in base.paths)
                if overridden(kind, name):
                    return Code(f"{base.text}.{name}", paths=paths)
                return Code(f"{base.text}.{name}", fields_of(kind)[name], paths, base.sure)
            if issubclass(kind, msgspec.Struct) or has_object_definition(kind):
                return self._of_class(kind, base, name)
        return Code(f"{self.used(base)}.{name}")

    def _of_class(self, cls: type, owner: Given | Code, name: str) -> Symbol:
        if carried(cls, name):
            if isinstance(owner, Given):
                raise Foreign(f"{cls.__name__}.{name}")
            paths = frozenset((*it, name) for it in owner.paths)
            return Code(f"{owner.text}.{name}", cls.__dataclass_fields__[name].type, paths)  # type: ignore[attr-defined]
        found = member(cls, name)
        if isinstance(owner, Code) and overridden(cls, name) and not owner.exact:
            found = None
        if isinstance(found, property) and isinstance(found.fget, FunctionType):
            held = owner if isinstance(owner, Given) else self.held(owner)
            symbol = self.called(found.fget, {"self": held})
            kind = some(returned(found.fget))
            if isinstance(symbol, Code) and is_struct(kind):
                # What was decoded into Any is what the property says: it is checked there.
                symbol = symbol._replace(kind=returned(found.fget), sure=True)
            if isinstance(symbol, Code) and is_struct(symbol.kind) and not self._apart:
                # Whoever asks for a property once does so for several fields.
                return symbol._replace(text=self._hold(symbol.text))
            return symbol
        if isinstance(found, FunctionType):
            return Method(found, owner)
        return Code(f"{self.used(self.code(owner))}.{name}")

    def _member(self, node: ast.Subscript, scope: Scope) -> Code:
        held = self.code(self.value(node.value, scope))
        key = self.operand(node.slice, scope)
        kind = some(held.kind)
        known = get_origin(kind) is dict
        return Code(
            f"{self.used(held)}[{key}]",
            get_args(kind)[1] if known else Any,
            sure=held.sure and known,
        )

    def _choice(self, test: ast.expr, then: ast.expr, otherwise: ast.expr, scope: Scope) -> Symbol:
        known = self.test(test, scope)
        if known in OPPOSITE:
            return self.value(then if known == "True" else otherwise, scope)
        return Choice(known, Later(then, scope), Later(otherwise, scope))

    def _chosen(self, statements: Sequence[ast.stmt], scope: Scope) -> Symbol | None:
        """What a function returns that does no more than to choose between two expressions."""
        match statements:
            case [
                ast.If(test=test, body=[ast.Return(value=ast.expr() as then)], orelse=[]),
                ast.Return(value=ast.expr() as otherwise),
            ]:
                return self._choice(test, then, otherwise, scope)
        return None

    def _made(self, call: Call) -> Code:
        """A call that stays one: what it is given may be read to the bottom."""
        if call.function.__qualname__ != call.function.__name__:
            raise Foreign(call.function.__qualname__, getattr(call.function, "reads", None))
        given = ", ".join(
            f"{name}={self.used(self.code(it))}" for name, it in call.arguments.items()
        )
        return Code(f"{self.bind(call.function)}({given})", returned(call.function))

    def _one_of(self, node: ast.BoolOp, scope: Scope) -> Code:
        parts = [self.code(self.value(node.values[0], scope))]
        with self._alone():
            parts += [self.code(self.value(it, scope)) for it in node.values[1:]]
        if isinstance(node.op, ast.And):
            return Code(f"({' and '.join(map(self.used, parts))})")
        for it in parts[:-1]:
            self.seen(it)
        kind = parts[-1].kind
        for it in parts[:-1]:
            kind = either(there(it.kind), kind)
        return Code(
            f"({' or '.join(it.text for it in parts)})",
            kind,
            frozenset().union(*(it.paths for it in parts)),
            all(it.sure for it in parts),
        )

    def _listed(self, each: Each) -> Code:
        items = self.code(each.items)
        one = self.item(items, self.fresh())
        inner = each.scope.knowing(**{each.name: one})
        with self._alone():
            tests = "".join(f" if {self.test(it, inner)}" for it in each.conditions)
            element = self.used(self.code(self.value(each.element, inner)))
        return Code(f"[{element} for {one.text} in {items.text}{tests}]", list)

    def operand(self, node: ast.expr, scope: Scope) -> str:
        return self.used(self.code(self.value(node, scope)))

    def _rendered(self, node: ast.expr, scope: Scope) -> Code:
        """Any other expression: what is in it may be read to the bottom."""
        with self._alone():
            return Code(f"({rendered(self, scope, node)})")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._apart += 1
        try:
            yield
        finally:
            self._apart -= 1
