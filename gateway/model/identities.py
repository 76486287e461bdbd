"""Who an upstream takes a caller for."""

import msgspec


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A name and groups, None and none where the version does not tell.

    `by_host` says that whoever calls from where this gateway is would be its administrator, with no
    credential or any.
    """

    name: str | None = None
    groups: tuple[str, ...] = ()
    administrator: bool = False
    by_host: bool = False
