"""The Kubernetes form of resources: as recorded, and without what nobody may see."""

import json
from typing import Any

import pytest

from gateway.model.resources import ResourceKey
from gateway.schema.ids import node_id
from gateway.schema.masks import MASK
from tests.graph import graph
from tests.recorded import recording
from tests.upstreams.kuma.canned import ABSENT, Canned

QUERY = "query ($id: ID!) { node(id: $id) { ... on Resource { name kubernetes } } }"


async def kubernetes(transport: Any, kind: str, mesh: str | None, name: str) -> Any:
    async with graph({"cp": transport}) as one:
        found = await one.data(QUERY, id=node_id(ResourceKey("cp", kind, mesh, name)))
    return found["node"]["kubernetes"]


async def test_a_resource_is_shown_as_the_object_that_was_recorded() -> None:
    recorded = recording("2.14.3").one("07-semantics/17-format-kubernetes")
    resource = recording("2.14.3").one("07-semantics/19-format-universal").body
    path = recorded.target.partition("?")[0]
    transport = Canned({path: resource, recorded.target: recorded.body})
    assert await kubernetes(transport, "MeshTimeout", "mesh-1", "sem") == recorded.body


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8", "2.2.9"])
async def test_before_2_3_there_is_no_such_form(version: str) -> None:
    row = {"type": "Mesh", "name": "m"}
    transport = Canned({"/meshes/m": row}, version)
    assert await kubernetes(transport, "Mesh", None, "m") is None
    assert ("GET", "/meshes/m?format=kubernetes") not in transport.asked


async def test_what_was_deleted_meanwhile_has_none() -> None:
    row = {"type": "Mesh", "name": "m"}
    transport = Canned({"/meshes/m": row, "/meshes/m?format=kubernetes": ABSENT})
    assert await kubernetes(transport, "Mesh", None, "m") is None


CA = {"backends": [{"name": "ca", "conf": {"key": {"inline": "PRIVATE"}, "cert": "PUBLIC"}}]}


@pytest.mark.parametrize(
    ("kind", "path", "spec"),
    [
        ("Mesh", "/meshes/x", {"mtls": CA}),
        (
            "MeshIdentity",
            "/meshes/m/meshidentities/x",
            {"provider": {"bundled": {"ca": {"privateKey": {"inline": "PRIVATE"}}}}},
        ),
    ],
)
async def test_private_keys_are_masked(kind: str, path: str, spec: Any) -> None:
    mesh = "m" if path.startswith("/meshes/m/") else None
    row = {"type": kind, "name": "x"} | ({"mesh": mesh} if mesh else {})
    whole = {
        "kind": kind,
        "metadata": {
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": json.dumps(spec),
                "other": "kept",
            }
        },
        "spec": spec,
    }
    transport = Canned({path: row, f"{path}?format=kubernetes": whole})
    found = await kubernetes(transport, kind, mesh, "x")
    assert "PRIVATE" not in json.dumps(found)
    assert MASK in json.dumps(found)
    assert found["metadata"]["annotations"] == {"other": "kept"}


@pytest.mark.parametrize("body", [[], [1], {"metadata": []}, {"metadata": {"annotations": 1}}])
async def test_what_is_no_object_is_shown_as_it_is_or_named_as_broken(body: Any) -> None:
    row = {"type": "Mesh", "name": "m"}
    transport = Canned({"/meshes/m": row, "/meshes/m?format=kubernetes": body})
    async with graph({"cp": transport}) as one:
        found = await one.answer(QUERY, id=node_id(ResourceKey("cp", "Mesh", None, "m")))
    shown = found["data"]["node"]["kubernetes"]
    assert shown == (body if isinstance(body, dict) else None)
    codes = [error["extensions"]["code"] for error in found.get("errors", ())]
    assert codes == ([] if isinstance(body, dict) else ["UPSTREAM_BAD_RESPONSE"])


async def test_a_secret_has_none_and_is_not_asked_for() -> None:
    row = {"type": "Secret", "mesh": "m", "name": "x", "data": "c2VjcmV0"}
    transport = Canned({"/meshes/m/secrets/x": row})
    assert await kubernetes(transport, "Secret", "m", "x") is None
    assert not [target for _, target in transport.asked if "format" in target]
