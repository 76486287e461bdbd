import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from gateway.errors import MeshgateError, Problem, Violation
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import problems
from tests.recorded import Exchange, recording
from tests.upstreams.kuma import malformed

AREAS = ("02-kinds", "03-lists", "04-errors", "05-access", "07-semantics")
REFUSED = [
    pytest.param(step, id=f"{version}/{step.area}/{step.name}")
    for version in malformed.VERSIONS
    for step in recording(version).area(*AREAS)
    if step.status is not None and step.status >= 400
]
V3 = {
    "type": "/std-errors",
    "status": 400,
    "title": "Could not process a resource",
    "detail": "Resource is not valid",
    "instance": "d5c2",
    "invalid_parameters": [{"field": "conf.http", "reason": "must not be empty"}],
    "details": "Resource is not valid",
    "causes": [{"field": "conf.http", "message": "must not be empty"}],
}


def answer(status: int, body: Any, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers, content)


@pytest.mark.parametrize(
    "body",
    [
        {
            "title": "Could not process a resource",
            "details": "Resource is not valid",
            "causes": [{"field": "conf.http", "message": "must not be empty"}],
        },
        V3 | {"status": "400"},
        V3,
        V3 | {"causes": None, "details": None},
        V3 | {"invalid_parameters": None},
    ],
    ids=["0.3", "2.3", "2.4", "3", "only causes"],
)
def test_every_dialect_says_the_same(body: dict[str, Any]) -> None:
    found = problems.problem(answer(400, body))
    assert found is not None
    assert (found.title, found.detail) == ("Could not process a resource", "Resource is not valid")
    assert found.status == 400
    assert found.invalid_parameters == (Violation("conf.http", "must not be empty"),)


@pytest.mark.parametrize("key", sorted(V3))
def test_a_null_costs_its_own_member_alone(key: str) -> None:
    found = problems.problem(answer(400, V3 | {key: None}))
    assert found is not None
    assert found.title == (None if key == "title" else V3["title"])
    assert found.invalid_parameters == (Violation("conf.http", "must not be empty"),)


def test_a_violation_may_be_told_in_nulls() -> None:
    body = {"title": "no", "invalid_parameters": [{"field": None, "reason": "bad"}, None]}
    found = problems.problem(answer(400, body))
    assert found == Problem(title="no", status=400, invalid_parameters=(Violation("", "bad"),))


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable"),
    [
        (301, b"", "UPSTREAM_BAD_RESPONSE", False),
        (400, V3, "BAD_USER_INPUT", False),
        (400, {"title": "no", "details": "Mesh is not found"}, "NOT_FOUND", False),
        (401, {"title": "Invalid authentication data"}, "UNAUTHENTICATED", False),
        (403, {"title": "Access Denied"}, "FORBIDDEN", False),
        (403, b"Access Denied", "FORBIDDEN", False),
        (404, {"title": "Could not retrieve a resource"}, "NOT_FOUND", False),
        (404, b"404: Page Not Found", "UNSUPPORTED", False),
        (405, {"title": "Operation not allowed"}, "READ_ONLY", False),
        (405, b"Method not allowed", "READ_ONLY", False),
        (409, {"title": "Conflict"}, "CONFLICT", True),
        (412, {"title": "Precondition Failed"}, "CONFLICT", True),
        (422, {}, "BAD_USER_INPUT", False),
        (429, b"", "RATE_LIMITED", True),
        (499, b"", "UPSTREAM_BAD_RESPONSE", False),
        (500, {"title": "Internal Server Error"}, "UPSTREAM_UNAVAILABLE", True),
        (503, b"", "UPSTREAM_UNAVAILABLE", True),
    ],
)
def test_a_status_stands_for_an_error(status: int, body: Any, code: str, retryable: bool) -> None:
    error = problems.failure("prod", answer(status, body))
    assert (error.code, error.retryable) == (code, retryable)
    assert (error.upstream, error.status) == ("prod", status)
    assert error.message.startswith("prod: ")


def test_a_405_is_told_in_our_words_for_its_own_depend_on_the_mode_alone() -> None:
    body = {"title": "Operation not allowed", "detail": "On Kubernetes you cannot change the state"}
    error = problems.failure("prod", answer(405, body))
    assert error.message == "prod: the control plane does not let anyone write this here"


def test_a_sentence_says_what_title_and_detail_say_once() -> None:
    error = problems.failure("prod", answer(400, {"title": "same", "detail": "same"}))
    assert error.message == "prod: same"
    error = problems.failure("prod", answer(400, V3))
    assert error.message == "prod: Could not process a resource: Resource is not valid"


@pytest.mark.parametrize(
    ("header", "seconds"), [("3", 3.0), ("0", 0.0), ("soon", None), ("-1", None), ("٣", None)]
)
def test_how_long_to_wait_is_told_in_seconds(header: str, seconds: float | None) -> None:
    error = problems.failure("prod", answer(429, b"", **{"retry-after": header}))
    assert error.retry_after == seconds


@pytest.mark.parametrize("step", REFUSED)
def test_what_was_recorded_is_told_without_where_or_how_it_was_asked(step: Exchange) -> None:
    error = problems.failure("prod", step.answer())
    assert error.code != "INTERNAL_SERVER_ERROR"
    told = msgspec.json.encode(error.extensions()).decode()
    assert "http://" not in error.message + told
    assert "127.0.0.1" not in error.message + told
    if isinstance(step.body, dict) and step.body.get("causes"):
        assert error.problem is not None
        assert len(error.problem.invalid_parameters) == len(step.body["causes"])


@settings(max_examples=200, derandomize=True, deadline=None)
@given(malformed.broken(V3))
def test_a_malformed_error_is_an_error_of_ours(body: bytes) -> None:
    for status in (400, 404, 405, 500):
        error = problems.failure("prod", answer(status, body))
        assert isinstance(error, MeshgateError)
        assert error.code != "INTERNAL_SERVER_ERROR"
        msgspec.json.decode(msgspec.json.encode([error.message, error.extensions()]))
