"""What reading the bodies of all products takes: JSON that may have nulls, or be none at all."""

from typing import Any, Final, TypeVar

import msgspec

from gateway.errors import BadResponse
from gateway.upstreams.base import Answer

MALFORMED: Final = (msgspec.DecodeError, RecursionError, UnicodeError)
"""What decoding raises on a body that does not fit; msgspec.ValidationError is among them."""

T = TypeVar("T")


def without_nulls(value: Any) -> Any:
    """The same JSON value without the members that are null: Go writes null for what is empty."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


def forgiving(decoder: msgspec.json.Decoder[T], body: bytes | msgspec.Raw) -> T:
    """A body as its decoder reads it; a second, slower look forgives nulls.

    Raises what MALFORMED names.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError:
        value = without_nulls(msgspec.json.decode(body))
        return decoder.decode(msgspec.json.encode(value))


def is_text(body: bytes) -> bool:
    """Whether a body is valid UTF-8 throughout."""
    if body.isascii():
        return True
    try:
        str(body, "utf-8")
    except UnicodeError:
        return False
    return True


def document(upstream: str, answer: Answer) -> msgspec.Raw:
    """A body of which only that it is JSON matters."""
    try:
        msgspec.json.decode(answer.body)
    except MALFORMED as error:
        raise unreadable(upstream, "a document", answer) from error
    return msgspec.Raw(answer.body)


def unreadable(upstream: str, what: str, answer: Answer | None = None) -> BadResponse:
    """The error for a body that cannot be read as what was asked for."""
    media = answer.headers.get("content-type", "").split(";")[0] if answer else ""
    came = f" ({media})" if media and media != "application/json" else ""
    return BadResponse(
        f"{upstream}: the answer cannot be read as {what}{came}",
        upstream=upstream,
        status=answer.status if answer else None,
    )
