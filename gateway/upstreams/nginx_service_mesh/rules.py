"""Which configurations NGINX Service Mesh refuses, foreseen before they are asked for.

Source: `CheckForInvalidConfig` of 1.7, in its order and its words. What each operation does to each
field is not published: a patch may be read in several ways, and is refused where all of them are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

import msgspec

from gateway.errors import Violation
from gateway.model.changes import JSONObject

LISTS: Final = frozenset(("enabledNamespaces", "disabledNamespaces"))
"""The fields for which the document says what each operation does."""
_SHARED: Final = ("isAutoInjectEnabled", "enabledNamespaces")
"""What stands both by itself and in `injection`."""


def flaw(config: Mapping[str, Any], *, circuit_breakers: bool = False) -> str | None:
    """What a mesh says against a configuration; None where it is accepted."""
    found = _broken(config, circuit_breakers)
    return found.told if found else None


def _broken(config: Mapping[str, Any], circuit_breakers: bool) -> "Rule | None":
    return next((rule for rule in RULES if rule.broken(config, circuit_breakers)), None)


def _part(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = config.get(name)
    return found if isinstance(found, Mapping) else {}


def _has_switch(config: Mapping[str, Any]) -> bool:
    # Before 1.6 the switch stands in `injection` alone, and the rules of that time are not known.
    return "isAutoInjectEnabled" in config


class Rule(msgspec.Struct, frozen=True):
    """What no configuration may be: how that is seen, what is said then, which fields it is of."""

    broken: Callable[[Mapping[str, Any], bool], bool]
    told: str
    fields: tuple[str, ...]


RULES: Final = (
    Rule(
        lambda it, _: bool(it.get("isAutoInjectEnabled") and it.get("enabledNamespaces")),
        "enabled namespaces should not be set when auto injection is enabled",
        ("enabledNamespaces", "isAutoInjectEnabled", "injection"),
    ),
    Rule(
        lambda it, _: (
            _has_switch(it)
            and not it["isAutoInjectEnabled"]
            and bool(_part(it, "injection").get("disabledNamespaces"))
        ),
        "disabled namespaces should not be set when auto injection is disabled",
        ("injection", "isAutoInjectEnabled"),
    ),
    Rule(
        lambda it, breakers: breakers and "random" in str(it.get("loadBalancingMethod")),
        "load balancing method cannot be random when CircuitBreaker resources exist",
        ("loadBalancingMethod",),
    ),
    Rule(
        lambda it, _: _says(it, "backendAddress") and not _says(it, "backend"),
        "if tracing.backendAddress is specified tracing.backend must also be specified",
        ("tracing",),
    ),
    Rule(
        lambda it, _: _says(it, "backendAddress") and bool(_part(it, "telemetry").get("exporters")),
        "tracing and telemetry cannot both be enabled. Either set 'tracing.isEnabled' to 'false', "
        "set 'tracing' to an empty object, or set 'telemetry' to an empty object",
        ("tracing", "telemetry"),
    ),
    Rule(
        lambda it, _: _says(it, "backend") and not _says(it, "backendAddress"),
        "if tracing.backend is specified tracing.backendAddress must also be specified",
        ("tracing",),
    ),
)


def _says(config: Mapping[str, Any], name: str) -> bool:
    return bool(_part(config, "tracing").get(name))


def foreseen(
    config: JSONObject, items: Sequence[JSONObject], *, circuit_breakers: bool = False
) -> Violation | None:
    """What a mesh will say against a patch, however it reads it; None where it may accept it.

    The field is the place in the patch at which the broken rule's fields were last given.
    """
    if not all(map(_known, items)):
        return None
    broken = [_broken(one, circuit_breakers) for one in readings(config, items)]
    rule = broken[0]
    if rule is None or None in broken:
        return None
    given = [
        f"patches[{at}].field.{name}"
        for at, item in enumerate(items)
        for name in rule.fields
        if name in item["field"]
    ]
    return Violation(given[-1] if given else "patches", rule.told)


def _known(item: JSONObject) -> bool:
    """Whether the document says what the operation does to each field of an item."""
    return item["op"] == "replace" or all(name in LISTS for name, _ in _leaves(item["field"]))


def _leaves(field: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in field.items():
        if isinstance(value, dict):
            yield from _leaves(value) if value else ((name, value),)
        else:
            yield name, value


def readings(config: JSONObject, items: Sequence[JSONObject]) -> Iterator[JSONObject]:
    """The configurations that a patch may lead to: objects merged or replaced, and what stands
    twice kept in step or not."""
    for merged in (True, False):
        for in_step in (True, False):
            found = deepcopy(config)
            for item in items:
                _apply(found, item["op"], item["field"], merged=merged)
                if in_step:
                    _keep_in_step(found, item["field"])
            yield found


def _apply(into: JSONObject, op: str, field: Mapping[str, Any], *, merged: bool) -> None:
    for name, value in field.items():
        if isinstance(value, dict):
            held = into.get(name)
            # A list in an object is added to, whatever becomes of the object's other members.
            keep = merged or op != "replace" or name == "injection"
            inner = dict(held) if keep and value and isinstance(held, dict) else {}
            _apply(inner, op, value, merged=merged)
            into[name] = inner
        elif isinstance(value, list):
            into[name] = listed(op, into.get(name) or [], value)
        else:
            into[name] = value


def listed(op: str, held: Sequence[str], given: Sequence[str]) -> list[str]:
    """A list after an operation: an empty one, removed or in its place, clears it."""
    if op == "replace" or (op == "remove" and not given):
        return list(given)
    if op == "remove":
        return [one for one in held if one not in given]
    return [*held, *(one for one in given if one not in held)]


def _keep_in_step(config: JSONObject, field: Mapping[str, Any]) -> None:
    nested = field.get("injection")
    for name in _SHARED:
        if name in field and isinstance(config.get("injection"), dict):
            config["injection"] = {**config["injection"], name: config[name]}
        elif isinstance(nested, dict) and name in nested and name in config:
            config[name] = config["injection"][name]
