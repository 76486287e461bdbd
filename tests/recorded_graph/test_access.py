"""Who may see what, as recorded: a credential that is refused, and secrets that are."""

import json

import pytest

from gateway.model.resources import ResourceKey
from gateway.schema.ids import node_id
from gateway.settings import AuthSettings
from tests.graph import graph
from tests.recorded import Exchange, recording
from tests.recorded_graph.stories import apart
from tests.recorded_graph.test_errors import extensions
from tests.recorded_graph.test_secrets import OtherPath

TOKEN = "a-token-of-this-test"


def recorded(name: str) -> Exchange:
    """An exchange about access in 2.14.3."""
    return recording("2.14.3").one(f"05-access/{name}")


@pytest.mark.parametrize("name", ["bad-token", "bad-signature"])
async def test_a_refused_credential_leaves_a_failure_and_an_error(name: str) -> None:
    exchange = recorded(name)
    auth = AuthSettings(type="bearer", token=TOKEN)
    query = "{ meshes { totalCount nodes { name } failures { controlPlane code } } }"
    async with graph({"cp": apart("2.14.3", exchange)}, auth=auth) as one:
        answer = await one.answer(query)
        [sent] = one.sent()
    assert sent.headers["Authorization"] == f"Bearer {TOKEN}"
    assert sent.headers["X-Forwarded-For"] == "127.0.0.1"
    failure = {"controlPlane": "cp", "code": "UNAUTHENTICATED"}
    assert answer["data"]["meshes"] == {"totalCount": 0, "nodes": [], "failures": [failure]}
    [error] = answer["errors"]
    assert error["extensions"] == extensions(exchange)
    assert error["path"] == ["meshes"]
    assert TOKEN not in json.dumps(answer)


SECRETS = {
    "anonymous-secrets-list": 'secrets(mesh: "mesh-1")',
    "anonymous-secrets-list-all": "secrets",
    "anonymous-global-secrets-list": "globalSecrets",
    "localhost-not-admin/secrets": "secrets",
}


@pytest.mark.parametrize(("name", "root"), SECRETS.items())
async def test_secrets_that_may_not_be_listed_leave_a_failure_and_an_error(
    name: str, root: str
) -> None:
    exchange = recorded(name)
    query = f"{{ found: {root} {{ totalCount nodes {{ name }} failures {{ code }} }} }}"
    async with graph({"cp": OtherPath(apart("2.14.3", exchange))}) as one:
        answer = await one.answer(query)
    empty = {"totalCount": 0, "nodes": [], "failures": [{"code": "FORBIDDEN"}]}
    assert answer["data"] == {"found": empty}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]) == (["found"], extensions(exchange))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("anonymous-secret-get", ResourceKey("cp", "Secret", "mesh-1", "s1")),
        ("anonymous-global-secret-get", ResourceKey("cp", "GlobalSecret", None, "gs1")),
    ],
)
async def test_a_secret_that_may_not_be_read_is_null_with_an_error(
    name: str, key: ResourceKey
) -> None:
    exchange = recorded(name)
    query = "query ($id: ID!) { node(id: $id) { id } }"
    async with graph({"cp": OtherPath(apart("2.14.3", exchange))}) as one:
        answer = await one.answer(query, id=node_id(key))
    assert answer["data"] == {"node": None}
    [error] = answer["errors"]
    assert error["extensions"] == extensions(exchange)


@pytest.mark.parametrize("version", ["1.1.6", "1.8.8"])
async def test_a_control_plane_without_rules_lists_secrets_to_all(version: str) -> None:
    exchange = recording(version).one("05-access/localhost-secrets-all")
    async with graph({"cp": apart(version, exchange)}) as one:
        found = await one.data("{ secrets { totalCount nodes { name raw } } }")
    items = exchange.body["items"]
    assert found["secrets"]["totalCount"] == exchange.body["total"] == len(items)
    assert [node["raw"] for node in found["secrets"]["nodes"]] == [
        {key: value for key, value in item.items() if key != "data"} for item in items
    ]
