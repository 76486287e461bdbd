"""All the wiring, on one screen: settings in, an application out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self

import msgspec
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway import telemetry
from gateway.execution.compile import plan
from gateway.execution.documents import Documents
from gateway.execution.failures import Failures
from gateway.execution.limits import Limits
from gateway.execution.requests import GraphQLRequest
from gateway.execution.results import Result
from gateway.execution.run import Engine
from gateway.model.control_planes import Product
from gateway.schema import build
from gateway.schema.context import Context
from gateway.server.access import Access, Direct, Served
from gateway.server.cors import cors
from gateway.server.endpoint import GraphQLEndpoint
from gateway.server.graphiql.page import GraphiQLPage
from gateway.server.graphql import GraphQL
from gateway.server.health import Health, Phase
from gateway.server.problems import EXCEPTIONS
from gateway.settings import Settings, UpstreamSettings
from gateway.upstreams import PRODUCTS
from gateway.upstreams.base import Adapter, Operation, Transport, Viewer
from gateway.upstreams.bodies import Bodies
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.refreshing import keep_known
from gateway.upstreams.transports import default_transport


class Gateway:
    """The upstreams and the engine; entered, it keeps the upstreams known."""

    def __init__(self, settings: Settings, upstreams: Mapping[str, Adapter]) -> None:
        graph = build()
        schema = graph._schema
        introspection = settings.operations.introspection == "on"
        self._limits = settings.operations
        self.upstreams = tuple(upstreams.values())
        """The upstreams in the order of the settings."""
        self._by_name = dict(sorted(upstreams.items()))
        self._engine = Engine(
            schema,
            documents := Documents(
                schema,
                planner=partial(plan, graph),
                introspection=introspection,
                limits=Limits(
                    self._limits.max_depth, self._limits.max_upstream_calls, self._limits.page_size
                ),
            ),
            Failures(report),
        )
        self._figures = documents.figures
        self._refreshing: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> Self:
        # Asked for once: each time costs a system call before Python 3.12.
        self._loop = asyncio.get_running_loop()
        self._refreshing = [asyncio.create_task(keep_known(one)) for one in self.upstreams]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._refreshing:
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)
        await self._engine.drain()
        telemetry.emit(telemetry.GATEWAY_OPERATIONS, **msgspec.structs.asdict(self._figures))
        await asyncio.gather(*(one.close() for one in self.upstreams))

    def run(
        self, request: GraphQLRequest, viewer: Viewer, request_id: str = ""
    ) -> Awaitable[Result]:
        """The answer to one request, within the deadline and the budget of one operation."""
        limits = self._limits
        operation = Operation(viewer, limits.deadline, limits.max_upstream_calls, self._loop)
        context = Context(self._by_name, operation, limits)
        return self._engine.run(request, context, request_id)

    async def execute(self, request: GraphQLRequest, viewer: Viewer) -> dict[str, Any]:
        """The answer to one request as a GraphQL response."""
        result = await self.run(request, viewer)
        return msgspec.json.decode(result.encoded(), type=dict[str, Any])


def create_gateway(
    settings: Settings, transports: Mapping[str, Transport] | None = None
) -> Gateway:
    """A gateway for these settings; `transports` replaces the way to upstreams by their names."""
    given = transports or {}
    bodies = Bodies(settings.operations.max_bodies)
    upstreams = {one.name: adapter(one, given.get(one.name), bodies) for one in settings.upstreams}
    return Gateway(settings, upstreams)


def adapter(
    settings: UpstreamSettings, transport: Transport | None = None, bodies: Bodies | None = None
) -> Adapter:
    """One upstream asked in its product's way, by a transport of its own or the one given."""
    clients = [
        Client(
            one,
            transport or default_transport(one, bodies),
            Credentials(one.auth, upstream=one.name, events=telemetry.emit),
            telemetry.emit,
            bodies=bodies,
            listens=telemetry.wanted,
        )
        for one in (settings, settings.beside)
        if one is not None
    ]
    return PRODUCTS[Product(settings.product)](settings, *clients)


def create_app(
    settings: Settings,
    transports: Mapping[str, Transport] | None = None,
    beside: Sequence[Coroutine[Any, Any, None]] = (),
) -> ASGIApp:
    """The application that serves the graph; what is `beside` runs for as long as it does."""
    gateway = create_gateway(settings, transports)
    health = Health()
    server = settings.server
    first = settings.upstreams[0].name
    page = GraphiQLPage(server.path, first) if server.graphiql else None
    graph = GraphQL(gateway.run, report, max_body=server.max_body)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with gateway:
            tasks = [asyncio.create_task(one) for one in beside]
            health.phase = Phase.READY
            yield
            health.phase = Phase.STOPPING
            for task in tasks:
                task.cancel()

    endpoint = GraphQLEndpoint(graph, page)
    routes = [Route(server.path, endpoint), *(page.routes() if page else ()), *health.routes()]
    inner = Starlette(
        routes=routes,
        middleware=cors(server.cors_origins),
        exception_handlers=EXCEPTIONS,
        lifespan=lifespan,
    )
    # What CORS adds to answers, it adds over ASGI.
    direct = None if server.cors_origins else Direct(server.path, graph)
    return Access(
        inner,
        telemetry.begin_request,
        served,
        wanted=partial(telemetry.wanted, telemetry.SERVER_REQUEST),
        direct=direct,
    )


def report(fault: BaseException, request_id: str) -> None:
    """Log what should not have failed."""
    telemetry.emit(telemetry.SERVER_FAULT, fault=fault, where="operation", request_id=request_id)


def served(request: Served) -> None:
    """Log a request that was answered."""
    told = msgspec.structs.asdict(request)
    telemetry.emit(telemetry.SERVER_REQUEST, **told | {"seconds": round(request.seconds, 4)})
