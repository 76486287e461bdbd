from typing import Any

import pytest

from tests.schema.shown import shown


@pytest.mark.parametrize(
    ("labels", "display_name"),
    [
        ({"kuma.io/display-name": "web"}, "web"),
        ({"kuma.io/display-name": ""}, "x"),
        ({}, "x"),
        (None, "x"),
    ],
)
async def test_a_thing_is_called_what_people_call_it(labels: Any, display_name: str) -> None:
    assert await shown("Mesh", "displayName", labels=labels) == {"displayName": display_name}


async def test_labels_are_in_the_order_of_their_keys() -> None:
    found = await shown("Mesh", "labels { key value }", labels={"b": "2", "a": "1"})
    assert found["labels"] == [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-11-21T09:15:41.123Z", "2026-11-21T09:15:41.123Z"),
        ("0001-01-01T00:00:00Z", None),
        (None, None),
    ],
)
async def test_times_are_as_the_control_plane_writes_them(time: Any, expected: Any) -> None:
    found = await shown("Mesh", "createdAt modifiedAt", creationTime=time, modificationTime=time)
    assert found == {"createdAt": expected, "modifiedAt": expected}


async def test_raw_is_what_came_and_spec_is_that_without_the_meta() -> None:
    found = await shown("ZoneIngress", "raw spec", networking={"port": 1}, later=[1, None])
    assert found["raw"] == {
        "type": "ZoneIngress",
        "name": "x",
        "networking": {"port": 1},
        "later": [1, None],
    }
    assert found["spec"] == {"networking": {"port": 1}, "later": [1, None]}
