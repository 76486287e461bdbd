"""What a resolver reads when it is called: more than a plan does, which computes what is asked."""

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gateway.execution.symbols import (
    Body,
    Call,
    Choice,
    Code,
    Each,
    Foreign,
    Later,
    Scope,
    Symbol,
)

if TYPE_CHECKING:
    from gateway.execution.inlining import Inliner


def note(inliner: "Inliner", symbol: Symbol) -> None:
    """Note what is read by computing a symbol; raises Foreign where that is not known."""
    match symbol:
        case Code():
            inliner.seen(symbol)
        case Choice():
            inliner.noted(symbol.then)
            inliner.noted(symbol.otherwise)
        case Each():
            one = inliner.item(inliner.code(symbol.items), symbol.name)
            inner = symbol.scope.knowing(**{symbol.name: one})
            for condition in symbol.conditions:
                inliner.test(condition, inner)
            inliner.noted(Later(symbol.element, inner))
        case Body():
            try:
                _note_all(inliner, symbol.statements, symbol.scope)
            except Foreign:
                note_given(inliner, symbol.call)


def note_given(inliner: "Inliner", call: Call) -> None:
    """Note that a function may read everything that it is given."""
    for given in call.arguments.values():
        inliner.used(inliner.code(given))


def _note_all(inliner: "Inliner", statements: Sequence[ast.stmt], scope: Scope) -> None:
    if not statements:
        return
    first, *rest = statements
    match first:
        case ast.Return(value=value):
            if value is not None:
                inliner.noted(Later(value, scope))
        case ast.If():
            inliner.test(first.test, scope)
            _note_all(inliner, [*first.body, *rest], scope)
            _note_all(inliner, [*first.orelse, *rest], scope)
        case _:
            name, value = assigned(first)
            symbol = inliner.value(value, scope)
            inliner.noted(symbol)
            _note_all(inliner, rest, scope.knowing(**{name: symbol}))


def assigned(statement: ast.stmt) -> tuple[str, ast.expr]:
    """The name to which a statement gives a value, and that; raises Foreign for any other."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name() as target], value=value)
            | ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value)
        ):
            return target.id, value
    raise Foreign(type(statement).__name__)
