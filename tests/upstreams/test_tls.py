import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from gateway.errors import SettingsError, UpstreamUnavailable
from gateway.settings import TlsSettings
from gateway.upstreams import faults
from gateway.upstreams.transports import default_transport
from tests.upstreams.certificates import Pair, pair, serving
from tests.upstreams.loopback import always, loopback, reply, upstream

CLIENT = faults.CLIENT_CERTIFICATE.name


async def fault_of(own: Pair, tls: TlsSettings) -> str | None:
    """The name of the fault with which a GET fails; None where it is answered."""
    async with loopback(always(reply()), tls=serving(own)) as server:
        return await told(server.url, tls)


async def test_the_certificate_that_kuma_makes_for_itself_is_its_own_authority(
    tmp_path: Path,
) -> None:
    # Signed by itself, and marked as an authority: Rust's TLS refuses it as a server's.
    own = pair(tmp_path, "127.0.0.1", is_authority=True)
    assert await fault_of(own, TlsSettings(ca_file=own.cert_file)) is None


async def test_a_certificate_that_is_no_authority_may_be_named_itself(tmp_path: Path) -> None:
    authority = pair(tmp_path, "authority", is_authority=True)
    own = pair(tmp_path, "127.0.0.1", issuer=authority)
    assert await fault_of(own, TlsSettings(ca_file=own.cert_file)) is None


async def test_a_certificate_of_an_authority_of_ones_own(tmp_path: Path) -> None:
    authority = pair(tmp_path, "authority", is_authority=True)
    own = pair(tmp_path, "127.0.0.1", issuer=authority)
    assert await fault_of(own, TlsSettings(ca_file=authority.cert_file)) is None


async def test_a_certificate_of_nobody_we_know(tmp_path: Path) -> None:
    own = pair(tmp_path, "127.0.0.1")
    other = pair(tmp_path, "authority", is_authority=True)
    assert await fault_of(own, TlsSettings()) == "certificate-not-trusted"
    assert await fault_of(own, TlsSettings(ca_file=other.cert_file)) == "certificate-not-trusted"


async def test_a_certificate_for_another_name_and_the_name_to_expect(tmp_path: Path) -> None:
    own = pair(tmp_path, "kuma.example", is_authority=True)
    trusting = TlsSettings(ca_file=own.cert_file)
    named = TlsSettings(ca_file=own.cert_file, server_name="kuma.example")
    other = TlsSettings(ca_file=own.cert_file, server_name="other.example")
    assert await fault_of(own, trusting) == "certificate-wrong-name"
    assert await fault_of(own, named) is None
    assert await fault_of(own, other) == "certificate-wrong-name"


async def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    own = pair(tmp_path, "127.0.0.1", is_authority=True, days=-2)
    assert await fault_of(own, TlsSettings(ca_file=own.cert_file)) == "certificate-expired"


async def test_a_certificate_that_is_not_looked_at(tmp_path: Path) -> None:
    own = pair(tmp_path, "kuma.example", days=-2)
    assert await fault_of(own, TlsSettings(verify=False)) is None


@contextmanager
def demanding(own: Pair, clients: Pair, tls: ssl.TLSVersion) -> Iterator[str]:
    """A server that wants a client certificate; asyncio's own would not send the alert."""
    context = serving(own, clients)
    context.maximum_version = tls
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            secure = context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
            with suppress(ssl.SSLError):
                secure.do_handshake()
                secure.recv(4096)
                secure.sendall(reply(connection="close").data)
            # Closed with the request unread, it would reset the connection, and the alert be lost.
            with socket.socket(fileno=secure.detach()) as plain, suppress(OSError):
                plain.shutdown(socket.SHUT_WR)
                while plain.recv(4096):
                    pass

        thread = Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


async def told(url: str, tls: TlsSettings) -> str | None:
    """The name of the fault with which a GET of the address fails; None where it is answered."""
    transport = default_transport(upstream(url, tls=tls))
    try:
        await transport.send("GET", f"{url}/", {}, None)
    except UpstreamUnavailable as error:
        return f"leaks {error}" if "127.0.0.1" in error.message else faults.name(error)
    finally:
        await transport.close()
    return None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_server_that_wants_a_client_certificate(
    tmp_path: Path, version: ssl.TLSVersion
) -> None:
    own = pair(tmp_path, "127.0.0.1", is_authority=True)
    clients = pair(tmp_path, "clients", is_authority=True, is_client=True)
    client = pair(tmp_path, "gateway", issuer=clients, is_client=True)
    stranger = pair(tmp_path, "stranger", is_client=True)
    for shown, fault in ((client, None), (stranger, CLIENT), (None, CLIENT)):
        tls = TlsSettings(
            ca_file=own.cert_file,
            cert_file=shown.cert_file if shown else None,
            key_file=shown.key_file if shown else None,
        )
        with demanding(own, clients, version) as url:
            assert await told(url, tls) == fault


@pytest.mark.parametrize("key", ["ca_file", "cert_file"])
@pytest.mark.parametrize("text", [None, "not a certificate"])
def test_a_file_that_cannot_be_used_names_its_setting(
    tmp_path: Path, key: str, text: str | None
) -> None:
    file = tmp_path / "file.pem"
    if text is not None:
        file.write_text(text)
    tls = msgspec.structs.replace(TlsSettings(), **{key: str(file)})
    with pytest.raises(SettingsError, match=rf"^upstreams\.prod\.tls\.{key}: .*file\.pem"):
        default_transport(upstream("https://kuma.example", tls=tls))


def test_a_key_behind_a_password_is_refused_instead_of_asked_for(tmp_path: Path) -> None:
    own = pair(tmp_path, "gateway", is_client=True, password=b"hidden")
    tls = TlsSettings(cert_file=own.cert_file, key_file=own.key_file)
    with pytest.raises(SettingsError, match="cert_file"):
        default_transport(upstream("https://kuma.example", tls=tls))


def test_tls_goes_the_same_way_on_uvloop(tmp_path: Path) -> None:
    uvloop = pytest.importorskip("uvloop")
    own = pair(tmp_path, "kuma.example", is_authority=True)
    clients = pair(tmp_path, "clients", is_authority=True, is_client=True)
    named = TlsSettings(ca_file=own.cert_file, server_name="kuma.example")

    trusting = TlsSettings(ca_file=own.cert_file)

    async def scenario() -> None:
        assert await fault_of(own, named) is None
        assert await fault_of(own, trusting) == "certificate-wrong-name"
        assert await fault_of(own, TlsSettings()) == "certificate-not-trusted"
        with demanding(own, clients, ssl.TLSVersion.TLSv1_3) as url:
            assert await told(url, named) == CLIENT

    uvloop.run(scenario())
