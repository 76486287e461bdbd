"""Writes that Instance Manager has and no other product, as values."""

import msgspec

from gateway.model.changes import JSONObject
from gateway.model.resources import ResourceKey


class Create(msgspec.Struct, frozen=True):
    """Make a thing whose name its maker gives it (POST)."""

    kind: str
    body: JSONObject


class Patch(msgspec.Struct, frozen=True):
    """Change what the body names of a thing (PATCH)."""

    key: ResourceKey
    body: JSONObject


class Publish(msgspec.Struct, frozen=True):
    """Give an instance or a group another configuration, which takes its time (POST)."""

    key: ResourceKey
    body: JSONObject


class Scan(msgspec.Struct, frozen=True):
    """Look for NGINX in a network (POST)."""

    body: JSONObject


Order = Create | Patch | Publish | Scan
