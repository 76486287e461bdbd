import asyncio
from collections.abc import Mapping, Sequence

import pytest

from gateway.errors import UpstreamTimeout
from gateway.settings import AuthSettings, UpstreamSettings
from gateway.upstreams.base import Answer, Operation, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.pacing import Pace, allowed, waited_out


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def turns(rate: float | None, number: int) -> list[float]:
    """When so many calls went out, in seconds after the first."""
    time = Time()
    pace = Pace(rate, clock=time, sleep=time.sleep)
    found = []
    for _ in range(number):
        await pace.turn()
        found.append(time.now - 1000.0)
    return found


def most_in_a_second(times: Sequence[float]) -> int:
    return max(sum(1 for one in times if start <= one < start + 1) for start in times)


@pytest.mark.parametrize("rate", [1.0, 5.0, 20.0, 100.0])
async def test_no_second_has_more_calls_than_are_allowed(rate: float) -> None:
    found = await turns(rate, 200)
    assert most_in_a_second(found) <= rate
    assert found[-1] < 200 / rate * 1.2


async def test_a_hundred_calls_at_twenty_a_second_take_less_than_six() -> None:
    found = await turns(20.0, 100)
    assert most_in_a_second(found) <= 20
    assert 5.0 < found[-1] < 6.0


async def test_two_go_out_at_once_and_others_follow() -> None:
    assert [round(one, 3) for one in await turns(20.0, 4)] == [0, 0, 0.056, 0.111]


async def test_without_a_limit_nothing_waits() -> None:
    assert await turns(None, 50) == [0.0] * 50


def test_a_product_has_a_limit_of_its_own_and_the_settings_stand_above_it() -> None:
    def settings(product: str, rate: float | None = None) -> UpstreamSettings:
        return UpstreamSettings(name="a", product=product, url="http://a", rate_limit=rate)

    assert allowed(settings("kuma")) is None
    assert allowed(settings("nginx-instance-manager")) == 20.0
    assert allowed(settings("nginx-instance-manager", 5.0)) == 5.0
    assert allowed(settings("kuma", 5.0)) == 5.0


async def answered(
    statuses: list[int], seconds: float = 60.0, retry_after: str = "", time: Time | None = None
) -> tuple[int, int]:
    """The status that a call ended with, and how often it was made."""
    made = 0
    headers = {"retry-after": retry_after} if retry_after else {}

    async def send() -> Answer:
        nonlocal made
        made += 1
        return Answer(statuses.pop(0), headers, b"<html>429 Too Many Requests</html>")

    sleep = (time or Time()).sleep
    answer = await waited_out(send, Operation(Viewer(), seconds, 10), sleep=sleep)
    return answer.status, made


async def test_what_was_too_much_is_waited_out() -> None:
    assert await answered([429, 429, 429, 202]) == (202, 4)


async def test_no_other_answer_is_asked_for_again() -> None:
    assert await answered([503]) == (503, 1)


async def test_what_is_asked_for_is_waited() -> None:
    time = Time()
    assert await answered([429, 202], retry_after="7", time=time) == (202, 2)
    assert time.now == 1007.0


async def test_nobody_waits_past_the_deadline() -> None:
    assert await answered([429, 200], seconds=0.01) == (429, 1)
    assert await answered([429, 200], seconds=8.0, retry_after="120") == (429, 1)


class Counting:
    """A Transport that answers everything, and counts."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        self.sent += 1
        return Answer(200, {}, b"{}")

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_write_whose_turn_comes_after_its_deadline_is_not_sent() -> None:
    transport = Counting()
    given = UpstreamSettings(name="a", product="kuma", url="http://a", rate_limit=4.0)
    client = Client(given, transport, Credentials(AuthSettings(), upstream="a"))
    writes = (client.send("PUT", "/x", operation=Operation(Viewer(), 0.1, 9)) for _ in range(2))
    found = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(found[0], Answer)
    assert isinstance(found[1], UpstreamTimeout)
    assert transport.sent == 1
