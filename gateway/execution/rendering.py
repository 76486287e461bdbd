"""Expressions that are taken over as they are, with what their names stand for in its place."""

import ast
from typing import TYPE_CHECKING, Any, TypeGuard

from gateway.execution.calls import unpacks
from gateway.execution.symbols import Code, Foreign, Scope, Symbol

if TYPE_CHECKING:
    from gateway.execution.inlining import Inliner


def rendered(inliner: "Inliner", scope: Scope, node: ast.expr) -> str:
    """The source of an expression: whatever is in it may be read to the bottom."""
    try:
        copied = ast.parse(ast.unparse(node), mode="eval").body
        return ast.unparse(Rendering(inliner, scope).visit(copied))
    except (SyntaxError, ValueError) as error:
        # Before Python 3.12 not every text can stand in an f-string.
        raise Foreign(str(error)) from None


def looks_for_none(node: ast.expr) -> TypeGuard[ast.Compare]:
    """Whether an expression asks only if something is there."""
    return (
        isinstance(node, ast.Compare)
        and len(node.ops) == 1
        and isinstance(node.ops[0], ast.Is | ast.IsNot)
        and isinstance(node.comparators[0], ast.Constant)
        and node.comparators[0].value is None
    )


class Rendering(ast.NodeTransformer):
    """Puts what names stand for in their place, in expressions that are taken over as they are."""

    def __init__(self, inliner: "Inliner", scope: Scope) -> None:
        self._inliner = inliner
        self._scope = scope

    def _taken(self, node: ast.expr) -> ast.expr:
        inliner = self._inliner
        text = inliner.used(inliner.code(inliner.value(node, self._scope)))
        return ast.parse(text, mode="eval").body

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._taken(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._taken(node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if unpacks(node):
            return self.generic_visit(node)  # type: ignore[return-value]
        return self._taken(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        return self._taken(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        return self._taken(node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        if looks_for_none(node):
            return ast.parse(self._inliner.test(node, self._scope), mode="eval").body
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        return self._looped(node, ("elt",))

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        return self._looped(node, ("elt",))

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        return self._looped(node, ("elt",))

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        return self._looped(node, ("key", "value"))

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        raise Foreign("a lambda")

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        raise Foreign("a walrus")

    def visit_Await(self, node: ast.Await) -> ast.expr:
        raise Foreign("await")

    def _looped(self, node: Any, ends: tuple[str, ...]) -> ast.expr:
        outer = self._scope
        for one in node.generators:
            inliner = self._inliner
            items = inliner.code(inliner.value(one.iter, self._scope))
            if isinstance(one.target, ast.Name):
                name = inliner.fresh()
                known: dict[str, Symbol] = {one.target.id: inliner.item(items, name)}
                one.target = ast.Name(name, ast.Store())
            else:
                inliner.used(items)
                known = {}
                for target in ast.walk(one.target):
                    if isinstance(target, ast.Name):
                        name = inliner.fresh()
                        known[target.id] = Code(name)
                        target.id = name
            one.iter = ast.parse(items.text, mode="eval").body
            self._scope = self._scope.knowing(**known)
            one.ifs = [ast.parse(inliner.test(it, self._scope), mode="eval").body for it in one.ifs]
        for end in ends:
            setattr(node, end, self.visit(getattr(node, end)))
        self._scope = outer
        return node  # type: ignore[no-any-return]
