"""What calls in resolvers become."""

import ast
from functools import wraps
from typing import Any

import msgspec
import pytest
import strawberry

from gateway.execution.calls import unpacks
from gateway.execution.progress import Flags
from tests.execution.views import answer, called, made, read


class Inner(msgspec.Struct, frozen=True):
    text: str = "t"


class Content(msgspec.Struct, frozen=True):
    inner: Inner = Inner()
    tags: dict[str, int] = {}
    words: tuple[str, ...] = ("b", "a")


def late(function: Any) -> Any:
    @wraps(function)
    async def wrapper(*given: Any) -> Any:
        return function(*given)

    return wrapper


@late
def wrapped(text: str) -> str:
    return text


def swapped(first: str, second: str) -> str:
    return second + first


class Shout:
    """What is called and is no function."""

    def __call__(self, text: str) -> str:
        return text.upper()


SHOUT = Shout()


@strawberry.type
class View:
    content: strawberry.Private[Content]

    @strawberry.field
    def keywords(self) -> str:
        return swapped(second=self.content.inner.text, first="f")

    @strawberry.field
    def both(self) -> str:
        return swapped("f", second=self.content.inner.text)

    @strawberry.field
    def known(self) -> bool:
        return isinstance(self.content.inner, Inner)

    @strawberry.field
    def unknown(self) -> bool:
        return isinstance(self.content.tags, (dict, Inner))

    @strawberry.field
    def sorted_words(self) -> list[str]:
        return sorted(self.content.words, reverse=True)

    @strawberry.field
    def listed(self) -> list[str]:
        return list(self.content.words)

    @strawberry.field
    def lengths(self) -> list[int]:
        return [len(self.content.words), len(self.content.tags), len("abc")]

    @strawberry.field
    def of_object(self) -> str:
        return SHOUT(self.content.inner.text)

    @strawberry.field
    def of_attribute(self) -> str:
        return ", ".join(self.content.words).upper()

    @strawberry.field
    def struct(self) -> str:
        return Inner(text=self.content.tags).text  # type: ignore[arg-type]

    @strawberry.field
    def awaited(self) -> str:
        return wrapped(self.content.inner.text)  # type: ignore[no-any-return]

    @strawberry.field
    def framed(self) -> int:
        return len(vars())


@pytest.mark.parametrize(
    "field",
    ["keywords", "both", "known", "unknown", "sortedWords", "listed", "lengths", "ofObject",
     "ofAttribute", "struct", "awaited", "framed"],
)  # fmt: skip
async def test_a_call_brings_what_python_says(field: str) -> None:
    await answer(View(content=Content()), f"{{ {field} }}")


def test_what_waits_or_looks_around_is_called() -> None:
    assert called(View, "{ awaited framed keywords }") == {"awaited", "framed"}


def test_what_a_function_is_given_is_read_as_far_as_it_reads() -> None:
    assert read(View, "{ both }") == {"content.inner.text"}
    assert read(View, "{ known }") == {"content.inner"}
    assert read(View, "{ lengths }") == {"content.words", "content.tags"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("f(x)", False), ("f(*x)", True), ("f(**x)", True), ("f(a=1)", False), ("f(a, *b)", True)],
)
def test_some_calls_unpack(text: str, expected: bool) -> None:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)
    assert unpacks(node) is expected


@strawberry.interface
class Creature:
    content: strawberry.Private[Inner]

    @strawberry.field
    def text(self) -> str:
        return self.content.text


@strawberry.type
class Cat(Creature):
    pass


@strawberry.type
class Dog(Creature):
    bark: str = "loud"


KINDS: dict[str, Any] = {"cat": Cat, "dog": Dog, "stone": Inner, "none": None}


def shown(inner: Inner) -> Any:
    return KINDS.get(inner.text)(content=inner)  # type: ignore[misc]


@strawberry.type
class Zoo:
    content: strawberry.Private[tuple[Inner, ...]]

    @strawberry.field
    def creatures(self) -> list[Creature]:
        return [shown(one) for one in self.content]

    @strawberry.field
    def first(self) -> Creature | None:
        return shown(self.content[0])  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "names", [(), ("cat",), ("cat", "dog", "cat"), ("stone",), ("cat", "none")]
)
async def test_a_view_of_a_class_that_a_run_knows_is_as_if_it_were_made(names: Any) -> None:
    zoo = Zoo(content=tuple(map(Inner, names)))
    for selection in ("{ creatures { text __typename } }", "{ first { text } }"):
        await answer(zoo, selection, Cat, Dog)


def test_a_view_of_a_class_that_a_run_knows_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = made(Zoo, "{ creatures { text } }", Cat, Dog).quick
    assert quick is not None
    zoo = Zoo(content=(Inner("cat"),))
    once = quick(zoo, Flags({}))
    monkeypatch.setattr(Cat, "__init__", None)
    assert msgspec.to_builtins(quick(zoo, Flags({}))) == msgspec.to_builtins(once)
