from typing import Any

import msgspec
import pytest

from gateway.model.reads import paths
from gateway.model.resources import Wire
from gateway.upstreams.alike import Alike, filling
from gateway.upstreams.narrowing import Rows, narrowed, rows_reader
from gateway.upstreams.reading import MALFORMED


class Port(Wire, frozen=True):
    number: int = 0
    tags: dict[str, str] = msgspec.field(default_factory=dict)


class Part(Wire, frozen=True):
    ports: tuple[Port, ...] = ()
    first: Port | None = None
    labels: dict[str, str] | None = None


class Thing(Wire, frozen=True):
    name: str
    part: Part = Part()
    other: Part | None = None
    raw: msgspec.Raw = msgspec.Raw()


READ = paths("name", "raw", "part.ports.tags", "part.first.tags", "part.labels", "other.ports.tags")
ROWS = [
    {"name": "a", "part": {"ports": [{"tags": {"x": "1", "y": "é"}}, {"tags": {}}, {}]}},
    {"name": "b", "part": {"first": {"tags": {"x": "1", "y": "é"}}, "labels": {"l": "m"}}},
    {"name": "c", "other": {"ports": [{"number": 1, "tags": {"x": "2"}}]}, "raw": {"x": "1"}},
    {"name": "d", "part": {"ports": [], "first": None}, "other": None},
]


def read(rows: Any) -> Any:
    body = msgspec.json.encode({"items": rows})
    return rows_reader(Thing, READ)(body).items


def test_rows_hold_what_they_would_if_each_were_decoded() -> None:
    whole = msgspec.json.Decoder(Rows[narrowed(Thing, READ)])  # type: ignore[misc]
    expected = whole.decode(msgspec.json.encode({"items": ROWS})).items
    assert msgspec.json.encode(read(ROWS)) == msgspec.json.encode(expected)
    assert read(ROWS)[0].part.ports[0].tags == {"x": "1", "y": "é"}
    assert bytes(read(ROWS)[2].raw) == b'{"x":"1"}'


def test_equal_maps_are_one() -> None:
    first, second, *_ = read(ROWS)
    assert first.part.ports[0].tags is second.part.first.tags


@pytest.mark.parametrize("tags", [None, [], "x", 1, {"x": 1}, {"x": None}, {"x": {"y": "z"}}])
def test_what_is_no_map_of_texts_cannot_be_read(tags: Any) -> None:
    with pytest.raises(MALFORMED):
        read([{"name": "a", "part": {"ports": [{"tags": tags}]}}])


def test_what_is_no_text_cannot_be_read() -> None:
    body = b'{"items": [{"name": "a", "part": {"ports": [{"tags": {"x": "\xff"}}]}}]}'
    with pytest.raises(MALFORMED):
        rows_reader(Thing, READ)(body)


def test_where_there_are_no_maps_there_is_nothing_to_fill_in() -> None:
    assert filling(narrowed(Thing, paths("name", "raw"), lean=True)) is None
    assert filling(Thing) is None


def test_a_map_is_decoded_once() -> None:
    alike = Alike()
    assert alike[b'{"a":"b"}'] is alike[b'{"a":"b"}']
