"""Inputs → patches as NGINX Service Mesh wants them, all of it checked before anything is sent.

Source: PatchConfig of the API document of 1.7.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any, Final

from strawberry.utils.str_converters import to_camel_case

from gateway.errors import BadUserInput, Problem, Violation
from gateway.model.changes import JSONObject
from gateway.schema.nginx_service_mesh.inputs import Op, PatchMeshConfigInput
from gateway.upstreams.nginx_service_mesh.rules import LISTS

_NAMESPACE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
Check = Callable[[Any], str | None]
Leaf = tuple[tuple[str, ...], Any]


def _known(given: Enum) -> str | None:
    return None if given.value else "must be a value that the mesh knows, and UNKNOWN is none"


def _text(_: object) -> None:
    return None


def _pattern(pattern: str, wanted: str) -> Check:
    read = re.compile(pattern)
    return lambda given: None if read.fullmatch(given) else f"must be {wanted}, not {given[:40]!r}"


_hours: Final = _pattern(r"[1-9][0-9]{1,5}h", "hours from 24h to 999999h")


def _ca_ttl(given: str) -> str | None:
    told = _hours(given)
    if told is None and int(given[:-1]) < 24:
        return "must be 24h or more"
    return told


def _ratio(given: float) -> str | None:
    return None if 0 <= given <= 1 else f"must be from 0 to 1, not {given:g}"


def port(given: int) -> str | None:
    """What is wrong with a port; None where nothing is."""
    return None if 1 <= given <= 65535 else f"must be a port from 1 to 65535, not {given}"


def _host(given: str) -> str | None:
    return None if given.strip() else "must name a host"


def _namespaces(given: list[str]) -> str | None:
    wrong = next((one for one in given if not _NAMESPACE.fullmatch(one)), None)
    return None if wrong is None else f"{wrong[:40]!r} cannot be the name of a namespace"


CHECKS: Final[dict[tuple[str, ...], Check]] = {
    ("accessControlMode",): _known,
    ("clientMaxBodySize",): _pattern(r"[0-9]+[kKmMgG]?", "a size such as 1m or 64k"),
    ("enabledNamespaces",): _namespaces,
    ("injection", "isAutoInjectEnabled"): _text,
    ("injection", "enabledNamespaces"): _namespaces,
    ("injection", "disabledNamespaces"): _namespaces,
    ("isAutoInjectEnabled",): _text,
    ("loadBalancingMethod",): _known,
    ("mtls", "mode"): _known,
    ("mtls", "caTTL"): _ca_ttl,
    ("mtls", "svidTTL"): _pattern(r"[1-9][0-9]{0,5}[hm]", "hours or minutes such as 1h or 30m"),
    ("mtls", "caKeyType"): _known,
    ("nginxErrorLogLevel",): _known,
    ("nginxLogFormat",): _known,
    ("prometheusAddress",): _text,
    ("telemetry", "samplerRatio"): _ratio,
    ("telemetry", "exporters", "otlp", "host"): _host,
    ("telemetry", "exporters", "otlp", "port"): port,
    ("tracing", "sampleRate"): _ratio,
    ("tracing", "backend"): _known,
    ("tracing", "backendAddress"): _text,
}
"""Every field that may be changed, by its path as the mesh spells it, and what is wrong with it."""
_WIRE: Final = {
    tuple(to_camel_case(word).lower() for word in path if word != "exporters"): path
    for path in CHECKS
}
_EMPTY: Final = ("telemetry", "tracing")
"""What an empty object turns off."""


def patches(given: PatchMeshConfigInput) -> list[JSONObject]:
    """The body of a PATCH; raises BadUserInput with a path for everything that is wrong."""
    flaws: list[Violation] = []
    seen: list[tuple[Op, tuple[str, ...], Any]] = []
    made = []
    for at, patch in enumerate(given.patches):
        place = f"patches[{at}]"
        field: JSONObject = {}
        op = Op(patch.op)
        leaves = list(_leaves(patch.field, f"{place}.field"))
        for where, path, value in leaves:
            flaws += (Violation(where, told) for told in _wrong(path, value))
            flaws += (Violation(where, told) for told in _contradicts(op, path, value, seen))
            if not given.any_operation:
                flaws += (Violation(f"{place}.op", it) for it in _undocumented(op, path, where))
            _put(field, path, value.value if isinstance(value, Enum) else value)
        if not leaves:
            flaws.append(Violation(f"{place}.field", "changes nothing"))
        flaws += _twice(field, f"{place}.field")
        seen += ((op, path, value) for _, path, value in leaves)
        made.append({"op": op.value, "field": field})
    if not made:
        flaws.append(Violation("patches", "changes nothing"))
    refuse(flaws)
    return made


def refuse(flaws: Iterable[Violation]) -> None:
    """Raise BadUserInput where there are any."""
    found = tuple(dict.fromkeys(flaws))
    if found:
        told = "; ".join(f"{one.field} {one.reason}" for one in found)
        problem = Problem(title="the input cannot be used", invalid_parameters=found)
        raise BadUserInput(told, problem=problem)


def _leaves(given: Any, where: str) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """The members that were given: the place of each in the input, its path on the wire."""

    def walk(part: Any, words: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
        inner = [(key, value) for key, value in vars(part).items() if value is not None]
        if not inner and words:
            yield ".".join((where, *words)), words, {}
        for key, value in inner:
            names = (*words, to_camel_case(key))
            if hasattr(value, "__strawberry_definition__") and not isinstance(value, Enum):
                yield from walk(value, names)
            else:
                path = _WIRE[tuple(name.lower() for name in names)]
                yield ".".join((where, *names)), path, value

    return walk(given, ())


def _wrong(path: tuple[str, ...], value: Any) -> Iterator[str]:
    if value == {}:
        if path[-1] not in _EMPTY:
            yield "has nothing in it"
    elif told := CHECKS[path](value):
        yield told


def _undocumented(op: Op, path: tuple[str, ...], where: str) -> Iterator[str]:
    if op is not Op.REPLACE and path[-1] not in LISTS:
        yield (
            f"{op.name} is documented for namespaces alone; use REPLACE for "
            f"{where.partition('.field.')[2]}, or set anyOperation"
        )


def _contradicts(
    op: Op, path: tuple[str, ...], value: Any, seen: list[tuple[Op, tuple[str, ...], Any]]
) -> Iterator[str]:
    if op is Op.ADD and value == []:
        yield "an empty list adds nothing"
    for before, other, held in seen:
        if _subject(other) != _subject(path):
            continue
        if op is before is Op.REPLACE and value != held:
            yield "is replaced by two different values"
        if {op, before} == {Op.ADD, Op.REMOVE} and isinstance(value, list):
            both = sorted(set(value) & set(held))
            if both:
                yield f"{', '.join(both)} is both added and removed"


def _subject(path: tuple[str, ...]) -> tuple[str, ...]:
    """What a field is about: what stands by itself may stand in `injection` as well."""
    return path[1:] if path[0] == "injection" else path


def _twice(field: JSONObject, where: str) -> Iterator[Violation]:
    """What is said by itself and in `injection`, and not alike."""
    nested = field.get("injection") or {}
    for name in ("isAutoInjectEnabled", "enabledNamespaces"):
        if name in field and name in nested and field[name] != nested[name]:
            yield Violation(f"{where}.injection.{name}", f"differs from {name} beside it")


def _put(into: JSONObject, path: tuple[str, ...], value: Any) -> None:
    for word in path[:-1]:
        into = into.setdefault(word, {})
    into[path[-1]] = value
