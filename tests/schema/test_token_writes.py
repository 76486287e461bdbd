import base64
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import telemetry
from gateway.settings import AuthSettings, LoggingSettings
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.fake import FakeKuma
from tests.graph import graph
from tests.upstreams.kuma.canned import Canned

NOW = 1_790_000_000.0
DATAPLANE = """mutation ($input: CreateDataplaneTokenInput!) {
  made: createDataplaneToken(input: $input) {
    token expiresAt outcome warnings clientMutationId
  }
}"""
ZONE = DATAPLANE.replace("Dataplane", "Zone")
USER = DATAPLANE.replace("Dataplane", "User")
GIVEN: dict[str, dict[str, Any]] = {
    DATAPLANE: {"mesh": "default", "name": "a", "tags": [{"key": "b", "values": ["c", "d"]}]},
    ZONE: {"zone": "east", "scope": ["ingress"], "validFor": "1h"},
    USER: {"name": "alice", "groups": ["g"], "validFor": "1h30m"},
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, of any level."""
    loggers = [logging.getLogger(name) for name in ("meshgate", "uvicorn.error")]
    kept = [(one, one.__dict__.copy()) for one in loggers]
    stream = io.StringIO()
    telemetry.configure(LoggingSettings(level="debug"), stream)
    yield stream
    for one, state in kept:
        one.__dict__.update(state)
        one.setLevel(state["level"])


def fake(version: str) -> FakeKuma:
    return FakeKuma(version, clock=lambda: NOW)


def administrator(made: FakeKuma) -> AuthSettings:
    return AuthSettings(type="bearer", token=made.admin_token)


@pytest.mark.parametrize("query", GIVEN, ids=["dataplane", "zone", "user"])
@pytest.mark.parametrize("version", ["1.8.8", "2.14.3", "3.0.0"])
async def test_an_administrator_has_tokens_made(query: str, version: str, log: io.StringIO) -> None:
    made = fake(version)
    async with graph({"cp": made.transport()}, auth=administrator(made)) as one:
        given = {**GIVEN[query], "clientMutationId": "7"}
        found = (await one.data(query, input=given))["made"]
    assert found["token"].count(".") == 2
    assert (found["outcome"], found["clientMutationId"]) == ("CREATED", "7")
    ends = {DATAPLANE: "2036-09-18", ZONE: "2026-09-21", USER: "2026-09-21"}
    assert found["expiresAt"].startswith(ends[query])
    assert "/tokens/" in log.getvalue()
    assert not any(part in log.getvalue() for part in found["token"].split("."))


@pytest.mark.parametrize("query", GIVEN, ids=["dataplane", "zone", "user"])
async def test_others_are_refused_and_told_what_to_do(query: str) -> None:
    async with graph({"cp": fake("2.14.3").transport()}) as one:
        found = await one.answer(query, input=GIVEN[query])
    [error] = found["errors"]
    assert found["data"] == {"made": None}
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "call with the token of one" in error["message"]


async def test_a_token_is_given_though_nobody_can_say_when_it_ends() -> None:
    claims = base64.urlsafe_b64encode(b'{"exp": 1e30}').decode().rstrip("=")
    answer = Answer(200, {"content-type": "text/plain"}, f"a.{claims}.c".encode())
    transport = Canned({"/tokens/user": answer})
    async with graph({"cp": transport}) as one:
        found = (await one.data(USER, input=GIVEN[USER]))["made"]
    assert (found["token"], found["expiresAt"]) == (f"a.{claims}.c", None)


async def test_a_token_of_the_oldest_version_never_ends() -> None:
    made = fake("1.1.6")
    async with graph({"cp": made.transport()}, auth=administrator(made)) as one:
        found = (await one.data(DATAPLANE, input={"mesh": "default"}))["made"]
        refused = await one.answer(DATAPLANE, input={"mesh": "default", "validFor": "1h"})
    assert (found["expiresAt"], found["warnings"]) == (None, [])
    assert refused["errors"][0]["extensions"]["code"] == "UNSUPPORTED"


@pytest.mark.parametrize(
    ("query", "changed", "words"),
    [
        (USER, {"validFor": "0s"}, "`validFor` is above zero"),
        (USER, {"validFor": "-1h"}, "`validFor` is above zero"),
        (USER, {"validFor": "30d"}, "is no duration such as 1h30m"),
        (DATAPLANE, {"tags": [{"key": "a", "values": []}] * 2}, "a tag is given twice"),
        (ZONE, {"scope": None}, "Invalid request"),
    ],
)
async def test_input_that_cannot_be_used_is_refused(
    query: str, changed: dict[str, Any], words: str
) -> None:
    made = fake("2.14.3")
    async with graph({"cp": made.transport()}, auth=administrator(made)) as one:
        found = await one.answer(query, input=GIVEN[query] | changed)
    assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert words in found["errors"][0]["message"]


async def test_one_of_several_control_planes_has_to_be_named() -> None:
    transports = {"a": fake("2.14.3").transport(), "b": fake("2.14.3").transport()}
    async with graph(transports) as one:
        found = await one.answer(USER, input=GIVEN[USER])
        assert not [sent for sent in one.sent() if sent.method == "POST"]
    assert "name one of: a, b" in found["errors"][0]["message"]
    assert json.dumps(found["data"]) == '{"made": null}'
