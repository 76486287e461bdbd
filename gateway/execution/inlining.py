"""A resolver's source → what it computes, as symbols that a plan is written from.

A view's field is most often one expression over the Structs below it. The planner reads that
expression, puts the expressions of the properties and functions that it calls in their place,
makes no view that only carries a value to the next field, and notes each attribute that is read.
"""

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import iscoroutinefunction
from types import FunctionType, GenericAlias
from typing import Any, get_args, get_origin

import msgspec

from gateway.execution.rendering import looks_for_none, rendered
from gateway.execution.sources import names_of, source_of
from gateway.execution.symbols import (
    THERE,
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
_SCALARS = (str, int, float, bool, type(None))


class Inliner:
    """Reads expressions for one function that is being written.

    `bind` gives an object a name in it, and `hold` a value; what is read below the view itself
    ends up in `reads`.
    """

    def __init__(self, bind: Callable[[Any], str], hold: Callable[[str], str]) -> None:
        self._bind = bind
        self._hold = hold
        self._depth = 0
        self._apart = 0
        self._names = 0
        self.reads: set[Path] = set()

    def called(self, function: FunctionType, given: Mapping[str, Symbol]) -> Symbol:
        """What a function returns for these arguments; raises Foreign where that cannot be read."""
        source = source_of(function)
        if source is None or set(source.parameters) != given.keys() or self._depth >= DEPTH:
            raise Foreign(function.__qualname__)
        scope = Scope(dict(given), names_of(function))
        first = source.statements[0] if source.statements else None
        if isinstance(first, ast.Return) and first.value is not None:
            with self._deeper():
                return self.value(first.value, scope)
        return Body(source.statements, scope, Call(function, given))

    def value(self, node: ast.expr, scope: Scope) -> Symbol:
        """What an expression stands for."""
        match node:
            case ast.Constant():
                return Code(repr(node.value), type(node.value), sure=True)
            case ast.Name():
                return self._named(node.id, scope)
            case ast.Attribute():
                return self.attribute(self.value(node.value, scope), node.attr)
            case ast.Call():
                return self._call(node, scope)
            case ast.IfExp():
                return self._choice(node.test, node.body, node.orelse, scope)
            case ast.BoolOp():
                return self._one_of(node, scope)
            case ast.Subscript():
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
                tests += [self.test(one, scope) for one in others]
            return f"({word.join(tests)})"
        if looks_for_none(node):
            word = "is" if isinstance(node.ops[0], ast.Is) else "is not"
            left = self.code(self.value(node.left, scope))
            return f"({self.seen(left)} {word} None)"
        return self.seen(self.code(self.value(node, scope)))

    def attribute(self, base: Symbol, name: str) -> Symbol:
        """An attribute of what a symbol stands for."""
        match base:
            case Known():
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
                kind = type(symbol.value)
                return Code(self._bind(symbol.value), kind, sure=kind in _SCALARS)
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
            case _:
                raise Foreign("what is never made")

    def held(self, symbol: Symbol) -> Symbol:
        """The same, computed once; nothing is computed ahead of what may forbid it."""
        if not isinstance(symbol, Code) or symbol.text.isidentifier() or self._apart:
            return symbol
        return symbol._replace(text=self._hold(symbol.text))

    def value_of(self, symbol: Symbol) -> Symbol:
        """What is behind an expression that was left for later."""
        return self.value(symbol.node, symbol.scope) if isinstance(symbol, Later) else symbol

    def used(self, code: Code) -> str:
        """The source of a value of which everything may be read."""
        self.reads |= code.paths
        return code.text

    def seen(self, code: Code) -> str:
        """The source of a value that is looked at but not into."""
        self.reads |= {(*it, THERE) for it in code.paths} if is_struct(code.kind) else code.paths
        return code.text

    def item(self, code: Code, name: str) -> Code:
        """An item of a sequence by the name that a loop gives it."""
        if is_struct(code.kind):
            self.seen(code)
            return Code(name, item_of(code.kind), code.paths, code.sure)
        self.used(code)
        return Code(name, item_of(code.kind), sure=code.sure)

    def fresh(self) -> str:
        """A name that nothing else has."""
        self._names += 1
        return f"v{self._names}"

    def _named(self, name: str, scope: Scope) -> Symbol:
        if name in scope.names:
            return self.value_of(scope.names[name])
        if name in scope.around:
            return Known(scope.around[name])
        if hasattr(builtins, name):
            return Known(getattr(builtins, name))
        raise Foreign(name)

    def _of_code(self, base: Code, name: str) -> Symbol:
        kind = some(base.kind)
        if isinstance(kind, type):
            if issubclass(kind, msgspec.Struct) and name in kind.__struct_fields__:
                paths = frozenset((*it, name) for it in base.paths)
                return Code(f"{base.text}.{name}", fields_of(kind)[name], paths, base.sure)
            if issubclass(kind, msgspec.Struct) or hasattr(kind, "__strawberry_definition__"):
                return self._of_class(kind, base, name)
        return Code(f"{self.used(base)}.{name}")

    def _of_class(self, cls: type, owner: Given | Code, name: str) -> Symbol:
        found = getattr(cls, name, None)
        if isinstance(found, property) and isinstance(found.fget, FunctionType):
            held = owner if isinstance(owner, Given) else self.held(owner)
            symbol = self.called(found.fget, {"self": held})
            kind = some(returned(found.fget))
            if isinstance(symbol, Code) and is_struct(kind):
                # What was decoded into Any is what the property says: it is checked there.
                return symbol._replace(kind=returned(found.fget), sure=True)
            return symbol
        if isinstance(found, FunctionType):
            return Method(found, owner)
        if isinstance(owner, Code):
            kinds = getattr(cls, "__dataclass_fields__", {})
            kind = kinds[name].type if name in kinds else Any
            paths = frozenset((*it, name) for it in owner.paths)
            return Code(f"{owner.text}.{name}", kind, paths)
        raise Foreign(f"{cls.__name__}.{name}")

    def _call(self, node: ast.Call, scope: Scope) -> Symbol:
        if any(isinstance(it, ast.Starred) for it in node.args) or any(
            it.arg is None for it in node.keywords
        ):
            return self._rendered(node, scope)
        function = self.value(node.func, scope)
        if isinstance(function, Method):
            return self._inlined(function.function, node, scope, (function.owner,))
        if isinstance(function, Known):
            called = function.value
            if hasattr(called, "__strawberry_definition__") and isinstance(called, type):
                return self._given(called, node, scope)
            if hasattr(called, "__supertype__"):
                return self.value(node.args[0], scope)
            if isinstance(called, FunctionType):
                return self._inlined(called, node, scope, ())
        if isinstance(function, Known) and function.value is isinstance:
            known = self._is_instance(node, scope)
            if known is not None:
                return Code(repr(known), bool, sure=True)
        if isinstance(function, Known) and function.value in (sorted, list) and len(node.args) == 1:
            items = self.code(self.value(node.args[0], scope))
            text = f"{self._bind(function.value)}({self.used(items)})"
            return Code(text, GenericAlias(list, (item_of(items.kind),)), sure=items.sure)
        if isinstance(function, Known) and function.value is len:
            return Code(f"len({self.seen(self.code(self.value(node.args[0], scope)))})", int)
        target = self.code(function)
        kind = made_by(function.value) if isinstance(function, Known) else Any
        text = f"{self.used(target)}({self._arguments(node, scope)})"
        return Code(text, kind, sure=kind is str or is_struct(kind))

    def _is_instance(self, node: ast.Call, scope: Scope) -> bool | None:
        """What is known already of a value that was decoded."""
        value, of = (self.value(it, scope) for it in node.args)
        if not isinstance(value, Code) or not value.sure or not isinstance(of, Known):
            return None
        kind = value.kind
        if not (isinstance(kind, type) and is_struct(kind) and isinstance(of.value, type)):
            return None
        return True if issubclass(kind, of.value) else None if issubclass(of.value, kind) else False

    def _member(self, node: ast.Subscript, scope: Scope) -> Code:
        held = self.code(self.value(node.value, scope))
        key = self._operand(node.slice, scope)
        kind = some(held.kind)
        known = get_origin(kind) is dict
        return Code(
            f"{self.used(held)}[{key}]",
            get_args(kind)[1] if known else Any,
            sure=held.sure and known,
        )

    def _given(self, cls: type, node: ast.Call, scope: Scope) -> Given:
        if node.args:
            raise Foreign(cls.__name__)
        fields = {it.python_name for it in cls.__strawberry_definition__.fields}  # type: ignore[attr-defined]
        given: dict[str, Symbol] = {}
        for one in node.keywords:
            assert one.arg is not None
            later = Later(one.value, scope)
            # What a view only carries is read by several of its fields.
            given[one.arg] = later if one.arg in fields else self.held(self.value_of(later))
        return Given(cls, given)

    def _inlined(
        self, function: FunctionType, node: ast.Call, scope: Scope, first: tuple[Symbol, ...]
    ) -> Symbol:
        source = source_of(function)
        if source is None:
            if first or iscoroutinefunction(function):
                raise Foreign(function.__qualname__)
            return Code(
                f"{self._bind(function)}({self._arguments(node, scope)})", returned(function)
            )
        given: dict[str, Symbol] = dict(zip(source.parameters, first, strict=False))
        rest = source.parameters[len(first) :]
        for name, one in zip(rest, node.args, strict=False):
            given[name] = self.held(self.value(one, scope))
        for keyword in node.keywords:
            given[str(keyword.arg)] = self.held(self.value(keyword.value, scope))
        return self.called(function, given)

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
            raise Foreign(call.function.__qualname__)
        given = ", ".join(
            f"{name}={self.used(self.code(it))}" for name, it in call.arguments.items()
        )
        return Code(f"{self._bind(call.function)}({given})", returned(call.function))

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

    def _arguments(self, node: ast.Call, scope: Scope) -> str:
        given = [self._operand(it, scope) for it in node.args]
        given += [f"{it.arg}={self._operand(it.value, scope)}" for it in node.keywords]
        return ", ".join(given)

    def _operand(self, node: ast.expr, scope: Scope) -> str:
        return self.used(self.code(self.value(node, scope)))

    def _rendered(self, node: ast.expr, scope: Scope) -> Code:
        """Any other expression: what is in it may be read to the bottom."""
        with self._alone():
            return Code(rendered(self, scope, node))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._apart += 1
        try:
            yield
        finally:
            self._apart -= 1

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1


def made_by(called: Any) -> Any:
    """The annotation of what a class makes, where its values are plain ones or Structs."""
    is_plain = isinstance(called, type) and (called in _SCALARS or is_struct(called))
    return called if is_plain else Any
