"""The control planes of the pages: a Global and a zone, imitated, with what an Envoy would answer.

Run by `benchmarks.pages` as a process of its own: `python -m benchmarks.pages_upstream 5681 5682`.
"""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.upstreams.kuma.fake import FakeKuma, populate

INSPECTED: Final = (
    Path(__file__).parent.parent / "tests/recordings/kuma/2.14.3/09-inspect/bank-accounts-01"
)
HOSTNAMES: Final = INSPECTED.parent.parent / "08-overviews/meshservice-hostnames.json"
LATENCY: Final = 0.005
"""Seconds that each answer takes to come."""
DATAPLANES: Final = 60
COUNT: Final = "/benchmark/count"
"""Where the calls since the last time are told."""


def recorded(file: Path) -> tuple[str, bytes]:
    """A recorded answer that the imitation has none of."""
    body = json.loads(file.read_bytes())["response"]["body"]
    return "application/json", json.dumps(body, indent=1).encode()


def dumped() -> dict[str, Any]:
    """A dump in the shape of Envoy's, of forty clusters."""
    clusters = [
        {"cluster": {"name": f"kri_msvc_payments_east__app-{at}_main", "type": "EDS"}}
        for at in range(40)
    ]
    return {"configs": [{"@type": "ClustersConfigDump", "dynamic_active_clusters": clusters}]}


STATS: Final = "".join(f"cluster.app-{at % 40}.metric_{at}: {at}\n" for at in range(800)).encode()
CLUSTERS: Final = "".join(f"app-{at}::10.0.0.{at}:8080::rq_total::{at}\n" for at in range(40))
READY: Final = {
    r".*/dataplanes/[^/]+/_policies": recorded(INSPECTED / "policies-by-kri.json"),
    r".*/_inbounds/[^/]+/_policies": recorded(INSPECTED / "inbound-0-policies.json"),
    r".*/_outbounds/[^/]+/_policies": recorded(INSPECTED / "outbound-0-policies.json"),
    r".*/meshservices/[^/]+/_hostnames": recorded(HOSTNAMES),
    r".*/dataplanes/[^/]+/stats": ("text/plain", STATS),
    r".*/dataplanes/[^/]+/clusters": ("text/plain", CLUSTERS.encode()),
    r".*/dataplanes/[^/]+/xds": ("application/json", json.dumps(dumped()).encode()),
}
"""What the imitation does not answer, by its path."""


class Upstream:
    """One imitation over HTTP; calls are counted."""

    def __init__(self, fake: FakeKuma) -> None:
        self._fake = fake
        self._calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = Request(scope).url.path
        if path == COUNT:
            content, self._calls = str(self._calls), 0
            await Response(content)(scope, receive, send)
            return
        self._calls += 1
        ready = next((it for key, it in READY.items() if re.fullmatch(key, path)), None)
        if ready is None:
            await self._fake.app(scope, receive, send)
            return
        await asyncio.sleep(LATENCY)
        media, body = ready
        await Response(body, headers={"content-type": media})(scope, receive, send)


async def serve(global_port: int, zone_port: int) -> None:
    """Serve both until the process is ended."""
    above = FakeKuma("2.14.3", mode="global", latency=LATENCY)
    below = FakeKuma("2.14.3", zone="east", latency=LATENCY)
    servers = []
    for fake, port in ((above, global_port), (below, zone_port)):
        populate(fake, dataplanes=DATAPLANES)
        config = uvicorn.Config(
            Upstream(fake), port=port, lifespan="off", access_log=False, log_level="warning"
        )
        servers.append(uvicorn.Server(config).serve())
    await asyncio.gather(*servers)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
