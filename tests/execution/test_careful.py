from typing import Any

import pytest
import strawberry
from graphql.execution.values import VariableValues

from gateway.execution import careful
from gateway.execution.progress import Progress
from gateway.execution.selections import asked
from tests.execution.views import compiler, schema_of


@strawberry.type
class View:
    name: str

    @strawberry.field
    def number(self) -> int:
        return int(self.name)

    @classmethod
    def is_type_of(cls, value: object, _info: Any) -> bool:
        return value.__class__.__name__ in ("View", "Alike")


class Alike:
    name = "8"
    number = View.number


def completed(value: object) -> tuple[Any, list[str]]:
    """A view's fields, each by its resolver, and what failed."""
    one = compiler(schema_of(View), "{ it { name __typename number } }")
    [it] = asked(one.schema._schema, {}, *one.whole)
    kind: Any = one.schema._schema.type_map["View"]
    complete = careful.function(one, kind, asked(one.schema._schema, {}, kind, it.selections))
    progress = Progress(None, VariableValues({}, {}))
    place: Any = (None, None, {}, True)
    return complete(value, progress, place), [str(it.error) for it in progress.failed]


def test_each_field_is_what_its_resolver_says() -> None:
    assert completed(View(name="7")) == ({"name": "7", "__typename": "View", "number": 7}, [])
    assert completed(Alike())[0]["number"] == 8


def test_what_is_of_another_type_is_not_completed() -> None:
    with pytest.raises(TypeError, match="str is no View"):
        completed("7")
