import pytest

from gateway.errors import (
    BadResponse,
    BadUserInput,
    Conflict,
    Forbidden,
    MeshgateError,
    NotFound,
    RateLimited,
    Unauthenticated,
    UpstreamUnavailable,
)
from gateway.upstreams.base import Answer
from gateway.upstreams.nginx_instance_manager.problems import failure
from tests.upstreams.nginx_instance_manager.fixtures import answer, body, text


@pytest.mark.parametrize(
    ("status", "name", "error", "code"),
    [
        (400, "error.400.compiler.json", BadUserInput, 13018),
        (401, "error.401.json", Unauthenticated, None),
        (403, "error.403.json", Forbidden, None),
        (404, "error.404.json", NotFound, 12020),
        (409, "error.409.json", Conflict, 11013),
        (502, "error.502.json", UpstreamUnavailable, None),
    ],
)
def test_an_error_says_what_the_body_says(
    status: int, name: str, error: type[MeshgateError], code: int | None
) -> None:
    found = failure("fleet", answer(name, status))
    assert type(found) is error
    assert (found.upstream, found.status) == ("fleet", status)
    assert found.problem is not None
    assert found.problem.title == body(name)["message"]
    kind = "about:blank" if code is None else f"nginx-instance-manager:{code}"
    assert found.problem.type == kind


def test_too_many_requests_are_told_by_a_page() -> None:
    found = failure("fleet", Answer(429, {"content-type": "text/html"}, text("error.429.html")))
    assert type(found) is RateLimited
    assert found.message == "fleet: Instance Manager asks for fewer requests"
    assert found.problem is None


@pytest.mark.parametrize(
    ("headers", "error", "told"),
    [
        ({"nginx-management-suite-auth": "OIDC"}, Unauthenticated, "login page"),
        ({"location": "https://secret.example/?token=1"}, BadResponse, "redirect"),
    ],
)
def test_a_redirect_is_never_a_place_to_go(
    headers: dict[str, str], error: type[MeshgateError], told: str
) -> None:
    found = failure("fleet", Answer(302, headers, b""))
    assert type(found) is error
    assert told in found.message
    assert "secret" not in f"{found.message}{found.extensions()}"


@pytest.mark.parametrize(
    "message",
    ["cannot read hunter2", "bad key -----BEGIN PRIVATE KEY-----\\nTUlJ", "no TUlJRXZ3SUJBREFO"],
)
def test_what_repeats_a_secret_is_not_told(message: str) -> None:
    sent = f'{{"code": 400, "message": "{message}"}}'.encode()
    found = failure("fleet", Answer(400, {}, sent), ("hunter2", "TUlJRXZ3SUJBREFO"))
    assert found.message == "fleet: Instance Manager answered 400"
    assert found.problem is None
