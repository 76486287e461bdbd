"""How an upstream proves who it is, and how we prove it to an upstream, by certificates."""

import ssl

from gateway.errors import SettingsError
from gateway.settings import TlsSettings


def context(tls: TlsSettings, upstream: str) -> ssl.SSLContext:
    """The TLS settings of one upstream as the standard library wants them.

    A `ca_file` takes the place of the system's authorities. Raises SettingsError for a file that
    cannot be used.
    """
    if tls.ca_file is None:
        made = ssl.create_default_context()
    else:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            made.load_verify_locations(tls.ca_file)
        except (OSError, ValueError) as reason:
            raise _unusable(upstream, "ca_file", tls.ca_file) from reason
    # Control planes make certificates of their own: one that is its own authority, or that is
    # named in ca_file itself, is trusted; Python 3.13 and later would refuse both.
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    made.set_alpn_protocols(["http/1.1"])
    if not tls.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if tls.cert_file is not None:
        try:
            # An encrypted key fails with this password instead of asking at the terminal.
            made.load_cert_chain(tls.cert_file, tls.key_file, password="")
        except (OSError, ValueError) as reason:
            raise _unusable(upstream, "cert_file", tls.cert_file) from reason
    return made


def _unusable(upstream: str, key: str, path: str) -> SettingsError:
    return SettingsError(f"upstreams.{upstream}.tls.{key}: {path} cannot be read or used")
