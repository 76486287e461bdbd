"""A fake Instance Manager to talk to: an ASGI application, or a Transport without sockets."""

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.upstreams.base import Answer
from gateway.upstreams.imitated import InProcess, Served
from gateway.upstreams.nginx_instance_manager.fake.resources import Resources
from gateway.upstreams.nginx_instance_manager.fake.store import API, Fault, Store

TOO_MANY: Final = (
    b"<html>\n<head><title>429 Too Many Requests</title></head>\n<body>\n"
    b"<center><h1>429 Too Many Requests</h1></center>\n<hr><center>nginx</center>\n"
    b"</body>\n</html>\n"
)


class FakeInstanceManager:
    """An Instance Manager: `app` is its API, `store` what it keeps, `requests` what it was asked.

    `rate` calls a second are let through, and `burst` more at once. `oidc` sends callers without a
    bearer token to a login page, else they have `user` and `password`.
    """

    user = "admin"
    password = "demo-password"
    token = "demo-token"

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        rate: float | None = 20.0,
        burst: int = 10,
        oidc: bool = False,
        version: str = "2.20.0",
    ) -> None:
        self.store = Store(clock)
        self.store.documents |= {"modules/versions": {"nim": version}}
        self.oidc = oidc
        self.requests: list[tuple[str, str]] = []
        self.refused = 0
        self.healthy = True
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._excess = 0.0
        self._last = 0.0
        self._resources = Resources(self.store)
        self.app = Starlette(routes=[Route("/{path:path}", Served(self))])

    def transport(self) -> InProcess:
        """A Transport to it that opens no socket."""
        return InProcess(self)

    async def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer to a request; header names are in lower case."""
        self.requests.append((method, target))
        if self._too_many():
            self.refused += 1
            return Answer(429, {"content-type": "text/html"}, TOO_MANY)
        refusal = self._refusal(headers.get("authorization"))
        if refusal is not None:
            return refusal
        parts = urlsplit(target)
        try:
            return self._found(method, unquote(parts.path), dict(parse_qsl(parts.query)), body)
        except Fault as fault:
            return told(fault.status, fault.body)
        except (KeyError, TypeError, ValueError, msgspec.DecodeError):
            return told(400, {"code": 10001, "message": "The request cannot be read."})

    def _found(self, method: str, path: str, query: dict[str, str], body: bytes) -> Answer:
        if not path.startswith(f"{API}/"):
            raise Fault(502, "Upstream Unavailable")
        own = path.removeprefix(API)
        if own == "/health" and method == "GET":
            return self._health()
        given: Any = msgspec.json.decode(body) if body else None
        status, found = self._resources.answer(method, own, query, given)
        return Answer(204, {}, b"") if status == 204 else told(status, found)

    def _health(self) -> Answer:
        names = ("core", "dpm", "ingestion", "integrations", "secmon")
        services = dict.fromkeys(names, "healthy")
        if not self.healthy:
            services["dpm"] = "unhealthy"
        status = "healthy" if self.healthy else "unhealthy"
        body = {"services": services, "status": status, "timestamp": self.store.now()}
        return told(200 if self.healthy else 503, body)

    def _refusal(self, authorization: str | None) -> Answer | None:
        pair = b64encode(f"{self.user}:{self.password}".encode()).decode()
        if authorization == (f"Bearer {self.token}" if self.oidc else f"Basic {pair}"):
            return None
        kind = {"nginx-management-suite-auth": "OIDC" if self.oidc else "Basic"}
        if self.oidc and authorization is None:
            return Answer(302, kind | {"location": "https://idp.example/authorize"}, b"")
        found = told(401, {"code": 401, "message": "Unauthorized"})
        return Answer(401, {**found.headers, **kind}, found.body)

    def _too_many(self) -> bool:
        """What nginx's limit_req does: a bucket that leaks, and what does not fit is refused."""
        if self._rate is None:
            return False
        now = self._clock()
        excess = max(0.0, self._excess - (now - self._last) * self._rate + 1) if self._last else 0.0
        if excess > self._burst:
            return True
        self._excess, self._last = excess, now
        return False


def told(status: int, body: Any) -> Answer:
    """An answer with JSON."""
    return Answer(status, {"content-type": "application/json"}, msgspec.json.encode(body))
