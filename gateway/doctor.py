"""What is wrong with an upstream and what to do about it: asked over the wire, told in advice."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from gateway.errors import BadResponse, MeshgateError, Unauthenticated, UpstreamTimeout
from gateway.hints import hints
from gateway.model.control_planes import Product, Served
from gateway.model.kinds import Noun
from gateway.model.versions import Version, parse
from gateway.settings import AuthSettings, UpstreamSettings
from gateway.symptoms import SYMPTOMS
from gateway.upstreams import PRODUCTS
from gateway.upstreams.base import Answer, Document, Operation, Viewer
from gateway.upstreams.kuma import discovery, requests
from gateway.upstreams.kuma.dialects import DOCUMENTS
from gateway.upstreams.kuma.identities import ADMIN, ANONYMOUS, Who, is_loopback

NEWEST: Final = Version(3, 0)
WHO_AM_I: Final = DOCUMENTS[Document.IDENTITY].path

_STATUSES: Final[Mapping[int, str]] = MappingProxyType(
    {401: "unauthenticated", 403: "forbidden", 404: "not-found", 407: "forbidden"}
)

# The first are refused to whoever is no administrator, the others computed from what is counted.
UNCOUNTED: Final = (Noun.SECRET, Noun.INSIGHT)


class Finding(msgspec.Struct, frozen=True):
    """A symptom as one upstream has it."""

    symptom: str
    ill: bool
    seen: str
    advice: str


class Checkup(msgspec.Struct, frozen=True, rename="camel"):
    """One upstream as it was found. `seconds` is the time of its first answer."""

    name: str
    url: str
    findings: tuple[Finding, ...] = ()
    product: str | None = None
    version: str | None = None
    mode: str | None = None
    seen_as: str | None = None
    groups: tuple[str, ...] = ()
    seconds: float | None = None
    kinds: Mapping[str, int | None] = {}

    @property
    def well(self) -> bool:
        """Whether the gateway can work with it."""
        return not any(finding.ill for finding in self.findings)


class Asked(Protocol):
    """An upstream's client, as far as it is needed here."""

    async def send(
        self, method: str, path: str, *, operation: Operation, body: bytes | None = None
    ) -> Answer: ...

    async def close(self) -> None: ...


Connect = Callable[[UpstreamSettings], Asked]


class Counted(msgspec.Struct):
    """A list's own word on its length."""

    total: int


async def examine(settings: UpstreamSettings, connect: Connect) -> Checkup:
    """Ask one upstream everything; whatever fails is a finding."""
    # A second attempt would only hide what is wrong, and take its time.
    once = msgspec.structs.replace(settings, retries=0)
    if Product(settings.product) is not Product.KUMA:
        return await _discovered(once, connect)
    client = connect(once)
    try:
        return await _Examination(once, client, connect).run()
    finally:
        await client.close()


async def _discovered(settings: UpstreamSettings, connect: Connect) -> Checkup:
    """An upstream of another product than Kuma: what its own discovery makes of it."""
    asked = [connect(one) for one in (settings, settings.beside) if one is not None]
    adapter = PRODUCTS[Product(settings.product)](settings, *asked)
    checkup = Checkup(name=settings.name, url=settings.url)
    started = asyncio.get_running_loop().time()
    try:
        found = await adapter.discover(Viewer())
    except MeshgateError as error:
        symptom = _discovering(error)
        said = settings.product if symptom == "not-product" else str(error.status)
        return msgspec.structs.replace(checkup, findings=(_finding(settings, symptom, "", said),))
    finally:
        await adapter.close()
    return msgspec.structs.replace(
        checkup,
        seconds=asyncio.get_running_loop().time() - started,
        product=settings.product,
        version=found.version_text or "unknown",
        mode=found.mode,
    )


def _discovering(error: MeshgateError) -> str:
    """The symptom of what failed while a product was discovered."""
    if isinstance(error, Unauthenticated):
        return "unauthenticated"
    status = error.status
    if status is None:
        is_another = type(error) is BadResponse and error.problem is None
        return "not-product" if is_another else _symptom(error)
    if status < 300:
        return "not-json"
    if status < 400:
        return "redirected"
    return _STATUSES.get(status, "broken" if status >= 500 else "strange-status")


def _finding(settings: UpstreamSettings, name: str, seen: str, said: str) -> Finding:
    symptom = SYMPTOMS[name]
    parts = urlsplit(settings.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    words = {"host": parts.hostname, "port": port, "seen": seen, "said": said}
    told = (symptom.advice.format(**words), *hints(Product(settings.product), name))
    return Finding(name, symptom.ill, symptom.seen.format(**words), "; ".join(told))


class _Examination:
    def __init__(self, settings: UpstreamSettings, client: Asked, connect: Connect) -> None:
        self._settings = settings
        self._client = client
        self._connect = connect
        self._findings: list[Finding] = []
        self._operation = Operation(Viewer(), settings.timeout * 4, calls=200)

    async def run(self) -> Checkup:
        found = Checkup(name=self._settings.name, url=self._settings.url)
        clock = asyncio.get_running_loop().time
        started = clock()
        first = await self._first()
        if first is None:
            return self._whole(found)
        seconds = clock() - started
        said = self._index(first)
        if said is None:
            return self._whole(found, seconds=seconds)
        version = self._version(said.version)
        listing = requests.RESOURCES if version is None or version >= (2, 6) else requests.POLICIES
        who, config, listed = await asyncio.gather(
            self._who(self._client), self._told(requests.CONFIG), self._told(listing)
        )
        settings = discovery.config(config)
        if settings.api_server.read_only:
            self._find("read-only")
        await self._recognise(who, settings)
        return self._whole(
            found,
            seconds=seconds,
            product=said.product or said.tagline,
            version=said.version,
            mode=settings.mode,
            seen_as=who.name if who else None,
            groups=who.groups if who else (),
            kinds=await self._counts(discovery.kinds(version, listed, settings)),
        )

    def _whole(self, found: Checkup, **known: object) -> Checkup:
        return msgspec.structs.replace(found, findings=tuple(self._findings), **known)

    def _find(self, name: str, seen: str = "", said: str = "") -> None:
        self._findings.append(_finding(self._settings, name, seen, said))

    async def _send(self, path: str, client: Asked | None = None) -> Answer:
        asked = client or self._client
        return await asked.send("GET", path, operation=self._operation)

    async def _told(self, path: str) -> Answer | None:
        try:
            return await self._send(path)
        except MeshgateError:
            return None

    async def _first(self) -> Answer | None:
        try:
            answer = await self._send(requests.INDEX)
        except MeshgateError as error:
            self._find(_symptom(error))
            return None
        if answer.status == 200:
            return answer
        if b"HTTP request to an HTTPS server" in answer.body:
            self._find("plain-to-tls")
        elif 300 <= answer.status < 400:
            self._find("redirected", said=str(answer.status))
        elif answer.status >= 500:
            self._find("broken", said=str(answer.status))
        else:
            self._find(_STATUSES.get(answer.status, "strange-status"), said=str(answer.status))
        return None

    def _index(self, answer: Answer) -> discovery.Index | None:
        try:
            body = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._find("not-json")
            return None
        try:
            said = msgspec.convert(body, discovery.Index)
        except msgspec.ValidationError:
            said = None
        if said is None or not re.search("kuma|mesh", said.product + said.tagline, re.I):
            self._find("not-kuma")
            return None
        return said

    def _version(self, text: str) -> Version | None:
        version = parse(text)
        if version is None:
            self._find("version-unknown", said=text)
        elif version[:2] > NEWEST[:2]:
            self._find("too-new", said=text)
        return version

    async def _who(self, client: Asked) -> Who | None:
        try:
            answer = await self._send(WHO_AM_I, client)
        except MeshgateError as error:
            self._find(_symptom(error))
            return None
        if answer.status == 401:
            self._find("unauthenticated")
        if answer.status != 200:
            return None
        try:
            return msgspec.json.decode(answer.body, type=Who)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    async def _recognise(self, who: Who | None, settings: discovery.Config) -> None:
        if who is None:
            # Before 2.2 it does not say whom it takes us for, and looks at our address alone.
            if settings.trusts_its_host and is_loopback(self._settings.url):
                self._find("localhost-admin", seen="by its configuration")
            return
        shown = self._settings.auth.type in ("bearer", "basic")
        if shown and who.name == ANONYMOUS:
            self._find("credential-ignored", seen=who.name)
        if who.name == ADMIN and self._settings.tls.cert_file is None:
            # A token is not looked at where the host alone makes one an administrator.
            bare = await self._bare() if shown else who
            if bare is not None and bare.name == ADMIN:
                self._find("localhost-admin", seen=who.name)

    async def _bare(self) -> Who | None:
        client = self._connect(msgspec.structs.replace(self._settings, auth=AuthSettings()))
        try:
            return await self._who(client)
        finally:
            await client.close()

    async def _counts(self, kinds: Mapping[str, Served]) -> dict[str, int | None]:
        counted = [one for one in kinds.values() if one.kind.noun not in UNCOUNTED]
        totals = await asyncio.gather(*(self._total(one.path) for one in counted))
        found = {one.kind.name: total for one, total in zip(counted, totals, strict=True)}
        return {name: found[name] for name in sorted(found) if found[name] != 0}

    async def _total(self, path: str) -> int | None:
        answer = await self._told(f"/{path}?size=1")
        if answer is None or answer.status != 200:
            return None
        try:
            return msgspec.json.decode(answer.body, type=Counted).total
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


def _symptom(error: MeshgateError) -> str:
    if error.problem is not None and error.problem.type in SYMPTOMS:
        return error.problem.type
    if isinstance(error, UpstreamTimeout):
        return "answer-timeout"
    return "not-json" if isinstance(error, BadResponse) else "connection-failed"


async def examine_all(
    upstreams: tuple[UpstreamSettings, ...], connect: Connect
) -> tuple[Checkup, ...]:
    """Every upstream at once, in the order of the settings."""
    asked: list[Awaitable[Checkup]] = [examine(each, connect) for each in upstreams]
    return tuple(await asyncio.gather(*asked))
