"""Whom a control plane takes us for, and whether that is for where we are."""

from typing import Any

import pytest

from gateway.model.identities import Identity
from gateway.settings import AuthSettings, TlsSettings, UpstreamSettings
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.kuma import Kuma
from gateway.upstreams.kuma.identities import is_loopback
from tests.recorded import recording
from tests.upstreams.kuma.canned import Canned, operation, said

ADMIN = {"name": "mesh-system:admin", "groups": ["mesh-system:admin"]}
NOBODY = {"name": "mesh-system:anonymous", "groups": ["mesh-system:unauthenticated"]}
ALICE = {"name": "alice", "groups": ["mesh-system:authenticated"]}
NO_AUTH = AuthSettings()
FORWARD = AuthSettings(type="forward")
BEARER = AuthSettings(type="bearer", token="t")
CERTIFICATE = TlsSettings(cert_file="/x", key_file="/x")


def adapter(
    transport: Canned, auth: AuthSettings = NO_AUTH, tls: TlsSettings | None = None, url: str = ""
) -> Kuma:
    upstream = UpstreamSettings(
        name="prod",
        product="kuma",
        url=url or "http://cp.example.com",
        auth=auth,
        tls=tls or TlsSettings(),
    )
    return Kuma(upstream, Client(upstream, transport, Credentials(auth, upstream="prod")))


def answering(bare: dict[str, Any], shown: dict[str, Any]) -> Canned:
    """A control plane that takes callers for these, without a credential and with one."""
    return Canned(
        {"/who-am-i": lambda headers: said(shown if "Authorization" in headers else bare)}
    )


@pytest.mark.parametrize(
    ("auth", "caller", "bare", "shown", "administrator", "by_host"),
    [
        (NO_AUTH, None, ADMIN, ADMIN, True, True),
        (NO_AUTH, None, NOBODY, ADMIN, False, False),
        (FORWARD, None, ADMIN, ADMIN, True, True),
        (FORWARD, "Bearer x", ADMIN, ADMIN, True, True),
        (FORWARD, "Bearer x", NOBODY, ADMIN, True, False),
        (FORWARD, "Bearer x", NOBODY, ALICE, False, False),
        (BEARER, None, NOBODY, ADMIN, True, False),
    ],
)
async def test_an_administrator_without_a_credential_is_one_by_the_host(
    auth: AuthSettings,
    caller: str | None,
    bare: dict[str, Any],
    shown: dict[str, Any],
    administrator: bool,
    by_host: bool,
) -> None:
    found = await adapter(answering(bare, shown), auth).identity(operation(caller))
    assert found is not None
    assert (found.administrator, found.by_host) == (administrator, by_host)


async def test_a_client_certificate_may_make_an_administrator() -> None:
    found = await adapter(answering(ADMIN, ADMIN), tls=CERTIFICATE).identity(operation())
    assert found is not None
    assert (found.administrator, found.by_host) == (True, False)


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8"])
@pytest.mark.parametrize(
    ("url", "by_host"),
    [("http://127.0.0.1:5681", True), ("http://[::1]:5681", True), ("http://10.0.0.1:5681", False)],
)
async def test_what_does_not_tell_is_judged_by_its_configuration(
    version: str, url: str, by_host: bool
) -> None:
    config = recording(version).one("01-system/config").body
    found = await adapter(Canned({"/config": config}, version), url=url).identity(operation())
    assert found == (Identity(administrator=True, by_host=True) if by_host else None)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:5681", True),
        ("https://cp.localhost", True),
        ("http://127.1.2.3", True),
        ("http://[::1]:1", True),
        ("http://10.0.0.1", False),
        ("http://localhost.example.com", False),
        ("http://cp.example.com", False),
    ],
)
def test_an_address_leads_to_this_host_or_does_not(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback
