"""Several questions at once: what each brings, or the error that it met."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from gateway.errors import MeshgateError

T = TypeVar("T")


async def outcomes(asked: Sequence[Awaitable[T]]) -> list[T | MeshgateError]:
    """What each brings, or the error that it met; one alone needs no task.

    Raises what is no error of ours.
    """
    if len(asked) == 1:
        try:
            return [await asked[0]]
        except MeshgateError as error:
            return [error]
    found: list[T | MeshgateError] = []
    for one in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(one, BaseException) and not isinstance(one, MeshgateError):
            raise one
        found.append(one)
    return found
