"""What carries an exchange: our own HTTP/1.1, and any transport made for httpx.

The default was chosen by measuring: `benchmarks/upstream_get.py`.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from gateway.errors import SettingsError, UpstreamError
from gateway.settings import UpstreamSettings
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Transport
from gateway.upstreams.bodies import Bodies

if TYPE_CHECKING:
    import httpx

_PORTS: Final = MappingProxyType({"http": 80, "https": 443})

# By name, so that httpx is not imported, and whatever takes its place may keep the names.
_HTTPX: Final = MappingProxyType(
    {
        "ConnectTimeout": faults.CONNECT_TIMEOUT,
        "PoolTimeout": faults.CONNECT_TIMEOUT,
        "TimeoutException": faults.ANSWER_TIMEOUT,
        "TimeoutError": faults.ANSWER_TIMEOUT,
        "ConnectError": faults.FAILED,
        "NetworkError": faults.CLOSED,
        "RemoteProtocolError": faults.NOT_HTTP,
        "DecodingError": faults.NOT_HTTP,
        "Exception": faults.FAILED,
    }
)


def default_transport(settings: UpstreamSettings, bodies: Bodies | None = None) -> Transport:
    """The transport for an upstream, which counts large answers among `bodies`.

    Raises SettingsError for an address or file it cannot use.
    """
    from gateway.upstreams.http1 import Http1Transport, Origin
    from gateway.upstreams.tls import context

    where = f"upstreams.{settings.name}.url"
    try:
        parts = urlsplit(settings.url)
        port = parts.port
    except ValueError as reason:
        raise SettingsError(f"{where}: not an address") from reason
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsError(f"{where}: an address begins with http:// or https:// and a host")
    if parts.username is not None:
        raise SettingsError(f"{where}: a user's name and password belong under auth")
    host = parts.hostname if parts.hostname.isascii() else _idna(parts.hostname, where)
    is_tls = parts.scheme == "https"
    return Http1Transport(
        Origin(
            url=settings.url[: len(f"{parts.scheme}://{parts.netloc}")],
            host=host,
            port=port or _PORTS[parts.scheme],
            host_header=(f"[{host}]" if ":" in host else host) + (f":{port}" if port else ""),
            tls=context(settings.tls, settings.name) if is_tls else None,
            server_name=(settings.tls.server_name or host) if is_tls else None,
        ),
        connect_timeout=settings.connect_timeout,
        max_body=settings.max_body,
        bodies=bodies,
    )


class HttpxTransport:
    """A transport made for httpx: an operator's own, httpx's, or one that calls an ASGI app."""

    def __init__(
        self,
        transport: "httpx.AsyncBaseTransport",
        *,
        max_body: int = 64 << 20,
        connect_timeout: float | None = None,
    ) -> None:
        self._transport = transport
        self._max_body = max_body
        self._timeouts = {"connect": connect_timeout, "pool": connect_timeout}

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        # httpx's transports mind in which task they go on; who waits for this may change.
        sending = asyncio.ensure_future(self._send(method, url, headers, body))
        sending.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await sending
        finally:
            sending.cancel()

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        import httpx

        try:
            response = await self._transport.handle_async_request(
                httpx.Request(
                    method,
                    url,
                    headers=headers,
                    content=body,
                    extensions={"timeout": self._timeouts},
                )
            )
            try:
                return await self._read(response)
            finally:
                await response.aclose()
        except UpstreamError:
            raise
        except Exception as reason:
            raise httpx_fault(reason).error() from reason

    async def close(self) -> None:
        await self._transport.aclose()

    async def _read(self, response: "httpx.Response") -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if headers.get("content-encoding", "identity") != "identity":
            raise faults.COMPRESSED.error()
        parts, size = [], 0
        # `aiter_raw` would refuse an answer that was made with its body at hand.
        async for part in cast("httpx.AsyncByteStream", response.stream):
            size += len(part)
            if size > self._max_body:
                raise faults.too_large(self._max_body, size, more=True)
            parts.append(part)
        return Answer(response.status_code, headers, b"".join(parts))


def httpx_fault(exception: BaseException) -> faults.Fault:
    """The fault that an exception of httpx stands for, or of what it carries."""
    found = next(_HTTPX[k.__name__] for k in type(exception).__mro__ if k.__name__ in _HTTPX)
    if found is faults.NOT_HTTP:
        # httpx has one class for all three; h11's words tell them apart.
        if "without sending a response" in str(exception):
            return faults.CLOSED
        return faults.TRUNCATED if "peer closed" in str(exception) else found
    if found is faults.FAILED:
        cause: BaseException | None = exception
        while cause is not None and found is faults.FAILED:
            found = faults.fault(cause)
            cause = cause.__cause__ or cause.__context__
    return found


def _idna(host: str, where: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError as reason:
        raise SettingsError(f"{where}: not a host's name") from reason
