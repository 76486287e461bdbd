"""What the graph shows of a body that a control plane lists."""

from typing import Any

from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.upstreams.kuma.canned import Canned, listed


async def shown(kind: str, selection: str, /, **members: Any) -> Any:
    """A selection of one resource of a kind, which its body makes."""
    row = KINDS[kind]
    body = {"type": kind, "name": "x"} | ({"mesh": "m"} if row.scope == "Mesh" else {}) | members
    transport = Canned({f"/{row.path}{end}": listed([body]) for end in ("", "/_overview")})
    fragment = f"... on {row.type_name} {{ {selection} }}"
    async with graph({"cp": transport}) as one:
        found = await one.data(f'{{ resources(kind: "{kind}") {{ nodes {{ {fragment} }} }} }}')
    [node] = found["resources"]["nodes"]
    return node
