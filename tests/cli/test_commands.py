import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway import __version__
from gateway.cli import app
from gateway.cli.exits import CODES
from gateway.hints import HINTS, Hint
from gateway.symptoms import SYMPTOMS, Symptom

PAGE = (Path(__file__).parents[2] / "docs/commands.md").read_text()
COMMANDS = [
    command.callback.__name__ for command in app.registered_commands if command.callback is not None
]
runner = CliRunner()


def test_without_a_command_there_is_help() -> None:
    result = runner.invoke(app, [])
    assert result.exit_code == 0
    assert all(command in result.output for command in COMMANDS)


def test_the_help_tells_the_exit_codes() -> None:
    told = runner.invoke(app, ["--help"]).output
    for code, sentence in CODES.items():
        assert f"{code:<4} {sentence}" in told
        assert f"| {code} | {sentence} |" in PAGE


def test_the_version_is_told() -> None:
    assert runner.invoke(app, ["--version"]).output == f"meshgate {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str) -> None:
    result = runner.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"meshgate {command}" in result.output.partition("Examples:")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_written_down(command: str) -> None:
    section = PAGE.partition(f"## meshgate {command}\n")[2].partition("\n## ")[0]
    assert f"meshgate {command} " in section
    told = runner.invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output
    options = {word for word in told.split() if word.startswith("--")} - {"--help"}
    assert {option for option in options if option not in section} == set()


@pytest.mark.parametrize("symptom", SYMPTOMS.values(), ids=lambda symptom: symptom.name)
def test_every_symptom_is_written_down_with_its_advice(symptom: Symptom) -> None:
    advice = symptom.advice.format(host="the host", port="the port", seen="", said="")
    weight = "error" if symptom.ill else "warning"
    assert f"| `{symptom.name}` | {weight} | {advice} |" in PAGE.splitlines()


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.told)
def test_every_hint_is_written_down(hint: Hint) -> None:
    symptoms = ", ".join(f"`{name}`" for name in hint.symptoms)
    assert f"| `{hint.product}` | {symptoms} | {hint.told} |" in PAGE.splitlines()


def test_an_unknown_command_is_a_wrong_use() -> None:
    result = runner.invoke(app, ["quary"])
    assert result.exit_code == 2
    assert "query" in result.output


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    script = (
        "import sys, gateway.cli;"
        "print([m for m in ('rich', 'strawberry', 'graphql', 'uvicorn', 'yaml', 'httpx') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"[]\n"
