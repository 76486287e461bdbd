import asyncio

from gateway.upstreams.alarms import Alarms


async def test_each_is_woken_at_its_own_time_whatever_the_order() -> None:
    loop, alarms = asyncio.get_running_loop(), Alarms()
    started = loop.time()
    woken: list[float] = []

    async def sleeper(seconds: float) -> None:
        news = loop.create_future()
        alarms.set(news, started + seconds)
        assert await news is True
        assert loop.time() >= started + seconds - 0.002
        woken.append(seconds)

    await asyncio.gather(*map(sleeper, (0.03, 0.01, 0.05, 0.02)))
    assert woken == [0.01, 0.02, 0.03, 0.05]


async def test_what_is_called_off_or_done_is_left_alone() -> None:
    loop, alarms = asyncio.get_running_loop(), Alarms()
    off, done, due = (loop.create_future() for _ in range(3))
    for number, news in enumerate((off, done, due)):
        alarms.set(news, loop.time() + 0.005 * number)
    alarms.off(off)
    alarms.off(off)
    done.set_result(False)
    assert await due is True
    assert not off.done()
    assert done.result() is False


async def test_what_is_past_is_woken_at_once() -> None:
    loop, alarms = asyncio.get_running_loop(), Alarms()
    news = loop.create_future()
    alarms.set(news, loop.time() - 1)
    async with asyncio.timeout(1):
        assert await news


async def test_alarms_go_on_after_there_were_none_for_a_while() -> None:
    loop, alarms = asyncio.get_running_loop(), Alarms()
    for _ in range(3):
        news = loop.create_future()
        alarms.set(news, loop.time() + 0.002)
        await news
        await asyncio.sleep(0.005)


async def test_ten_thousand_calls_need_a_timer_or_two() -> None:
    loop, alarms = asyncio.get_running_loop(), Alarms()
    timers = 0
    call_at = loop.call_at

    def counted(*args: object, **kwargs: object) -> asyncio.TimerHandle:
        nonlocal timers
        timers += 1
        return call_at(*args, **kwargs)  # type: ignore[arg-type]

    loop.call_at = counted  # type: ignore[method-assign]
    for _ in range(10_000):
        news = loop.create_future()
        alarms.set(news, loop.time() + 5)
        alarms.off(news)
    assert timers == 1
