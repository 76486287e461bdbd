"""Certificates as they are given to us: PEM, checked before anything is sent; no text is told."""

import binascii
import re
from base64 import b64decode
from typing import Any, Final

from gateway.model.changes import JSONObject
from gateway.upstreams.nginx_instance_manager.problems import refused

_PEM: Final = re.compile(
    r"-----BEGIN (?P<label>[A-Z0-9 ]+)-----\s+(?P<body>.+?)\s*-----END (?P=label)-----", re.DOTALL
)
_HEADERS: Final = re.compile(r"(?:Proc-Type|DEK-Info):[^\n]*\n")
_LABELS: Final = {
    "publicCert": re.compile("(?:TRUSTED |X509 )?CERTIFICATE"),
    "caCerts": re.compile("(?:TRUSTED |X509 )?CERTIFICATE"),
    "privateKey": re.compile("(?:[A-Z0-9]+ )?PRIVATE KEY"),
}
_WHAT: Final = {"publicCert": "a certificate", "caCerts": "certificates", "privateKey": "a key"}


def details(body: JSONObject) -> dict[str, Any]:
    """The part of a certificate's body that holds the certificate and its key."""
    found = body.get("certPEMDetails")
    return found if isinstance(found, dict) else {}


def secrets(body: JSONObject) -> list[str]:
    """The texts that nobody may see again: the key whole and line by line, and its password."""
    found = details(body)
    key = str(found.get("privateKey") or "")
    lines = [line for line in key.splitlines() if len(line) > 8 and not line.startswith("-----")]
    return [one for one in (key, str(found.get("password") or ""), *lines) if one]


def checked(body: JSONObject) -> JSONObject:
    """The same body; raises BadUserInput where what it calls PEM is none."""
    found = details(body)
    if found.get("type", "PEM") == "PEM":
        for field in ("publicCert", "privateKey"):
            if found.get(field) is not None:
                _check(field, found[field])
        for one in found.get("caCerts") or ():
            _check("caCerts", one)
    return body


def _check(field: str, text: Any) -> None:
    blocks = list(_PEM.finditer(text)) if isinstance(text, str) else []
    if not blocks or not all(_is_der(one["body"]) for one in blocks):
        raise refused(field, f"must be {_WHAT[field]} in PEM, and what is given is not")
    # A key may come with its parameters; a certificate with a key would show that to everybody.
    enough = any if field == "privateKey" else all
    if not enough(bool(_LABELS[field].fullmatch(one["label"])) for one in blocks):
        raise refused(
            field, f"must be {_WHAT[field]}, and the PEM that is given has something else"
        )


def _is_der(body: str) -> bool:
    text = "".join(_HEADERS.sub("", body).split())
    try:
        return bool(b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False
