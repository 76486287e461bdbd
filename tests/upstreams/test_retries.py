import pytest

from gateway.upstreams.base import Answer
from gateway.upstreams.retries import LONGEST_DELAY, RetryBudget, backoff, retry_after

# Sat, 21 Nov 2026 00:00:00 GMT
MIDNIGHT = 1795219200.0


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Sat, 21 Nov 2026 00:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 00:00:30 -0000", 30.0),
        ("Fri, 20 Nov 2026 23:59:30 GMT", 0.0),
        ("-1", None),
        ("1.5", None),
        ("\u0667", None),
        ("soon", None),
        ("", None),
        ("9" * 400, 999999999.0),
        ("Sat, 21 Nov 99999 00:00:30 GMT", None),
    ],
)
def test_how_long_an_answer_asks_to_wait(told: str | None, seconds: float | None) -> None:
    headers = {} if told is None else {"retry-after": told}
    assert retry_after(Answer(503, headers, b""), MIDNIGHT) == seconds


def test_backoff_is_random_below_a_bound_that_rises_to_a_limit() -> None:
    for attempt, bound in ((1, 0.05), (2, 0.1), (3, 0.2), (50, LONGEST_DELAY)):
        assert all(0 <= backoff(attempt) <= bound for _ in range(100))


def test_retries_are_a_share_of_the_calls() -> None:
    budget = RetryBudget(share=0.2, reserve=2)
    assert [budget.take() for _ in range(3)] == [True, True, False]
    for _ in range(5):
        budget.called()
    assert [budget.take() for _ in range(2)] == [True, False]


def test_a_long_calm_saves_up_no_more_than_the_reserve() -> None:
    budget = RetryBudget(share=0.2, reserve=2)
    for _ in range(1000):
        budget.called()
    assert [budget.take() for _ in range(3)] == [True, True, False]
