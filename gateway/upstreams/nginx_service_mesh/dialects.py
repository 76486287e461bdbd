"""What the generations of NGINX Service Mesh spell differently: a row per generation.

Source: the release notes of 1.3, 1.4 and 2.0.
"""

from typing import Final

import msgspec


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How a range of releases is asked, from `since` to the next row."""

    since: str
    """The generation, as the settings call it."""
    base: str
    """Where its API is below the server's root."""
    probe: str
    """What answers with 200 there and nowhere else."""
    rest: bool = True
    """Whether there is an API of its own; 2.0 has Kubernetes alone."""


DIALECTS: Final = (
    Dialect(
        since="1.4",
        base="/apis/nsm.nginx.com/v1alpha1",
        probe="/apis/nsm.nginx.com/v1alpha1",
    ),
    Dialect(since="1.3", base="/api", probe="/api/config"),
    Dialect(
        since="2.0",
        base="/apis/nsm.nginx.com/v1alpha2",
        probe="/apis/nsm.nginx.com/v1alpha2",
        rest=False,
    ),
)
"""In the order in which they are tried: 1.3's own server knows no `/apis`."""


def dialect(generation: str) -> Dialect:
    """How a generation is asked."""
    return next(row for row in DIALECTS if row.since == generation)


def tried(generation: str, url: str) -> tuple[Dialect, ...]:
    """The generations that an upstream may be of, by its settings and its URL's path."""
    if generation != "auto":
        return (dialect(generation),)
    ending = tuple(row for row in DIALECTS if url.rstrip("/").endswith(row.base))
    return ending or DIALECTS


def below(path: str, dialect: Dialect, url: str) -> str:
    """A path below the server's root as one below an upstream's URL, which may hold the base."""
    if url.rstrip("/").endswith(dialect.base):
        return path.removeprefix(dialect.base)
    return path
