"""For whom a policy speaks, which decides whose wins."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from gateway.schema.enums import enum

_LABEL: Final = "kuma.io/policy-role"


class Role(StrEnum):
    """The values of the label, as Kuma writes them."""

    SYSTEM = "system"
    PRODUCER = "producer"
    CONSUMER = "consumer"
    WORKLOAD_OWNER = "workload-owner"


PolicyRole = enum(
    Role,
    "PolicyRole",
    "For whom a policy speaks; a later role wins over an earlier one.",
    {
        "SYSTEM": "The mesh's operator.",
        "PRODUCER": "Who offers the service that it is for.",
        "CONSUMER": "Who calls the service that it is for.",
        "WORKLOAD_OWNER": "Who owns the proxies that it is for.",
    },
)


def role(labels: Mapping[str, str]) -> Role | None:
    """The role that a policy's labels give it."""
    word = labels.get(_LABEL)
    return next((one for one in Role if one.value == word), None)
