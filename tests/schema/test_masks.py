import json
from typing import Any

import msgspec
import pytest

from gateway.errors import BadResponse, BadUserInput
from gateway.model.kinds import Kind
from gateway.model.resources import Resource, Stored
from gateway.schema import masks
from gateway.schema.masks import MASK
from gateway.upstreams.kuma.kinds import KINDS

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----"
PATHS = [
    pytest.param(kind, path, id=f"{kind.name} {path}")
    for kind in KINDS.values()
    for path in kind.masks
]
KEPT = [
    {"secret": "ca-key"},
    {"file": "/etc/ca.key"},
    {"type": "Secret", "secretRef": {"kind": "Secret", "name": "ca-key"}},
    {"type": "File", "file": {"path": "/etc/ca.key"}},
    {"type": "EnvVar", "envVar": {"name": "CA_KEY"}},
    {},
    None,
    7,
]
HIDDEN = [
    ({"inline": "LS0t"}, {"inline": MASK}),
    ({"inlineString": KEY}, {"inlineString": MASK}),
    (
        {"type": "InsecureInline", "insecureInline": {"value": KEY}},
        {"type": "InsecureInline", "insecureInline": {"value": MASK}},
    ),
    ({"inline": {"value": KEY}}, {"inline": {"value": MASK}}),
    ({"later": [{"pem": KEY}, KEY]}, {"later": [{"pem": MASK}, MASK]}),
    (KEY, MASK),
    ([KEY], [MASK]),
]


def resource(kind: Kind, **members: Any) -> Resource:
    meta = {"type": kind.name, "mesh": "m", "name": "x"}
    body = json.dumps(meta | members, indent=1).encode()
    return Resource("prod", kind, Stored(name="x", mesh="m"), msgspec.Raw(body))


def placed(path: str, value: Any) -> dict[str, Any]:
    """A body that has a value at a path; a list has it twice."""
    step, _, rest = path.partition(".")
    inner = placed(rest, value) if rest else value
    return {step.removesuffix("[]"): [inner, inner] if step.endswith("[]") else inner}


def plain(shown: Any) -> Any:
    return json.loads(msgspec.json.encode(shown))


def content(kind: Kind, body: dict[str, Any]) -> Any:
    """What `spec` shows of a body."""
    return body["spec"] if kind.plugin else body


def test_private_keys_are_masked_wherever_kuma_keeps_them() -> None:
    assert {kind.name: kind.masks for kind in KINDS.values() if kind.masks} == {
        "Mesh": ("mtls.backends[].conf.key", "mtls.ca.provided"),
        "ExternalService": ("networking.tls.clientKey",),
        "MeshExternalService": ("spec.tls.verification.clientKey",),
        "MeshGateway": ("conf.listeners[].tls.certificates[]",),
        "MeshIdentity": ("spec.provider.bundled.ca.privateKey",),
    }


@pytest.mark.parametrize(("kind", "path"), PATHS)
@pytest.mark.parametrize(("value", "shown"), HIDDEN)
def test_a_private_key_is_shown_neither_in_raw_nor_in_spec(
    kind: Kind, path: str, value: Any, shown: Any
) -> None:
    found = resource(kind, **placed(path, value))
    masked = placed(path, shown)
    assert plain(masks.spec(found)) == content(kind, masked)
    meta = {"type": kind.name, "mesh": "m", "name": "x"}
    assert plain(masks.raw(found)) == meta | masked
    assert b"PRIVATE" not in msgspec.json.encode([masks.raw(found), masks.spec(found)])


@pytest.mark.parametrize(("kind", "path"), PATHS)
@pytest.mark.parametrize("value", KEPT, ids=str)
def test_where_a_key_is_to_be_found_is_no_secret(kind: Kind, path: str, value: Any) -> None:
    found = resource(kind, **placed(path, value))
    assert plain(masks.spec(found)) == content(kind, placed(path, value))


@pytest.mark.parametrize(("kind", "path"), PATHS)
@pytest.mark.parametrize("odd", [None, "text", 7, [], {}, [None, [], "text"], {"key": KEY}])
def test_what_leads_to_no_key_is_shown_as_it_is(kind: Kind, path: str, odd: Any) -> None:
    head, *steps = (step.removesuffix("[]") for step in path.split("."))
    body: dict[str, Any] = {head: {steps[0]: odd}} if not kind.plugin else {"spec": {"x": odd}}
    assert plain(masks.spec(resource(kind, **body))) == content(kind, body)


def test_a_certificate_beside_the_key_is_shown() -> None:
    conf = {"cert": {"inlineString": "PEM"}, "key": {"inlineString": KEY}}
    backends = [{"name": "ca", "type": "provided", "conf": conf}, {"name": "b", "type": "builtin"}]
    shown = plain(masks.raw(resource(KINDS["Mesh"], mtls={"backends": backends})))
    assert shown["mtls"]["backends"][0]["conf"] == {
        "cert": {"inlineString": "PEM"},
        "key": {"inlineString": MASK},
    }
    assert shown["mtls"]["backends"][1] == {"name": "b", "type": "builtin"}


def test_what_has_nothing_to_hide_is_shown_byte_for_byte() -> None:
    found = resource(KINDS["Retry"], conf={"http": {"numRetries": 3}})
    assert masks.raw(found) is found.raw


@pytest.mark.parametrize("kind", ["Secret", "GlobalSecret"])
def test_a_secret_shows_all_but_its_data(kind: str) -> None:
    found = resource(KINDS[kind], data="c2VjcmV0", creationTime="2026-11-21T09:15:41Z")
    assert plain(masks.raw(found)) == {
        "type": kind,
        "mesh": "m",
        "name": "x",
        "creationTime": "2026-11-21T09:15:41Z",
    }


META: dict[str, Any] = {
    "creationTime": "2026-11-21T09:15:41Z",
    "modificationTime": "2026-11-21T09:15:41Z",
    "labels": {"a": "b"},
    "kri": "kri_x",
    "snis": [],
    "status": {},
}


@pytest.mark.parametrize(
    ("kind", "members", "spec"),
    [
        ("MeshTimeout", {"spec": {"to": []}, "status": {}}, {"to": []}),
        ("MeshTimeout", {}, {}),
        ("MeshTimeout", {"spec": None}, {}),
        ("Retry", {"sources": [], "conf": {"http": {}}}, {"sources": [], "conf": {"http": {}}}),
        ("Retry", {}, {}),
        ("Workload", {"spec": {}, "status": {"a": 1}}, {}),
        ("MeshService", {"spec": {"ports": []}}, {"ports": []}),
        ("ExternalService", {"tags": {}}, {"tags": {}}),
        ("ZoneIngress", {"networking": {}}, {"networking": {}}),
    ],
)
def test_a_spec_is_spelled_alike_wherever_the_body_keeps_it(
    kind: str, members: dict[str, Any], spec: Any
) -> None:
    assert plain(masks.spec(resource(KINDS[kind], **META | members))) == spec


def test_the_spec_of_a_kind_that_no_row_declares_is_its_spec_or_all_of_it() -> None:
    unknown = msgspec.structs.replace(KINDS["ZoneIngress"], name="Levitation", masks=())
    assert plain(masks.spec(resource(unknown, spec={"a": 1}, later=2))) == {"a": 1}
    assert plain(masks.spec(resource(unknown, a=1))) == {"a": 1}


@pytest.mark.parametrize(
    "literal",
    [b"1e999", b"1" + b"0" * 5000, b'"\xff"', b'"\\ud800"', b"NaN", b"[" * 9999 + b"]" * 9999],
    ids=["too large", "too long", "no text", "surrogate", "no number", "deep"],
)
def test_what_cannot_be_masked_is_not_shown_at_all(literal: bytes) -> None:
    body = b'{"name":"x","mtls":{"backends":[{"conf":{"key":%b}}]}}' % literal
    found = Resource("prod", KINDS["Mesh"], Stored(name="x"), msgspec.Raw(body))
    for show in (masks.raw, masks.spec):
        with pytest.raises(BadResponse, match="prod: the answer cannot be shown as a Mesh"):
            show(found)


@pytest.mark.parametrize(
    "body",
    [
        MASK,
        f"x {MASK}",
        {"a": MASK},
        [[MASK]],
        {"mtls": {"backends": [{"conf": {"key": {"inline": MASK}}}]}},
    ],
)
def test_a_mask_is_never_written_over_what_it_stands_for(body: Any) -> None:
    with pytest.raises(BadUserInput, match="the input contains a masked private key"):
        masks.refuse_mask(body)


@pytest.mark.parametrize("body", [None, 1, "masked", {"a": ["by meshgate"]}, {MASK: 1}])
def test_what_is_no_mask_may_be_written(body: Any) -> None:
    masks.refuse_mask(body)
