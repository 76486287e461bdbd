"""Tokens are asked for as was recorded, and what comes of it is never shown by accident."""

import json
from typing import Any

import msgspec
import pytest

from gateway.errors import (
    BadResponse,
    BadUserInput,
    Forbidden,
    MeshgateError,
    NotFound,
    Unsupported,
)
from gateway.model.tokens import DataplaneToken, Token, TokenOrder, UserToken, ZoneToken
from gateway.model.versions import Version, parse
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import tokens
from gateway.upstreams.wire import Request
from tests.recorded import recording
from tests.upstreams.kuma.canned import Canned, kuma, operation

BACKEND = {"kuma.io/service": ("backend",)}
MADE: list[tuple[str, str, TokenOrder]] = [
    ("1.1.6", "tokens-post", DataplaneToken(mesh="page-1", name="dp-1", tags=BACKEND)),
    ("1.8.8", "dataplane", DataplaneToken(mesh="page-1", name="dp-1", valid_for="1h")),
    ("1.8.8", "dataplane-no-valid-for", DataplaneToken(mesh="page-1", name="dp-1")),
    ("1.8.8", "user", UserToken(name="alice", groups=("a",), valid_for="1h")),
    ("1.8.8", "zone", ZoneToken(zone="zone-east", scope=("ingress",), valid_for="1h")),
    ("2.14.3", "dataplane-mesh-only", DataplaneToken(mesh="mesh-1", valid_for="1h")),
    (
        "2.14.3",
        "dataplane",
        DataplaneToken(
            mesh="mesh-1",
            name="dp-1",
            tags={"kuma.io/service": ("backend", "backend-admin")},
            type="dataplane",
            valid_for="1h",
        ),
    ),
    ("2.14.3", "user", UserToken(name="alice", groups=("team-a", "team-b"), valid_for="24h")),
    ("2.14.3", "zone", ZoneToken(zone="zone-1", scope=("ingress", "egress"), valid_for="1h")),
]


@pytest.mark.parametrize(("version", "name", "order"), MADE, ids=lambda one: str(one)[:30])
def test_a_token_is_made_as_recorded(version: str, name: str, order: TokenOrder) -> None:
    exchange = recording(version).one(f"06-tokens/{name}")
    asked = tokens.request("prod", order, parse(version))
    assert (asked.method, asked.path) == (exchange.method, exchange.target)
    assert json.loads(asked.body or b"") == exchange.request_body
    made = tokens.token("prod", exchange.answer())
    assert made.text == exchange.body
    assert (made.expires_at is None) is (version == "1.1.6")


def test_tokens_are_asked_for_where_1_0_put_them() -> None:
    asked = tokens.request("prod", DataplaneToken(mesh="m"), parse("1.0.3"))
    assert asked == Request("POST", "/tokens", b'{"mesh":"m"}')


@pytest.mark.parametrize(
    ("version", "order", "lacking"),
    [
        (
            "1.1.6",
            UserToken(name="a", valid_for="1h"),
            "a token for a user needs Kuma 1.4 or later",
        ),
        ("1.1.6", ZoneToken(zone="z"), "a token for a zone needs Kuma 1.2 or later"),
        ("1.1.6", DataplaneToken(mesh="m", valid_for="1h"), "`validFor` of a token needs Kuma 1.4"),
        ("2.12.0", DataplaneToken(mesh="m", workload="w"), "`workload` of a token needs Kuma 2.13"),
        ("1.5.0", ZoneToken(zone="z", scope=("egress",)), "`scope` of a token needs Kuma 1.8"),
        ("0.7.3", DataplaneToken(mesh="m"), "a token for a dataplane needs Kuma 1.0 or later"),
    ],
)
def test_what_a_version_cannot_make_is_told_with_the_version_that_can(
    version: str, order: TokenOrder, lacking: str
) -> None:
    with pytest.raises(Unsupported) as raised:
        tokens.request("prod", order, parse(version))
    assert lacking in raised.value.message
    assert raised.value.message.endswith(f"this control plane is {version}")


@pytest.mark.parametrize(
    ("version", "path", "body"),
    [
        (Version(1, 5), "/tokens/zone-ingress", {"zone": "z", "validFor": "1h"}),
        (Version(1, 8), "/tokens/zone", {"zone": "z", "scope": ["ingress"], "validFor": "1h"}),
        (None, "/tokens/zone", {"zone": "z", "scope": ["ingress"], "validFor": "1h"}),
    ],
)
def test_a_zone_s_ingress_had_a_path_of_its_own(
    version: Version | None, path: str, body: dict[str, Any]
) -> None:
    order = ZoneToken(zone="z", scope=("ingress",), valid_for="1h")
    asked = tokens.request("prod", order, version)
    assert asked == Request("POST", path, asked.body)
    assert json.loads(asked.body or b"") == body


REFUSED: list[tuple[str, str, type[MeshgateError], str]] = [
    ("2.14.3", "05-access/anonymous-token-dataplane", Forbidden, "call with the token of one"),
    ("2.14.3", "05-access/anonymous-token-user", Forbidden, "(action not allowed)"),
    ("2.14.3", "05-access/localhost-not-admin/token-user", Forbidden, "its administrators alone"),
    ("2.14.3", "06-tokens/dataplane-unknown-mesh", NotFound, "there is no such mesh"),
    ("2.14.3", "06-tokens/dataplane-no-mesh", BadUserInput, "Invalid request"),
    ("2.14.3", "06-tokens/dataplane-bad-duration", BadUserInput, "Resource is not valid"),
    ("2.14.3", "06-tokens/dataplane-bad-json", BadUserInput, "answered 400"),
    ("2.14.3", "06-tokens/zone-no-scope", BadUserInput, "Invalid request"),
    ("2.14.3", "06-tokens/zone-ingress", Unsupported, "no such endpoint"),
    ("1.8.8", "06-tokens/user-no-valid-for", BadUserInput, "Invalid request"),
    ("1.1.6", "06-tokens/dataplane", Unsupported, "no such endpoint"),
]


@pytest.mark.parametrize(("version", "name", "error", "words"), REFUSED)
def test_a_refusal_says_what_to_do(
    version: str, name: str, error: type[MeshgateError], words: str
) -> None:
    with pytest.raises(error) as raised:
        tokens.token("prod", recording(version).one(name).answer())
    assert words in raised.value.message
    assert raised.value.upstream == "prod"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>log in</html>", b"a.b", b"a.b.c d", b'{"token": "a.b.c"}', b"\xff.\xff.\xff"],
)
def test_what_is_no_token_is_not_shown(body: bytes) -> None:
    with pytest.raises(BadResponse, match="cannot be read as a token") as raised:
        tokens.token("prod", Answer(200, {"content-type": "text/plain"}, body))
    assert not body or body.decode(errors="replace") not in raised.value.message


def test_a_token_of_which_nothing_can_be_read_is_one_without_an_end() -> None:
    made = tokens.token("prod", Answer(200, {}, b"abc.!!!!.def".replace(b"!", b"-")))
    assert made.expires_at is None


def test_a_token_that_is_printed_does_not_show_its_text() -> None:
    made = Token("abc.def.ghi", 5.0)
    assert "abc" not in f"{made} {made!r}"


async def test_a_token_is_asked_for_once() -> None:
    transport = Canned({"/tokens/user": Answer(503, {}, b"")})
    order = UserToken(name="a", valid_for="1h")
    with pytest.raises(MeshgateError):
        await kuma(transport).issue(order, operation())
    assert transport.paths().count("/tokens/user") == 1


async def test_the_end_of_a_token_is_read_from_it() -> None:
    exchange = recording("2.14.3").one("06-tokens/user")
    transport = Canned({"/tokens/user": exchange.answer()})
    made = await kuma(transport).issue(UserToken(name="a", valid_for="1h"), operation())
    assert made == msgspec.structs.replace(made, text=exchange.body, expires_at=1795327621.0)
