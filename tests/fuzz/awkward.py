"""A schema whose resolvers do all that resolvers may do, and much that they should not."""

import asyncio
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from gateway.errors import Conflict

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


def does(how: How, value: Any, wrong: Any = ...) -> Any:
    """What a resolver returns that does this with a value; text of a mapping stands for none."""
    match how.value.removeprefix("late ").removeprefix("later "):
        case "raise":
            error: Exception = KeyError(f"{how.value} hunter2")
        case "conflict":
            error = Conflict(f"{how.value}: another was faster", upstream="prod")
        case "return error":
            error, value = None, Conflict(f"{how.value}: returned")  # type: ignore[assignment]
        case "null":
            error, value = None, None  # type: ignore[assignment]
        case "wrong":
            error, value = None, object() if wrong is ... else wrong  # type: ignore[assignment]
        case _:
            error = None  # type: ignore[assignment]
    if how is How.FUTURE:
        future = asyncio.get_running_loop().create_future()
        future.set_result(value)
        return future
    if how.value.startswith("late"):
        return _late(5 if how.value.startswith("later") else 1, value, error)
    if error is not None:
        raise error
    return value


async def _late(turns: int, value: Any, error: Exception | None) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    if error is not None:
        raise error
    return value


@strawberry.input
class Wish:
    """An input that may be nested."""

    how: How = How.FINE
    text: str | None = "x"
    number: int = 1
    inner: "Wish | None" = None
    list: "list[Wish] | None" = None
    hows: "list[list[How | None]] | None" = None


def shown(value: Any) -> Any:
    """What a resolver was given, as JSON."""
    if isinstance(value, Wish):
        return {key: shown(one) for key, one in vars(value).items()}
    if isinstance(value, list):
        return [shown(one) for one in value]
    return value.name if isinstance(value, Enum) else value


@strawberry.interface
class Being:
    name: str

    @strawberry.field
    def title(self, how: How = How.FINE) -> str | None:
        return does(how, f"the {self.name}", wrong=["a", "list"])  # type: ignore[no-any-return]

    @strawberry.field
    def must_title(self, how: How = How.FINE) -> str:
        return does(how, f"the {self.name}", wrong={"a": "mapping"})  # type: ignore[no-any-return]

    @strawberry.field
    async def late_title(self, how: How = How.FINE) -> str:
        found = does(how, f"the late {self.name}")
        return await found if hasattr(found, "__await__") else found  # type: ignore[no-any-return]

    @strawberry.field
    def friend(self, how: How = How.FINE) -> "Being | None":
        return does(how, Bird(name=f"friend of {self.name}"[:20]), wrong=Stone(weight=0.5))  # type: ignore[no-any-return]

    @strawberry.field
    def must_friend(self, how: How = How.LATE) -> "Being":
        return does(how, Fish(name=f"friend of {self.name}"[:20]))  # type: ignore[no-any-return]


@strawberry.interface
class Flying(Being):
    @strawberry.field
    def wings(self, how: How = How.FINE) -> int | None:
        return does(how, 2, wrong="two")  # type: ignore[no-any-return]


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
        return does(how, 1, wrong=float("nan"))  # type: ignore[no-any-return]


@strawberry.type
class Fish(Being):
    fins: int = 4

    @strawberry.field
    def colour(self, how: How = How.FINE) -> Colour | None:
        return does(how, Colour.RED, wrong="green")  # type: ignore[no-any-return]


@strawberry.type
class Stone:
    weight: float

    @strawberry.field
    def odd(self, value: str = "fine", how: How = How.FINE) -> Odd | None:
        return does(how, value)  # type: ignore[no-any-return]

    @strawberry.field
    def must_odd(self, value: str = "fine") -> Odd:
        return value  # type: ignore[return-value]


Thing = Annotated[Bird | Fish | Stone, strawberry.union("Thing")]


def each(hows: list[Any] | None, make: Any) -> Any:
    """A list of what each of its resolvers would return."""
    found = []
    for how in (How.FINE, How.FINE) if hows is None else hows:
        try:
            found.append(does(how, make()) if isinstance(how, How) else how)
        except Exception as error:
            found.append(error)
    return found


@strawberry.type
class Query:
    @strawberry.field
    def root(self) -> "Query":
        return Query()

    @strawberry.field
    async def maybe_root(self, how: How = How.FINE) -> "Query | None":
        found = does(how, Query(), wrong=7)
        return await found if hasattr(found, "__await__") else found  # type: ignore[no-any-return]

    @strawberry.field
    def must_root(self, how: How = How.FINE) -> "Query":
        return does(how, Query(), wrong=7)  # type: ignore[no-any-return]

    @strawberry.field
    def bird(self, how: How = How.FINE) -> Bird | None:
        return does(how, Bird(name="owl"), wrong=Fish(name="cod"))  # type: ignore[no-any-return]

    @strawberry.field
    def being(self, how: How = How.FINE) -> Being | None:
        return does(how, Bird(name="owl"), wrong=Stone(weight=1.0))  # type: ignore[no-any-return]

    @strawberry.field
    def beings(self, hows: list[How | None] | None = None) -> list[Being | None] | None:
        kinds = iter([Bird, Fish] * 10)
        return each(hows, lambda: next(kinds)(name="tom"))  # type: ignore[no-any-return]

    @strawberry.field
    async def must_beings(self, hows: list[How | None] | None = None) -> list[Being]:
        return each(hows, lambda: Fish(name="cod"))  # type: ignore[no-any-return]

    @strawberry.field
    def flying(self) -> list[Flying]:
        return [Bird(name="owl"), Bird(name="tit", nothing="something", broken="mended")]

    @strawberry.field
    def things(self, hows: list[How] | None = None) -> list[Thing | None]:
        kinds = iter([Bird(name="owl"), Fish(name="cod"), Stone(weight=1.5)] * 5)
        return each(hows, lambda: next(kinds))  # type: ignore[no-any-return]

    @strawberry.field
    def thing(self, how: How = How.FINE) -> Thing:
        return does(how, Stone(weight=2), wrong=Egg(bird=Bird(name="owl")))  # type: ignore[no-any-return]

    @strawberry.field
    def matrix(self, hows: list[list[How | None] | None] | None = None) -> list[list[int] | None]:
        return each([each(row, lambda: 1) if row else None for row in hows or ()], None)  # type: ignore[no-any-return]

    @strawberry.field
    def loose(
        self, hows: list[list[How | None] | None] | None = None, how: How = How.FINE
    ) -> list[list[str | None]] | None:
        found = each([each(row, lambda: "x") if row else None for row in hows or ()], None)
        return does(how, found, wrong={"a": ["b"]})  # type: ignore[no-any-return]

    @strawberry.field
    def letters(self, how: How = How.FINE) -> list[str] | None:
        return does(how, (letter for letter in "ab"), wrong="ab")  # type: ignore[no-any-return]

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
    def number(self, how: How = How.FINE) -> int | None:
        return does(how, 7, wrong=2**40)  # type: ignore[no-any-return]

    @strawberry.field
    def must(self, how: How = How.FINE) -> bool:
        return does(how, True, wrong="yes")  # type: ignore[no-any-return]

    @strawberry.field
    async def must_late(self, how: How = How.FINE) -> strawberry.ID:
        found = does(how, 12)
        return await found if hasattr(found, "__await__") else found  # type: ignore[no-any-return]


SCALARS: Mapping[object, Any] = {
    Odd: strawberry.scalar(name="Odd", serialize=_odd),
    JSON: strawberry.scalar(name="JSON", serialize=lambda value: value),
}


def build() -> strawberry.Schema:
    """The schema."""
    config = StrawberryConfig(scalar_map=dict(SCALARS))
    return strawberry.Schema(Query, types=[Bird, Fish], config=config)
