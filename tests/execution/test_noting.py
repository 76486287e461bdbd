"""A function reads more than a plan computes: what is decoded must do for both."""

import msgspec
import pytest
import strawberry

from gateway.upstreams.narrowing import narrowed
from tests.execution.views import answers, made, read, schema_of


class Inner(msgspec.Struct, frozen=True):
    text: str = ""
    number: int = 0


class Content(msgspec.Struct, frozen=True):
    inner: Inner | None = None
    first: str = ""
    second: str | None = None
    items: tuple[Inner, ...] = ()
    unread: str = ""


def fallen(inner: Inner) -> str:
    for one in inner.text:
        return one
    return str(inner.number)


@strawberry.type
class Part:
    inner: strawberry.Private[Inner | None]
    first: str
    second: list[str]

    @strawberry.field
    def text(self) -> str:
        return self.inner.text  # type: ignore[union-attr]


@strawberry.type
class View:
    content: strawberry.Private[Content]

    @strawberry.field
    def part(self) -> Part | None:
        return Part(
            inner=self.content.inner,
            first=self.content.first,
            second=[one.text for one in self.content.items if one.number],
        )

    @strawberry.field
    def unused(self) -> str:
        found = self.content.first if self.content.second else "none"
        if not self.content.items:
            return "nothing"
        return found

    @strawberry.field
    def loop(self) -> str | None:
        return fallen(self.content.inner) if self.content.inner else None

    @strawberry.field
    def left(self) -> str | None:
        if self.content.second:
            return text if (text := self.content.first) else None
        return self.content.second


WHOLE = {"content.inner.", "content.first", "content.items.", "content.items.text",
         "content.items.number"}  # fmt: skip


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("{ part { __typename } }", WHOLE),
        ("{ part { first } }", WHOLE),
        ("{ part { text } }", WHOLE | {"content.inner.text"}),
        ("{ unused }", {"content.first", "content.second", "content.items."}),
        ("{ loop }", {"content.inner.", "content.inner"}),
    ],
)
def test_what_making_a_view_reads_is_read(selection: str, expected: set[str]) -> None:
    found = read(View, selection)
    assert found is not None
    assert found - {""} == expected


def test_a_way_that_is_left_reads_nobody_knows_what() -> None:
    found = made(View, "{ left }").reads
    assert found is not None
    assert ("content",) in found


CONTENTS = [
    b"{}",
    b'{"inner": {"text": "t"}, "first": "f", "second": "s"}',
    b'{"inner": {"number": 2}, "items": [{"text": "a", "number": 1}, {}], "second": ""}',
]


@pytest.mark.parametrize(
    "selection",
    ["{ part { __typename } }", "{ part { text } }", "{ part { first second } }", "{ unused }",
     "{ loop }", "{ left }", "{ loop part { text } }"],
)  # fmt: skip
async def test_what_was_decoded_in_part_is_answered_as_the_whole(selection: str) -> None:
    schema = schema_of(View)
    reads = made(View, selection).reads
    kind = Content
    if reads is not None and not any(("content",)[: len(it)] == it for it in reads):
        kind = narrowed(Content, {it[1:] for it in reads if it[0] == "content"})
    for body in CONTENTS:
        part = View(content=msgspec.json.decode(body, type=kind))
        whole = View(content=msgspec.json.decode(body, type=Content))
        text = f"{{ it {selection} }}"
        mine, its = await answers(schema, part, text)
        assert mine == its == (await answers(schema, whole, text))[1]
