"""Bodies are decoded when they are asked for, and one that is not fit fails by itself."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from gateway.errors import BadResponse
from gateway.model.resources import Resource, Stored
from gateway.schema.confs import bodies
from gateway.schema.masks import MASK
from gateway.upstreams.kuma.kinds import KINDS
from tests.graph import graph
from tests.recorded import ROOT, recording
from tests.schema.shown import shown
from tests.upstreams.kuma.canned import Canned, listed

TYPED = {name for name, kind in KINDS.items() if kind.body}
VERSIONS = sorted(path.name for path in ROOT.iterdir())


def resource(kind: str, **members: Any) -> Resource:
    body = {"type": kind, "name": "x", "mesh": "m"} | members
    raw = msgspec.Raw(json.dumps(body).encode())
    return Resource("prod", KINDS[kind], Stored(name="x", mesh="m"), raw)


def test_nulls_are_what_was_left_out() -> None:
    found = bodies.body(resource("Timeout", conf={"connectTimeout": None, "http": None}))
    assert found.conf == KINDS["Timeout"].body(conf=type(found.conf)()).conf
    assert bodies.body(resource("Timeout", conf=None)).conf is None
    assert bodies.body(resource("MeshTimeout", spec=None)) == KINDS["MeshTimeout"].body()
    assert bodies.body(resource("MeshTimeout")) == KINDS["MeshTimeout"].body()


@pytest.mark.parametrize(
    ("kind", "members", "place"),
    [
        ("Timeout", {"conf": {"http": 7}}, "conf.http"),
        ("Timeout", {"conf": []}, "conf"),
        (
            "MeshTimeout",
            {"spec": {"to": [{"default": {"idleTimeout": 5}}]}},
            "spec.to[0].default.idleTimeout",
        ),
        ("RateLimit", {"conf": {"http": {"requests": "many"}}}, "conf.http.requests"),
        ("MeshHTTPRoute", {"spec": {"to": {}}}, "spec.to"),
    ],
)
def test_a_body_of_another_shape_is_a_bad_response_that_names_the_place(
    kind: str, members: dict[str, Any], place: str
) -> None:
    with pytest.raises(BadResponse) as failed:
        bodies.body(resource(kind, **members))
    assert failed.value.message == (
        f"prod: this {kind} is not what its kind is known to be at `{place}`; "
        "`spec` shows it as it is"
    )


async def test_a_conf_that_is_not_fit_is_null_by_itself() -> None:
    broken = {"type": "Retry", "mesh": "m", "name": "a", "conf": {"http": {"numRetries": []}}}
    good = {"type": "Retry", "mesh": "m", "name": "b", "conf": {"tcp": {"maxConnectAttempts": 2}}}
    query = """{ resources(kind: "Retry") { failures { code } nodes {
      name ... on Retry { spec sources { tags { key } } conf { tcp { maxConnectAttempts } } }
    } } }"""
    async with graph({"prod": Canned({"/retries": listed([broken, good])})}) as one:
        found = await one.answer(query)
    assert found["data"]["resources"] == {
        "failures": [],
        "nodes": [
            {"name": "a", "spec": {"conf": broken["conf"]}, "sources": [], "conf": None},
            {
                "name": "b",
                "spec": {"conf": good["conf"]},
                "sources": [],
                "conf": {"tcp": {"maxConnectAttempts": 2}},
            },
        ],
    }
    [error] = found["errors"]
    assert error["path"] == ["resources", "nodes", 0, "conf"]
    assert error["extensions"]["code"] == "UPSTREAM_BAD_RESPONSE"
    assert "`conf.http.numRetries`" in error["message"]


async def test_nobody_who_does_not_ask_hears_of_a_conf_that_is_not_fit() -> None:
    assert await shown("MeshTimeout", "name spec", spec={"to": 7}) == {
        "name": "x",
        "spec": {"to": 7},
    }


def test_a_body_is_decoded_once_for_all_its_members() -> None:
    view = bodies.Bodied()
    view.resource = resource("MeshTimeout", spec={"to": [{}]})
    assert view.body is view.body
    assert len(view.body.to) == 1


async def test_a_private_key_stays_masked() -> None:
    networking = {
        "address": "a.example.com:443",
        "tls": {
            "enabled": True,
            "clientKey": {"inline": "c2VjcmV0", "inlineString": "secret"},
            "clientCert": {"secret": "cert"},
            "caCert": {"inline": "Y2E="},
        },
    }
    selection = """networking { address tls { enabled serverName
      clientKey { inline inlineString secret } clientCert { secret } caCert { inline } } }"""
    found = await shown("ExternalService", selection, networking=networking)
    assert found["networking"]["tls"] == {
        "enabled": True,
        "serverName": None,
        "clientKey": {"inline": MASK, "inlineString": MASK, "secret": None},
        "clientCert": {"secret": "cert"},
        "caCert": {"inline": "Y2E="},
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_no_member_of_a_recorded_body_is_lost(version: str) -> None:
    read = set()
    for item in items(version):
        kind = KINDS[item["type"]]
        found = bodies.body(resource(kind.name, **item))
        wire = item.get("spec") or {} if kind.plugin else without_meta(item)
        assert said(msgspec.to_builtins(found)) == said(wire)
        read.add(kind.name)
    assert len(read) > 7


def items(version: str) -> Iterator[dict[str, Any]]:
    """All that was recorded of typed kinds, in lists and alone."""
    found = recording(version)
    answers = [*found.snapshot.values(), *(one.body for one in found.exchanges)]
    for answer in answers:
        if isinstance(answer, dict):
            for item in (*(answer.get("items") or ()), answer):
                if isinstance(item, dict) and item.get("type") in TYPED and "name" in item:
                    yield item


def without_meta(item: dict[str, Any]) -> dict[str, Any]:
    """A body, with a route's `conf` of 0.x as it is said since."""
    meta = ("type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri")
    body = {key: value for key, value in item.items() if key not in meta}
    if isinstance(body.get("conf"), list):
        body["conf"] = {"split": body["conf"]}
    return {key: value for key, value in body.items() if (item["type"], key) not in APART}


APART = {("ExternalService", "tags")}
"""Members that are typed elsewhere."""


def said(value: Any) -> Any:
    """A JSON value without what is empty or null, numbers in text as numbers."""
    if isinstance(value, dict):
        kept = {key: said(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, [], {}, "")}
    if isinstance(value, list | tuple):
        return [said(one) for one in value]
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value
