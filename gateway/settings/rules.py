"""What settings must be beyond their types: the rules that need more than one row, or the world."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from gateway.settings.environment import Overlay, env_name
from gateway.settings.tables import Reading
from gateway.settings.values import (
    AuthSettings,
    KubernetesSettings,
    Settings,
    TlsSettings,
    UpstreamSettings,
)

SERVED: Final = ("kuma", "nginx-service-mesh", "nginx-instance-manager")
NOT_YET: Final = ("meshery",)

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_PATH: Final = re.compile(r"/[A-Za-z0-9._~/-]*")
_OURS: Final = ("/healthz", "/readyz")

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "none": (),
        "bearer": ("token",),
        "basic": ("username", "password"),
        "forward": (),
    }
)
_FORMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "token": ("token", "token_file", "token_env"),
        "username": ("username",),
        "password": ("password", "password_file", "password_env"),
    }
)

Found = Iterator[tuple[str, str]]


def check(settings: Settings, reading: Reading, overlay: Overlay) -> None:
    """Flag everything that breaks a rule and is not flagged already."""
    for path, reason in (*_server(settings), *_operations(settings)):
        reading.flag_once(path, reason)
    if not settings.upstreams:
        reading.flag_once(
            "upstreams",
            "there is none to ask: name one in [[upstreams]], with "
            "MESHGATE_UPSTREAMS__NAME__URL, or with --kuma URL",
        )
    seen: dict[str, str] = {}
    for at, upstream in enumerate(settings.upstreams):
        path = f"upstreams[{at}]"
        if upstream.product in NOT_YET:
            reading.forget(f"{path}.")
            reading.flag(f"{path}.product", f"{upstream.product} is not served yet by this version")
            continue
        if path in overlay.made and not upstream.url:
            reading.forget(f"{path}.")
            reading.flag(path, _stranger(overlay.made[path], settings))
            continue
        for key, reason in _upstream(upstream, seen):
            reading.flag_once(f"{path}.{key}", reason)
        seen.setdefault(env_name(upstream.name), upstream.name)


def _server(settings: Settings) -> Found:
    server = settings.server
    if not server.host:
        yield "server.host", 'must name an address; "0.0.0.0" is every one'
    if not _PATH.fullmatch(server.path):
        yield "server.path", 'must begin with "/" and have no query, such as "/graphql"'
    if server.path in _OURS:
        yield "server.path", f"{server.path} is answered by the gateway's own health check"
    for at, origin in enumerate(server.cors_origins):
        if origin != "*" and not re.fullmatch(r"https?://[^/\s?#@]+", origin):
            yield f"server.cors_origins[{at}]", 'must be "*" or a scheme and host without a path'


def _operations(settings: Settings) -> Found:
    operations = settings.operations
    if operations.page_size > operations.max_page_size:
        yield (
            "operations.page_size",
            f"must not be above max_page_size, which is {operations.max_page_size}",
        )
    if operations.introspection == "authenticated":
        yield (
            "operations.introspection",
            "authenticated needs tokens of viewers, which this version does not check yet; "
            'use "on" or "off"',
        )


def _upstream(upstream: UpstreamSettings, seen: Mapping[str, str]) -> Found:
    if not _NAME.fullmatch(upstream.name):
        yield "name", "must begin with a letter and have letters, digits, - and _ alone"
    elif (other := seen.get(env_name(upstream.name))) is not None:
        like = "" if other == upstream.name else ", which has the same variables"
        yield "name", f"must be its own; there is already {other}{like}"
    if upstream.product not in SERVED:
        yield "product", f"must be a product that this version serves: {', '.join(SERVED)}"
    if reason := _url(upstream.url):
        yield "url", reason
    if upstream.secret_data == "forwarded" and upstream.auth.type != "forward":
        yield "secret_data", 'forwarded needs auth.type "forward", which sends credentials on'
    yield from _auth(upstream.auth)
    yield from _tls(upstream.tls)
    if upstream.product == "nginx-service-mesh":
        yield from _kubernetes(upstream.kubernetes)
    else:
        unused = UpstreamSettings(upstream.name, upstream.product, upstream.url)
        for key in ("generation", "kubernetes"):
            if getattr(upstream, key) != getattr(unused, key):
                yield key, "is of nginx-service-mesh alone"


def _url(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL"
    refused = (
        (re.search(r"[\s\x00-\x1f]", url), "must not have spaces"),
        (parts.scheme not in ("http", "https"), "must begin with http:// or https://"),
        (not parts.hostname, "must name a host"),
        (port == 0, "must name a port above zero"),
        ("@" in parts.netloc, "must not carry credentials; they belong to [upstreams.auth]"),
        ("?" in url or "#" in url, "must not have a query or a fragment"),
    )
    return next((reason for broken, reason in refused if broken), None)


def _auth(auth: AuthSettings) -> Found:
    needed = _NEEDS[auth.type]
    for secret, forms in _FORMS.items():
        given = [form for form in forms if getattr(auth, form) is not None]
        if secret not in needed:
            for form in given:
                yield f"auth.{form}", f'has no effect while auth.type is "{auth.type}"'
        elif not given:
            yield "auth", f'type "{auth.type}" needs {" or ".join(forms)}'
        elif len(given) > 1:
            yield f"auth.{given[-1]}", f"stands beside {given[0]}; give one of {', '.join(forms)}"

    if ":" in (auth.username or ""):
        yield "auth.username", "must not have a colon, which ends it on the wire"


def _tls(tls: TlsSettings) -> Found:
    if (tls.cert_file is None) != (tls.key_file is None):
        given, other = (
            ("cert_file", "key_file") if tls.key_file is None else ("key_file", "cert_file")
        )
        yield f"tls.{given}", f"needs {other} beside it"


def _kubernetes(kubernetes: KubernetesSettings) -> Found:
    given = [form for form in _FORMS["token"] if getattr(kubernetes, form) is not None]
    if len(given) > 1:
        yield f"kubernetes.{given[-1]}", f"stands beside {given[0]}; give one of them"
    if kubernetes.url is None:
        if kubernetes != KubernetesSettings():
            yield "kubernetes.url", "is required where anything of kubernetes is given"
    elif reason := _url(kubernetes.url):
        yield "kubernetes.url", reason


def _stranger(name: str, settings: Settings) -> str:
    from difflib import get_close_matches

    known = [env_name(each.name).lower() for each in settings.upstreams if each.url]
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0].upper()}?" if near else ""
    made = f"MESHGATE_UPSTREAMS__{name.upper()}__URL"
    return f"no upstream is called {name}{hint} (one that no file names needs {made})"
