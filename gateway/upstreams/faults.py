"""Why there was no answer, or a broken one: every fault a transport can name, and its words.

A foreign exception's text may hold addresses and headers, so it is read to tell faults apart and
never passed on. `problem.type` carries the fault's name, for programs such as `doctor`.
"""

import errno
import re
import socket
import ssl
from types import MappingProxyType
from typing import Final

import msgspec

from gateway.errors import BadResponse, Problem, UpstreamError, UpstreamTimeout, UpstreamUnavailable


class Fault(msgspec.Struct, frozen=True):
    """One way in which an exchange fails: its name, its error, and a sentence for people."""

    name: str
    raises: type[UpstreamError]
    message: str
    passing: bool = False

    def error(self, message: str | None = None) -> UpstreamError:
        """The error to raise; what it says may be more exact than the row."""
        told = message or self.message
        return self.raises(told, problem=Problem(type=self.name, title=told))


NAME_NOT_FOUND = Fault("name-not-found", UpstreamUnavailable, "its host name is not known")
REFUSED = Fault("connection-refused", UpstreamUnavailable, "the connection was refused", True)
UNREACHABLE = Fault("host-unreachable", UpstreamUnavailable, "its host cannot be reached", True)
CONNECT_TIMEOUT = Fault("connect-timeout", UpstreamTimeout, "no connection in time")
NOT_TLS = Fault("not-tls", UpstreamUnavailable, "what answers at its port does not speak TLS")
NOT_TRUSTED = Fault(
    "certificate-not-trusted", UpstreamUnavailable, "its certificate is not trusted"
)
EXPIRED = Fault(
    "certificate-expired", UpstreamUnavailable, "its certificate has expired, or is not valid yet"
)
WRONG_NAME = Fault(
    "certificate-wrong-name", UpstreamUnavailable, "its certificate names another host"
)
CLIENT_CERTIFICATE = Fault(
    "client-certificate", UpstreamUnavailable, "it wants a client certificate that it trusts"
)
TLS_FAILED = Fault("tls-failed", UpstreamUnavailable, "no TLS session could be agreed on")
CREDENTIAL = Fault(
    "credential-unusable", UpstreamUnavailable, "the credential for it cannot be read or used"
)
CLOSED = Fault(
    "closed-without-answer",
    BadResponse,
    "it closed the connection without an answer",
    True,
)
FAILED = Fault("connection-failed", UpstreamUnavailable, "the connection failed", True)
ANSWER_TIMEOUT = Fault("answer-timeout", UpstreamTimeout, "no answer in time")
NO_ROOM = Fault(
    "no-room", UpstreamTimeout, "this gateway holds too much to take in its answer in time"
)
TRUNCATED = Fault("answer-truncated", BadResponse, "its answer broke off before its end")
TOO_LARGE = Fault("answer-too-large", BadResponse, "its answer is larger than allowed")
NOT_HTTP = Fault("answer-not-http", BadResponse, "its answer is not HTTP/1.1")
COMPRESSED = Fault("answer-compressed", BadResponse, "its answer is compressed, unasked")

FAULTS: Final = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            NAME_NOT_FOUND,
            REFUSED,
            UNREACHABLE,
            CONNECT_TIMEOUT,
            NOT_TLS,
            NOT_TRUSTED,
            EXPIRED,
            WRONG_NAME,
            CLIENT_CERTIFICATE,
            TLS_FAILED,
            CREDENTIAL,
            CLOSED,
            FAILED,
            ANSWER_TIMEOUT,
            NO_ROOM,
            TRUNCATED,
            TOO_LARGE,
            NOT_HTTP,
            COMPRESSED,
        )
    }
)

_BY_ERRNO: Final = MappingProxyType(
    {
        errno.ECONNREFUSED: REFUSED,
        errno.EHOSTUNREACH: UNREACHABLE,
        errno.ENETUNREACH: UNREACHABLE,
        errno.EHOSTDOWN: UNREACHABLE,
        errno.ETIMEDOUT: CONNECT_TIMEOUT,
        errno.ECONNRESET: CLOSED,
        errno.ECONNABORTED: CLOSED,
        errno.EPIPE: CLOSED,
    }
)

# https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_BY_VERIFY_CODE: Final = MappingProxyType({9: EXPIRED, 10: EXPIRED, 62: WRONG_NAME, 64: WRONG_NAME})

_BY_TLS_REASON: Final = MappingProxyType(
    {
        "WRONG_VERSION_NUMBER": NOT_TLS,
        "HTTP_REQUEST": NOT_TLS,
        "UNKNOWN_PROTOCOL": NOT_TLS,
        "PACKET_LENGTH_TOO_LONG": NOT_TLS,
        "RECORD_LAYER_FAILURE": NOT_TLS,
        "TLSV13_ALERT_CERTIFICATE_REQUIRED": CLIENT_CERTIFICATE,
        "SSLV3_ALERT_HANDSHAKE_FAILURE": CLIENT_CERTIFICATE,
        "SSLV3_ALERT_BAD_CERTIFICATE": CLIENT_CERTIFICATE,
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN": CLIENT_CERTIFICATE,
        "SSLV3_ALERT_CERTIFICATE_EXPIRED": CLIENT_CERTIFICATE,
        "TLSV1_ALERT_UNKNOWN_CA": CLIENT_CERTIFICATE,
        "UNEXPECTED_EOF_WHILE_READING": CLOSED,
    }
)


def too_large(limit: int, size: int, *, more: bool = False) -> UpstreamError:
    """The error for a body of `size` bytes, or `more`, that is beyond the limit."""
    told = f"{size} bytes or more" if more else f"{size} bytes"
    return TOO_LARGE.error(f"its answer has {told}; max_body is {limit} bytes")


def name(error: UpstreamError) -> str:
    """The name of the fault behind an error; empty where it is none of ours."""
    return error.problem.type if error.problem is not None else ""


def is_passing(error: UpstreamError) -> bool:
    """Whether the same call, made again at once, may well be answered."""
    known = FAULTS.get(name(error))
    return known.passing if known else isinstance(error, UpstreamUnavailable)


def fault(exception: BaseException) -> Fault:
    """The fault that an exception of a socket, of TLS or of the name service stands for."""
    match exception:
        case ssl.SSLCertVerificationError():
            return _BY_VERIFY_CODE.get(getattr(exception, "verify_code", 0), NOT_TRUSTED)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return CLOSED
        case ssl.SSLError():
            return _BY_TLS_REASON.get(getattr(exception, "reason", None) or "", TLS_FAILED)
        case socket.gaierror() | UnicodeError():
            return NAME_NOT_FOUND
        case OSError():
            return _BY_ERRNO.get(exception.errno or _first_errno(exception), FAILED)
        case _:
            return FAILED


def _first_errno(exception: OSError) -> int:
    # Where a name has several addresses, asyncio joins their errors into one text.
    found = re.search(r"\[Errno (\d+)\]", str(exception))
    return int(found[1]) if found else 0
