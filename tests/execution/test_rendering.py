"""Expressions of every shape, made at random: a plan computes what the function would."""

import importlib.util
import sys
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.execution.views import answers, schema_of

HEAD = """
from typing import Any
import msgspec
import strawberry

class Inner(msgspec.Struct, frozen=True):
    text: str = ""
    number: int = 0
    maybe: str | None = None

    @property
    def loud(self) -> str:
        return self.text.upper()

class Content(msgspec.Struct, frozen=True):
    inner: Inner = Inner()
    none: Inner | None = None
    items: tuple[Inner, ...] = ()
    tags: dict[str, str] = {}
    text: str = ""
    number: int = 0
    maybe: str | None = None

NOTHING, ZERO, SEVEN = None, 0, 7

def twice(x):
    return x + x

def either(a, b):
    if not a:
        return b
    return a

def chosen(a, b):
    if a is None:
        return b
    found = twice(a)
    return found or b
"""
BODIES = [
    {},
    {"inner": {"text": "a", "number": 1}, "none": {"maybe": "m"}, "items": [{}], "number": 2},
    {"items": [{"text": "b"}, {"text": "c", "number": 3, "maybe": ""}], "tags": {"b": "x", "": ""}},
    {"none": {"text": "t"}, "tags": {"a": "1"}, "text": "tt", "maybe": "mm", "number": -1},
]
NUMBER = count()

names = st.sampled_from(["self.content.text", "self.content.inner.text", "'k'", "''",
                         "self.content.inner.loud", "self.content.tags['a']",
                         "self.content.none.text"])  # fmt: skip
maybes = st.sampled_from(
    ["self.content.maybe", "self.content.none.maybe", "self.content.inner.maybe", "NOTHING"]
)
numbers = st.sampled_from(
    ["self.content.number", "self.content.inner.number", "len(self.content.items)", "ZERO", "SEVEN"]
)
tests = st.sampled_from(["self.content.none", "self.content.none is None", "self.content.items",
                         "self.content.maybe is not None", "not self.content.tags",
                         "isinstance(self.content.none, Inner)", "'a' in self.content.tags",
                         "any(it.number for it in self.content.items)"])  # fmt: skip


def deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions of expressions."""
    one, two = inner, inner
    return st.one_of(
        st.builds("{} if {} else {}".format, one, tests, two).map("({})".format),
        st.builds("({} or {})".format, one, two),
        st.builds("({} and {})".format, one, two),
        st.builds("({} + {})".format, one, two),
        st.builds("({} + {}).upper()".format, one, two),
        st.builds("({})[:1]".format, one),
        st.builds("twice({})".format, one),
        st.builds("either({}, {})".format, one, two),
        st.builds("chosen({}, b={})".format, one, two),
        st.builds("f'<{{{}}}>'".format, names.filter(lambda it: "'" not in it)),
        st.builds("''.join([it.text for it in self.content.items if {}])".format, tests),
        st.builds("''.join(it + {} for it in sorted(self.content.tags))".format, one),
        st.builds("[{} for it in self.content.items if it.text][0]".format, one),
    )


expressions = st.recursive(st.one_of(names, maybes, numbers), deeper, max_leaves=6)
returns = st.lists(st.tuples(tests, expressions), max_size=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("written")


def module(folder: Path, fields: list[tuple[list[tuple[str, str]], str, str]]) -> Any:
    """A module with a view of these fields: returns by tests, the last return, its type."""
    lines = [HEAD, "@strawberry.type", "class View:", "    content: strawberry.Private[Content]"]
    for number, (guards, last, kind) in enumerate(fields):
        lines += ["    @strawberry.field", f"    def f{number}(self) -> {kind}:"]
        lines += [f"        if {test}:\n            return {text}" for test, text in guards]
        lines += [f"        found = {last}", "        return found" if guards else ""]
        if not guards:
            lines[-2:] = [f"        return {last}"]
    path = folder / f"written{next(NUMBER)}.py"
    path.write_text("\n".join(lines))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = made
    try:
        spec.loader.exec_module(made)
    finally:
        del sys.modules[path.stem]
    return made


kinds = st.sampled_from(["str | None", "str", "int | None", "bool | None", "strawberry.ID | None"])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(returns, expressions, kinds), min_size=1, max_size=6))
async def test_an_expression_is_what_python_says_it_is(
    folder: Path, fields: list[tuple[list[tuple[str, str]], str, str]]
) -> None:
    made = module(folder, fields)
    schema = schema_of(made.View)
    every = " ".join(f"f{number}" for number in range(len(fields)))
    for body in BODIES:
        view = made.View(content=msgspec.convert(body, made.Content))
        alone = [f"{{ them {{ f{number} }} }}" for number in range(len(fields))]
        for text in (f"{{ it {{ {every} }} }}", *alone):
            mine, its = await answers(schema, view, text)
            assert mine == its
