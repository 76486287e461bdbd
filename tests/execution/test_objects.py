from typing import Any, Generic, TypeVar

import msgspec
import strawberry

from gateway.execution.objects import origin_of, struct_of
from tests.execution.views import schema_of

T = TypeVar("T")


@strawberry.type
class Box(Generic[T]):
    inside: T


@strawberry.type
class View:
    text: str
    box: Box[int] | None = None


TYPES: Any = schema_of(View)._schema.type_map


def test_an_object_type_shows_values_of_a_class() -> None:
    assert origin_of(TYPES["View"]) is View
    assert origin_of(TYPES["IntBox"]) is Box
    assert origin_of(TYPES["String"]) is None


def test_an_answer_holds_what_stands_under_its_keys_in_their_order() -> None:
    out: Any = struct_of(("b", "a", "f0"))(1, 2, msgspec.UNSET)
    assert msgspec.json.encode(out) == b'{"b":1,"a":2}'
    out["f0"], out["b"] = 3, None
    assert msgspec.json.encode(out) == b'{"b":null,"a":2,"f0":3}'
    assert struct_of(("b", "a", "f0")) is out.__class__
