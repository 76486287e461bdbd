"""Several questions at once: what each brings, or the error that it met."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any


async def outcomes(asked: Sequence[Awaitable[Any]]) -> list[Any]:
    """What each brings, and exceptions in place of what they raise; one alone needs no task."""
    if len(asked) != 1:
        return await asyncio.gather(*asked, return_exceptions=True)
    try:
        return [await asked[0]]
    except Exception as error:
        return [error]
