from typing import Any

import pytest

from tests.graph import graph
from tests.replay import snapshot

QUERY = """query ($mesh: String!) { mesh(name: $mesh) { ... on KumaMesh { externalServices {
  totalCount nodes { kind name addresses } failures { code message } } } } }"""


@pytest.mark.parametrize(
    ("version", "mesh", "found"),
    [
        ("1.1.6", "shop", [("ExternalService", "externalservice-a")]),
        ("2.14.3", "shop", [("ExternalService", "externalservice-a")]),
        ("2.14.3", "bank", [("MeshExternalService", "meshexternalservice-a")]),
        ("3.0.0-dev", "bank", [("MeshExternalService", "meshexternalservice-a")]),
    ],
)
async def test_a_mesh_leads_to_what_it_stores_of_several_kinds(
    version: str, mesh: str, found: Any
) -> None:
    async with graph({"prod": snapshot(version)}) as one:
        services = (await one.data(QUERY, mesh=mesh))["mesh"]["externalServices"]
    assert [(one["kind"], one["name"]) for one in services["nodes"]] == found
    assert (services["totalCount"], services["failures"]) == (len(found), [])
