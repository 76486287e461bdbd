from enum import StrEnum

import pytest

from gateway.schema.enums import enum


class Height(StrEnum):
    UP = "up"
    DOWN = "down"


def test_an_enum_stays_itself_and_each_value_is_described() -> None:
    assert enum(Height, "Height", "How high.", {"UP": "Up.", "DOWN": "Down."}) is Height
    definition = Height.__strawberry_definition__  # type: ignore[attr-defined]
    assert {one.name: one.description for one in definition.values} == {
        "UP": "Up.",
        "DOWN": "Down.",
    }


@pytest.mark.parametrize(
    "values", [{"UP": "Up."}, {"UP": "Up.", "DOWN": "Down.", "ASIDE": "Neither."}, {}]
)
def test_a_value_without_a_sentence_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="has no description, or describes nothing"):
        enum(Height, "Height", "How high.", values)
