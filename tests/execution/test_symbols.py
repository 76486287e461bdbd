from typing import Annotated, Any, NewType, TypeVar

import msgspec
import pytest

from gateway.execution.symbols import (
    Scope,
    bare,
    either,
    is_int32,
    is_struct,
    item_of,
    may_be_none,
    returned,
    some,
)

Number = NewType("Number", int)
T = TypeVar("T")


class Inner(msgspec.Struct):
    """A Struct."""


def limited(low: int, high: int) -> Any:
    return Annotated[int, msgspec.Meta(ge=low, lt=high)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (int, False), (None, True), (type(None), True), (Any, True), (int | None, True),
        (int | str, False), (Annotated[int | None, "x"], True),
        (NewType("Maybe", object), False), (list[int | None], False), (int | Any, True),
    ],
)  # fmt: skip
def test_some_annotations_allow_for_none(kind: Any, expected: bool) -> None:
    assert may_be_none(kind) is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(int | None, int), (Number, int), (Annotated[Number | None, "x"], int), (int | str, Any)],
)
def test_what_is_there_has_one_type_or_any(kind: Any, expected: Any) -> None:
    assert some(kind) is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (list[int], int), (tuple[str, ...], str), (dict[str, int], str), (list[int] | None, int),
        (tuple[int, str], Any), (list, Any), (str, Any), (set[int], Any), (int | list[int], Any),
    ],
)  # fmt: skip
def test_items_have_a_type_where_all_have_the_same(kind: Any, expected: Any) -> None:
    assert item_of(kind) is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Inner, True), (Inner | None, True), (tuple[Inner, ...], True), (list[Inner | None], True),
        (dict[str, Inner], False), (int, False), (Any, False), (Inner | int, False), (T, False),
    ],
)  # fmt: skip
def test_structs_and_lists_of_them_are_read_apart(kind: Any, expected: bool) -> None:
    assert is_struct(kind) is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (limited(-(2**31), 2**31), True), (limited(0, 10), True), (limited(0, 2**31) | None, True),
        (limited(0, 2**31 + 1), False), (limited(-(2**31) - 1, 0), False), (int, False),
        (Annotated[int, msgspec.Meta(ge=0)], False), (limited(0, 9) | int, False), (Any, False),
    ],
)  # fmt: skip
def test_only_limits_make_an_int_of_graphql(kind: Any, expected: bool) -> None:
    assert is_int32(kind) is expected


def test_one_of_two_is_either_or_any() -> None:
    assert either(int, int) is int
    assert either(int, Any) is Any
    assert either(int, str) == int | str
    assert bare(Annotated[Number, "x"]) is int


def known() -> "Inner":
    return Inner()


def unknown() -> "Nowhere": ...  # type: ignore[name-defined]  # noqa: F821


def test_a_return_type_that_cannot_be_read_is_any() -> None:
    assert returned(known) is Inner  # type: ignore[arg-type]
    assert returned(unknown) is Any  # type: ignore[arg-type]


def test_a_scope_that_knows_more_leaves_the_first_as_it_was() -> None:
    scope = Scope({}, {"x": 1})
    assert "y" in scope.knowing(y=scope.names.get("y")).names  # type: ignore[arg-type]
    assert scope.names == {}
