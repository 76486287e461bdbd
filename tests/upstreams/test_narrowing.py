import gc
import weakref
from typing import Any

import msgspec
import pytest

from gateway.model.reads import Path, paths
from gateway.model.resources import Wire
from gateway.upstreams.narrowing import KEPT, narrowed, rows_reader


class Leaf(Wire, frozen=True):
    text: str = ""
    long_name: int = 0

    @property
    def loud(self) -> str:
        return self.text.upper()

    def times(self, number: int) -> str:
        return self.text * number


class Trunk(Wire, frozen=True, kw_only=True):
    name: str
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    named: str = msgspec.field(default="-", name="NAMED")
    kept: Leaf = msgspec.field(default_factory=Leaf)
    last: int


BODY = (
    b'{"name": "n", "leaf": {"text": "a", "longName": 2}, "leaves": [{"text": "b"}, {}],'
    b' "tags": {"k": "v"}, "NAMED": "m", "last": 7}'
)


def shown(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (paths("name"), {"name": "n"}),
        (paths("named", "last"), {"NAMED": "m", "last": 7}),
        (paths("leaf"), {"leaf": {"text": "a", "longName": 2}}),
        (paths("leaf.text"), {"leaf": {"text": "a"}}),
        (paths("leaf."), {"leaf": {}}),
        (paths("leaf.", "leaf.long_name"), {"leaf": {"longName": 2}}),
        (paths("leaf", "leaf.text"), {"leaf": {"text": "a", "longName": 2}}),
        (paths("leaves."), {"leaves": [{}, {}]}),
        (paths("leaves.text"), {"leaves": [{"text": "b"}, {"text": ""}]}),
        (paths("tags"), {"tags": {"k": "v"}}),
        (paths("unknown", "leaf.unknown"), {"leaf": {}}),
        (frozenset(), {}),
    ],
)
def test_just_what_is_read_is_decoded(read: frozenset[Path], expected: Any) -> None:
    found = msgspec.json.decode(BODY, type=narrowed(Trunk, read))
    assert shown(found) == expected


def test_a_narrowed_value_counts_as_what_it_was() -> None:
    found = msgspec.json.decode(BODY, type=narrowed(Trunk, paths("leaf.text", "kept.text")))
    assert isinstance(found, Trunk)
    assert isinstance(found.leaf, Leaf)
    assert not isinstance(found.leaf, Trunk)
    assert (found.leaf.loud, found.leaf.times(2), found.kept) == ("A", "aa", Leaf())


def test_what_is_wrong_is_wrong_only_where_it_is_read() -> None:
    body = b'{"name": 1, "last": 2}'
    assert shown(msgspec.json.decode(body, type=narrowed(Trunk, paths("last")))) == {"last": 2}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=narrowed(Trunk, paths("name")))


def test_equal_readings_have_one_reader() -> None:
    one = rows_reader(Trunk, paths("name", "last"))
    assert rows_reader(Trunk, paths("last", "name")) is one
    assert rows_reader(Trunk, None) is not one
    assert one(b'{"items": null, "total": 3}').total == 3


def test_classes_that_nobody_reads_into_any_more_go() -> None:
    made = [weakref.ref(narrowed(Trunk, paths(f"tags.{number}"))) for number in range(20)]
    gc.collect()
    assert sum(one() is not None for one in made) == 0


def test_no_more_readers_are_kept_than_were_meant() -> None:
    for number in range(KEPT + 20):
        rows_reader(Trunk, paths(f"tags.{number}", "name"))
    assert rows_reader.cache_info().currsize == KEPT
