"""Kubernetes quantities: `2969m` is 2.969, `1Ki` is 1024, `12e6` is twelve million."""

import re
from decimal import Decimal
from typing import Final

_QUANTITY: Final = re.compile(
    r"([+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))"
    r"(?:([eE][+-]?[0-9]{1,3})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)"
)
_SUFFIXES: Final = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}


def quantity(found: str | float | None) -> float | None:
    """The number that a quantity stands for; None where it is none.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    if found is None:
        return None
    read = _QUANTITY.fullmatch(str(found))
    if read is None:
        return None
    number, exponent, suffix = read.groups()
    if exponent:
        return float(Decimal(number + exponent))
    return float(Decimal(number) * _SUFFIXES[suffix or ""])
