"""Three ways of saying no, read into one."""

import json
from typing import Any

import pytest

from gateway.errors import (
    BadResponse,
    BadUserInput,
    Forbidden,
    MeshgateError,
    RateLimited,
    ReadOnly,
    Unauthenticated,
    Unsupported,
    UpstreamUnavailable,
)
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_service_mesh.problems import failure
from tests.upstreams.nginx_service_mesh.canned import said
from tests.upstreams.nginx_service_mesh.recorded import Case, cases, fixture

STATUSES: dict[int, type[MeshgateError]] = {
    302: BadResponse,
    400: BadUserInput,
    401: Unauthenticated,
    403: Forbidden,
    404: Unsupported,
    405: ReadOnly,
    429: RateLimited,
    500: UpstreamUnavailable,
    503: UpstreamUnavailable,
}
ERRORS = [one for one in cases("client") if "error" in one.name]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", [b"", b"oops", b"[]", b"{}", b'{"message":5}', b"\xff"])
def test_a_status_stands_for_an_error_whatever_comes_with_it(status: int, body: bytes) -> None:
    error = failure("edge", Answer(status, {}, body))
    assert type(error) is STATUSES[status]
    assert error.status == status
    assert error.message.startswith("edge: ")


@pytest.mark.parametrize("case", ERRORS, ids=str)
def test_what_its_client_was_told_is_told_on(case: Case) -> None:
    answer = case["answer_given_to_the_client"]
    error = failure("edge", said(answer["body"].encode(), answer["status"]))
    try:
        body = json.loads(answer["body"])
    except ValueError:
        assert error.problem is None
        return
    if body.get("message"):
        assert error.message == f"edge: {body['message']}"
        assert error.problem is not None
        assert error.problem.title == body["message"]


@pytest.mark.parametrize(
    ("name", "status", "type", "detail"),
    [
        ("error.400.json", 400, "nginx-service-mesh:7892", None),
        ("error.401.json", 401, "nginx-service-mesh:7898", None),
        ("error.500.json", 500, "nginx-service-mesh:7899", None),
        ("error.403.k8s-status.json", 403, "about:blank", None),
        (
            "error.400.details.json",
            400,
            "nginx-service-mesh:7892",
            "Error updating config: CircuitBreaker resources exist. Remove them or choose another "
            "load balancing method.",
        ),
    ],
)
def test_its_codes_are_told_on_and_kubernetes_are_statuses(
    name: str, status: int, type: str, detail: str | None
) -> None:
    problem = failure("edge", said(fixture(name), status)).problem
    assert problem is not None
    assert (problem.type, problem.detail, problem.status) == (type, detail, status)


@pytest.mark.parametrize("details", [{"group": "g"}, "text", [5, {}, {"description": "why"}], None])
def test_details_are_a_list_or_something_of_another(details: Any) -> None:
    body = {"message": "no", "code": 1, "details": details}
    problem = failure("edge", said(body, 400)).problem
    assert problem is not None
    assert problem.detail == ("why" if isinstance(details, list) else None)


def test_a_wait_that_is_asked_for_is_told_on() -> None:
    assert failure("edge", Answer(429, {"retry-after": "3"}, b"")).retry_after == 3.0
    assert failure("edge", Answer(429, {"retry-after": "soon"}, b"")).retry_after is None
