"""What a transport, a caller and an operation are to the upstream layer."""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from enum import StrEnum
from typing import Any, ParamSpec, Protocol, TypeVar

import msgspec

from gateway.errors import BudgetExceeded
from gateway.model.changes import Change, JSONObject, Written
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.health import Health
from gateway.model.identities import Identity
from gateway.model.inspection import Inspection
from gateway.model.pages import Listing, Narrowing, Page
from gateway.model.reads import Reads
from gateway.model.resources import Resource, ResourceKey
from gateway.model.tokens import Token, TokenOrder

P = ParamSpec("P")
T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """What came back over HTTP: a status, headers by their lower-case names, the body as bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    made: dict[Hashable, Any] = {}
    """What was made of it: those who share a call share that as well."""

    def once(self, name: Hashable, make: Callable[P, T], *of: P.args, **and_of: P.kwargs) -> T:
        """What is made of it under that name, by the first who asks."""
        found: T | None = self.made.get(name)
        if found is None:
            found = self.made[name] = make(*of, **and_of)
        return found


class Transport(Protocol):
    """One HTTP exchange and nothing more: no retries, no redirects, no state but connections.

    `url` is absolute and already escaped. Raises UpstreamUnavailable where there is no answer and
    BadResponse where there is a broken one; its caller sets the deadline by cancelling.
    """

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer: ...

    async def close(self) -> None: ...


class Viewer(msgspec.Struct, frozen=True):
    """Who asks: the address to name in `X-Forwarded-For`, and their own Authorization header."""

    address: str = "127.0.0.1"
    authorization: str | None = None


class Operation:
    """What one GraphQL operation may still ask: by whom, until when, how many calls more.

    `deadline` is a time of the running loop's clock.
    """

    __slots__ = ("calls_left", "deadline", "failed", "loop", "viewer")

    def __init__(
        self,
        viewer: Viewer,
        seconds: float,
        calls: int,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.viewer = viewer
        self.loop = loop or asyncio.get_running_loop()
        self.deadline = self.loop.time() + seconds
        self.calls_left = calls
        self.failed: list[Exception] = []
        """What failed of it, whoever dealt with that."""

    def seconds_left(self) -> float:
        """How long until the deadline; negative once it has passed."""
        return self.deadline - self.loop.time()

    def spend(self, upstream: str, calls: int = 1) -> None:
        """Take calls from the budget; raises BudgetExceeded where so many are not left."""
        if self.calls_left < calls:
            raise BudgetExceeded(
                "this operation needs more upstream calls than one operation may make; "
                "ask for less of it at a time",
                upstream=upstream,
            )
        self.calls_left -= calls


class Document(StrEnum):
    """What an upstream tells of itself as JSON."""

    CONFIGURATION = "configuration"
    SUPPORTED_VERSIONS = "supportedVersions"
    ZONES = "zones"
    GLOBAL_INSIGHT = "globalInsight"
    IDENTITY = "identity"


class Adapter(Protocol):
    """One upstream, asked in its product's own way; every method but `known` may ask it.

    Each raises UpstreamError, BudgetExceeded, or Unsupported where the upstream has no such kind.
    """

    @property
    def name(self) -> str:
        """What the settings call it."""

    @property
    def product(self) -> Product:
        """The software behind it."""

    @property
    def health(self) -> Health:
        """How it is doing, as this gateway sees it."""

    def known(self, viewer: Viewer) -> ControlPlane | None:
        """What discovery found, for this caller or for anybody; None while it has found nothing."""

    def served(self, found: ControlPlane, kind: str) -> Served:
        """How it serves a kind; raises Unsupported, naming the version that does."""

    def narrowed(self, found: ControlPlane, listing: Listing) -> Listing:
        """The listing with as much of its narrowing as the upstream can choose by itself."""

    def require(self, found: ControlPlane, narrowing: Narrowing) -> None:
        """Raise Unsupported where its version has nothing that fits, such as any with labels."""

    def require_members(
        self, found: ControlPlane, kind: str, members: JSONObject, place: Callable[[str], str]
    ) -> None:
        """Raise Unsupported for a member of a body that its version would drop without a word.

        `place` gives for a path into the body the one into the input that it was made of.
        """

    def shows_secrets(self, viewer: Viewer) -> bool:
        """Whether the settings let this caller read the data of its secrets."""

    def written_lately(self, kind: str) -> bool:
        """Whether insights may not count yet what was written through us of that kind."""

    async def discover(self, viewer: Viewer) -> ControlPlane:
        """Ask again who it is and what it stores."""

    async def control_plane(self, operation: Operation) -> ControlPlane:
        """What discovery found; it is done now where it has not been."""

    async def list(self, listing: Listing, operation: Operation) -> Page:
        """A whole collection, or the part that is asked for; empty where the mesh is unknown."""

    async def get(
        self,
        key: ResourceKey,
        operation: Operation,
        *,
        overview: bool,
        reads: Reads | None = None,
    ) -> Resource | None:
        """One resource, of which at least so much is read; None where there is none."""

    async def write(self, change: Change, operation: Operation) -> Written:
        """One change, sent once."""

    async def inspect(self, asked: Inspection, operation: Operation) -> Any:
        """What a view shows, as `model.inspection` has it for each; None where nothing is there.

        AFFECTED is a tuple of Affected, RULES are Rules, LAYOUT is a Layout, POLICIES and ROUTES
        are tuples of PolicyConf, HOSTNAMES one of Hostname, CONFIG is a Config, XDS is JSON, and
        STATS and CLUSTERS are text. Raises ProxyUnreachable where a proxy itself does not tell.
        """

    async def document(self, document: Document, operation: Operation) -> msgspec.Raw | None:
        """A document that it keeps about itself; None where its version has none."""

    async def identity(self, operation: Operation) -> Identity | None:
        """Whom it takes the caller for; None where it does not tell."""

    async def kubernetes(self, key: ResourceKey, operation: Operation) -> msgspec.Raw | None:
        """One resource as the Kubernetes object that it would be; None where it shows none."""

    async def issue(self, order: TokenOrder, operation: Operation) -> Token:
        """A new token, asked for once. Raises Forbidden where the caller may not have any made."""

    async def close(self) -> None:
        """Let go of its connections."""
