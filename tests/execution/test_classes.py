import dataclasses
import math
from enum import Enum
from typing import Any

import msgspec
import pytest
import strawberry

from gateway.execution.classes import (
    carried,
    fits,
    is_view,
    kernel_of,
    made_by,
    member,
    overridden,
    settled,
)


class Colour(Enum):
    RED = "red"


class Struct(msgspec.Struct):
    text: str = ""

    @property
    def loud(self) -> str:
        return self.text


class Sub(Struct):
    @property
    def loud(self) -> str:
        return "sub"


@strawberry.type
class View:
    text: str
    more: str = "more"

    @strawberry.field
    def field(self) -> str:
        return self.text

    @staticmethod
    def static() -> str:
        return ""


@strawberry.type
class Minded:
    text: str

    def __post_init__(self) -> None:
        self.text = "minded"


@strawberry.type
class Written:
    text: str

    def __init__(self, text: str) -> None:
        self.text = text + "!"


@strawberry.input
class Given:
    text: str


@dataclasses.dataclass
class Plain:
    text: str


LIST: list[int] = []


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        (math, "pi", True), (math, "nowhere", False), (Colour, "RED", True),
        (Colour.RED, "value", True),
        ({}, "get", True), ("", "join", True), (LIST, "nothing", False), (View, "static", True),
        (View, "more", False), (View, "nothing", False), (View(text=""), "text", False),
        (7, "real", False),
    ],
)  # fmt: skip
def test_some_attributes_are_the_same_in_each_run(value: Any, name: str, expected: bool) -> None:
    assert settled(value, name) is expected


@pytest.mark.parametrize(
    ("cls", "expected"),
    [(View, True), (Minded, False), (Written, False), (Plain, False), (Colour, False), (7, False)],
)
def test_a_view_keeps_what_it_is_given_and_no_more(cls: Any, expected: bool) -> None:
    assert is_view(cls) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"text"}, True), ({"text", "more"}, True), ({"more"}, False), ({"text", "field"}, False)],
)
def test_a_view_is_made_of_what_it_needs(given: set[str], expected: bool) -> None:
    assert fits(View, frozenset(given)) is expected


def test_values_carry_what_they_are_made_of() -> None:
    assert [carried(View, it) for it in ("text", "more", "field", "static", "nothing")] == [
        True, True, False, False, False,
    ]  # fmt: skip


@strawberry.type
class Shell:
    content: strawberry.Private[Struct]


@pytest.mark.parametrize(
    ("cls", "expected"), [(Shell, "content"), (View, ""), (Minded, ""), (Struct, ""), (str, "")]
)
def test_some_views_are_made_of_one_thing(cls: Any, expected: str) -> None:
    assert kernel_of(cls) == expected


def test_a_member_is_found_as_it_was_written() -> None:
    assert isinstance(member(View, "static"), staticmethod)
    assert member(Sub, "loud") is vars(Sub)["loud"]
    assert member(Sub, "nothing") is None


def test_what_a_subclass_has_otherwise_is_known() -> None:
    assert overridden(Struct, "loud")
    assert not overridden(Struct, "text")
    assert not overridden(Sub, "loud")


@pytest.mark.parametrize(
    ("called", "expected"), [(str, str), (int, int), (Struct, Struct), (Plain, Any), (len, Any)]
)
def test_some_classes_say_what_they_make(called: Any, expected: Any) -> None:
    assert made_by(called) is expected
