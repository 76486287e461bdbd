"""The graph of the engine's tests, to be asked over HTTP."""

from starlette.types import Scope, Send

from gateway.execution.documents import Documents
from gateway.execution.failures import Failures
from gateway.execution.requests import GraphQLRequest
from gateway.execution.results import Result
from gateway.execution.run import Engine
from gateway.server.graphql import GraphQL
from gateway.server.replies import reply
from gateway.upstreams.base import Viewer
from tests.execution.graph import Journal, schema

SCHEMA = schema()


class Desk:
    """A graph that takes bodies of 2,000 bytes, and what it was asked and told."""

    def __init__(self) -> None:
        self.engine = Engine(SCHEMA, Documents(SCHEMA), Failures(self.report))
        self.journal = Journal()
        self.viewers: list[Viewer] = []
        self.faults: list[BaseException] = []
        self.broken = False
        self.graph = GraphQL(self.execute, self.report, max_body=2000)

    async def execute(self, request: GraphQLRequest, viewer: Viewer, request_id: str) -> Result:
        self.viewers.append(viewer)
        if self.broken:
            raise RuntimeError("secret")
        return await self.engine.run(request, self.journal, request_id)

    def report(self, error: BaseException, _request_id: str) -> None:
        self.faults.append(error)

    async def show(self, _scope: Scope, send: Send) -> None:
        """Stands for the page."""
        await reply(send, 200, [(b"content-type", b"text/html")], b"the page")
