"""Settings from a file, variables and the command line; no other file reads the environment."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from gateway.settings.environment import CONFIG, overlay
from gateway.settings.flaws import Flaw, InvalidSettings
from gateway.settings.rows import walk
from gateway.settings.rules import check
from gateway.settings.tables import Reading
from gateway.settings.values import AuthSettings, KubernetesSettings, Settings

T = TypeVar("T", AuthSettings, KubernetesSettings)

_SENDABLE: Final = MappingProxyType(
    {"token": re.compile(r"[!-~]+"), "password": re.compile(r"[^\x00-\x1f\x7f]+")}
)


def load(
    path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    kuma: Sequence[str] = (),
) -> Settings:
    """The settings in force; raises InvalidSettings with everything that is wrong with them.

    `path` stands before the variable MESHGATE_CONFIG; `kuma` are URLs of more control planes.
    """
    chosen = path or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    text, document = _read(chosen) if chosen else ("", {})
    _add(document, kuma)
    laid = overlay(document, environ)
    homes = {row.key: path for path, row in walk(Settings)}
    reading = Reading(str(chosen or ""), text, laid.variables, homes)
    settings = reading.struct(Settings, document)
    check(settings, reading, laid)
    upstreams = tuple(
        msgspec.structs.replace(
            each,
            auth=_resolved(each.auth, environ, reading, f"upstreams[{at}].auth"),
            kubernetes=_resolved(each.kubernetes, environ, reading, f"upstreams[{at}].kubernetes"),
        )
        for at, each in enumerate(settings.upstreams)
        if not reading.wrong(f"upstreams[{at}].product")
    )
    if reading.flaws:
        raise InvalidSettings(reading.flaws)
    return msgspec.structs.replace(settings, upstreams=upstreams)


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        reason, line = f"cannot be read: {(error.strerror or 'unknown reason').lower()}", None
    except UnicodeDecodeError:
        reason, line = "is not text in UTF-8", None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        reason = str(error)[: place.start()] if place else str(error)
        line = int(place[1]) if place and place[1] else max(len(text.splitlines()), 1)
        reason = f"is not TOML: {reason[:1].lower()}{reason[1:]}"
    raise InvalidSettings([Flaw("", reason, place=f"{path}:{line}" if line else str(path))])


def _add(document: dict[str, Any], kuma: Sequence[str]) -> None:
    upstreams = document.setdefault("upstreams", [])
    if not isinstance(upstreams, list):
        return
    taken = [each.get("name") for each in upstreams if isinstance(each, dict)]
    names = (f"kuma-{number}" for number in count(1))
    if len(kuma) == 1 and "kuma" not in taken:
        names = (name for name in ("kuma",))
    free = (name for name in names if name not in taken)
    for url, name in zip(kuma, free, strict=False):
        upstreams.append({"name": name, "product": "kuma", "url": url})


def _resolved(table: T, environ: Mapping[str, str], reading: Reading, path: str) -> T:
    """A table with the secrets in it that variables hold."""
    for secret in _SENDABLE.keys() & set(table.__struct_fields__):
        key, value = f"{path}.{secret}", getattr(table, secret)
        if (named := getattr(table, f"{secret}_env")) is not None:
            key, value = f"{key}_env", environ.get(named, "").strip()
            if not value:
                reading.flag_once(key, f"names the variable {named}, which is not set")
                continue
            table = msgspec.structs.replace(table, **{secret: value})
        if value is not None and not _SENDABLE[secret].fullmatch(value):
            reading.flag_once(key, "is empty, or has a character that no header can carry")
    return table
