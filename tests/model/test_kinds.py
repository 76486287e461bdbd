import msgspec
import pytest

from gateway.model.kinds import Kind, Noun, Scope, by_name

RETRY = Kind(
    name="Retry",
    path="retries",
    scope=Scope.MESH,
    noun=Noun.POLICY,
    summary="How often a failed request is tried again.",
    type_name="Retry",
    since=(1, 1),
    until=(3, 0),
)


@pytest.mark.parametrize(
    ("version", "served"),
    [
        ((0, 7, 3), False),
        ((1, 0, 9), False),
        ((1, 1), True),
        ((1, 1, 0), True),
        ((2, 14, 3), True),
        ((2, 99, 99), True),
        ((3, 0, 0), False),
        ((3, 0), False),
    ],
)
def test_a_kind_is_served_from_its_first_version_to_the_one_that_dropped_it(
    version: tuple[int, ...], served: bool
) -> None:
    assert RETRY.served_by(version) is served


def test_a_kind_that_nothing_dropped_is_served_for_ever() -> None:
    assert msgspec.structs.replace(RETRY, until=None).served_by((99, 0))


def test_two_rows_of_one_name_or_one_type_are_refused_and_both_named() -> None:
    twin = msgspec.structs.replace(RETRY, name="OtherRetry")
    with pytest.raises(ValueError, match="OtherRetry and Retry both make Retry"):
        by_name([RETRY, twin])
    with pytest.raises(ValueError, match="Retry and Retry both make Retry"):
        by_name([RETRY, msgspec.structs.replace(RETRY, type_name="Other")])


def test_rows_are_found_by_their_names_in_their_order() -> None:
    other = msgspec.structs.replace(RETRY, name="A", type_name="A")
    assert list(by_name([RETRY, other]).items()) == [("Retry", RETRY), ("A", other)]
