import base64
import os
from pathlib import Path

import pytest

from gateway.errors import SettingsError, Unauthenticated, UpstreamUnavailable
from gateway.settings import AuthSettings
from gateway.telemetry import Event
from gateway.upstreams.base import Viewer
from gateway.upstreams.credentials import ANONYMOUS, Credentials
from tests.upstreams.test_breaker import Clock

VIEWER = Viewer("10.1.2.3", "Bearer callers-own")


def credentials(auth: AuthSettings, clock: Clock | None = None) -> Credentials:
    return Credentials(auth, upstream="prod", clock=clock or Clock())


def authorization(subject: Credentials, viewer: Viewer = VIEWER) -> str | None:
    return subject.shown(viewer).reading.get("Authorization")


def write(path: Path, text: str, moment: int) -> None:
    path.write_text(text)
    os.utime(path, (moment, moment))


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (AuthSettings(), None),
        (AuthSettings(type="bearer", token="abc.def"), "Bearer abc.def"),
        (
            AuthSettings(type="basic", username="reader", password="pâss: word"),
            "Basic " + base64.b64encode("reader:pâss: word".encode()).decode(),
        ),
        (AuthSettings(type="forward"), "Bearer callers-own"),
    ],
)
def test_what_an_upstream_is_shown(auth: AuthSettings, header: str | None) -> None:
    assert authorization(credentials(auth)) == header


@pytest.mark.parametrize(
    "auth",
    [
        AuthSettings(),
        AuthSettings(type="bearer", token="abc"),
        AuthSettings(type="basic", username="a", password="b"),
        AuthSettings(type="forward"),
    ],
)
def test_the_callers_address_is_always_named(auth: AuthSettings) -> None:
    subject = credentials(auth)
    assert subject.shown(Viewer("10.1.2.3")).reading["X-Forwarded-For"] == "10.1.2.3"
    assert subject.shown(Viewer("")).reading["X-Forwarded-For"] == "unknown"


def test_only_forward_looks_at_the_callers_own_header() -> None:
    for auth in (AuthSettings(), AuthSettings(type="bearer", token="abc")):
        shown = credentials(auth).shown(VIEWER)
        assert "callers-own" not in str([*shown.reading.items(), *shown.writing.items()])
    assert authorization(credentials(AuthSettings(type="forward")), Viewer("10.0.0.1")) is None


def test_fingerprints_tell_credentials_apart_and_nothing_else() -> None:
    forward = credentials(AuthSettings(type="forward"))
    one = forward.shown(Viewer("10.0.0.1", "Bearer one")).fingerprint
    assert one == forward.shown(Viewer("10.0.0.2", "Bearer one")).fingerprint
    assert one != forward.shown(Viewer("10.0.0.1", "Bearer two")).fingerprint
    assert "one" not in one
    assert forward.shown(Viewer("10.0.0.1")).fingerprint == ANONYMOUS
    assert credentials(AuthSettings()).shown(VIEWER).fingerprint == ANONYMOUS
    assert (
        credentials(AuthSettings(type="bearer", token="abc")).shown(VIEWER).fingerprint != ANONYMOUS
    )


@pytest.mark.parametrize("token", ["a\r\nX-Admin: yes", "a\nb", "a b", "", "tökén", "a\0", "a\n"])
def test_a_token_that_no_header_may_hold_is_refused_without_being_told(token: str) -> None:
    with pytest.raises(SettingsError) as raised:
        credentials(AuthSettings(type="bearer", token=token))
    assert "prod" in raised.value.message
    assert "X-Admin" not in raised.value.message


def test_a_password_with_a_lines_end_and_a_user_with_a_colon_are_refused() -> None:
    for username, password in (("a", "b\n"), ("a:b", "c")):
        with pytest.raises(SettingsError):
            credentials(AuthSettings(type="basic", username=username, password=password))


@pytest.mark.parametrize("header", ["Bearer a\r\nX: y", "Bearer \u20ac", "", " Bearer a", "a\0"])
def test_a_header_that_cannot_be_forwarded_is_refused(header: str) -> None:
    with pytest.raises(Unauthenticated) as raised:
        authorization(credentials(AuthSettings(type="forward")), Viewer("10.0.0.1", header))
    assert raised.value.upstream == "prod"


def test_a_token_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "token"
    subject = credentials(AuthSettings(type="bearer", token_file=str(path)), clock)
    write(path, "first\n", 1)
    assert authorization(subject) == "Bearer first"
    before = subject.shown(VIEWER).fingerprint
    write(path, "other\n", 2)
    assert authorization(subject) == "Bearer first"
    clock.now += 1
    assert authorization(subject) == "Bearer other"
    assert subject.shown(VIEWER).fingerprint != before


def test_a_password_file_is_read_too(tmp_path: Path) -> None:
    write(tmp_path / "password", "hidden\n", 1)
    auth = AuthSettings(type="basic", username="a", password_file=str(tmp_path / "password"))
    assert authorization(credentials(auth)) == "Basic " + base64.b64encode(b"a:hidden").decode()


def test_a_file_that_went_away_leaves_what_was_read(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "token"
    subject = credentials(AuthSettings(type="bearer", token_file=str(path)), clock)
    write(path, "first", 1)
    assert authorization(subject) == "Bearer first"
    path.unlink()
    clock.now += 1
    assert authorization(subject) == "Bearer first"


@pytest.mark.parametrize("text", [None, "", "\n", "two\nlines", "\x00"])
def test_without_a_usable_file_nothing_is_sent_at_all(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "token"
    if text is not None:
        path.write_text(text)
    subject = credentials(AuthSettings(type="bearer", token_file=str(path)))
    with pytest.raises(UpstreamUnavailable) as raised:
        subject.shown(VIEWER)
    assert raised.value.upstream == "prod"
    assert str(path) not in raised.value.message


def test_a_file_appears_later(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "token"
    subject = credentials(AuthSettings(type="bearer", token_file=str(path)), clock)
    with pytest.raises(UpstreamUnavailable):
        subject.shown(VIEWER)
    write(path, "late", 1)
    clock.now += 1
    assert authorization(subject) == "Bearer late"


def test_after_a_401_the_file_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "token"
    told: list[tuple[str, object]] = []

    def events(event: Event, **fields: object) -> None:
        told.append((event.name, fields["reason"]))

    subject = Credentials(
        AuthSettings(type="bearer", token_file=str(path)),
        upstream="prod",
        clock=Clock(),
        events=events,
    )
    write(path, "first", 1)
    refused = authorization(subject)
    assert not subject.renewed(refused)
    # Of the same size and time, so that only its content tells.
    write(path, "fresh", 1)
    assert subject.renewed(refused)
    assert subject.renewed(refused)
    assert authorization(subject) == "Bearer fresh"
    assert not subject.renewed("Bearer fresh")
    assert ("upstream.credential", "401") in told
    assert "fresh" not in str(told)


def test_what_is_no_file_cannot_be_renewed() -> None:
    for auth in (AuthSettings(type="bearer", token="abc"), AuthSettings(type="forward")):
        subject = credentials(auth)
        assert not subject.renewed(authorization(subject))
