"""Secrets as recorded: listed without their data under their own roots, and nowhere else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.model.kinds import Noun
from gateway.model.resources import ResourceKey
from gateway.schema.ids import node_id
from gateway.upstreams.base import Answer, Transport
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import URL, Graph, graph
from tests.recorded_graph.shown import WHOLE, shown
from tests.recorded_graph.stories import Story, of_nouns
from tests.recorded_graph.test_kinds import DELETE
from tests.replay import exchanges, snapshot

SECRETS = of_nouns(Noun.SECRET)
VALUE = "bmV1dHJhbCB2YWx1ZQ=="
"""What the recorded secrets hold."""


def test_secrets_of_every_version_are_tried() -> None:
    assert len(SECRETS) == 8
    assert all(one.step("1-create").request_body["data"] == VALUE for one in SECRETS)


class OtherPath:
    """2.14.3 stores global secrets under two paths: it lists one, and the other was recorded."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        url = url.replace("/globalsecrets", "/global-secrets")
        return await self._inner.send(method, url, headers, body)

    async def close(self) -> None:
        await self._inner.close()


async def created(story: Story) -> Transport:
    """The control plane once the secret is there, which is not written through us."""
    transport = exchanges(story.version, f"02-kinds/{story.kind}")
    step = story.step("1-create")
    await transport.send("PUT", URL + step.target, {}, json.dumps(step.request_body).encode())
    return OtherPath(transport)


LISTS = {
    "Secret": f"""
        query ($mesh: String!) {{
          list3: secrets(mesh: $mesh) {{ totalCount nodes {{ ...Whole }} }}
          list4: secrets {{ totalCount nodes {{ ...Whole }} }}
        }} {WHOLE}""",
    "GlobalSecret": f"{{ list3: globalSecrets {{ totalCount nodes {{ ...Whole }} }} }} {WHOLE}",
}


@pytest.mark.parametrize("story", SECRETS, ids=str)
async def test_secrets_are_listed_by_name_without_their_data(story: Story) -> None:
    mesh = {"mesh": story.place["mesh"]} if story.kind == "Secret" else {}
    async with graph({"cp": await created(story)}) as one:
        found = await one.data(LISTS[story.kind], **mesh)
    for part, step in (("list3", "3-list"), ("list4", "4-list-all-meshes")):
        if part in found:
            recorded = story.step(step).body
            assert found[part] == {
                "totalCount": recorded["total"],
                "nodes": [shown(item) for item in recorded["items"]],
            }
    assert '"data"' not in json.dumps(found)
    assert VALUE not in json.dumps(found)


@pytest.mark.parametrize("story", SECRETS, ids=str)
async def test_a_secret_found_by_its_id_shows_no_data(story: Story) -> None:
    key = ResourceKey("cp", story.kind, story.place["mesh"], story.place["name"])
    query = f"query ($id: ID!) {{ node(id: $id) {{ ...Whole }} }} {WHOLE}"
    async with graph({"cp": await created(story)}) as one:
        found = await one.data(query, id=node_id(key))
    assert found["node"] == shown(story.step("2-get").body)
    assert VALUE not in json.dumps(found)


async def refusals(one: Graph, story: Story) -> list[dict[str, Any]]:
    """The errors to every way of writing a secret."""
    apply = "mutation ($body: JSON!) { done: applyResource(input: {resource: $body}) { outcome } }"
    body = story.step("1-create").request_body
    answers = [
        await one.answer(apply, body=body),
        await one.answer(DELETE, kind=story.kind, **story.place),
    ]
    assert [answer["data"] for answer in answers] == [{"done": None}] * 2
    return [error for answer in answers for error in answer["errors"]]


@pytest.mark.parametrize("story", SECRETS, ids=str)
async def test_secrets_are_neither_written_nor_listed_as_resources(story: Story) -> None:
    query = """query ($kind: String!) {
      resources(kind: $kind) { totalCount nodes { name } failures { controlPlane code } }
    }"""
    async with graph({"cp": exchanges(story.version, f"02-kinds/{story.kind}")}) as one:
        assert {error["extensions"]["code"] for error in await refusals(one, story)} == {
            "BAD_USER_INPUT"
        }
        found = await one.data(query, kind=story.kind)
        assert found["resources"] == {
            "totalCount": 0,
            "nodes": [],
            "failures": [{"controlPlane": "cp", "code": "UNSUPPORTED"}],
        }
        assert one.sent() == []


APPLY = """mutation ($input: ApplySecretInput!) {
  done: applySecret(input: $input) { outcome secret { name raw } globalSecret { name raw } }
}"""
GONE = "mutation ($input: DeleteSecretInput!) { done: deleteSecret(input: $input) { outcome } }"


@pytest.mark.parametrize("story", SECRETS, ids=str)
async def test_a_secret_is_created_changed_and_deleted_as_recorded(story: Story) -> None:
    transport = OtherPath(exchanges(story.version, f"02-kinds/{story.kind}"))
    async with graph({"cp": transport}) as one:
        for name, outcome in (("1-create", "CREATED"), ("5-update", "UPDATED")):
            step = story.step(name)
            data = step.request_body["data"]
            found = await one.data(APPLY, input={**story.place, "base64": data})
            sent, _ = one.sent()[-2:]
            assert json.loads(sent.body or b"") == step.request_body
            assert sent.target.replace("globalsecrets", "global-secrets") == step.target
            assert found["done"]["outcome"] == outcome
            assert data not in json.dumps(found)
        assert (await one.data(GONE, input=story.place))["done"] == {"outcome": "DELETED"}
        absent = await one.answer(GONE, input=story.place)
    assert absent["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("version", ["0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev"])
async def test_no_list_of_any_other_kind_asks_for_secrets(version: str) -> None:
    async with graph({"cp": snapshot(version)}) as one:
        # Before 1.0 there are no insights, which is an error of each.
        await one.answer(
            "{ policies { totalCount } services { totalCount } meshes { nodes { insight { asOf }"
            " policies { totalCount } services { totalCount } } } }"
        )
        paths = [sent.target.partition("?")[0] for sent in one.sent()]
    assert paths
    assert not [path for path in paths if "secrets" in path]
    assert {KINDS[kind].path for kind in ("Secret", "GlobalSecret")} == {
        "secrets",
        "global-secrets",
    }
