import re

import msgspec
import pytest

import gateway.errors
from gateway.errors import (
    STATUS,
    BadResponse,
    Conflict,
    MeshgateError,
    Problem,
    Refused,
    SettingsError,
    UpstreamError,
    UpstreamUnavailable,
    Violation,
    error_for,
)


def below(error: type[MeshgateError]) -> list[type[MeshgateError]]:
    """The errors of the module that are made from another."""
    return [one for one in error.__subclasses__() if one.__module__ == "gateway.errors"]


LEAVES = [leaf for branch in (Refused, UpstreamError) for leaf in below(branch)]
"""What a client may see."""


def drawn() -> dict[str, dict[str, str]]:
    """The tree as it is drawn at the top of the module: branch by branch, leaf and code."""
    found: dict[str, dict[str, str]] = {}
    for line in (gateway.errors.__doc__ or "").splitlines():
        if branch := re.match(r"      x (\w+)", line):
            found[branch[1]] = leaf = {}
        elif part := re.match(r"        \+ (\w+) +([A-Z_]+)$", line):
            leaf[part[1]] = part[2]
    return found


def test_the_tree_is_the_one_that_is_drawn() -> None:
    assert drawn() == {
        branch.__name__: {leaf.__name__: leaf.code for leaf in below(branch)}
        for branch in (Refused, UpstreamError, SettingsError)
    }
    assert {one.__name__ for one in below(MeshgateError)} == set(drawn())


def test_no_two_errors_that_a_client_sees_have_one_code() -> None:
    seen = [leaf.code for leaf in LEAVES]
    assert len(seen) == len(set(seen))
    assert MeshgateError.code not in seen


@pytest.mark.parametrize("error", LEAVES)
def test_what_may_be_tried_again_is_no_refusal(error: type[MeshgateError]) -> None:
    assert not (error.retryable and issubclass(error, Refused))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((status, error.code) for status, error in STATUS.items()),
        (500, "UPSTREAM_UNAVAILABLE"),
        (503, "UPSTREAM_UNAVAILABLE"),
        (599, "UPSTREAM_UNAVAILABLE"),
        (402, "UPSTREAM_BAD_RESPONSE"),
        (304, "UPSTREAM_BAD_RESPONSE"),
    ],
)
def test_every_status_stands_for_an_error(status: int, code: str) -> None:
    assert error_for(status).code == code


def test_code_and_retryable_are_always_told() -> None:
    assert BadResponse("no").extensions() == {
        "code": "UPSTREAM_BAD_RESPONSE",
        "retryable": False,
    }


def test_the_rest_is_told_where_it_is_known() -> None:
    problem = Problem(
        type="/std-errors",
        title="Conflict",
        status=409,
        invalid_parameters=(Violation("spec.to", "must not be empty"),),
    )
    error = Conflict("prod: no", upstream="prod", status=409, problem=problem, retry_after=0.0)
    assert msgspec.json.decode(msgspec.json.encode(error.extensions())) == {
        "code": "CONFLICT",
        "retryable": True,
        "upstream": "prod",
        "status": 409,
        "retryAfter": 0.0,
        "problem": {
            "type": "/std-errors",
            "title": "Conflict",
            "status": 409,
            "invalidParameters": [{"field": "spec.to", "reason": "must not be empty"}],
        },
    }


def test_an_empty_problem_tells_nothing() -> None:
    assert UpstreamUnavailable("no", problem=Problem()).extensions()["problem"] == {}
