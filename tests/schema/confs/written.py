"""Bodies as control planes take them ↔ the typed input that says the same."""

from typing import Any

from hypothesis import strategies as st

from gateway.model.confs.parts import Count, Duration, Empty, Percent
from gateway.model.resources import Wire
from gateway.schema.confs.members import Member, Shape, members

KEYS = st.text("abc/.-", min_size=1, max_size=4)
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=5),
    bool: st.booleans(),
    int: st.integers(0, 2**31 - 1),
    float: st.integers(0, 100) | st.sampled_from([0.5, 62.5]),
    Duration: st.sampled_from(["0s", "5s", "1h30m", "500ms", "1.5s"]),
    Count: st.integers(0, 2**40),
    Percent: st.integers(0, 100) | st.sampled_from(["50.5", "0.25"]),
    Empty: st.just({}),
}


def bodies(part: type[Wire]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies that a Struct may be read from, in the form that control planes prefer."""
    needed = {one.wire: _values(one) for one in members(part) if _is_needed(one)}
    others = {one.wire: _values(one) for one in members(part) if not _is_needed(one)}
    return st.fixed_dictionaries(needed, optional=others)


def as_given(part: type[Wire], body: dict[str, Any]) -> dict[str, Any]:
    """The typed input of a body, as variables."""
    return {one.shown: _given(one, body[one.wire]) for one in members(part) if one.wire in body}


def _is_needed(member: Member) -> bool:
    return member.shape is Shape.ONE and not member.optional


def _values(member: Member) -> st.SearchStrategy[Any]:
    part = member.part
    values = LEAVES[member.leaf] if part in {None, Empty} else bodies(member.leaf)
    match member.shape:
        case Shape.MANY:
            return st.lists(values, max_size=2)
        case Shape.KEYED:
            return st.dictionaries(KEYS, values, max_size=2)
        case Shape.ONE:
            return values


def _given(member: Member, value: Any) -> Any:
    match member.shape:
        case Shape.MANY:
            return [_one(member, one) for one in value]
        case Shape.KEYED:
            return [{"key": key, "value": _one(member, one)} for key, one in value.items()]
        case Shape.ONE:
            return _one(member, value)


def _one(member: Member, value: Any) -> Any:
    if member.leaf is Empty:
        return True
    if member.part is not None:
        return as_given(member.part, value)
    if member.leaf is Count:
        return str(value)
    return float(value) if member.leaf is Percent else value
