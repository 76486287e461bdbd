from typing import Any

import pytest

from gateway.settings import Settings, json_schema, masked
from gateway.settings.rows import walk


def at(path: str) -> dict[str, Any]:
    found = json_schema()
    for part in path.replace("[]", ".[]").split("."):
        found = found["items"] if part == "[]" else found["properties"][part]
    return found


@pytest.mark.parametrize("path", [path for path, _ in walk(Settings)])
def test_every_setting_is_described(path: str) -> None:
    assert at(path)["description"].endswith(".")


def test_unknown_keys_are_refused_in_every_table() -> None:
    for table in (json_schema(), at("server"), at("upstreams[]"), at("upstreams[].tls")):
        assert table["additionalProperties"] is False


def test_defaults_are_in_the_words_of_a_file() -> None:
    shown = masked(Settings())
    for path, row in walk(Settings):
        table, _, key = path.partition(".")
        if table in ("server", "operations", "logging"):
            assert at(path)["default"] == shown[table][key]
        assert ("default" in at(path)) == (not row.required and row.default is not None)


def test_only_an_upstream_s_name_product_and_url_are_required() -> None:
    assert at("upstreams[]")["required"] == ["name", "product", "url"]
    assert "required" not in json_schema()
