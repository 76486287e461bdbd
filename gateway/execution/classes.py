"""What classes, modules and constants say of their attributes, before there is a value."""

import dataclasses
from collections.abc import Iterator
from enum import Enum
from inspect import iscoroutinefunction, unwrap
from types import FunctionType, ModuleType
from typing import Any

from strawberry.types.base import has_object_definition

from gateway.execution.symbols import is_struct

_SETTLED = (FunctionType, type, Enum)
_BUILT_IN = (str, bytes, tuple, frozenset, list, set, dict)
FRAMED = (locals, globals, vars, dir, eval, exec, super)
"""What looks at the function from which it is called."""
SCALARS = (str, int, float, bool, type(None))


def settled(value: Any, name: str) -> bool:
    """Whether an attribute of an object is the same in each run."""
    if isinstance(value, ModuleType | Enum) or type(value) in _BUILT_IN:
        return hasattr(value, name)
    return isinstance(value, type) and isinstance(getattr(value, name, None), _SETTLED)


def member(cls: type, name: str) -> Any:
    """What stands under a name in a class, as it was written; None where there is nothing."""
    return next((vars(it)[name] for it in cls.__mro__ if name in vars(it)), None)


def carried(cls: type, name: str) -> bool:
    """Whether the values of a dataclass carry this attribute from when they were made."""
    field = getattr(cls, "__dataclass_fields__", {}).get(name)
    return field is not None and field.init


def overridden(cls: type, name: str) -> bool:
    """Whether a value of the class may be of another, which has something else under a name."""
    return any(name in vars(it) for it in _below(cls))


def _below(cls: type) -> Iterator[type]:
    it: type
    for it in type.__subclasses__(cls):
        yield it
        yield from _below(it)


def is_view(called: Any) -> bool:
    """Whether a class is an object type's, and making a value of it does no more than to keep
    what it is given."""
    return (
        isinstance(called, type)
        and has_object_definition(called)
        and called.__new__ is object.__new__
        and not hasattr(called, "__post_init__")
        and isinstance(called.__init__, FunctionType)
        and called.__init__.__code__.co_filename == "<string>"
    )


def fits(cls: Any, given: frozenset[str]) -> bool:
    """Whether values of a dataclass are made of just these attributes."""
    fields = [it for it in dataclasses.fields(cls) if it.init]
    needed = {
        it.name
        for it in fields
        if it.default is dataclasses.MISSING and it.default_factory is dataclasses.MISSING
    }
    return needed <= given <= {it.name for it in fields}


def kernel_of(cls: Any) -> str:
    """The one attribute of which the views of a class are made; empty where there are others."""
    if not is_view(cls):
        return ""
    names = [it.name for it in dataclasses.fields(cls) if it.init]
    return names[0] if len(names) == 1 else ""


def waits(called: Any) -> bool:
    """Whether a function brings what has to be awaited, or what it wraps does."""
    inner = unwrap(called) if isinstance(called, FunctionType) else called
    return iscoroutinefunction(called) or iscoroutinefunction(inner)


def made_by(called: Any) -> Any:
    """The annotation of what a class makes, where its values are plain ones or Structs."""
    is_plain = isinstance(called, type) and (called in SCALARS or is_struct(called))
    return called if is_plain else Any
