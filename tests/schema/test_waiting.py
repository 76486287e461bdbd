from typing import Any

import pytest

from gateway.errors import BadUserInput
from gateway.schema.waiting import outcomes


async def brings(found: str) -> str:
    return found


async def fails(error: Exception) -> str:
    raise error


REFUSED = BadUserInput("no")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        (["a"], ["a"]),
        ([REFUSED], [REFUSED]),
        (["a", REFUSED, "b"], ["a", REFUSED, "b"]),
    ],
)
async def test_what_fails_leaves_its_error_in_its_place(
    given: list[Any], expected: list[Any]
) -> None:
    asked = [fails(one) if isinstance(one, Exception) else brings(one) for one in given]
    assert await outcomes(asked) == expected


@pytest.mark.parametrize("others", [0, 1])
async def test_what_is_no_error_of_ours_is_raised(others: int) -> None:
    with pytest.raises(ZeroDivisionError):
        await outcomes([fails(ZeroDivisionError()), *(brings("a") for _ in range(others))])
