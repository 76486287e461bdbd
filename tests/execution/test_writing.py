"""What a plan writes: the same bytes as graphql-core, errors and their places included."""

# What is wrong here is wrong on purpose.
# mypy: disable-error-code="no-any-return,return-value"

import math
from enum import Enum
from typing import Annotated, Any, NewType

import msgspec
import pytest
import strawberry
from graphql import GraphQLError

from gateway.execution.lines import LINES
from gateway.execution.progress import Flags
from gateway.execution.selections import asked
from tests.execution.views import answer, answers, called, compiler, made, schema_of

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
Loud = NewType("Loud", str)
Text = NewType("Text", str)


def loud(value: Any) -> Any:
    if value == "bad":
        raise GraphQLError("bad is not to be said")
    return None if value == "nothing" else f"{value}!"


SCALARS = {
    Loud: strawberry.scalar(name="Loud", serialize=loud),
    Text: strawberry.scalar(name="Text", serialize=str),
}


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Body(msgspec.Struct, frozen=True):
    text: str = ""
    maybe: str | None = None
    number: Int32 = 0
    big: int = 0
    ratio: float = 0.0
    flag: bool = False
    anything: Any = None
    words: tuple[str, ...] = ()
    rows: list[list[Int32 | None]] | None = None


@strawberry.interface
class Named:
    body: strawberry.Private[Body]

    @strawberry.field
    def text(self) -> str:
        return self.body.text

    @strawberry.field
    def must_be(self) -> str:
        return self.body.maybe

    @strawberry.field
    def maybe(self) -> str | None:
        return self.body.maybe


@strawberry.type
class Other(Named):
    @strawberry.field
    def number(self) -> int:
        return self.body.number


@strawberry.type
class Stone:
    weight: float


@strawberry.type
class View(Named):
    @strawberry.field
    def number(self) -> int:
        return self.body.number

    @strawberry.field
    def big(self) -> int | None:
        return self.body.big

    @strawberry.field
    def must_big(self) -> int:
        return self.body.big

    @strawberry.field
    def ratio(self) -> float | None:
        return self.body.ratio

    @strawberry.field
    def flag(self) -> bool:
        return self.body.flag

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.body.text)

    @strawberry.field
    def any_text(self) -> str | None:
        return self.body.anything

    @strawberry.field
    def any_number(self) -> int | None:
        return self.body.anything

    @strawberry.field
    def any_flag(self) -> bool | None:
        return self.body.anything

    @strawberry.field
    def any_id(self) -> strawberry.ID | None:
        return self.body.anything

    @strawberry.field
    def any_loud(self) -> Loud | None:
        return self.body.anything

    @strawberry.field
    def must_loud(self) -> Loud:
        return self.body.anything

    @strawberry.field
    def said(self) -> Text | None:
        return self.lied()

    def lied(self) -> Text:
        """It may be null, whatever is said here."""
        return self.body.anything

    @strawberry.field
    def colour(self) -> Colour | None:
        return self.body.anything

    @strawberry.field
    def must_colour(self) -> Colour:
        return Colour(self.body.text)

    @strawberry.field
    def words(self) -> list[str]:
        return list(self.body.words)

    @strawberry.field
    def any_words(self) -> list[str] | None:
        return self.body.anything

    @strawberry.field
    def rows(self) -> list[list[int | None]] | None:
        return self.body.rows

    @strawberry.field
    def must_rows(self) -> list[list[int]]:
        return self.body.rows

    @strawberry.field
    def itself(self) -> "View":
        return View(body=self.body)

    @strawberry.field
    def maybe_itself(self) -> "View | None":
        return View(body=self.body) if self.body.maybe else None

    @strawberry.field
    def named(self) -> list[Named]:
        return [Other(body=self.body), View(body=self.body)]

    @strawberry.field
    def things(self) -> list[Annotated[Other | Stone, strawberry.union("Thing")]]:
        return [Other(body=self.body), Stone(weight=1.5)]

    @strawberry.field
    def wrong_thing(self) -> Annotated[Other | Stone, strawberry.union("Thing")] | None:
        return self.body.anything

    @strawberry.field
    def loop(self) -> "list[list[View]]":
        return [[View(body=self.body)] for _ in self.body.words]

    @strawberry.field
    async def late(self) -> str:
        return self.body.maybe


def decoded(**given: Any) -> View:
    return View(body=msgspec.json.decode(msgspec.json.encode(given), type=Body))


ODD: list[Any] = [None, 0, 1, 2**31, -(2**31) - 1, 1.0, 1.5, True, "", "bad", "nothing", "red", [],
       ["a"], ["a", None], [1], {}, {"a": 1}, [[]], Colour.BLUE, math.nan, math.inf, b"x", (1, 2),
       ValueError("returned"), object, Stone(weight=1.0), {"a"}]  # fmt: skip
LEAVES = ("anyText", "anyNumber", "anyFlag", "anyId", "anyLoud", "mustLoud", "said", "colour",
          "anyWords", "wrongThing { __typename }")  # fmt: skip


@pytest.mark.parametrize("field", LEAVES)
async def test_values_of_any_type_are_looked_at_as_graphql_core_does(field: str) -> None:
    for value in ODD:
        view = View(body=Body(text="t", anything=value))
        await answer(view, f"{{ text {field} itself {{ {field} }} }}", Other, scalars=SCALARS)


@pytest.mark.parametrize(
    ("given", "selection"),
    [
        ({}, "{ text number big mustBig ratio flag id words rows mustBe }"),
        ({"text": "red", "maybe": "m"}, "{ mustColour mustBe maybe id }"),
        ({"text": "mauve"}, "{ mustColour }"),
        ({"big": 2**40}, "{ big number }"),
        ({"big": 2**31}, "{ text mustBig }"),
        ({"number": -(2**31), "big": 2**31 - 1}, "{ number big mustBig }"),
        ({"ratio": 1e300}, "{ ratio }"),
        ({"rows": [[1, None], []]}, "{ rows }"),
        ({"rows": [[1, None], []]}, "{ mustRows }"),
        ({"rows": None}, "{ text mustRows }"),
        ({"words": ["a", "b"]}, "{ words loop { text } }"),
        ({"words": ["a", "b"]}, "{ loop { text mustBe } }"),
        ({"maybe": "m"}, "{ maybeItself { maybeItself { maybe __typename } } }"),
        ({}, "{ maybeItself { mustBe } itself { maybeItself { text } } }"),
        ({}, "{ itself { itself { mustBe } } }"),
        (
            {"text": "t"},
            "{ named { __typename text ... on Other { number } ... on View { big } } }",
        ),
        ({"text": "t"}, "{ named { text mustBe } }"),
        ({}, "{ things { __typename ... on Other { number } ... on Stone { weight } } }"),
        ({}, "{ things { ... on Named { text maybe } } }"),
        ({"maybe": "m"}, "{ a: maybe b: maybe itself { a: text } itself { b: text a: text } }"),
        ({}, "{ itself { ... { text } ... on Named { text maybe } ... on View { id } } }"),
        ({}, "{ __typename a: __typename itself { __typename } }"),
        ({}, "{ late text }"),
        ({"maybe": "m"}, "{ late text itself { late itself { late } } }"),
    ],
)
async def test_an_answer_and_its_errors_are_those_of_graphql_core(
    given: dict[str, Any], selection: str
) -> None:
    await answer(decoded(**given), selection, Other, scalars=SCALARS)


CONDITIONS = [{"a": a, "b": b} for a in (True, False) for b in (True, False)]


@pytest.mark.parametrize("variables", CONDITIONS, ids=str)
@pytest.mark.parametrize(
    "selection",
    [
        "{ text @include(if: $a) maybe @skip(if: $b) }",
        "{ itself @include(if: $a) { text @skip(if: $b) maybe } number }",
        "{ ... @include(if: $a) { text itself { id ... @skip(if: $b) { number } } } flag }",
        "{ loop @skip(if: $a) { text @include(if: $b) } words @include(if: $b) }",
        "{ named @include(if: $a) { text ... on Other @skip(if: $b) { number } } }",
        "{ late @include(if: $a) text late2: late @skip(if: $b) }",
        "{ itself { text @include(if: $a) @skip(if: $b) mustBe @include(if: $b) } }",
        "{ text @include(if: true) maybe @skip(if: true) itself { number @include(if: false) } }",
        "{ maybeItself { text } maybeItself @include(if: $a) { number maybe @skip(if: $b) } }",
    ],
)
async def test_conditions_hold_at_every_level(selection: str, variables: dict[str, bool]) -> None:
    schema = schema_of(View, Other, scalars=SCALARS)
    for view in (decoded(text="t", words=["w"]), decoded(maybe="m", words=["w", "v"])):
        text = f"query ($a: Boolean!, $b: Boolean!) {{ it {selection} them {selection} }}"
        mine, its = await answers(schema, view, text, variables)
        assert mine == its


def test_all_of_a_view_is_quick_but_what_has_to_be_awaited() -> None:
    assert called(View, "{ text number itself { text } late }", scalars=SCALARS) == {"late"}
    assert made(View, "{ text itself { text } }", Other, scalars=SCALARS).quick is not None
    assert made(View, "{ text late }", Other, scalars=SCALARS).quick is None


def nested(depth: int, width: int) -> str:
    """Fragments in fragments: each level asks for the one below several times."""
    below = [
        f"fragment F{n} on View {{ "
        + " ".join(f"a{i}: itself {{ ...F{n + 1} }}" for i in range(width))
        + " }"
        for n in range(depth)
    ]
    return " ".join([*below, f"fragment F{depth} on View {{ text }}"])


def test_a_function_becomes_only_so_long() -> None:
    schema = schema_of(View, Other, scalars=SCALARS)
    one = compiler(schema, "{ it { ...F0 } } " + nested(8, 10))
    kind: Any = schema._schema.type_map["View"]
    [it] = asked(schema._schema, one.fragments, *one.whole)
    found = one.made(kind, it.selections)
    assert found.quick is None
    assert found.reads is None


@pytest.mark.parametrize("depth", [3, 5])
async def test_what_is_too_long_for_one_function_is_answered_all_the_same(depth: int) -> None:
    schema = schema_of(View, Other, scalars=SCALARS)
    text = "{ it { ...F0 } } " + nested(depth, 5)
    mine, its = await answers(schema, decoded(text="t"), text)
    assert mine == its


@pytest.mark.parametrize("condition", ["", " @include(if: $a)"])
async def test_more_fields_than_a_function_has_lines_are_answered(condition: str) -> None:
    fields = " ".join(f"a{n}: anyText{condition}" for n in range(LINES // 2 + 10))
    schema = schema_of(View, Other, scalars=SCALARS)
    head = "query ($a: Boolean!)" if condition else ""
    mine, its = await answers(schema, decoded(), f"{head} {{ it {{ {fields} }} }}", {"a": True})
    assert mine == its


@pytest.mark.parametrize("depth", [10, 19, 21, 40, 120])
async def test_lists_in_lists_are_answered_however_deep(depth: int) -> None:
    selection = "{ text }"
    for _ in range(depth):
        selection = f"{{ loop {selection} }}"
    schema = schema_of(View, Other, scalars=SCALARS)
    for view in (decoded(words=["one"]), decoded()):
        mine, its = await answers(schema, view, f"{{ it {selection} }}")
        assert mine == its


class Tagged(msgspec.Struct, frozen=True):
    tags: dict[str, str]


class Holder(msgspec.Struct, frozen=True):
    items: tuple[Tagged, ...]


@strawberry.type
class Pair:
    key: str
    value: str


@strawberry.type
class Holding:
    content: strawberry.Private[Tagged]

    @strawberry.field
    def sorted(self) -> list[Pair]:
        return pairs(self.content.tags)


@strawberry.type
class Store:
    body: strawberry.Private[Any]

    @property
    def content(self) -> Holder:
        return self.body

    @strawberry.field
    def holders(self) -> list[Holding]:
        return [Holding(content=one) for one in self.content.items]


def pairs(found: dict[str, str]) -> list[Pair]:
    return [Pair(key=key, value=found[key]) for key in sorted(found)]


SHARED = {"b": "2", "a": "1"}


@pytest.mark.parametrize(
    "tags", [[], [SHARED, SHARED], [SHARED, {"a": "1"}, {}, SHARED], [{"a": ""}, SHARED, {"a": ""}]]
)
@pytest.mark.parametrize("keys", [{"key"}, {"key", "value"}])
async def test_lists_that_objects_have_in_common_are_as_if_each_were_made(
    tags: list[Any], keys: set[str]
) -> None:
    store = Store(body=Holder(tuple(map(Tagged, tags))))
    selection = f"{{ {' '.join(sorted(keys))} }}"
    await answer(store, f"{{ holders {{ sorted {selection} more: sorted {{ value }} }} }}")


def test_lists_that_objects_have_in_common_are_made_once() -> None:
    quick = made(Store, "{ holders { sorted { key } } }").quick
    assert quick is not None
    store = Store(body=Holder((Tagged(SHARED), Tagged(SHARED), Tagged(dict(SHARED)))))
    first, second, third = (one.f0 for one in quick(store, Flags({})).f0)
    assert first is second is not third
