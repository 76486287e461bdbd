"""What graphql-core says of a wrong input, without what was given: that may be a key."""

import re
from typing import Final

_PLAIN: Final = r"(?:true|false|null|None|-?[0-9.]{1,20})"
_FOUND: Final = re.compile(rf", found: (?!{_PLAIN}\.?\Z).*", re.DOTALL)
_VALUE: Final = re.compile(rf"( cannot represent [^:]*?value): (?!{_PLAIN}\Z).*", re.DOTALL)


def discreet(message: str) -> str:
    """The message with the value that it quotes left out, unless that is a number or the like."""
    return _VALUE.sub(r"\1", _FOUND.sub("", message))
