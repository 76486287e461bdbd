"""What the docs say of settings and events is what the rows say."""

import json
from pathlib import Path

import pytest

from gateway.settings import Settings, load
from gateway.settings.environment import variable
from gateway.settings.rows import Row, walk
from gateway.settings.shown import written
from gateway.telemetry import EVENTS, Event

PAGE = (Path(__file__).parents[2] / "docs/settings.md").read_text()


def default(row: Row) -> str:
    if row.required:
        return "required"
    return "—" if row.default is None else f"`{json.dumps(written(row, row.default))}`"


@pytest.mark.parametrize(("path", "row"), list(walk(Settings)))
def test_every_setting_is_written_down_as_it_is(path: str, row: Row) -> None:
    cells = (
        f"`{row.key}`",
        f"`{variable(path)}`",
        row.wanted,
        default(row),
        row.meta.description,
    )
    assert f"| {' | '.join(map(str, cells))} |" in PAGE.splitlines()


def test_nothing_else_is_written_down() -> None:
    assert PAGE.count("| `MESHGATE_") == len(list(walk(Settings)))


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_every_event_is_written_down_as_it_is(event: Event) -> None:
    fields = ", ".join(f"`{field}`" for field in event.fields)
    line = f"| `{event.name}` | {event.level} | {fields} | {event.sentence} |"
    assert line in PAGE.splitlines()


def test_the_example_is_right(tmp_path: Path) -> None:
    example = PAGE.partition("```toml\n")[2].partition("```")[0]
    for name in ("/run/secrets/kuma-token", "/etc/ssl/kuma-ca.pem"):
        assert name in example
        example = example.replace(name, "/dev/null")
    file = tmp_path / "meshgate.toml"
    file.write_text(example)
    assert load(file, {}).upstreams[0].name == "prod"
