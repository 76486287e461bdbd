"""What the planner knows of a value before there is one: its source text, its type, its origin."""

import ast
import types
from collections.abc import Mapping
from functools import cache
from inspect import get_annotations
from typing import Annotated, Any, NamedTuple, NewType, Union, get_args, get_origin, get_type_hints

import msgspec
from graphql import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

Path = tuple[str, ...]
"""The attributes that lead from a view to what is read."""
THERE = ""
"""The end of a path of which only that something is there matters."""


class Foreign(Exception):
    """What the planner cannot take in; it is left to the function itself.

    `reads` is what that reads below the view, None where nobody said so.
    """

    def __init__(self, what: str, reads: frozenset[Path] | None = None) -> None:
        super().__init__(what)
        self.reads = reads


class Code(NamedTuple):
    """A Python expression of the function that is being written.

    `kind` is its annotation, `paths` where it stands below the view. `sure` says that its type was
    checked when it was decoded, and `exact` that the plan looks at its class.
    """

    text: str
    kind: Any = Any
    paths: frozenset[Path] = frozenset()
    sure: bool = False
    exact: bool = False


class Known(NamedTuple):
    """An object that is the same in each run: a function, a class, a constant."""

    value: Any


class Later(NamedTuple):
    """An expression that is looked at only where it is asked for."""

    node: ast.expr
    scope: "Scope"


class Given(NamedTuple):
    """A view that is never made: its class, and what it would have been made of."""

    view: type
    attributes: Mapping[str, "Symbol"]


class Shown(NamedTuple):
    """A view of a class that only a run knows, made of one thing; and the call that makes it."""

    view: str
    name: str
    content: Code
    made: Code


class Method(NamedTuple):
    """A function and the `self` that it is called on."""

    function: Any
    owner: "Symbol"


class Choice(NamedTuple):
    """One of two, by a test."""

    test: str
    then: Later
    otherwise: Later


class Each(NamedTuple):
    """A list made of another one, item by item."""

    items: "Symbol"
    name: str
    conditions: tuple[ast.expr, ...]
    element: ast.expr
    scope: "Scope"


class Body(NamedTuple):
    """What a function of several statements returns, and the call that would bring it."""

    statements: tuple[ast.stmt, ...]
    scope: "Scope"
    call: "Call"


class Call(NamedTuple):
    """A call as it was written."""

    function: Any
    arguments: Mapping[str, "Symbol"]


class Absent(NamedTuple):
    """A parameter that only a run has."""


Symbol = Code | Known | Later | Given | Shown | Method | Choice | Each | Body | Absent
NONE = Code("None", None, sure=True)


class Scope(NamedTuple):
    """What names mean: those of the function, and those around it; and the functions that are
    being read, the innermost last."""

    names: Mapping[str, Symbol]
    around: Mapping[str, Any]
    within: tuple[types.FunctionType, ...] = ()

    def knowing(self, **names: Symbol) -> "Scope":
        """The same with some names more."""
        return self._replace(names={**self.names, **names})


def bare(kind: Any) -> Any:
    """A type without what Annotated and NewType put around it."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif isinstance(kind, NewType):
            kind = kind.__supertype__
        else:
            return kind


def may_be_none(kind: Any) -> bool:
    """Whether a value of this annotation may be None."""
    kind = bare(kind)
    if kind is None or kind is Any or kind is type(None):
        return True
    return get_origin(kind) in (Union, types.UnionType) and any(map(may_be_none, get_args(kind)))


def there(kind: Any) -> Any:
    """The annotation of what is not None, with its limits; Any where several types are left."""
    if get_origin(kind) not in (Union, types.UnionType):
        return kind
    left = [one for one in get_args(kind) if one is not type(None)]
    return left[0] if len(left) == 1 else Any


def some(kind: Any) -> Any:
    """The type of what is not None; Any where several types are left."""
    return bare(there(bare(kind)))


def either(first: Any, second: Any) -> Any:
    """The annotation of one of two values."""
    if first == second:
        return first
    if Any in (first, second):
        return Any
    return Union[first, second]  # noqa: UP007 - the two are values here.


def item_of(kind: Any) -> Any:
    """The annotation of a sequence's items, or a dict's keys; Any where that is not known."""
    kind = some(kind)
    if get_origin(kind) is dict:
        return get_args(kind)[0]
    if get_origin(kind) in (tuple, list) and get_args(kind)[1:] in ((), (...,)):
        return get_args(kind)[0]
    return Any


def is_struct(kind: Any) -> bool:
    """Whether values of this annotation, or their items, have attributes that are read apart."""
    kind = some(kind)
    found = some(item_of(kind)) if get_origin(kind) in (tuple, list) else kind
    return isinstance(found, type) and issubclass(found, msgspec.Struct)


@cache
def fields_of(struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The annotations of a Struct's fields."""
    hints = get_type_hints(struct, include_extras=True)
    return {name: hints[name] for name in struct.__struct_fields__}


def returned(function: types.FunctionType) -> Any:
    """The annotation of what a function returns; Any where it has none that can be read."""
    try:
        return get_annotations(function, eval_str=True).get("return", Any)
    except (NameError, AttributeError, SyntaxError, TypeError):
        return Any


def is_int32(kind: Any) -> bool:
    """Whether values of this annotation, those that are not None, were checked to be Int's."""
    if get_origin(kind) in (Union, types.UnionType):
        return all(it is type(None) or is_int32(it) for it in get_args(kind))
    limits = [it for it in getattr(kind, "__metadata__", ()) if isinstance(it, msgspec.Meta)]
    low = max((it.ge for it in limits if it.ge is not None), default=None)
    high = min((it.lt for it in limits if it.lt is not None), default=None)
    return (
        low is not None
        and high is not None
        and low >= GRAPHQL_MIN_INT
        and high <= GRAPHQL_MAX_INT + 1
    )
