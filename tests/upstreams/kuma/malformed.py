"""Bodies that no control plane should send: real ones that were tampered with, and mere bytes."""

import functools
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from gateway.model.kinds import Kind
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import recording

VERSIONS = ("0.7.3", "1.1.6", "1.8.8", "2.14.3", "3.0.0-dev")
Path = tuple[str | int, ...]

LITERALS: tuple[bytes, ...] = (
    *(b"null", b"true", b"false", b'""', b"[]", b"{}", b"[null]", b'{"":null}', b'{"name":null}'),
    *(b"0", b"-1", b"1.5", b"-0.0", b"2147483647", b"2147483648", b"-2147483649", b"1e3"),
    *(
        b"18446744073709551616",
        b"1" + b"0" * 400,
        b"1" + b"0" * 5000,
        b"1e999",
        b"NaN",
        b"-Infinity",
    ),
    *(b'"3"', b'"1e400"', b'"' + b"9" * 5000 + b'"', b'"Levitating"', b'"0001-01-01T00:00:00Z"'),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\xff\xfe"', b'"\xed\xa0\x80"', b'"\\u0000"', b'"\x00"'),
    *(b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    *(b"[" * 900 + b"]" * 900, b'{"a":' * 700 + b"1" + b"}" * 700),
    *(b"'", b"", b"//", b'{"a":1,"a":2}', b"[1,]"),
)
"""What may stand in the place of any value, as it is on the wire."""

_MARK = "\ue000{}\ue000"


@functools.cache
def items(kind: str, *, overview: bool = False) -> tuple[dict[str, Any], ...]:
    """What the recorded control planes hold of a kind; an envelope and nothing else is none."""
    found = []
    for version in VERSIONS:
        recorded = recording(version)
        for snapshot in (recorded.snapshot, recorded.snapshot_global):
            for path in paths(KINDS[kind], overview=overview):
                found += (snapshot.get(path) or {}).get("items", [])
    return tuple(found)


def paths(kind: Kind, *, overview: bool) -> tuple[str, ...]:
    """The paths under which the versions list a kind over all meshes."""
    roots = (kind.path, *((kind.former_path[1],) if kind.former_path else ()))
    ends = ("/_overview", "+insights") if overview else ("",)
    return tuple(f"/{root}{end}" for root in roots for end in ends)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value, the whole of it first."""
    yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from places(one, (*path, key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from places(one, (*path, at))


def put(value: Any, path: Path, new: Any) -> Any:
    """The same JSON value with another one in one place."""
    if not path:
        return new
    key, *rest = path
    if isinstance(value, dict):
        return value | {key: put(value[key], tuple(rest), new)}
    return [put(one, tuple(rest), new) if at == key else one for at, one in enumerate(value)]


def without(value: Any, path: Path) -> Any:
    """The same JSON value without what stands in one place."""
    if len(path) == 1:
        if isinstance(value, dict):
            return {key: one for key, one in value.items() if key != path[0]}
        return [one for at, one in enumerate(value) if at != path[0]]
    key, *rest = path
    if isinstance(value, dict):
        return value | {key: without(value[key], tuple(rest))}
    return [without(one, tuple(rest)) if at == key else one for at, one in enumerate(value)]


@st.composite
def tampered(draw: st.DrawFn, value: Any) -> bytes:
    """A JSON value of which one or two places hold something else, or nothing."""
    literals: list[bytes] = []
    for _ in range(draw(st.integers(1, 2))):
        found = list(places(value))
        path = found[draw(st.integers(0, len(found) - 1))]
        if path and draw(st.sampled_from(["put", "put", "drop"])) == "drop":
            value = without(value, path)
        else:
            value = put(value, path, _MARK.format(len(literals)))
            literals.append(draw(st.sampled_from(LITERALS)))
    body = json.dumps(value, ensure_ascii=False).encode()
    for at, literal in enumerate(literals):
        body = body.replace(f'"{_MARK.format(at)}"'.encode(), literal)
    return body


@st.composite
def damaged(draw: st.DrawFn, value: Any) -> bytes:
    """A JSON value cut short, or with some bytes of it replaced."""
    body = json.dumps(value, ensure_ascii=False).encode()
    begin = draw(st.integers(0, len(body)))
    if draw(st.booleans()):
        return body[:begin]
    return body[:begin] + draw(st.binary(max_size=4)) + body[begin + draw(st.integers(0, 4)) :]


def broken(value: Any) -> st.SearchStrategy[bytes]:
    """Bodies like a JSON value, and bodies like nothing."""
    anything = st.one_of(st.binary(max_size=40), st.sampled_from(LITERALS))
    return st.one_of(tampered(value), tampered(value), damaged(value), anything)
