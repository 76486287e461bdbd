import importlib.util
import linecache
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from gateway.execution.sources import source_of


def loaded(path: Path, text: str) -> dict[str, Any]:
    """The names of a module of this text."""
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


READ = {
    "plain": "def f(self, x):\n    return x",
    "documented": 'def f(self):\n    """Two\n    lines."""\n    return 1',
    "only documented": 'def f(self):\n    """Nothing."""',
    "keyword": "def f(self, *, x):\n    return x",
    "decorated": "def same(it):\n    return it\n@same\n@same\ndef f(self):\n    return 1",
    "in a class": "class A:\n    def f(self):\n        return self.x\nf = A.f",
    "lines in a text": "class A:\n    def f(self):\n        return '''a\n    b'''\nf = A.f",
    "of a method's name": "g = len\nclass A:\n    def g(self):\n        return g('1')\nf = A.g",
    "closed": "def around(x):\n    def f(self):\n        return x\n    return f\nf = around(1)",
    "of an import": "import os\ndef f(self):\n    return os.getpid()",
}
UNREAD = {
    "default": "def f(self, x=1):\n    return x",
    "star": "def f(*x):\n    return x",
    "two stars": "def f(**x):\n    return x",
    "async": "async def f(self):\n    return 1",
    "generator": "def f(self):\n    yield 1",
    "async generator": "async def f(self):\n    yield 1",
    "lambda": "f = lambda self: 1",
    "mangled": "class A:\n    def f(self):\n        return self.__x\nf = A.f",
    "executed": "made = {}\nexec('def f(self): return 1', made)\nf = made['f']",
}


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_a_plain_function_is_read(text: str, tmp_path: Path) -> None:
    function: FunctionType = loaded(tmp_path / "it.py", text)["f"]
    source = source_of(function)
    assert source is not None
    code = function.__code__
    assert list(source.parameters) == list(code.co_varnames[: len(source.parameters)])
    assert source.own >= set(source.parameters)


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
def test_what_does_more_than_to_return_is_not(text: str, tmp_path: Path) -> None:
    assert source_of(loaded(tmp_path / "it.py", text)["f"]) is None


def test_a_file_that_changed_since_is_not_what_runs(tmp_path: Path) -> None:
    path = tmp_path / "it.py"
    made = loaded(path, "def f(self):\n    return 1\n")["f"]
    path.write_text("def f(self):\n    return 2\n")
    linecache.checkcache(str(path))
    assert source_of(made) is None


def test_a_file_that_is_gone_is_no_source(tmp_path: Path) -> None:
    path = tmp_path / "it.py"
    made = loaded(path, "def f(self):\n    return 1\n")["f"]
    path.unlink()
    assert source_of(made) is None


def test_what_functions_bind_anew_is_told(tmp_path: Path) -> None:
    text = "A, B = 1, 2\ndef f():\n    return A + B\ndef g():\n    global A, C  # both\n    A = 3"
    source = source_of(loaded(tmp_path / "it.py", text)["f"])
    assert source is not None
    assert source.rebound == {"A"}
