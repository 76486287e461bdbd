"""What stands in a function, as the planner reads it: its parameters and its statements."""

import ast
import inspect
import linecache
import re
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import NamedTuple

_UNREADABLE = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_VARIADIC = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_REBINDS = re.compile(r"^\s+global\s+(.+)")


class Source(NamedTuple):
    """A plain function: the names of its parameters, and its statements without the docstring.

    `own` are the names that it binds itself, `rebound` those of its module that some function
    there binds anew.
    """

    parameters: tuple[str, ...]
    statements: tuple[ast.stmt, ...]
    own: frozenset[str]
    rebound: frozenset[str]


def source_of(function: FunctionType) -> Source | None:
    """The source of a function; None where there is none, or it does more than to return."""
    if function.__code__.co_flags & (_UNREADABLE | _VARIADIC) or function.__defaults__:
        return None
    return _read(function.__code__)


@cache
def _read(code: CodeType) -> Source | None:
    # A function's code lives as long as its module: there are only so many.
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    if not lines or code not in _codes(code.co_filename):
        return None
    head = "if True:\n" if lines[0][0].isspace() else ""
    try:
        [found] = ast.parse(head + "".join(inspect.getblock(lines))).body
    except (SyntaxError, ValueError):
        return None
    if isinstance(found, ast.If):
        [found] = found.body
    if not isinstance(found, ast.FunctionDef) or any(map(_is_mangled, ast.walk(found))):
        return None
    has_docstring = ast.get_docstring(found, clean=False) is not None
    return Source(
        code.co_varnames[: code.co_argcount + code.co_kwonlyargcount],
        tuple(found.body[has_docstring:]),
        frozenset(code.co_varnames + code.co_cellvars),
        frozenset(code.co_names) & _rebound(code.co_filename),
    )


@cache
def _codes(filename: str) -> frozenset[CodeType]:
    """What is in a file now, which may have changed since its functions were made."""
    try:
        text = "".join(linecache.getlines(filename))
        return frozenset(_within(compile(text, filename, "exec", dont_inherit=True)))
    except (SyntaxError, ValueError):
        return frozenset()


def _within(code: CodeType) -> Iterator[CodeType]:
    for it in code.co_consts:
        if isinstance(it, CodeType):
            yield it
            yield from _within(it)


def _is_mangled(node: ast.AST) -> bool:
    """Whether a name means another one inside of a class."""
    name = node.attr if isinstance(node, ast.Attribute) else ""
    return name.startswith("__") and not name.endswith("__")


@cache
def _rebound(filename: str) -> frozenset[str]:
    """The names of a module that its functions bind anew."""
    found = (_REBINDS.match(line) for line in linecache.getlines(filename))
    return frozenset(
        name.strip() for it in found if it for name in it[1].partition("#")[0].split(",")
    )
