import errno
import socket
import ssl

import pytest

from gateway.errors import BadResponse, UpstreamTimeout, UpstreamUnavailable
from gateway.upstreams import faults


def tls_error(reason: str) -> ssl.SSLError:
    made = ssl.SSLError(1, f"[SSL: {reason}] at kuma.example (_ssl.c:1006)")
    made.reason = reason
    return made


@pytest.mark.parametrize(
    ("exception", "fault"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "at 10.0.0.1"), faults.REFUSED),
        (OSError("Multiple exceptions: [Errno 111] at ('::1', 1), [Errno 111]"), faults.REFUSED),
        (OSError(errno.EHOSTUNREACH, "at 10.0.0.1"), faults.UNREACHABLE),
        (TimeoutError(errno.ETIMEDOUT, "at 10.0.0.1"), faults.CONNECT_TIMEOUT),
        (ConnectionResetError(errno.ECONNRESET, "at 10.0.0.1"), faults.CLOSED),
        (BrokenPipeError(errno.EPIPE, "at 10.0.0.1"), faults.CLOSED),
        (socket.gaierror(socket.EAI_NONAME, "kuma.example"), faults.NAME_NOT_FOUND),
        (UnicodeError("label too long"), faults.NAME_NOT_FOUND),
        (ssl.SSLEOFError(8, "EOF at kuma.example"), faults.CLOSED),
        (tls_error("WRONG_VERSION_NUMBER"), faults.NOT_TLS),
        (tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), faults.CLIENT_CERTIFICATE),
        (tls_error("NO_SHARED_CIPHER"), faults.TLS_FAILED),
        (OSError("at kuma.example"), faults.FAILED),
        (RuntimeError("at kuma.example"), faults.FAILED),
    ],
)
def test_the_fault_behind_an_exception(exception: Exception, fault: faults.Fault) -> None:
    found = faults.fault(exception)
    assert found is fault
    assert "kuma.example" not in str(found.error().extensions())
    assert "10.0.0.1" not in str(found.error().extensions())


def every(root: type[BaseException]) -> set[type[BaseException]]:
    return {root}.union(*(every(child) for child in root.__subclasses__()))


@pytest.mark.parametrize(
    "exception",
    sorted((k for k in every(OSError) if k.__module__ in {"builtins", "socket", "ssl"}), key=str),
)
def test_every_exception_of_the_system_has_a_fault(exception: type[OSError]) -> None:
    found = faults.fault(exception("at kuma.example")).error()
    closed = faults.name(found) == faults.CLOSED.name
    assert isinstance(found, BadResponse if closed else UpstreamUnavailable | UpstreamTimeout)
    assert "kuma.example" not in found.message


def test_names_are_unique_and_sentences_fit_behind_a_colon() -> None:
    assert all(name == row.name for name, row in faults.FAULTS.items())
    assert all(
        row.message[0].islower() and row.message[-1] != "." for row in faults.FAULTS.values()
    )


def test_only_what_may_pass_by_itself_is_worth_another_attempt() -> None:
    assert faults.is_passing(faults.REFUSED.error())
    assert faults.is_passing(UpstreamUnavailable("of somebody's own transport"))
    assert faults.is_passing(faults.CLOSED.error())
    assert not faults.is_passing(BadResponse("of somebody's own transport"))
    assert not faults.is_passing(faults.NOT_TRUSTED.error())
    assert not faults.is_passing(faults.NAME_NOT_FOUND.error())
