"""An upstream that takes its time: the same files, each answer some milliseconds late.

Run by the benchmark as `python -m benchmarks.delaying PORT FOLDER SECONDS`.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import uvloop

MISSING: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
END: Final = b"\r\n\r\n"


def answer(body: bytes) -> bytes:
    """A whole answer around a body."""
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    return head.format(len(body)).encode() + body


class Late(asyncio.Protocol):
    """One connection: a request at a time, answered after a while."""

    def __init__(self, answers: Mapping[str, bytes], seconds: float) -> None:
        self.answers = answers
        self.seconds = seconds
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not asyncio's by inheritance.
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.data += data
        while END in self.data:
            head, _, rest = self.data.partition(END)
            length = content_length(head)
            if len(rest) < length:
                return
            self.data = rest[length:]
            asyncio.get_running_loop().call_later(self.seconds, self.send, head)

    def send(self, head: bytes) -> None:
        """Answer what was asked."""
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        path = target.partition("?")[0]
        found = answer(b"{}") if method == "PUT" else self.answers.get(path, MISSING)
        if not self.transport.is_closing():
            self.transport.write(found)


def content_length(head: bytes) -> int:
    """The length of the body that follows."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def stored(folder: Path) -> dict[str, bytes]:
    """The answer at each path."""
    answers = {
        f"/{file.relative_to(folder).with_suffix('')}": answer(file.read_bytes())
        for file in folder.rglob("*.json")
    }
    return answers | {"/": answers["/index"]}


async def serve(port: int, answers: Mapping[str, bytes], seconds: float) -> None:
    """Listen until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Late(answers, seconds), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), stored(Path(sys.argv[2])), float(sys.argv[3])))
