"""An upstream with ten thousand dataplanes in twenty meshes, which gives its lists by pages.

Run by the benchmark as `python -m benchmarks.paging PORT`. `/benchmark/requests` says how often it
was asked.
"""

import asyncio
import copy
import sys
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

import uvloop

from benchmarks import data
from benchmarks.delaying import END, MISSING, answer

MESHES: Final = tuple(f"mesh-{number:02}" for number in range(20))
IN_EACH: Final = 500
LISTS: Final = ("/dataplanes", "/dataplanes/_overview")
COUNT: Final = "/benchmark/requests"


def dataplanes() -> list[data.JSONObject]:
    """The overviews in the order of lists: five of each that the smaller upstream has in a mesh."""
    shapes = data.stored().overviews[: len(data.APPS) * data.EACH]
    return [
        copy.deepcopy(shapes[at // 5]) | {"mesh": mesh, "name": name(at)}
        for mesh in MESHES
        for at in range(IN_EACH)
    ]


def name(at: int) -> str:
    """The name of one of a mesh's dataplanes."""
    return f"{data.APPS[at // 50]}-{at % 50:02}"


def insight(mesh: str) -> data.JSONObject:
    """What is counted of a mesh."""
    counts = {"total": IN_EACH, "online": IN_EACH}
    return data.mesh_insight(mesh) | {"dataplanes": counts}


class Upstream:
    """Answers by their paths, and pages cut from ready rows."""

    def __init__(self) -> None:
        self.asked = 0
        rows = dataplanes()
        self._rows = {
            LISTS[0]: [data.indented(data.plain(row)).strip() for row in rows],
            LISTS[1]: [data.indented(row).strip() for row in rows],
        }
        found = {f"/{one}": data.recorded(one) for one in data.DISCOVERY}
        found["/"] = found["/index"]
        found["/meshes"] = data.listed([data.mesh(one) for one in MESHES])
        found["/mesh-insights"] = data.listed([insight(one) for one in MESHES])
        for row in rows:
            found[f"/meshes/{row['mesh']}/dataplanes/{row['name']}/_overview"] = row
        self._answers = {path: answer(data.indented(body)) for path, body in found.items()}

    def answer(self, target: str) -> bytes:
        """The whole answer to a GET."""
        path = urlsplit(target).path
        if path == COUNT:
            return answer(b"%d" % self.asked)
        self.asked += 1
        return self._page(path, target) if path in LISTS else self._answers.get(path, MISSING)

    def _page(self, path: str, target: str) -> bytes:
        query = parse_qs(urlsplit(target).query)
        size, offset = (int(query.get(one, ["0"])[0]) for one in ("size", "offset"))
        rows, end = self._rows[path], offset + size
        following = f'"http://127.0.0.1{path}?offset={end}&size={size}"'
        more = following if end < len(rows) else "null"
        items = b",\n".join(rows[offset:end])
        return answer(
            b'{\n "total": %d,\n "items": [\n%s\n ],\n "next": %s\n}\n'
            % (len(rows), items, more.encode())
        )


class Connection(asyncio.Protocol):
    """One connection: a GET at a time."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not asyncio's by inheritance.
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.data += data
        while END in self.data:
            head, _, self.data = self.data.partition(END)
            target = head.split(b" ", 2)[1].decode()
            self.transport.write(self.upstream.answer(target))


async def serve(port: int) -> None:
    """Listen until the process is ended."""
    upstream = Upstream()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(upstream), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
