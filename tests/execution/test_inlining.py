"""What a resolver says, and what a plan makes of it: the same answer, from less."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import strawberry

from gateway.execution.requests import GraphQLRequest
from tests.execution.views import answer, answers, called, planning, read, schema_of

LIMIT = 3
COUNTS = {"calls": 0}


class Inner(msgspec.Struct, frozen=True):
    text: str = ""
    number: int = 0

    @property
    def loud(self) -> str:
        return self.text.upper()


class Content(msgspec.Struct, frozen=True):
    text: str = ""
    maybe: str | None = None
    inner: Inner | None = None
    items: tuple[Inner, ...] = ()
    tags: dict[str, str] = {}


class Settings:
    """A thing that changes."""

    limit = 1


SETTINGS = Settings()


def rebind(value: int) -> None:
    global LIMIT
    LIMIT = value


def exclaimed(text: str) -> str:
    return f"{text}!"


def with_default(text: str, end: str = "?") -> str:
    return text + end


def recursive(number: int) -> int:
    if number <= 0:
        return 0
    return 1 + recursive(number - 1)


def endless(number: int) -> int:
    return number if number < 1 else endless(number - 1) + endless(number - 2)


exec_made: dict[str, Any] = {}
exec("def unread(text):\n    return text * 2", exec_made)
unread: Callable[[str], str] = exec_made["unread"]


def closed_over(word: str) -> Any:
    def resolver(self: "Plain") -> str:
        return word + self.content.text

    return resolver


@strawberry.type
class Plain:
    content: strawberry.Private[Content]

    @strawberry.field
    def attribute(self) -> str:
        return self.content.text

    @strawberry.field
    def guarded(self) -> str | None:
        return self.content.inner.text if self.content.inner is not None else None

    @strawberry.field
    def found(self) -> str | None:
        found = self.content.inner
        if found is None:
            return None
        return found.loud

    @strawberry.field
    def otherwise(self) -> str:
        text = "nothing"
        if self.content.maybe:
            text = self.content.maybe
        return exclaimed(text)

    @strawberry.field
    def precedence(self) -> str:
        return (self.content.text + "abc")[1] + (self.content.text + "x").upper()

    @strawberry.field
    def sliced(self) -> str:
        return self.content.text[:2]

    @strawberry.field
    def ordered(self) -> list[str]:
        return sorted(self.content.tags, reverse=True)

    @strawberry.field
    def starred(self) -> str:
        return exclaimed(*[self.content.text])

    @strawberry.field
    def unpacked(self) -> str:
        return exclaimed(**{"text": self.content.text})

    @strawberry.field
    def defaulted(self) -> str:
        return with_default(self.content.text)

    @strawberry.field
    def recursion(self) -> int:
        return recursive(len(self.content.text))

    @strawberry.field
    def two_recursions(self) -> int:
        return endless(len(self.content.text))

    @strawberry.field
    def without_source(self) -> str:
        return unread(self.content.text)

    @strawberry.field
    def limit(self) -> int:
        return LIMIT

    @strawberry.field
    def setting(self) -> int:
        return SETTINGS.limit

    @strawberry.field
    def table(self) -> int:
        return COUNTS["calls"]

    @strawberry.field
    def literals(self) -> str:
        return """two
            lines"""

    @staticmethod
    def plainly(text: Any) -> str:
        return f"{text}"

    @classmethod
    def named(cls, text: str) -> str:
        return cls.__name__ + text

    @strawberry.field
    def static(self) -> str:
        return self.plainly(self.content.text)

    @strawberry.field
    def of_class(self) -> str:
        return self.named(self.content.text)

    @strawberry.field
    def shadow(self) -> list[str]:
        text = self.content.text
        return [text for text in (text, text * 2)] + [text]

    @strawberry.field
    def nested(self) -> list[str]:
        return [a + b for a in self.content.text for b in self.content.tags]

    @strawberry.field
    def filtered(self) -> list[str]:
        return [one.text for one in self.content.items if one.loud if 1 // one.number]

    @strawberry.field
    def numbers(self) -> list[int]:
        number = 1 if self.content.text else 2
        number = number + 1
        return [number]

    @strawberry.field
    def unbound(self) -> int:
        if self.content.text:
            LIMIT = 9
        return LIMIT

    # What no plan reads.

    @strawberry.field
    def walrus(self) -> str:
        return text if (text := self.content.text) else "none"

    @strawberry.field
    def anonymous(self) -> list[str]:
        return sorted(self.content.tags, key=lambda it: it[::-1])

    @strawberry.field
    def looped(self) -> int:
        number = 0
        for _ in self.content.text:
            number += 1
        return number

    @strawberry.field
    def private(self) -> int:
        return len(self.__dict__) + self.__hidden()

    def __hidden(self) -> int:
        return 1

    @strawberry.field
    def names_here(self) -> list[str]:
        return sorted(locals())

    @strawberry.field
    async def late(self) -> str:
        return self.content.text

    @strawberry.field
    def informed(self, info: strawberry.Info[Any, None]) -> str:
        return str(info.context is self)

    @strawberry.field
    def argued(self, more: str = "more") -> str:
        return self.content.text + more

    closed: str = strawberry.field(resolver=closed_over("closed "))


CALLED = {"walrus", "anonymous", "looped", "private", "namesHere", "late", "informed", "argued"}
INLINED = {
    "attribute", "guarded", "found", "otherwise", "precedence", "sliced", "ordered", "starred",
    "unpacked", "defaulted", "recursion", "withoutSource", "limit", "setting", "table", "literals",
    "static", "ofClass", "shadow", "nested", "filtered", "numbers", "closed", "twoRecursions",
}  # fmt: skip
CONTENTS = [
    Content(),
    Content(text="some", maybe="", inner=Inner(), tags={"a": "1", "b": "2"}),
    Content(text="te", maybe="m", inner=Inner("in"), items=(Inner("x", 1), Inner("", 0))),
    Content(items=(Inner("x", 0),)),
]


@pytest.mark.parametrize("name", sorted({*CALLED, *INLINED, "unbound"}))
async def test_a_field_is_what_its_resolver_returns_of_any_content(name: str) -> None:
    for content in CONTENTS:
        await answer(Plain(content=content), f"{{ {name} attribute }}")


def test_what_is_plain_is_inlined_and_all_else_called() -> None:
    selection = f"{{ {' '.join(sorted(CALLED | INLINED))} }}"
    assert called(Plain, selection) == CALLED


@pytest.mark.parametrize(
    ("field", "change", "back"),
    [
        ("limit", lambda: rebind(8), lambda: rebind(3)),
        ("setting", lambda: setattr(SETTINGS, "limit", 8), lambda: setattr(SETTINGS, "limit", 1)),
        ("setting", lambda: setattr(Settings, "limit", 8), lambda: setattr(Settings, "limit", 1)),
        ("table", lambda: COUNTS.update(calls=8), lambda: COUNTS.update(calls=0)),
    ],
)
async def test_a_plan_sees_what_changed_after_it_was_made(
    field: str, change: Callable[[], None], back: Callable[[], None]
) -> None:
    engine = planning(schema_of(Plain))
    request = GraphQLRequest(f"{{ it {{ {field} }} }}", None)
    view = Plain(content=Content())
    if field == "setting":
        vars(SETTINGS).pop("limit", None)
    before = (await engine.run(request, view)).encoded()
    try:
        change()
        assert (await engine.run(request, view)).encoded() == b'{"data":{"it":{"%s":8}}}' % (
            field.encode()
        )
    finally:
        back()
    assert b"8" not in before


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("{ attribute }", {"content.text"}),
        ("{ guarded }", {"content.inner.", "content.inner.text"}),
        ("{ found }", {"content.inner.", "content.inner.text"}),
        ("{ otherwise }", {"content.maybe"}),
        ("{ nested }", {"content.text", "content.tags"}),
        ("{ filtered }", {"content.items.", "content.items.text", "content.items.number"}),
        ("{ __typename limit }", set()),
        ("{ walrus }", None),
    ],
)
def test_what_is_read_is_what_the_function_evaluates(
    selection: str, expected: set[str] | None
) -> None:
    found = read(Plain, selection)
    assert (found if found is None else found - {""}) == expected


class Box(msgspec.Struct, frozen=True):
    inner: Inner | None = None


class Shelf(msgspec.Struct, frozen=True):
    box: Box | None = None


def is_full(inner: Inner | None) -> bool:
    return inner is not None and inner.number > 1


@strawberry.type
class Shelved:
    content: strawberry.Private[Shelf]

    @strawberry.field
    def state(self) -> str:
        box = self.content.box
        if box is None or not is_full(box.inner):
            return "empty"
        return "full" if box is not None and is_full(box.inner) else "never"


@pytest.mark.parametrize(
    "shelf", [Shelf(), Shelf(Box()), Shelf(Box(Inner())), Shelf(Box(Inner("", 2)))]
)
async def test_what_is_not_there_is_not_looked_into_and_nothing_more_is_read(shelf: Shelf) -> None:
    await answer(Shelved(content=shelf), "{ state }")
    found = read(Shelved, "{ state }")
    assert found is not None
    assert {it for it in found if not it.endswith(".")} - {""} == {"content.box.inner.number"}


@strawberry.type
class Part:
    inner: strawberry.Private[Inner | None]
    text: str | None = None

    @strawberry.field
    def loud(self) -> str | None:
        return self.inner.loud if self.inner else None


@strawberry.type
class Checked:
    number: int

    def __post_init__(self) -> None:
        if not self.number:
            raise ValueError("no number")


@strawberry.type
class Whole:
    content: strawberry.Private[Content]

    @strawberry.field
    def part(self) -> Part:
        return Part(inner=self.content.inner, text=self.content.maybe)

    @strawberry.field
    def checked(self) -> Checked | None:
        return Checked(number=len(self.content.text))

    @strawberry.field
    def wrong(self) -> Part | None:
        return Checked(number=1)  # type: ignore[return-value]

    @strawberry.field
    def parts(self) -> list[Part]:
        return [Part(inner=one, text=key) for one, key in zip(self.content.items, "abc")]  # noqa: B905

    @strawberry.field
    def chosen(self) -> str | None:
        found = Part(inner=self.content.inner) if self.content.text else None
        if found is None:
            return None
        return found.text


def test_a_view_that_is_not_made_reads_what_making_it_would_read() -> None:
    expected = {"content.inner.", "content.maybe"}
    assert read(Whole, "{ part { __typename } }") == expected
    assert read(Whole, "{ part { loud } }") == expected | {"content.inner.text"}


@pytest.mark.parametrize(
    "selection",
    [
        "{ part { text loud } }",
        "{ checked { number } }",
        "{ wrong { __typename } }",
        "{ wrong { text } part { text } }",
        "{ parts { text loud } chosen }",
    ],
)
async def test_views_are_as_if_they_were_made(selection: str) -> None:
    for content in CONTENTS:
        await answer(Whole(content=content), selection)


class Calm(msgspec.Struct, frozen=True):
    text: str | None = "calm"

    @property
    def loud(self) -> str | None:
        return self.text


class Louder(Calm, frozen=True):
    text: Any = 7

    @property
    def loud(self) -> str | None:
        return "LOUDER"


@strawberry.type
class Heard:
    calm: strawberry.Private[Calm]

    @strawberry.field
    def loud(self) -> str | None:
        return self.calm.loud

    @strawberry.field
    def text(self) -> strawberry.ID | None:
        return self.calm.text  # type: ignore[return-value]


async def test_an_attribute_is_that_of_the_class_that_came() -> None:
    assert b'"loud":"calm","text":"calm"' in await answer(Heard(calm=Calm()), "{ loud text }")
    assert b'"loud":"LOUDER","text":"7"' in await answer(Heard(calm=Louder()), "{ loud text }")


class Sub(Plain):
    """A view's subclass that is no type of its own."""

    @staticmethod
    def plainly(text: Any) -> str:
        return "of the subclass"


async def test_a_view_of_a_subclass_is_asked_itself() -> None:
    mine, its = await answers(schema_of(Plain), Sub(content=Content()), "{ it { static } }")
    assert mine == its
    assert b"of the subclass" in mine


async def test_an_empty_cell_is_no_value() -> None:
    def around() -> Callable[[Any], str]:
        def resolver(self: Any) -> str:
            return word  # noqa: F821

        word = "there"
        del word
        return resolver

    field = strawberry.field(resolver=around(), graphql_type=str | None)
    cls = strawberry.type(type("Empty", (), {"field": field}))
    assert b'"field":null' in await answer(cls(), "{ field }")
