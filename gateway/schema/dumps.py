"""What proxies and their control planes dump, without the secrets in it."""

from typing import Any, Final

import msgspec

from gateway.schema.masks import MASK

HIDDEN: Final = frozenset(
    (
        "privateKey",
        "private_key",
        "privateKeyProvider",
        "private_key_provider",
        "password",
        "sessionTicketKeys",
        "session_ticket_keys",
        "genericSecret",
        "generic_secret",
        "initialMetadata",
        "initial_metadata",
        "accessToken",
        "access_token",
    )
)
"""Envoy's members that hold keys, passwords and tokens, in both of its spellings."""


def without_secrets(value: Any, *, hidden: bool = False) -> Any:
    """A dump with every text below a member that holds a secret replaced.

    Of a patch, that is the value whose path leads to one.
    """
    if isinstance(value, dict):
        steps = set(str(value.get("path", "")).split("/")) if "op" in value else set()
        patched = hidden or not HIDDEN.isdisjoint(steps)
        return {
            key: without_secrets(
                one, hidden=hidden or key in HIDDEN or (patched and key == "value")
            )
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(one, hidden=hidden) for one in value]
    return MASK if hidden and isinstance(value, str) else value


def shown(raw: msgspec.Raw | None) -> Any:
    """A dump as clients see it: its very bytes where nothing in it could be a secret."""
    if raw is None:
        return None
    text = bytes(raw)
    # A name may be escaped in JSON, and then it hides from a look at the bytes.
    if b"\\u" not in text and not any(name.encode() in text for name in HIDDEN):
        return msgspec.Raw(text)
    return without_secrets(msgspec.json.decode(text))
