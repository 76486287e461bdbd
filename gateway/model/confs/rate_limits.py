"""How many requests or connections are taken in an interval."""

from typing import Annotated

import msgspec

from gateway.model.confs.parts import (
    Connections,
    Count,
    Duration,
    HeaderModifier,
    Rate,
    Rule,
    Target,
    Targeting,
)
from gateway.model.resources import Int32, Wire


class RateLimitHeader(Wire, frozen=True):
    """A header of the answer to a request too many."""

    key: Annotated[str, "Its name."] = ""
    value: Annotated[str, "Its value."] = ""
    append: Annotated[bool | None, "Whether one that is there stays beside it."] = None


class OnRateLimit(Wire, frozen=True):
    """The answer to a request too many."""

    status: Annotated[Int32 | None, "Its status; 429 if left out."] = None
    headers: Annotated[tuple[RateLimitHeader, ...], "Headers that it carries."] = ()


class HttpRateLimit(Wire, frozen=True):
    """How many requests are taken in an interval."""

    requests: Annotated[Count | None, "How many."] = None
    interval: Annotated[Duration | None, "The interval."] = None
    on_rate_limit: Annotated[OnRateLimit | None, "The answer to one too many."] = None


class RateLimitConf(Wire, frozen=True):
    """How many requests of the sources are taken."""

    http: Annotated[HttpRateLimit | None, "Of HTTP."] = None


class RateLimit(Connections, frozen=True):
    """The body of a RateLimit."""

    conf: Annotated[RateLimitConf | None, "How many requests are taken."] = None


class MeshOnRateLimit(Wire, frozen=True):
    """The answer to a request too many."""

    status: Annotated[Int32 | None, "Its status; 429 if left out."] = None
    headers: Annotated[HeaderModifier | None, "Headers that it carries."] = None


class LocalHttpRateLimit(Wire, frozen=True):
    """How many requests one proxy takes."""

    disabled: Annotated[bool | None, "Whether there is no limit."] = None
    request_rate: Annotated[Rate | None, "How many in which time."] = None
    on_rate_limit: Annotated[MeshOnRateLimit | None, "The answer to one too many."] = None


class LocalTcpRateLimit(Wire, frozen=True):
    """How many connections one proxy takes."""

    disabled: Annotated[bool | None, "Whether there is no limit."] = None
    connection_rate: Annotated[Rate | None, "How many in which time."] = None


class LocalRateLimit(Wire, frozen=True):
    """How much one proxy takes."""

    http: Annotated[LocalHttpRateLimit | None, "Of HTTP."] = None
    tcp: Annotated[LocalTcpRateLimit | None, "Of TCP."] = None


class MeshRateLimitConf(Wire, frozen=True):
    """How much is taken."""

    local: Annotated[LocalRateLimit | None, "By each proxy for itself."] = None


class MeshRateLimitTarget(Target, frozen=True):
    """How much is taken of traffic with the other side."""

    default: Annotated[MeshRateLimitConf | None, "How much."] = None


class MeshRateLimitRule(Rule, frozen=True):
    """How much is taken of traffic into the proxies."""

    default: Annotated[MeshRateLimitConf | None, "How much."] = None


class MeshRateLimit(Targeting, frozen=True):
    """The spec of a MeshRateLimit."""

    to: Annotated[tuple[MeshRateLimitTarget, ...], "Of traffic to these."] = ()
    from_: Annotated[tuple[MeshRateLimitTarget, ...], "Of traffic from these; until 3.0."] = (
        msgspec.field(name="from", default=())
    )
    rules: Annotated[tuple[MeshRateLimitRule, ...], "Of traffic into the proxies."] = ()
