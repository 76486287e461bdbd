"""Every event the gateway logs, in one table, and how events become lines.

Only the fields that a row names are ever written, so a token, a header or a document cannot slip
into a log. Events travel through the standard library's logging, but for plain ones that become
JSON; structlog draws them for a terminal, and is imported with the first line that it draws.
"""

import logging
import sys
import time
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Final, TextIO

import msgspec

from gateway.settings import LoggingSettings

_LOGGER: Final = logging.getLogger("meshgate")
# Without a handler of ours, the standard library would print warnings by itself.
_LOGGER.addHandler(logging.NullHandler())

_LEVELS: Final = MappingProxyType(
    {
        "debug": logging.DEBUG,
        "info": logging.INFO,
        "warning": logging.WARNING,
        "error": logging.ERROR,
    }
)

_current: Final[ContextVar[str | None]] = ContextVar("meshgate_request_id", default=None)


class Event(msgspec.Struct, frozen=True):
    """One kind of line in the log: its dotted name, level, meaning, and the fields it may carry."""

    name: str
    level: str
    sentence: str
    fields: tuple[str, ...] = ()


GATEWAY_STARTED: Final = Event(
    "gateway.started", "info", "The gateway listens.", ("url", "upstreams", "version")
)
GATEWAY_STOPPED: Final = Event(
    "gateway.stopped", "info", "The gateway has answered what it had taken, and ends.", ("seconds",)
)
GATEWAY_OPERATIONS: Final = Event(
    "gateway.operations",
    "info",
    "At the end: documents that were known by their text, read anew, and invalid; operations that "
    "ran by their plan, and those that graphql-core ran.",
    ("found", "read", "invalid", "planned", "referred"),
)
SERVER_REQUEST: Final = Event(
    "server.request",
    "info",
    "A client's request was answered.",
    (
        "method",
        "path",
        "status",
        "seconds",
        "request_id",
        "operation_name",
        "operation_type",
        "client",
    ),
)
SERVER_FAULT: Final = Event(
    "server.fault",
    "error",
    "Something failed that should not have; the traceback is in `exception`.",
    ("where", "request_id"),
)
UPSTREAM_REQUEST: Final = Event(
    "upstream.request",
    "debug",
    "An upstream answered, or did not: then `error` has the code and `status` is absent.",
    ("upstream", "method", "path", "status", "seconds", "attempt", "shared", "error"),
)
UPSTREAM_RETRY: Final = Event(
    "upstream.retry",
    "info",
    "A call that is safe to repeat is tried again after `delay` seconds.",
    ("upstream", "method", "path", "attempt", "delay", "error"),
)
UPSTREAM_CIRCUIT: Final = Event(
    "upstream.circuit",
    "warning",
    "An upstream's circuit opened, was half opened, or closed.",
    ("upstream", "state", "previous"),
)
UPSTREAM_DISCOVERED: Final = Event(
    "upstream.discovered",
    "info",
    "An upstream said which version it is and what it stores.",
    ("upstream", "product", "version", "mode", "kinds", "unknown", "seconds"),
)
UPSTREAM_UNDISCOVERED: Final = Event(
    "upstream.undiscovered",
    "warning",
    "An upstream could not be asked what it is; it is asked again later.",
    ("upstream", "error", "seconds"),
)
UPSTREAM_UNKNOWN_KIND: Final = Event(
    "upstream.unknown_kind",
    "info",
    "An upstream stores a kind that this version has no row for; it is served as it is.",
    ("upstream", "kind"),
)
UPSTREAM_CREDENTIAL: Final = Event(
    "upstream.credential",
    "info",
    "A credential's file was read again, because it changed or because of a 401.",
    ("upstream", "reason"),
)

EVENTS: Final[Mapping[str, Event]] = MappingProxyType(
    {
        event.name: event
        for event in (
            GATEWAY_STARTED,
            GATEWAY_STOPPED,
            GATEWAY_OPERATIONS,
            SERVER_REQUEST,
            SERVER_FAULT,
            UPSTREAM_REQUEST,
            UPSTREAM_RETRY,
            UPSTREAM_CIRCUIT,
            UPSTREAM_DISCOVERED,
            UPSTREAM_UNDISCOVERED,
            UPSTREAM_UNKNOWN_KIND,
            UPSTREAM_CREDENTIAL,
        )
    }
)


def wanted(event: Event) -> bool:
    """Whether an event would be logged; what tells it may spare itself the work."""
    return _LOGGER.isEnabledFor(_LEVELS[event.level])


def emit(event: Event, *, fault: BaseException | None = None, **fields: object) -> None:
    """Log an event with those of the fields that its row names and that are not None."""
    if not wanted(event):
        return
    told = {name: fields[name] for name in event.fields if fields.get(name) is not None}
    if (request := _current.get()) is not None:
        told.setdefault("request_id", request)
    writer = _LOGGER.handlers[0] if len(_LOGGER.handlers) == 1 else None
    if isinstance(writer, Events) and fault is None and writer.write(event, told):
        return
    _LOGGER.log(_LEVELS[event.level], event.name, exc_info=fault, extra={"told": told})


def begin_request(identity: str) -> None:
    """Let every event of this task and those that it starts carry the request's id."""
    _current.set(identity)


class JsonLines(logging.Formatter):
    """A line of JSON for each event: time, level, event, then its fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = _told(record)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line).decode()


class Events(logging.StreamHandler[TextIO]):
    """Writes lines of JSON. What is nothing but fields goes past the logging module, where a line
    costs a third of a small request."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.setFormatter(JsonLines())
        self._second = -1
        self._moment = ""

    def write(self, event: Event, told: Mapping[str, object]) -> bool:
        """Write one event; whether that could be done."""
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._moment = second, _moment(second)
        moment = f"{self._moment}.{int((now - second) * 1000):03d}Z"
        line = {"time": moment, "level": event.level, "event": event.name, **told}
        try:
            self.stream.write(f"{_encode(line).decode()}\n")
            self.stream.flush()
        except Exception:
            # The logging module says what is wrong, where it can.
            return False
        return True


_encode: Final = msgspec.json.Encoder(enc_hook=str).encode


class ConsoleLines(logging.Formatter):
    """A coloured line for each event, for people."""

    def __init__(self, colors: bool) -> None:
        super().__init__()
        self._colors = colors
        self._renderer: Any = None

    def format(self, record: logging.LogRecord) -> str:
        if self._renderer is None:
            import structlog

            # The plain formatter prints no local variables, which may hold tokens.
            self._renderer = structlog.dev.ConsoleRenderer(
                colors=self._colors,
                sort_keys=False,
                exception_formatter=structlog.dev.plain_traceback,
            )
        line = _told(record)
        line["timestamp"] = line.pop("time")
        if record.exc_info:
            line["exc_info"] = record.exc_info
        return str(self._renderer(None, record.levelname.lower(), line))


def _moment(second: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def _told(record: logging.LogRecord) -> dict[str, Any]:
    return {
        "time": f"{_moment(record.created)}.{int(record.msecs):03d}Z",
        "level": record.levelname.lower(),
        "event": record.getMessage(),
        **getattr(record, "told", {}),
    }


def configure(settings: LoggingSettings, stream: TextIO | None = None) -> None:
    """Send events to standard error: coloured on a terminal, JSON lines elsewhere."""
    target = stream or sys.stderr
    console = settings.format == "console" or (settings.format == "auto" and target.isatty())
    writer = logging.StreamHandler(target) if console else Events(target)
    if console:
        writer.setFormatter(ConsoleLines(colors=target.isatty()))
    level = _LEVELS[settings.level]
    # The server below us tells each start and stop at info; our own events say that already.
    for name, least in (("meshgate", level), ("uvicorn.error", max(level, logging.WARNING))):
        logger = logging.getLogger(name)
        logger.handlers = [writer]
        logger.setLevel(least)
        logger.propagate = False
