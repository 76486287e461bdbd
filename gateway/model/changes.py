"""Writes as values: what a mutation makes and an upstream's requests spell."""

from enum import StrEnum
from typing import Any

import msgspec

from gateway.model.resources import ResourceKey

JSONObject = dict[str, Any]


class Apply(msgspec.Struct, frozen=True):
    """Create or replace a resource (PUT); the body is all of it, as the upstream spells it.

    `encoded` is the body as JSON, where it has been encoded already.
    """

    key: ResourceKey
    body: JSONObject
    encoded: bytes | None = None


class Delete(msgspec.Struct, frozen=True):
    """Remove a resource (DELETE)."""

    key: ResourceKey


Change = Apply | Delete


class Outcome(StrEnum):
    """What a write did."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    ACCEPTED = "ACCEPTED"


class Written(msgspec.Struct, frozen=True):
    """What an upstream said to a write that it accepted."""

    outcome: Outcome
    warnings: tuple[str, ...] = ()
