"""How an upstream is convinced of who asks, and by what two callers are the same to it."""

import base64
import os
import re
import secrets
import time
from collections.abc import Callable
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

import msgspec

from gateway.errors import Problem, SettingsError, Unauthenticated, UpstreamError
from gateway.settings import AuthSettings
from gateway.telemetry import UPSTREAM_CREDENTIAL
from gateway.upstreams import faults
from gateway.upstreams.base import Viewer
from gateway.upstreams.headers import Sent

ANONYMOUS: Final = "anonymous"

# Fingerprints are compared within a process; to anyone else they must tell nothing.
_SALT: Final = secrets.token_bytes(32)
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
# What a header's value may hold (RFC 9110, section 5.5), less what is not ASCII.
_HEADER_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
_CHECK_EVERY: Final = 1.0
# For how many callers, and how long their credentials may be, what they show is kept.
_KEPT: Final = 1000
_LONGEST_KEPT: Final = 4096
_READING: Final = MappingProxyType({"Accept": "application/json", "Accept-Encoding": "identity"})
_WRITING: Final = MappingProxyType({**_READING, "Content-Type": "application/json"})


def _silent(*_: object, **__: object) -> None:
    """Nobody listens."""


class SecretFile:
    """A secret in a file, read again when the file changes; looked at once a second at most."""

    __slots__ = ("_clock", "_looked_at", "_path", "_seen", "_value")

    def __init__(self, path: str, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._looked_at: float | None = None
        self._seen: tuple[int, ...] = ()
        self._value: str | None = None

    def value(self, *, at_once: bool = False) -> str | None:
        """The secret without the blanks around it; what was read last, should the file be gone."""
        now = self._clock()
        if not at_once and self._looked_at is not None and now - self._looked_at < _CHECK_EVERY:
            return self._value
        self._looked_at = now
        try:
            about = os.stat(self._path)
            seen = (about.st_mtime_ns, about.st_ino, about.st_size)
            if at_once or seen != self._seen:
                with open(self._path, encoding="utf-8") as file:
                    self._value = file.read().strip()
                self._seen = seen
        except (OSError, ValueError):
            # A file that is being replaced may be away for a moment.
            pass
        return self._value


class Shown(msgspec.Struct, frozen=True):
    """What the calls of one caller carry, and what stands for their credential."""

    fingerprint: str
    authorization: str | None
    reading: Sent
    """The headers of a call without a body."""
    writing: Sent
    """The headers of a call with one."""


class Credentials:
    """What one upstream is shown. It belongs to that upstream: nothing of it goes to another."""

    __slots__ = (
        "_auth",
        "_events",
        "_file",
        "_forwards",
        "_has_none",
        "_kept",
        "_last",
        "_secret",
        "_upstream",
    )

    def __init__(
        self,
        auth: AuthSettings,
        *,
        upstream: str,
        clock: Callable[[], float] = time.monotonic,
        events: Callable[..., None] = _silent,
    ) -> None:
        path = {"bearer": auth.token_file, "basic": auth.password_file}.get(auth.type)
        self._auth = auth
        self._upstream = upstream
        self._events = events
        self._file = SecretFile(path, clock) if path is not None else None
        self._secret = {"bearer": auth.token, "basic": auth.password}.get(auth.type)
        self._forwards = auth.type == "forward"
        self._has_none = auth.type == "none"
        self._kept: dict[tuple[str, str | None], Shown] = {}
        self._last: tuple[str, str] = ("", "")
        if auth.type == "basic" and ":" in (auth.username or ""):
            raise SettingsError(f"upstreams.{upstream}.auth.username: a colon cannot be sent")
        if self._secret is not None and not _is_sendable(auth, self._secret):
            raise SettingsError(
                f"upstreams.{upstream}.auth: the secret holds a blank, a line's end or another "
                "character that no header may hold"
            )

    def shown(self, viewer: Viewer) -> Shown:
        """What this caller's calls carry now; kept for the next of them.

        `X-Forwarded-For` is always among it: without it Kuma takes whoever calls from its own
        host for its administrator, and does not look at the token.
        """
        credential = viewer.authorization if self._forwards else self._own()
        key = (viewer.address, credential)
        found = self._kept.get(key)
        if found is None:
            if credential is not None and self._forwards:
                self._check(credential)
            found = _shown(viewer.address, credential)
            if len(credential or "") + len(viewer.address) <= _LONGEST_KEPT:
                while len(self._kept) >= _KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = found
        return found

    def fingerprint(self, viewer: Viewer) -> str:
        """What stands for this caller's credential, wherever the caller is."""
        if self._has_none or (self._forwards and viewer.authorization is None):
            return ANONYMOUS
        return self.shown(viewer).fingerprint

    def renewed(self, refused: str | None) -> bool:
        """Whether there is another credential than the refused one; its file is read at once."""
        if self._file is None:
            return False
        self._file.value(at_once=True)
        if self._own() == refused:
            return False
        self._events(UPSTREAM_CREDENTIAL, upstream=self._upstream, reason="401")
        return True

    def _own(self) -> str | None:
        if self._has_none:
            return None
        secret = self._file.value() if self._file is not None else self._secret
        known, header = self._last
        if header and (secret is known or secret == known):
            return header
        if secret is None or not _is_sendable(self._auth, secret):
            raise self._unusable()
        if self._auth.type == "bearer":
            made = f"Bearer {secret}"
        else:
            pair = f"{self._auth.username or ''}:{secret}"
            made = f"Basic {base64.b64encode(pair.encode()).decode()}"
        if header:
            self._events(UPSTREAM_CREDENTIAL, upstream=self._upstream, reason="changed")
        self._last = (secret, made)
        return made

    def _check(self, authorization: str) -> None:
        if not _HEADER_VALUE.fullmatch(authorization):
            told = "the Authorization header cannot be forwarded as it stands"
            raise Unauthenticated(
                f"{self._upstream}: {told}", upstream=self._upstream, problem=Problem(title=told)
            )

    def _unusable(self) -> UpstreamError:
        error = faults.CREDENTIAL.error(f"{self._upstream}: {faults.CREDENTIAL.message}")
        error.upstream = self._upstream
        return error


def _is_sendable(auth: AuthSettings, secret: str) -> bool:
    # Basic is encoded before it is sent, so there only a line's end is surely a mistake.
    if auth.type == "basic":
        return bool(secret) and not any(mark in secret for mark in "\r\n\0")
    return _VISIBLE.fullmatch(secret) is not None


def _shown(address: str, authorization: str | None) -> Shown:
    who = {"X-Forwarded-For": address or "unknown"}
    fingerprint = ANONYMOUS
    if authorization is not None:
        who["Authorization"] = authorization
        fingerprint = blake2b(authorization.encode(), key=_SALT, digest_size=16).hexdigest()
    return Shown(fingerprint, authorization, Sent(who | _READING), Sent(who | _WRITING))
