"""The control planes that examples are asked of, by the words in which examples name them."""

import re
from collections.abc import Callable, Mapping

import msgspec

from gateway.settings import AuthSettings, UpstreamSettings
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Transport
from gateway.upstreams.kuma.fake import FakeKuma, populate
from gateway.upstreams.nginx_instance_manager.fake import FakeInstanceManager
from gateway.upstreams.nginx_instance_manager.fake import populate as manage
from tests.multizone import global_plane, zone_plane
from tests.replay import snapshot
from tests.upstreams.nginx_service_mesh import edge

START = 1_790_000_000.0
"""When it is, in the worlds that are imitated."""


def world(words: str) -> Transport:
    """The control plane that is described so; raises LookupError where none is."""
    for pattern, make in WORLDS.items():
        if found := re.fullmatch(pattern, words):
            return make(*found.groups())
    raise LookupError(f"no control plane is described as {words!r}")


def imitated(version: str) -> FakeKuma:
    """A control plane that is imitated, whose clock stands still."""
    return FakeKuma(version, clock=lambda: START)


def shop(version: str) -> Transport:
    """The shop of the demo."""
    fake = imitated(version)
    populate(fake, dataplanes=12)
    return fake.transport()


def global_shop(version: str) -> Transport:
    """The shop of the demo as the Global of its zones sees it."""
    fake = FakeKuma(version, mode="global", clock=lambda: START)
    populate(fake, dataplanes=12)
    return fake.transport()


def even(version: str, dataplanes: str, meshes: str) -> Transport:
    """So many meshes, `m-0`, `m-1`, …, with as many dataplanes each, all of them connected."""
    fake = imitated(version)
    names = [f"m-{number}" for number in range(int(meshes))]
    for mesh in names:
        fake.put("Mesh", mesh, {})
    for number in range(int(dataplanes)):
        mesh = names[number % len(names)]
        tags = {"kuma.io/service": "web"}
        network = {"address": "10.0.0.1", "inbound": [{"port": 8080, "tags": tags}]}
        fake.put("Dataplane", f"dp-{number:03}", {"networking": network}, mesh)
        fake.store.connect(mesh, f"dp-{number:03}")
    fake.store.delete("Mesh", None, "default")
    fake.resync()
    return fake.transport()


def managed(hosts: str) -> Transport:
    """So many hosts with an instance each."""
    fake = FakeInstanceManager(clock=lambda: START, rate=None)
    manage(fake, int(hosts))
    return fake.transport()


def other(name: str, words: str) -> UpstreamSettings | None:
    """The settings of a control plane of another product than Kuma, None where it is one."""
    if "NGINX Service Mesh" in words:
        return edge.settings(name)
    if "Instance Manager" not in words:
        return None
    return UpstreamSettings(
        name=name,
        product="nginx-instance-manager",
        url=f"http://{name}.example.com/api/platform/v1",
        rate_limit=10_000.0,
        auth=AuthSettings(
            type="basic",
            username=FakeInstanceManager.user,
            password=FakeInstanceManager.password,
        ),
    )


class Crowded:
    """A control plane whose insights count so many dataplanes in a mesh that has few of them."""

    def __init__(self, inner: Transport, mesh: str, dataplanes: int) -> None:
        self._inner = inner
        self._mesh = mesh
        self._dataplanes = dataplanes

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        found = await self._inner.send(method, url, headers, body)
        if not url.partition("?")[0].endswith("/mesh-insights"):
            return found
        listed = msgspec.json.decode(found.body)
        for item in listed["items"]:
            if item["name"] == self._mesh:
                item["dataplanes"] = {"total": self._dataplanes}
        return msgspec.structs.replace(found, body=msgspec.json.encode(listed))

    async def close(self) -> None:
        await self._inner.close()


def crowded(dataplanes: str, mesh: str, version: str, few: str, meshes: str) -> Transport:
    """An even world of few dataplanes where one mesh counts as many."""
    return Crowded(even(version, few, meshes), mesh, int(dataplanes.replace(",", "")))


def nginx(version: str, services: str) -> Transport:
    """A shop of so many services, with Kubernetes beside it."""
    return edge.shop(version, int(services)).transport()


class Dead:
    """A control plane to which no connection stands."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        raise faults.REFUSED.error()

    async def close(self) -> None:
        """Nothing is open."""


WORLDS: dict[str, Callable[..., Transport]] = {
    r"recorded Kuma ([\d.]+)": snapshot,
    r"recorded Global": global_plane,
    r"recorded zone of that Global": zone_plane,
    r"imitated Kuma ([\d.]+), a shop": shop,
    r"imitated Global Kuma ([\d.]+), a shop": global_shop,
    r"imitated Kuma ([\d.]+), (\d+) dataplanes in (\d+) meshes": even,
    r"([\d,]+) dataplanes in `([\w-]+)` beside imitated Kuma ([\d.]+), "
    r"(\d+) dataplanes in (\d+) meshes": crowded,
    r"imitated Instance Manager, (\d+) hosts": managed,
    r"imitated NGINX Service Mesh ([\d.]+), (\d+) services": nginx,
    r"dead": Dead,
}
"""What an example may say of a control plane, and what that makes."""
