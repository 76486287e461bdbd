from typing import Any

import msgspec
import pytest

from gateway.schema.dumps import HIDDEN, shown, without_secrets
from gateway.schema.masks import MASK


@pytest.mark.parametrize("member", sorted(HIDDEN))
def test_every_text_below_a_secret_is_masked(member: str) -> None:
    found = without_secrets({"a": [{member: {"inlineBytes": "x", "length": 3, "more": ["y"]}}]})
    assert found == {"a": [{member: {"inlineBytes": MASK, "length": 3, "more": [MASK]}}]}


def test_what_is_no_secret_goes_out_as_its_bytes() -> None:
    raw = msgspec.Raw(b'{"name" : "kuma:envoy:admin"}')
    assert bytes(shown(raw)) == bytes(raw)
    assert shown(None) is None


def test_a_name_that_is_escaped_does_not_hide() -> None:
    assert shown(msgspec.Raw(b'{"private\\u004bey":"x"}')) == {"privateKey": MASK}


@pytest.mark.parametrize(
    ("patch", "value"),
    [
        ({"op": "add", "path": "/a/privateKey/inlineBytes", "value": "x"}, MASK),
        ({"op": "add", "path": "/a/name", "value": "x"}, "x"),
        ({"op": "add", "path": "/a", "value": {"password": "x"}}, {"password": MASK}),
    ],
)
def test_a_patch_is_masked_by_its_path(patch: dict[str, Any], value: Any) -> None:
    assert without_secrets([patch])[0]["value"] == value
