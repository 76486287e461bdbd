"""Variables laid over a file: `MESHGATE_SERVER__PORT` is `[server] port`."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway.settings.flaws import joined
from gateway.settings.tables import Variable

PREFIX: Final = "MESHGATE_"
CONFIG: Final = "MESHGATE_CONFIG"

_ALTERNATIVES: Final = (
    frozenset({"token", "token_file", "token_env"}),
    frozenset({"password", "password_file", "password_env"}),
)


class Overlay(msgspec.Struct, frozen=True):
    """What the variables did: which one gave which path, and the upstreams that they made."""

    variables: Mapping[str, str]
    made: Mapping[str, str]


def env_name(upstream: str) -> str:
    """An upstream's name as variables spell it."""
    return upstream.upper().replace("-", "_")


def variable(path: str) -> str:
    """The variable of a setting; NAME stands for an upstream's name."""
    return PREFIX + path.upper().replace("UPSTREAMS[]", "UPSTREAMS.NAME").replace(".", "__")


def overlay(document: dict[str, Any], environ: Mapping[str, str]) -> Overlay:
    """Put the value of each variable into the document, making upstreams that it does not have."""
    variables: dict[str, str] = {}
    made: dict[str, str] = {}
    for name in sorted(environ):
        # Kubernetes sets MESHGATE_PORT and the like where a Service is called meshgate.
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        keys = name.removeprefix(PREFIX).lower().split("__")
        table: Any = document
        path = ""
        if keys[0] == "upstreams":
            table, path, keys = _upstream(document, "__".join(keys[1:]), made)
        for key in keys[:-1]:
            path = joined(path, key)
            table = table.setdefault(key, {}) if isinstance(table, dict) else None
        if isinstance(table, dict):
            _put(table, keys[-1], Variable(name, environ[name]))
            variables[joined(path, keys[-1])] = name
    return Overlay(variables=variables, made=made)


def _put(table: dict[str, Any], key: str, value: Variable) -> None:
    for group in _ALTERNATIVES:
        for other in group - {key} if key in group else ():
            if not isinstance(table.get(other), Variable):
                table.pop(other, None)
    table[key] = value


def _upstream(
    document: dict[str, Any], rest: str, made: dict[str, str]
) -> tuple[Any, str, list[str]]:
    upstreams = document.setdefault("upstreams", [])
    if not isinstance(upstreams, list) or not all(isinstance(each, dict) for each in upstreams):
        return None, "", [rest]
    places = {
        env_name(each["name"]).lower(): at
        for at, each in enumerate(upstreams)
        if isinstance(each.get("name"), str)
    }
    known = max((name for name in places if rest.startswith(f"{name}__")), key=len, default=None)
    if known is None:
        known = rest.split("__")[0]
        places[known] = len(upstreams)
        upstreams.append({"name": known.replace("_", "-"), "product": "kuma"})
        made[f"upstreams[{places[known]}]"] = known
    at = places[known]
    return upstreams[at], f"upstreams[{at}]", rest[len(known) :].lstrip("_").split("__")
