"""A schema whose resolvers do all that resolvers may do, and much that they should not."""

# Its resolvers return what they should not, and none of them says what.
# mypy: disable-error-code="no-any-return"

import asyncio
from collections.abc import Generator, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from gateway.errors import Conflict
from gateway.schema.hops import alone, together
from tests.fuzz.shapes import BODIES, BigInt, Round, Shape, Shown, decoded

Odd = NewType("Odd", object)
JSON = NewType("JSON", object)


def _odd(value: Any) -> Any:
    if value == "bad":
        raise ValueError("bad is not to be shown")
    return None if value == "nothing" else value


@strawberry.enum
class How(Enum):
    """What a resolver does."""

    FINE = "fine"
    LATE = "late"
    LATER = "later"
    FUTURE = "future"
    NULL = "null"
    LATE_NULL = "late null"
    RAISE = "raise"
    LATE_RAISE = "late raise"
    LATER_RAISE = "later raise"
    CONFLICT = "conflict"
    LATE_CONFLICT = "late conflict"
    RETURN_ERROR = "return error"
    LATE_RETURN_ERROR = "late return error"
    WRONG = "wrong"
    LATE_WRONG = "late wrong"


@strawberry.enum
class Colour(Enum):
    RED = 1
    BLUE = 2


def does(how: How, value: Any, wrong: Any = 2.5) -> Any:
    """What a resolver returns that does this with a value, or with one of another type."""
    late, _, what = how.value.rpartition(" ")
    if how in (How.LATE, How.LATER, How.FUTURE):
        late, what = how.value, "fine"
    turns = TURNS.get(late)
    error: Exception | None = None
    match what:
        case "raise":
            error = KeyError(f"{how.value} hunter2")
        case "conflict":
            error = Conflict(f"{how.value}: another was faster", upstream="prod")
        case "error":
            value = Conflict(f"{how.value}: returned")
        case "null":
            value = None
        case "wrong":
            value = wrong
    if turns is not None:
        return Awaited(turns, value) if how is How.FUTURE else _late(turns, value, error)
    if error is not None:
        raise error
    return value


TURNS = {"late": 1, "late return": 1, "later": 5, "future": 2}
"""How long some take."""


async def _late(turns: int, value: Any, error: Exception | None) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    if error is not None:
        raise error
    return value


class Awaited:
    """What can be awaited and is no coroutine; nobody minds if it is not."""

    def __init__(self, turns: int, value: Any) -> None:
        self._turns = turns
        self._value = value

    def __await__(self) -> Generator[Any, None, Any]:
        value = yield from _late(self._turns, self._value, None).__await__()
        return value


@strawberry.input
class Wish:
    """An input that may be nested."""

    how: How = How.FINE
    text: str | None = "x"
    number: int = 1
    inner: "Wish | None" = None
    more: "list[Wish] | None" = None
    hows: "list[list[How | None]] | None" = None


def shown(value: Any) -> Any:
    """What a resolver was given, as JSON."""
    if isinstance(value, Wish):
        return {key: shown(one) for key, one in vars(value).items()}
    if isinstance(value, list):
        return [shown(one) for one in value]
    return value.name if isinstance(value, Enum) else value


async def friends(of: Sequence["Being"], info: strawberry.Info[Any, None]) -> Sequence[Any]:
    """A friend of each, in one go: none of owls, and one of which cods do not tell."""
    await asyncio.sleep(0)
    known = {"owl": None, "cod": Conflict("cods do not tell"), "tit": Stone(weight=1.0)}
    return [known.get(one.name, Bird(name="owl")) for one in of]


@strawberry.interface
class Being:
    name: str

    @strawberry.field
    @together(friends)
    async def hop(self, info: strawberry.Info[Any, None]) -> "Being | None":
        return await alone(friends, self, info)

    @strawberry.field
    @together(friends)
    async def must_hop(self, info: strawberry.Info[Any, None]) -> "Being":
        return await alone(friends, self, info)

    @strawberry.field
    def title(self, how: How = How.FINE) -> str | None:
        return does(how, f"the {self.name}", wrong=["a", "list"])

    @strawberry.field
    def must_title(self, how: How = How.FINE) -> str:
        return does(how, f"the {self.name}", wrong={"a": "mapping"})

    @strawberry.field
    async def late_title(self, how: How = How.FINE) -> str:
        found = does(how, f"the late {self.name}")
        return await found if hasattr(found, "__await__") else found

    @strawberry.field
    def friend(self, how: How = How.FINE) -> "Being | None":
        return does(how, Bird(name=f"friend of {self.name}"[:20]), wrong=Stone(weight=0.5))

    @strawberry.field
    def must_friend(self, how: How = How.LATE) -> "Being":
        return does(how, Fish(name=f"friend of {self.name}"[:20]))


@strawberry.interface
class Flying(Being):
    @strawberry.field
    def wings(self, how: How = How.FINE) -> int | None:
        return does(how, 2, wrong="two")


@strawberry.type
class Bird(Flying):
    nothing: str | None = None
    broken: str = None  # type: ignore[assignment]

    @strawberry.field
    def eggs(self, hows: list[How | None] | None = None) -> "list[Egg]":
        return each(hows, lambda: Egg(bird=self))


@strawberry.type
class Egg:
    bird: Bird
    colour: Colour = Colour.BLUE

    @strawberry.field
    def size(self, how: How = How.FINE) -> float:
        return does(how, 1, wrong=float("nan"))


@strawberry.type
class Fish(Being):
    fins: int = 4

    @strawberry.field
    def colour(self, how: How = How.FINE) -> Colour | None:
        return does(how, Colour.RED, wrong="green")


@strawberry.type
class Stone:
    weight: float

    @strawberry.field
    def odd(self, value: str = "fine", how: How = How.FINE) -> Odd | None:
        return does(how, value)

    @strawberry.field
    def must_odd(self, value: str = "fine") -> Odd:
        return value  # type: ignore[return-value]


Thing = Annotated[Bird | Fish | Stone, strawberry.union("Thing")]


def each(hows: list[Any] | None, make: Any) -> Any:
    """A list of what each of its resolvers would return."""
    found = []
    for how in (How.FINE, How.FINE) if hows is None else hows:
        try:
            found.append(None if how is None else does(how, make()))
        except Exception as error:
            found.append(error)
    return found


def rows(hows: list[list[How | None] | None] | None, value: Any) -> Any:
    """Lists in a list; what is late in them may be left alone."""
    found = []
    for row in hows or ():
        lazy = [How.FUTURE if it and it.value.startswith("late") else it for it in row or ()]
        found.append(None if row is None else each(lazy, value))
    return found


@strawberry.type
class Query:
    @strawberry.field
    def root(self) -> "Query":
        return Query()

    @strawberry.field
    async def maybe_root(self, how: How = How.FINE) -> "Query | None":
        found = does(how, Query(), wrong=7)
        return await found if hasattr(found, "__await__") else found

    @strawberry.field
    def must_root(self, how: How = How.FINE) -> "Query":
        return does(how, Query(), wrong=7)

    @strawberry.field
    def bird(self, how: How = How.FINE) -> Bird | None:
        return does(how, Bird(name="owl"), wrong=Fish(name="cod"))

    @strawberry.field
    def being(self, how: How = How.FINE) -> Being | None:
        return does(how, Bird(name="owl"), wrong=Stone(weight=1.0))

    @strawberry.field
    def beings(self, hows: list[How | None] | None = None) -> list[Being | None] | None:
        kinds = iter([Bird, Fish] * 10)
        return each(hows, lambda: next(kinds)(name="tom"))

    @strawberry.field
    async def must_beings(self, hows: list[How | None] | None = None) -> list[Being]:
        return each(hows, lambda: Fish(name="cod"))

    @strawberry.field
    def flying(self) -> list[Flying]:
        return [Bird(name="owl"), Bird(name="tit", nothing="something", broken="mended")]

    @strawberry.field
    def things(self, hows: list[How] | None = None) -> list[Thing | None]:
        kinds = iter([Bird(name="owl"), Fish(name="cod"), Stone(weight=1.5)] * 5)
        return each(hows, lambda: next(kinds))

    @strawberry.field
    def thing(self, how: How = How.FINE) -> Thing:
        return does(how, Stone(weight=2), wrong=Egg(bird=Bird(name="owl")))

    @strawberry.field
    def matrix(self, hows: list[list[How | None] | None] | None = None) -> list[list[int] | None]:
        return rows(hows, lambda: 1)

    @strawberry.field
    def loose(
        self, hows: list[list[How | None] | None] | None = None, how: How = How.FINE
    ) -> list[list[str | None]] | None:
        return does(how, rows(hows, lambda: "x"), wrong={"a": ["b"]})

    @strawberry.field
    def letters(self, how: How = How.FINE) -> list[str] | None:
        return does(how, (letter for letter in "ab"), wrong="ab")

    @strawberry.field
    def echo(
        self,
        wish: Wish | None = None,
        wishes: list[Wish | None] | None = None,
        matrix: list[list[int]] | None = None,
        text: str = "default",
        colour: Colour | None = Colour.RED,
        id: strawberry.ID | None = None,
        flag: bool | None = None,
        ratio: float | None = strawberry.UNSET,
    ) -> JSON:
        given = {**locals()}
        del given["self"]
        if ratio is strawberry.UNSET:
            given["ratio"] = "unset"
        return JSON({key: shown(value) for key, value in given.items()})

    @strawberry.field
    def shapes(self, info: strawberry.Info[Any, None]) -> list[Shape]:
        return [Shape(content=one) for one in decoded(info, "Shape")]

    @strawberry.field
    def shape(self, info: strawberry.Info[Any, None], number: int = 3) -> Shape | None:
        return Shape(content=decoded(info, "Shape")[number % len(BODIES)])

    @strawberry.field
    async def shown(self, info: strawberry.Info[Any, None]) -> list[Shown | None]:
        every = decoded(info, "Shown")
        return [
            Round(content=one) if number % 2 else Shape(content=one)
            for number, one in enumerate(every)
        ]

    @strawberry.field
    def number(self, how: How = How.FINE) -> int | None:
        return does(how, 7, wrong=2**40)

    @strawberry.field
    def must(self, how: How = How.FINE) -> bool:
        return does(how, True, wrong="yes")

    @strawberry.field
    async def must_late(self, how: How = How.FINE) -> strawberry.ID:
        found = does(how, 12)
        return await found if hasattr(found, "__await__") else found


SCALARS: Mapping[object, Any] = {
    Odd: strawberry.scalar(name="Odd", serialize=_odd),
    JSON: strawberry.scalar(name="JSON", serialize=lambda value: value),
    BigInt: strawberry.scalar(name="BigInt", serialize=str),
}


def build() -> strawberry.Schema:
    """The schema."""
    config = StrawberryConfig(scalar_map=dict(SCALARS))
    return strawberry.Schema(Query, types=[Bird, Fish, Shape, Round], config=config)
