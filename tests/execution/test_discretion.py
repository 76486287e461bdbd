import pytest

from gateway.execution.discretion import discreet


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Variable '$i' has invalid value: Expected value of type 'A' to include required field "
            "'b', found: {'privateKey': 'SECRET', 'name': 'a'}.",
            "Variable '$i' has invalid value: Expected value of type 'A' to include required field "
            "'b'",
        ),
        (
            "Variable '$i' has invalid value at .privateKey: String cannot represent a non string "
            "value: ['SECRET']",
            "Variable '$i' has invalid value at .privateKey: String cannot represent a non string "
            "value",
        ),
        (
            "String cannot represent a non string value: SECRET",
            "String cannot represent a non string value",
        ),
        (
            "Expected value of type 'A' to be an object, found: \"SECRET\".",
            "Expected value of type 'A' to be an object",
        ),
        (
            "Enum 'E' cannot represent non-string value: {'a: SECRET'}",
            "Enum 'E' cannot represent non-string value",
        ),
    ],
)
def test_a_value_that_may_be_a_key_is_not_told(said: str, told: str) -> None:
    assert discreet(said) == told


@pytest.mark.parametrize(
    "said",
    [
        "Int cannot represent non 32-bit signed integer value: 99999999999",
        "String cannot represent a non string value: 5",
        "Expected value of type 'Int', found: 5.",
        "Cannot query field 'x' on type 'Query'.",
        "Value 'x' does not exist in 'E' enum.",
    ],
)
def test_numbers_and_names_are_told(said: str) -> None:
    assert discreet(said) == said
