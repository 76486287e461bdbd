import msgspec
import pytest

from gateway.upstreams.nginx_instance_manager.dialects import envelope
from tests.upstreams.nginx_instance_manager.fixtures import text


@pytest.mark.parametrize(
    ("name", "rows", "total", "token"),
    [
        ("instances.list.200.json", 2, 2, None),
        ("systems.list.200.json", 1, 1, None),
        ("servers.list.200.json", 6, None, None),
        ("users.list.200.json", 1, None, None),
        ("events.list.200.json", 4, None, "1639453182"),
        ("events.list.200.includeTotal.json", 4, 4, "1639453182"),
    ],
)
def test_a_list_is_read_however_it_is_wrapped(
    name: str, rows: int, total: int | None, token: str | None
) -> None:
    found = envelope(text(name))
    assert (len(found.items), found.total, found.token) == (rows, total, token)


@pytest.mark.parametrize(
    ("body", "total", "token"),
    [
        (b'{"Items": null, "Count": 0}', 0, None),
        (b'{"items": [], "Metadata": null}', None, None),
        (b'{"items": [], "Metadata": {"pagination": null}, "count": 3}', 3, None),
        (b'{"items": [], "Metadata": {"pagination": {"pageToken": null}}}', None, None),
        (b'{"metadata": {"pagination": {"pageToken": "7", "total": "3"}}, "items": []}', 3, "7"),
        (b'{"items": [], "pageToken": "9"}', None, "9"),
    ],
)
def test_names_are_read_in_whatever_case_they_have(
    body: bytes, total: int | None, token: str | None
) -> None:
    found = envelope(body)
    assert (found.items, found.total, found.token) == ((), total, token)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"items": 5}'])
def test_what_is_no_list_is_not_read_as_one(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        envelope(body)
