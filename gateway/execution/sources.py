"""What stands in a function, as the planner reads it: its parameters and its statements."""

import ast
import inspect
import linecache
from collections.abc import Mapping
from functools import cache
from textwrap import dedent
from types import CodeType, FunctionType
from typing import Any, NamedTuple

_UNREADABLE = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_VARIADIC = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


class Source(NamedTuple):
    """A plain function: the names of its parameters, and its statements without the docstring."""

    parameters: tuple[str, ...]
    statements: tuple[ast.stmt, ...]


def source_of(function: FunctionType) -> Source | None:
    """The source of a function; None where there is none, or it does more than to return."""
    if function.__code__.co_flags & (_UNREADABLE | _VARIADIC) or function.__defaults__:
        return None
    return _read(function.__code__)


@cache
def _read(code: CodeType) -> Source | None:
    # A function's code lives as long as its module: there are only so many.
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    if not lines or code.co_name == "<lambda>":
        return None
    try:
        [found] = ast.parse(dedent("".join(inspect.getblock(lines)))).body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(found, ast.FunctionDef) or found.name != code.co_name:
        return None
    statements = found.body
    if ast.get_docstring(found, clean=False) is not None:
        statements = statements[1:]
    given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return Source(given, tuple(statements))


def names_of(function: FunctionType) -> Mapping[str, Any]:
    """What the names in a function mean that it does not define itself."""
    cells = function.__closure__ or ()
    closed = {
        name: cell.cell_contents
        for name, cell in zip(function.__code__.co_freevars, cells, strict=True)
    }
    return {**function.__globals__, **closed} if closed else function.__globals__
