"""A view whose fields are resolvers of every shape, plain and not."""

from collections.abc import Callable
from typing import Any

import msgspec
import strawberry

LIMIT = 3
COUNTS = {"calls": 0}


class Inner(msgspec.Struct, frozen=True):
    text: str = ""
    number: int = 0

    @property
    def loud(self) -> str:
        return self.text.upper()


class Content(msgspec.Struct, frozen=True):
    text: str = ""
    maybe: str | None = None
    inner: Inner | None = None
    items: tuple[Inner, ...] = ()
    tags: dict[str, str] = {}


class Settings:
    """A thing that changes."""

    limit = 1


SETTINGS = Settings()


def rebind(value: int) -> None:
    global LIMIT
    LIMIT = value


def exclaimed(text: str) -> str:
    return f"{text}!"


def with_default(text: str, end: str = "?") -> str:
    return text + end


def recursive(number: int) -> int:
    if number <= 0:
        return 0
    return 1 + recursive(number - 1)


def endless(number: int) -> int:
    return number if number < 1 else endless(number - 1) + endless(number - 2)


exec_made: dict[str, Any] = {}
exec("def unread(text):\n    return text * 2", exec_made)
unread: Callable[[str], str] = exec_made["unread"]


def closed_over(word: str) -> Any:
    def resolver(self: "Plain") -> str:
        return word + self.content.text

    return resolver


@strawberry.type
class Plain:
    content: strawberry.Private[Content]

    @strawberry.field
    def attribute(self) -> str:
        return self.content.text

    @strawberry.field
    def guarded(self) -> str | None:
        return self.content.inner.text if self.content.inner is not None else None

    @strawberry.field
    def found(self) -> str | None:
        found = self.content.inner
        if found is None:
            return None
        return found.loud

    @strawberry.field
    def otherwise(self) -> str:
        text = "nothing"
        if self.content.maybe:
            text = self.content.maybe
        return exclaimed(text)

    @strawberry.field
    def precedence(self) -> str:
        return (self.content.text + "abc")[1] + (self.content.text + "x").upper()

    @strawberry.field
    def sliced(self) -> str:
        return self.content.text[:2]

    @strawberry.field
    def ordered(self) -> list[str]:
        return sorted(self.content.tags, reverse=True)

    @strawberry.field
    def starred(self) -> str:
        return exclaimed(*[self.content.text])

    @strawberry.field
    def unpacked(self) -> str:
        return exclaimed(**{"text": self.content.text})

    @strawberry.field
    def defaulted(self) -> str:
        return with_default(self.content.text)

    @strawberry.field
    def recursion(self) -> int:
        return recursive(len(self.content.text))

    @strawberry.field
    def two_recursions(self) -> int:
        return endless(len(self.content.text))

    @strawberry.field
    def without_source(self) -> str:
        return unread(self.content.text)

    @strawberry.field
    def limit(self) -> int:
        return LIMIT

    @strawberry.field
    def setting(self) -> int:
        return SETTINGS.limit

    @strawberry.field
    def table(self) -> int:
        return COUNTS["calls"]

    @strawberry.field
    def literals(self) -> str:
        return """two
            lines"""

    @staticmethod
    def plainly(text: Any) -> str:
        return f"{text}"

    @classmethod
    def named(cls, text: str) -> str:
        return cls.__name__ + text

    @strawberry.field
    def static(self) -> str:
        return self.plainly(self.content.text)

    @strawberry.field
    def of_class(self) -> str:
        return self.named(self.content.text)

    @strawberry.field
    def shadow(self) -> list[str]:
        text = self.content.text
        return [text for text in (text, text * 2)] + [text]

    @strawberry.field
    def nested(self) -> list[str]:
        return [a + b for a in self.content.text for b in self.content.tags]

    @strawberry.field
    def filtered(self) -> list[str]:
        return [one.text for one in self.content.items if one.loud if 1 // one.number]

    @strawberry.field
    def numbers(self) -> list[int]:
        number = 1 if self.content.text else 2
        number = number + 1
        return [number]

    @strawberry.field
    def unbound(self) -> int:
        if self.content.text:
            LIMIT = 9
        return LIMIT

    # What no plan reads.

    @strawberry.field
    def walrus(self) -> str:
        return text if (text := self.content.text) else "none"

    @strawberry.field
    def anonymous(self) -> list[str]:
        return sorted(self.content.tags, key=lambda it: it[::-1])

    @strawberry.field
    def looped(self) -> int:
        number = 0
        for _ in self.content.text:
            number += 1
        return number

    @strawberry.field
    def private(self) -> int:
        return len(self.__dict__) + self.__hidden()

    def __hidden(self) -> int:
        return 1

    @strawberry.field
    def names_here(self) -> list[str]:
        return sorted(locals())

    @strawberry.field
    async def late(self) -> str:
        return self.content.text

    @strawberry.field
    def informed(self, info: strawberry.Info[Any, None]) -> str:
        return str(info.context is self)

    @strawberry.field
    def argued(self, more: str = "more") -> str:
        return self.content.text + more

    closed: str = strawberry.field(resolver=closed_over("closed "))
