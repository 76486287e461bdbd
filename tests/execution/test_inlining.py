"""What a resolver says, and what a plan makes of it: the same answer, from less."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import strawberry

from gateway.execution.requests import GraphQLRequest
from tests.execution.plain import COUNTS, SETTINGS, Content, Inner, Plain, Settings, rebind
from tests.execution.views import answer, answers, called, planning, read, schema_of

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
