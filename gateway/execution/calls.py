"""A call in a resolver's source → what it brings: the function's own expression, or the call."""

import ast
from types import FunctionType, GenericAlias
from typing import TYPE_CHECKING, Any

from gateway.execution.classes import FRAMED, carried, fits, is_view, made_by, settled, waits
from gateway.execution.sources import source_of
from gateway.execution.symbols import (
    Choice,
    Code,
    Each,
    Foreign,
    Given,
    Known,
    Later,
    Method,
    Scope,
    Shown,
    Symbol,
    is_struct,
    item_of,
    may_be_none,
    returned,
    some,
)

if TYPE_CHECKING:
    from gateway.execution.inlining import Inliner


def unpacks(node: ast.Call) -> bool:
    """Whether it is known only in a run how much a function is given."""
    return any(isinstance(it, ast.Starred) for it in node.args) or any(
        it.arg is None for it in node.keywords
    )


def call(inliner: "Inliner", node: ast.Call, scope: Scope) -> Symbol:
    """What a call brings."""
    function = inliner.value(node.func, scope)
    if isinstance(function, Method):
        return inlined(inliner, function.function, node, scope, (function.owner,))
    called: Any = function.value if isinstance(function, Known) else None
    if called in FRAMED:
        raise Foreign(called.__name__)
    if is_view(called):
        return given(inliner, called, node, scope)
    if hasattr(called, "__supertype__"):
        return inliner.value(node.args[0], scope)
    if isinstance(called, FunctionType):
        return inlined(inliner, called, node, scope, ())
    if called is isinstance:
        known = is_instance(inliner, node, scope)
        if known is not None:
            return Code(repr(known), bool, sure=True)
    if called in (sorted, list) and len(node.args) == 1 and not node.keywords:
        items = inliner.code(inliner.value(node.args[0], scope))
        text = f"{inliner.bind(called)}({inliner.used(items)})"
        return Code(text, GenericAlias(list, (item_of(items.kind),)), sure=items.sure)
    if called is len:
        items = inliner.code(inliner.value(node.args[0], scope))
        return Code(f"{inliner.bind(len)}({inliner.seen(items)})", int)
    target = inliner.code(function)
    kind = made_by(called)
    # A Struct looks at nothing that it is given.
    sure = kind is str or (is_struct(kind) and not node.args and not node.keywords)
    made = Code(f"{inliner.used(target)}({arguments(inliner, node, scope)})", kind, sure=sure)
    if called is None and not node.args and len(node.keywords) == 1:
        [one] = node.keywords
        return Shown(target.text, str(one.arg), inliner.code(inliner.value(one.value, scope)), made)
    return made


def is_instance(inliner: "Inliner", node: ast.Call, scope: Scope) -> bool | None:
    """What is known already of a value that was decoded."""
    value, of = (inliner.value(it, scope) for it in node.args)
    if not isinstance(value, Code) or not value.sure or not isinstance(of, Known):
        return None
    kind = value.kind
    if not (isinstance(kind, type) and is_struct(kind) and isinstance(of.value, type)):
        return None
    inliner.seen(value)
    return True if issubclass(kind, of.value) else None if issubclass(of.value, kind) else False


def given(inliner: "Inliner", cls: type, node: ast.Call, scope: Scope) -> Given:
    """A view of what it is given; it is not made."""
    if node.args or not fits(cls, frozenset(str(it.arg) for it in node.keywords)):
        raise Foreign(cls.__name__)
    fields = {it.python_name for it in cls.__strawberry_definition__.fields}  # type: ignore[attr-defined]
    attributes: dict[str, Symbol] = {}
    for one in node.keywords:
        assert one.arg is not None
        later = Later(one.value, scope)
        if one.arg in fields:
            inliner.noted(later)
            attributes[one.arg] = later
        else:
            # What a view only carries is read by several of its fields.
            attributes[one.arg] = inliner.held(inliner.value_of(later))
    return Given(cls, attributes)


def inlined(
    inliner: "Inliner",
    function: FunctionType,
    node: ast.Call,
    scope: Scope,
    first: tuple[Symbol, ...],
) -> Symbol:
    """What a function returns, by what it says; or its call, where it does not say that plainly."""
    source = source_of(function)
    # Python computes what a function is given, whether it looks at that or not.
    nodes = [*node.args, *(it.value for it in node.keywords)]
    is_certain = not inliner.apart or all(never_fails(inliner, it, scope) for it in nodes)
    if source is None or function in scope.within or not is_certain:
        if first or waits(function):
            raise Foreign(function.__qualname__, getattr(function, "reads", None))
        text = f"{inliner.bind(function)}({arguments(inliner, node, scope)})"
        return Code(text, returned(function))
    attributes: dict[str, Symbol] = dict(zip(source.parameters, first, strict=False))
    rest = source.parameters[len(first) :]
    if len(node.args) > len(rest):
        raise Foreign(function.__qualname__)
    for name, one in zip(rest, node.args, strict=False):
        attributes[name] = argument(inliner, one, scope)
    for keyword in node.keywords:
        attributes[str(keyword.arg)] = argument(inliner, keyword.value, scope)
    return inliner.called(function, attributes)


def argument(inliner: "Inliner", node: ast.expr, scope: Scope) -> Symbol:
    """What a function is given."""
    symbol = inliner.value(node, scope)
    return inliner.held(inliner.code(symbol) if isinstance(symbol, Choice | Each) else symbol)


def never_fails(inliner: "Inliner", node: ast.expr, scope: Scope) -> bool:
    """Whether it makes no difference if an expression is computed where nobody uses it."""
    if not isinstance(node, ast.Attribute):
        return isinstance(node, ast.Name | ast.Constant)
    base = inliner.value(node.value, scope)
    if not isinstance(base, Code) or may_be_none(base.kind):
        return isinstance(base, Known) and settled(base.value, node.attr)
    cls = some(base.kind)
    is_field = is_struct(cls) and node.attr in getattr(cls, "__struct_fields__", ())
    return (is_field or carried(cls, node.attr)) and never_fails(inliner, node.value, scope)


def arguments(inliner: "Inliner", node: ast.Call, scope: Scope) -> str:
    """What a function is given, as source."""
    texts = [inliner.operand(it, scope) for it in node.args]
    texts += [f"{it.arg}={inliner.operand(it.value, scope)}" for it in node.keywords]
    return ", ".join(texts)
