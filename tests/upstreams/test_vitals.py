import pytest

from gateway.errors import BadResponse, UpstreamError, UpstreamTimeout, UpstreamUnavailable
from gateway.model.health import Circuit, Health
from gateway.upstreams.vitals import Vitals


def test_before_the_first_call_nothing_is_known() -> None:
    assert Vitals().health(Circuit.CLOSED) == Health()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, None),
        (404, None),
        (403, None),
        (401, "UNAUTHENTICATED"),
        (429, "RATE_LIMITED"),
        (500, "UPSTREAM_UNAVAILABLE"),
        (503, "UPSTREAM_UNAVAILABLE"),
    ],
)
def test_an_answer_is_a_contact_whatever_it_says(status: int, code: str | None) -> None:
    vitals = Vitals()
    vitals.answered(status, 0.25)
    health = vitals.health(Circuit.OPEN)
    assert (health.reachable, health.latency, health.last_error) == (True, 0.25, code)
    assert health.circuit == Circuit.OPEN
    assert health.last_contact


@pytest.mark.parametrize(
    ("failure", "reachable"),
    [
        (UpstreamUnavailable("x"), False),
        (UpstreamTimeout("x"), False),
        (BadResponse("x"), True),
    ],
)
def test_a_failure_is_remembered_until_the_next_good_answer(
    failure: UpstreamError, reachable: bool
) -> None:
    vitals = Vitals()
    vitals.answered(200, 0.25)
    vitals.failed(failure)
    health = vitals.health(Circuit.CLOSED)
    assert (health.reachable, health.last_error) == (reachable, failure.code)
    assert health.latency == 0.25
    vitals.answered(200, 0.5)
    assert vitals.health(Circuit.CLOSED).last_error is None
