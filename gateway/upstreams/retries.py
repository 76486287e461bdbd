"""Whether, and after how long, a call that is safe to repeat is made again."""

import random
import time
from typing import Final

from gateway.upstreams.base import Answer

FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 1.0
# What an upstream or a proxy before it says when it may soon do better (RFC 9110, RFC 6585).
PASSING_STATUSES: Final = frozenset({429, 502, 503, 504})


class RetryBudget:
    """Lets retries be a share of all calls, so that they cannot multiply an outage.

    Every call adds `share` of a retry, up to `reserve`, which is also there at the start.
    """

    __slots__ = ("_left", "_reserve", "_share")

    def __init__(self, share: float = 0.2, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._left = reserve

    def called(self) -> None:
        """Count a call that is not itself a retry."""
        if self._left < self._reserve:
            self._left = min(self._reserve, self._left + self._share)

    def take(self) -> bool:
        """Take one retry, if there is one."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


def backoff(attempt: int) -> float:
    """Seconds to wait after the attempt of that number (from 1): random, up to a rising bound."""
    return random.uniform(0, min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1)))


def retry_after(answer: Answer, now: float | None = None) -> float | None:
    """Seconds that `Retry-After` asks us to wait; None where it is absent or makes no sense.

    It is a number or a date (RFC 9110, section 10.2.3); `now` is seconds of the epoch.
    """
    told = answer.headers.get("retry-after")
    if told is None:
        return None
    told = told.strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(told).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, moment - (time.time() if now is None else now))
