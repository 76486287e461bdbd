import base64
import json
import re
from typing import Any

import pytest

from gateway.settings import AuthSettings
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import Graph, graph
from tests.upstreams.kuma.canned import Canned, listed, said

TEXT = "hunter2-hunter2"
DATA = base64.b64encode(TEXT.encode()).decode()
APPLY = """mutation ($input: ApplySecretInput!) {
  applySecret(input: $input) {
    outcome secret { kind name mesh { name } raw } globalSecret { kind name raw }
  }
}"""
DELETE = "mutation ($input: DeleteSecretInput!) { deleteSecret(input: $input) { id outcome } }"
PLACES: list[tuple[str | None, str, str]] = [
    ("default", "Secret", "/meshes/default/secrets/x"),
    (None, "GlobalSecret", "/global-secrets/x"),
]


def administrator(made: FakeKuma) -> AuthSettings:
    return AuthSettings(type="bearer", token=made.admin_token)


def code(found: dict[str, Any]) -> str:
    given: str = found["errors"][0]["extensions"]["code"]
    return given


async def applied(one: Graph, **given: Any) -> Any:
    return (await one.data(APPLY, input={"name": "x", **given}))["applySecret"]


@pytest.mark.parametrize("version", ["1.8.8", "2.14.3"])
@pytest.mark.parametrize(("mesh", "kind", "path"), PLACES, ids=["mesh", "global"])
@pytest.mark.parametrize("given", [{"text": TEXT}, {"base64": DATA}, {"base64": f"{DATA}\n"}])
async def test_a_secret_is_stored_in_base64_however_it_is_given(
    version: str, mesh: str | None, kind: str, path: str, given: dict[str, str]
) -> None:
    made = FakeKuma(version)
    async with graph({"cp": made.transport()}, auth=administrator(made)) as one:
        found = await applied(one, mesh=mesh, **given)
        again = await applied(one, mesh=mesh, **given)
        [first, _] = [sent for sent in one.sent() if sent.method == "PUT"]
        gone = await one.data(DELETE, input={"name": "x", "mesh": mesh})
    assert (found["outcome"], again["outcome"]) == ("CREATED", "UPDATED")
    shown = found["secret"] or found["globalSecret"]
    assert (shown["kind"], shown["name"]) == (kind, "x")
    assert "data" not in shown["raw"]
    body = {"type": kind, "name": "x", "data": DATA} | ({"mesh": mesh} if mesh else {})
    assert json.loads(first.body or b"") == body
    assert first.target.replace("globalsecrets", "global-secrets") == path
    assert gone["deleteSecret"]["outcome"] == "DELETED"
    assert made.store.get(kind, mesh, "x") is None


@pytest.mark.parametrize(
    "given",
    [{}, {"text": TEXT, "base64": DATA}, {"base64": TEXT}, {"base64": "%%%"}, {"text": "\ud800x"}],
)
async def test_what_is_in_a_secret_is_never_told_in_an_error(given: dict[str, str]) -> None:
    made = FakeKuma("2.14.3")
    async with graph({"cp": made.transport()}, auth=administrator(made)) as one:
        found = await one.answer(APPLY, input={"name": "x", "mesh": "default", **given})
        assert not [sent for sent in one.sent() if sent.method == "PUT"]
    assert code(found) == "BAD_USER_INPUT"
    assert not any(value in json.dumps(found) for value in given.values())


@pytest.mark.parametrize(
    "given",
    [
        {"name": "x", "text": TEXT, "mash": "default"},
        {"text": TEXT},
        {"name": "x", "text": [TEXT]},
        {"name": "x", "base64": {"text": TEXT}},
        [TEXT],
    ],
)
async def test_input_of_the_wrong_shape_is_not_repeated(given: Any) -> None:
    literal = re.sub(r'"(\w+)":', r"\1:", json.dumps(given))
    document = f"mutation {{ applySecret(input: {literal}) {{ outcome }} }}"
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        for found in (await one.answer(APPLY, input=given), await one.answer(document)):
            assert found["errors"]
            assert TEXT not in json.dumps(found)


async def test_who_is_no_administrator_writes_no_secret() -> None:
    async with graph({"cp": FakeKuma("2.14.3").transport()}) as one:
        found = await one.answer(APPLY, input={"name": "x", "mesh": "default", "text": TEXT})
    assert code(found) == "FORBIDDEN"
    assert TEXT not in json.dumps(found)
    assert DATA not in json.dumps(found)


DATA_OF = "{ secrets { nodes { name data raw kubernetes } } globalSecrets { nodes { name data } } }"


@pytest.mark.parametrize(
    ("secret_data", "auth", "told"),
    [
        ("nobody", AuthSettings(), None),
        ("forwarded", AuthSettings(type="forward"), None),
        ("everybody", AuthSettings(), DATA),
    ],
)
async def test_data_is_shown_to_whom_the_settings_name(
    secret_data: str, auth: AuthSettings, told: str | None
) -> None:
    row = {"type": "Secret", "mesh": "m", "name": "s", "data": DATA}
    transport = Canned({"/secrets": listed([row]), "/global-secrets": listed([row])})
    async with graph({"cp": transport}, secret_data=secret_data, auth=auth) as one:
        found = await one.answer(DATA_OF)
    [secret] = found["data"]["secrets"]["nodes"]
    assert secret["data"] == found["data"]["globalSecrets"]["nodes"][0]["data"] == told
    assert secret["kubernetes"] is None
    assert "data" not in secret["raw"]
    if told is None:
        assert {error["extensions"]["code"] for error in found["errors"]} == {"FORBIDDEN"}
        assert "`secret_data`" in found["errors"][0]["message"]
        assert DATA not in json.dumps(found)


async def test_data_is_forwarded_to_whoever_brings_a_credential() -> None:
    from gateway.execution.requests import GraphQLRequest
    from gateway.upstreams.base import Viewer

    row = {"type": "Secret", "mesh": "m", "name": "s", "data": DATA}
    transport = Canned({"/secrets": listed([row])})
    auth = AuthSettings(type="forward")
    async with graph({"cp": transport}, secret_data="forwarded", auth=auth) as one:
        request = GraphQLRequest("{ secrets { nodes { data } } }", {})
        found = await one.gateway.execute(request, Viewer(authorization="Bearer x"))
    assert found == {"data": {"secrets": {"nodes": [{"data": DATA}]}}}
    assert transport.bearers[-1] == "Bearer x"


async def test_a_secret_whose_data_cannot_be_read_is_an_error_of_its_own() -> None:
    row = {"type": "Secret", "mesh": "m", "name": "s", "data": [DATA]}
    transport = Canned({"/secrets": said(listed([row]))})
    async with graph({"cp": transport}, secret_data="everybody") as one:
        found = await one.answer("{ secrets { nodes { name data } } }")
    assert found["data"]["secrets"]["nodes"] == [{"name": "s", "data": None}]
    assert code(found) == "UPSTREAM_BAD_RESPONSE"
    assert DATA not in json.dumps(found)
