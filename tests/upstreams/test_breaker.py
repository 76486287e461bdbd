import pytest

from gateway.model.health import Circuit
from gateway.upstreams.breaker import Breaker


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def breaker(clock: Clock, seen: list[Circuit] | None = None) -> Breaker:
    return Breaker(
        clock,
        threshold=4,
        share=0.5,
        window=10.0,
        buckets=5,
        rest=3.0,
        changed=lambda state, previous: seen.append(state) if seen is not None else None,
    )


def call(subject: Breaker, outcome: bool) -> None:
    ticket = subject.admit()
    assert ticket is not None
    if outcome:
        subject.succeeded(ticket)
    else:
        subject.failed(ticket)


def opened(clock: Clock, seen: list[Circuit] | None = None) -> Breaker:
    made = breaker(clock, seen)
    for _ in range(4):
        call(made, False)
    return made


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([False] * 3, Circuit.CLOSED),
        ([False] * 4, Circuit.OPEN),
        ([True, True, True, False, False], Circuit.CLOSED),
        ([True, True, False, False], Circuit.OPEN),
        ([True] * 100 + [False] * 99, Circuit.CLOSED),
    ],
)
def test_it_opens_when_enough_calls_failed_and_enough_of_them(
    outcomes: list[bool], state: Circuit
) -> None:
    subject = breaker(Clock())
    for outcome in outcomes:
        call(subject, outcome)
    assert subject.state == state


def test_failures_are_forgotten_with_their_window() -> None:
    clock = Clock()
    subject = breaker(clock)
    for _ in range(3):
        call(subject, False)
    clock.now += 11
    call(subject, False)
    assert subject.state == Circuit.CLOSED


def test_failures_add_up_over_the_window() -> None:
    clock = Clock()
    subject = breaker(clock)
    for _ in range(4):
        call(subject, False)
        clock.now += 2.4
    assert subject.state == Circuit.OPEN


def test_open_it_lets_nothing_through_until_it_has_rested() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 2.9
    assert (subject.admits(), subject.admit()) == (False, None)
    clock.now += 0.1
    assert subject.admits()


def test_half_open_it_lets_one_call_through() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 3
    assert subject.admit() is not None
    assert subject.state == Circuit.HALF_OPEN
    assert (subject.admits(), subject.admit()) == (False, None)


def test_the_probes_success_closes_it_with_a_clean_slate() -> None:
    clock = Clock()
    seen: list[Circuit] = []
    subject = opened(clock, seen)
    clock.now += 3
    call(subject, True)
    for _ in range(3):
        call(subject, False)
    assert seen == [Circuit.OPEN, Circuit.HALF_OPEN, Circuit.CLOSED]


def test_the_probes_failure_opens_it_for_another_rest() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 3
    call(subject, False)
    assert subject.state == Circuit.OPEN
    clock.now += 2.9
    assert not subject.admits()
    clock.now += 0.1
    assert subject.admits()


def test_a_probe_given_up_leaves_its_place_to_another() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 3
    ticket = subject.admit()
    assert ticket is not None
    subject.withdrawn(ticket)
    assert subject.admits()
    call(subject, True)
    assert subject.state == Circuit.CLOSED


@pytest.mark.parametrize("report", ["succeeded", "failed", "withdrawn"])
def test_calls_from_before_it_opened_do_not_decide_for_the_probe(report: str) -> None:
    clock = Clock()
    subject = breaker(clock)
    early = subject.admit()
    for _ in range(4):
        call(subject, False)
    clock.now += 3
    probe = subject.admit()
    assert early is not None
    assert probe is not None
    getattr(subject, report)(early)
    assert subject.state == Circuit.HALF_OPEN
    subject.succeeded(probe)
    assert subject.state == Circuit.CLOSED  # type: ignore[comparison-overlap]


def test_calls_given_up_do_not_count() -> None:
    subject = breaker(Clock())
    for _ in range(100):
        ticket = subject.admit()
        assert ticket is not None
        subject.withdrawn(ticket)
    for _ in range(3):
        call(subject, False)
    assert subject.state == Circuit.CLOSED
