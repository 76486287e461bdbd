from typing import Any

import pytest
from graphql import GraphQLError, located_error

from gateway.errors import NotFound
from gateway.execution.failures import Failures, withheld


def formatted(error: Exception) -> tuple[dict[str, Any], list[BaseException]]:
    reported: list[BaseException] = []
    failures = Failures(lambda cause, _id: reported.append(cause))
    return failures(located_error(error, None, ["a", 0]), "id"), reported


def test_our_own_errors_speak_for_themselves() -> None:
    made, reported = formatted(NotFound("no mesh of that name", upstream="prod"))
    assert made == {
        "message": "no mesh of that name",
        "path": ["a", 0],
        "extensions": {"code": "NOT_FOUND", "retryable": False, "upstream": "prod"},
    }
    assert reported == []


def test_ours_is_found_inside_of_graphql_cores() -> None:
    made, _ = formatted(GraphQLError("wrapped", original_error=NotFound("no such mesh")))
    assert made["message"] == "no such mesh"


def test_a_graphql_error_with_a_code_is_kept() -> None:
    made, reported = formatted(GraphQLError("mind this", extensions={"code": "MINE", "n": 1}))
    assert (made["message"], made["extensions"]) == ("mind this", {"code": "MINE", "n": 1})
    assert reported == []


@pytest.mark.parametrize(
    "error",
    [
        ValueError("http://kuma:5681 token=1"),
        TypeError("secret"),
        GraphQLError("Int cannot represent non-integer value: 'secret'"),
        ValueError("Cannot return null for non-nullable field secret"),
    ],
)
def test_all_others_are_masked_and_reported(error: Exception) -> None:
    made, reported = formatted(error)
    assert made["message"] == "Internal error"
    assert made["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
    assert len(reported) == 1


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "Variable '$input' has invalid value: Expected value of type 'T' not to include "
            "unknown field 'mash'. Did you mean 'mesh'? Found: {'text': 'hunter2'}.",
            "Variable '$input' has invalid value: Expected value of type 'T' not to include "
            "unknown field 'mash'. Did you mean 'mesh'?",
        ),
        (
            "Expected value of type 'T' to include required field 'name', found: { text: \"x\" }.",
            "Expected value of type 'T' to include required field 'name'",
        ),
        (
            "String cannot represent a non string value: ['hunter2']",
            "String cannot represent a non string value",
        ),
        (
            "Int cannot represent non-integer value: 'a'",
            "Int cannot represent non-integer value: 'a'",
        ),
    ],
)
def test_what_a_caller_gave_is_not_repeated_as_a_whole(message: str, told: str) -> None:
    assert withheld(message) == told
