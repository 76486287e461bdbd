"""How often a failed request is tried again."""

from typing import Annotated

from gateway.model.confs.parts import (
    BackOff,
    Connections,
    Count,
    Duration,
    NamedMatch,
    Target,
    Targeting,
)
from gateway.model.resources import Int32, Wire


class GrpcRetry(Wire, frozen=True):
    """How often a failed call is tried again, and when."""

    num_retries: Annotated[Int32 | None, "How often."] = None
    per_try_timeout: Annotated[Duration | None, "How long one attempt may take."] = None
    back_off: Annotated[BackOff | None, "The intervals between attempts."] = None
    retry_on: Annotated[tuple[str, ...], "After which failures."] = ()


class HttpRetry(GrpcRetry, frozen=True):
    """How often a failed request is tried again, and when."""

    retriable_status_codes: Annotated[tuple[Int32, ...], "After which statuses."] = ()
    retriable_methods: Annotated[tuple[str, ...], "Of which methods; of all if empty."] = ()


class TcpRetry(Wire, frozen=True):
    """How often a connection is attempted."""

    max_connect_attempts: Annotated[Int32 | None, "How often at most."] = None


class RetryConf(Wire, frozen=True):
    """How often traffic to the destinations is tried again."""

    http: Annotated[HttpRetry | None, "Of HTTP."] = None
    tcp: Annotated[TcpRetry | None, "Of TCP."] = None
    grpc: Annotated[GrpcRetry | None, "Of gRPC."] = None


class Retry(Connections, frozen=True):
    """The body of a Retry."""

    conf: Annotated[RetryConf | None, "How often it is tried again."] = None


class ResetHeader(Wire, frozen=True):
    """A header that tells when to try again."""

    name: Annotated[str, "Its name."] = ""
    format: Annotated[str | None, "Seconds or UnixTimestamp."] = None


class RateLimitedBackOff(Wire, frozen=True):
    """The intervals between attempts where the other side limits rates."""

    max_interval: Annotated[Duration | None, "The longest interval."] = None
    reset_headers: Annotated[
        tuple[ResetHeader, ...], "Headers that tell it; the first that is there."
    ] = ()


class MeshGrpcRetry(GrpcRetry, frozen=True):
    """How often a failed call is tried again, and when."""

    rate_limited_back_off: Annotated[
        RateLimitedBackOff | None, "The intervals where the other side limits rates."
    ] = None


class HostSelection(Wire, frozen=True):
    """Which endpoints an attempt leaves out."""

    predicate: Annotated[str, "OmitPreviousHosts, OmitHostsWithTags or OmitPreviousPriorities."] = (
        ""
    )
    tags: Annotated[dict[str, str], "The tags of those left out."] = {}
    update_frequency: Annotated[
        Int32 | None, "After how many attempts priorities are weighed anew."
    ] = None


class MeshHttpRetry(MeshGrpcRetry, frozen=True):
    """How often a failed request is tried again, and when."""

    retriable_request_headers: Annotated[
        tuple[NamedMatch, ...], "Only requests with one of these."
    ] = ()
    retriable_response_headers: Annotated[
        tuple[NamedMatch, ...], "After responses with one of these."
    ] = ()
    host_selection: Annotated[
        tuple[HostSelection, ...], "Which endpoints an attempt leaves out."
    ] = ()
    host_selection_max_attempts: Annotated[
        Count | None, "How often another endpoint is looked for."
    ] = None


class MeshTcpRetry(Wire, frozen=True):
    """How often a connection is attempted."""

    max_connect_attempt: Annotated[Int32 | None, "How often at most."] = None


class MeshRetryConf(Wire, frozen=True):
    """How often traffic is tried again."""

    http: Annotated[MeshHttpRetry | None, "Of HTTP."] = None
    tcp: Annotated[MeshTcpRetry | None, "Of TCP."] = None
    grpc: Annotated[MeshGrpcRetry | None, "Of gRPC."] = None


class MeshRetryTarget(Target, frozen=True):
    """How often traffic to one destination is tried again."""

    default: Annotated[MeshRetryConf | None, "How often."] = None


class MeshRetry(Targeting, frozen=True):
    """The spec of a MeshRetry."""

    to: Annotated[tuple[MeshRetryTarget, ...], "Of traffic to these."] = ()
