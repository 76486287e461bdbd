import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway import telemetry
from gateway.settings import LoggingSettings

LOGGERS = ("meshgate", "uvicorn.error")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    kept = {name: logging.getLogger(name).__dict__.copy() for name in LOGGERS}
    yield
    for name, state in kept.items():
        logging.getLogger(name).__dict__.update(state)
        logging.getLogger(name).setLevel(state["level"])


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_off_a_terminal_an_event_is_a_line_of_json() -> None:
    stream = io.StringIO()
    telemetry.configure(LoggingSettings(), stream)
    telemetry.emit(telemetry.UPSTREAM_CIRCUIT, upstream="prod", state="OPEN", previous="CLOSED")
    (line,) = lines(stream)
    assert str(line.pop("time")).endswith("Z")
    assert line == {
        "level": "warning",
        "event": "upstream.circuit",
        "upstream": "prod",
        "state": "OPEN",
        "previous": "CLOSED",
    }


def test_on_a_terminal_an_event_is_a_coloured_line() -> None:
    stream = Terminal()
    telemetry.configure(LoggingSettings(), stream)
    telemetry.emit(telemetry.UPSTREAM_CIRCUIT, upstream="prod", state="OPEN")
    assert "upstream.circuit" in stream.getvalue()
    assert "\x1b[" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1


def test_a_field_that_no_row_names_is_not_written() -> None:
    stream = io.StringIO()
    telemetry.configure(LoggingSettings(), stream)
    telemetry.emit(telemetry.UPSTREAM_CIRCUIT, upstream="prod", token="s3cret", url="http://u:p@h")
    assert "s3cret" not in stream.getvalue()
    assert "u:p" not in stream.getvalue()


def test_a_line_break_in_a_field_does_not_make_a_line() -> None:
    stream = io.StringIO()
    telemetry.configure(LoggingSettings(), stream)
    telemetry.emit(telemetry.SERVER_REQUEST, path='/x\n{"event":"forged"}', status=404)
    assert len(lines(stream)) == 1


@pytest.mark.parametrize(("level", "seen"), [("debug", 1), ("info", 0), ("error", 0)])
def test_events_below_the_level_are_not_written(level: str, seen: int) -> None:
    stream = io.StringIO()
    telemetry.configure(LoggingSettings(level=level), stream)  # type: ignore[arg-type]
    telemetry.emit(telemetry.UPSTREAM_REQUEST, upstream="prod", status=200)
    assert len(lines(stream)) == seen
    assert telemetry.wanted(telemetry.UPSTREAM_REQUEST) == bool(seen)


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_a_fault_has_its_traceback_without_local_variables(stream: io.StringIO) -> None:
    telemetry.configure(LoggingSettings(), stream)
    token = "".join(["s3", "cret"])
    try:
        raise KeyError("gone")
    except KeyError as error:
        telemetry.emit(telemetry.SERVER_FAULT, fault=error, where=str(len(token)))
    assert "KeyError" in stream.getvalue()
    assert "s3cret" not in stream.getvalue()


async def test_events_carry_the_request_that_they_belong_to() -> None:
    stream = io.StringIO()
    telemetry.configure(LoggingSettings(), stream)
    telemetry.begin_request("abc")
    telemetry.emit(telemetry.UPSTREAM_CIRCUIT, upstream="prod")
    assert lines(stream)[0]["request_id"] == "abc"


def test_an_unconfigured_gateway_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    script = "from gateway import telemetry as t; t.emit(t.UPSTREAM_CIRCUIT, upstream='prod')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_json_lines_do_not_cost_the_console_s_imports() -> None:
    script = (
        "import sys; from gateway import telemetry as t; from gateway.settings import *;"
        "t.configure(LoggingSettings(format='json'));"
        "t.emit(t.GATEWAY_STARTED, url='x'); print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"False\n"


@pytest.mark.parametrize("event", telemetry.EVENTS.values(), ids=lambda event: event.name)
def test_every_event_is_dotted_and_says_what_happened(event: telemetry.Event) -> None:
    assert event.name.count(".") == 1
    assert event.sentence.endswith(".")
    assert not {"token", "authorization", "document", "query", "headers"} & set(event.fields)


def test_no_event_is_left_out_of_the_table() -> None:
    declared = {value for value in vars(telemetry).values() if isinstance(value, telemetry.Event)}
    assert declared == set(telemetry.EVENTS.values())


@pytest.mark.parametrize("event", telemetry.EVENTS.values(), ids=lambda event: event.name)
def test_every_event_is_emitted_somewhere(event: telemetry.Event) -> None:
    (constant,) = (name for name, value in vars(telemetry).items() if value is event)
    package = Path(telemetry.__file__).parent
    users = (f for f in package.rglob("*.py") if f.name != "telemetry.py")
    assert any(constant in file.read_text() for file in users)


def test_a_line_is_the_same_past_the_logging_module_and_through_it() -> None:
    stream, found = io.StringIO(), []
    told: dict[str, Any] = {"method": "POST", "path": "/graphql", "status": 200, "client": "::1"}
    for more in ((), (logging.NullHandler(),)):
        telemetry.configure(LoggingSettings(), stream)
        for handler in more:
            logging.getLogger("meshgate").addHandler(handler)
        telemetry.emit(telemetry.SERVER_REQUEST, **told)
    for line in lines(stream):
        moment = str(line.pop("time"))
        assert datetime.fromisoformat(moment).timestamp() == pytest.approx(time.time(), abs=5)
        found.append([*line.items()])
    assert found == [[("level", "info"), ("event", "server.request"), *told.items()]] * 2


def test_whoever_listens_beside_us_hears_of_events(caplog: pytest.LogCaptureFixture) -> None:
    telemetry.configure(LoggingSettings(), io.StringIO())
    logging.getLogger("meshgate").addHandler(caplog.handler)
    telemetry.emit(telemetry.UPSTREAM_CIRCUIT, upstream="prod", state="OPEN")
    assert [record.getMessage() for record in caplog.records] == ["upstream.circuit"]


def test_a_stream_that_is_gone_fails_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    telemetry.configure(LoggingSettings(), stream)
    stream.close()
    telemetry.emit(telemetry.UPSTREAM_CIRCUIT, upstream="prod", state="OPEN")
    assert "closed file" in capsys.readouterr().err
