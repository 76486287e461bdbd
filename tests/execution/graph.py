"""A schema with one of everything that the engine has to bear."""

import asyncio
from typing import Any, NewType

import msgspec
import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from gateway.errors import Conflict, Problem, Violation

JSON = NewType("JSON", object)


class Journal:
    """The context of these tests: what was done, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()


Info = strawberry.Info[Journal, None]


@strawberry.type
class Mesh:
    name: str
    spec: JSON

    @strawberry.field
    async def size(self) -> int:
        await asyncio.sleep(0)
        return len(self.name)

    @strawberry.field
    def status(self, info: Info) -> str | None:
        raise Conflict(
            f"{self.name} was written by another",
            upstream="prod",
            status=409,
            problem=Problem(status=409, invalid_parameters=(Violation("spec.x", "odd"),)),
        )

    @strawberry.field
    async def late_status(self) -> str | None:
        await asyncio.sleep(0)
        raise KeyError("password=hunter2")


@strawberry.type
class Query:
    @strawberry.field
    def meshes(self, first: int = 2) -> list[Mesh]:
        return [
            Mesh(name="m" * n, spec=JSON(msgspec.Raw(b'{"a" : 1}'))) for n in range(1, first + 1)
        ]

    @strawberry.field
    def must(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def number(self) -> int | None:
        return "hunter2"  # type: ignore[return-value]

    @strawberry.field
    async def wait(self, info: Info) -> str:
        await info.context.gate.wait()
        info.context.done.append("waited")
        return "waited"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def apply(self, info: Info, name: str) -> str | None:
        await info.context.gate.wait()
        info.context.done.append(name)
        if name == "bad":
            raise Conflict("bad was written by another")
        return name


def schema() -> GraphQLSchema:
    config = StrawberryConfig(
        scalar_map={JSON: strawberry.scalar(name="JSON", serialize=lambda value: value)}
    )
    built: Any = strawberry.Schema(Query, Mutation, config=config)
    core: GraphQLSchema = built._schema
    return core
