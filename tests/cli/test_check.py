import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.settings import json_schema

runner = CliRunner()

FILE = """\
[[upstreams]]
name = "prod"
product = "kuma"
url = "https://kuma.example:5682"
  [upstreams.auth]
  type = "bearer"
  token = "s3cret"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "meshgate.toml"
    path.write_text(FILE)
    return path


def test_what_is_in_force_is_printed_as_toml(file: Path) -> None:
    result = runner.invoke(app, ["check", str(file)], env={"MESHGATE_SERVER__PORT": "9000"})
    assert result.exit_code == 0
    assert "s3cret" not in result.output
    found = tomllib.loads(result.stdout)
    assert found["server"]["port"] == 9000
    assert found["upstreams"][0]["auth"] == {"type": "bearer", "token": "********"}


def test_what_is_in_force_is_printed_as_json(file: Path) -> None:
    as_json = json.loads(runner.invoke(app, ["check", str(file), "-o", "json"]).stdout)
    as_toml = tomllib.loads(runner.invoke(app, ["check", str(file)]).stdout)
    assert as_json == as_toml


def test_the_file_may_be_named_by_a_variable(file: Path) -> None:
    assert runner.invoke(app, ["check"], env={"MESHGATE_CONFIG": str(file)}).exit_code == 0


def test_flaws_are_told_with_their_lines_and_end_with_two(file: Path) -> None:
    file.write_text(FILE.replace("name =", "nmae =") + "  tokn = 1\n")
    result = runner.invoke(app, ["check", str(file)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{file}:1: upstreams[0].name: is required: a text",
        f"{file}:2: upstreams[0].nmae: there is no such key; did you mean name?",
        f"{file}:8: upstreams[0].auth.tokn: there is no such key; did you mean token?",
    ]


@pytest.mark.parametrize("command", ["check", "serve", "doctor", "query"])
def test_every_command_that_reads_settings_ends_with_two_where_there_are_none(
    command: str,
) -> None:
    arguments = [command, "{ __typename }"] if command == "query" else [command]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert "--kuma URL" in result.stderr


def test_the_schema_of_the_settings_is_printed() -> None:
    result = runner.invoke(app, ["schema", "settings"])
    assert json.loads(result.stdout) == json.loads(json.dumps(json_schema()))


def test_the_schema_of_the_graph_is_printed() -> None:
    result = runner.invoke(app, ["schema"])
    assert result.exit_code == 0
    assert "type Query" in result.stdout
