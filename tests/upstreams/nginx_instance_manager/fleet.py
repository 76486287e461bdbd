"""A fake fleet behind the adapter, or behind a whole gateway."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from gateway.settings import AuthSettings, UpstreamSettings
from gateway.upstreams.base import Operation, Transport, Viewer
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.nginx_instance_manager import InstanceManager
from gateway.upstreams.nginx_instance_manager.fake import FakeInstanceManager, populate
from tests.graph import Graph, graph

URL = "http://nim.example/api/platform/v1"
BASIC = AuthSettings(
    type="basic", username=FakeInstanceManager.user, password=FakeInstanceManager.password
)


class Clock:
    """A time that stands still but for those who sleep by it."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def settings(name: str = "fleet", **more: Any) -> UpstreamSettings:
    """An Instance Manager in the settings."""
    given: dict[str, Any] = {"rate_limit": 10_000.0, "auth": BASIC} | more
    return UpstreamSettings(name=name, product="nginx-instance-manager", url=URL, **given)


def fleet(hosts: int = 4, **more: Any) -> FakeInstanceManager:
    """A fake with so many hosts, which refuses nobody for being fast."""
    fake = FakeInstanceManager(**{"clock": Clock(), "rate": None} | more)
    populate(fake, hosts)
    return fake


def manager(transport: Transport, clock: Clock | None = None, **more: Any) -> InstanceManager:
    """The adapter in front of a transport."""
    given = settings(**more)
    client = Client(given, transport, Credentials(given.auth, upstream=given.name))
    return InstanceManager(given, client, sleep=(clock or Clock()).sleep)


def operation(seconds: float = 30.0, calls: int = 500) -> Operation:
    """An operation of anybody."""
    return Operation(Viewer(), seconds, calls)


@asynccontextmanager
async def asked(
    fake: FakeInstanceManager,
    beside: Mapping[str, Transport] | None = None,
    *,
    discovered: bool = True,
    **more: Any,
) -> AsyncIterator[Graph]:
    """A gateway in front of a fake called `fleet`, and of others."""
    transports = {"fleet": fake.transport(), **(beside or {})}
    async with graph(transports, discovered=discovered, others={"fleet": settings(**more)}) as one:
        yield one
