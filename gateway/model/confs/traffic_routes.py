"""Where the traffic of old goes: by tags."""

from typing import Annotated

from msgspec.structs import force_setattr

from gateway.model.confs.parts import Connections, Count, Empty
from gateway.model.resources import Int32, Wire


class WeightedDestination(Wire, frozen=True):
    """A part of the traffic, and to whom it goes."""

    weight: Annotated[Int32 | None, "Its share, beside the weights of the others."] = None
    destination: Annotated[dict[str, str], "The tags of those to whom it goes."] = {}


class StringMatcher(Wire, frozen=True):
    """How a text is compared: in one of these ways."""

    prefix: Annotated[str | None, "It begins with this."] = None
    exact: Annotated[str | None, "It is this."] = None
    regex: Annotated[str | None, "It fits this RE2 expression."] = None


class TrafficRouteMatch(Wire, frozen=True):
    """Which HTTP requests are meant: all that holds of them."""

    method: Annotated[StringMatcher | None, "The method."] = None
    path: Annotated[StringMatcher | None, "The path."] = None
    headers: Annotated[dict[str, StringMatcher], "Headers by their names."] = {}


class RegexReplacement(Wire, frozen=True):
    """A text made of another by an expression."""

    pattern: Annotated[str | None, "The RE2 expression."] = None
    substitution: Annotated[str | None, "What replaces it; `\\1` is its first group."] = None


class TrafficRoutePathChange(Wire, frozen=True):
    """How a request's path is changed: in one of these ways."""

    rewrite_prefix: Annotated[str | None, "What replaces the prefix that was matched."] = None
    regex: Annotated[RegexReplacement | None, "An expression that makes it anew."] = None


class TrafficRouteHostChange(Wire, frozen=True):
    """How a request's host is changed: in one of these ways."""

    value: Annotated[str | None, "The host."] = None
    from_path: Annotated[RegexReplacement | None, "An expression that takes it of the path."] = None


class AddedHeader(Wire, frozen=True):
    """A header that is added."""

    name: Annotated[str, "Its name."] = ""
    value: Annotated[str, "Its value."] = ""
    append: Annotated[bool | None, "Whether one that is there stays beside it."] = None


class RemovedHeader(Wire, frozen=True):
    """A header that is taken away."""

    name: Annotated[str, "Its name."] = ""


class TrafficRouteHeaderChanges(Wire, frozen=True):
    """How headers are changed."""

    add: Annotated[tuple[AddedHeader, ...], "Headers that are added."] = ()
    remove: Annotated[tuple[RemovedHeader, ...], "Headers that are taken away."] = ()


class TrafficRouteChanges(Wire, frozen=True):
    """How requests and their responses are changed."""

    path: Annotated[TrafficRoutePathChange | None, "The request's path."] = None
    host: Annotated[TrafficRouteHostChange | None, "The request's host."] = None
    request_headers: Annotated[TrafficRouteHeaderChanges | None, "The request's headers."] = None
    response_headers: Annotated[TrafficRouteHeaderChanges | None, "The response's headers."] = None


class TrafficRouteHttp(Wire, frozen=True):
    """Some HTTP requests, how they are changed and where they go."""

    match: Annotated[TrafficRouteMatch | None, "Which requests."] = None
    modify: Annotated[TrafficRouteChanges | None, "How they are changed."] = None
    split: Annotated[tuple[WeightedDestination, ...], "Where they go, in parts."] = ()
    destination: Annotated[dict[str, str], "The tags of those to whom all of them go."] = {}


class LeastRequest(Wire, frozen=True):
    """The less busy of some endpoints chosen by chance."""

    choice_count: Annotated[Int32 | None, "How many are chosen from; 2 if left out."] = None


class RingHash(Wire, frozen=True):
    """Endpoints on a ring by their hash."""

    hash_function: Annotated[str | None, "XX_HASH, MURMUR_HASH_2, …"] = None
    min_ring_size: Annotated[Count | None, "The least size of the ring."] = None
    max_ring_size: Annotated[Count | None, "The largest size of the ring."] = None


class TrafficRouteLoadBalancer(Wire, frozen=True):
    """How endpoints are chosen: in one of these ways."""

    round_robin: Annotated[Empty | None, "One after another."] = None
    least_request: Annotated[LeastRequest | None, "The less busy of some."] = None
    ring_hash: Annotated[RingHash | None, "By a hash on a ring."] = None
    random: Annotated[Empty | None, "By chance."] = None
    maglev: Annotated[Empty | None, "By a Maglev hash."] = None


class TrafficRouteConf(Wire, frozen=True):
    """Where traffic to the destinations goes."""

    split: Annotated[tuple[WeightedDestination, ...], "Where it goes, in parts."] = ()
    destination: Annotated[dict[str, str], "The tags of those to whom all of it goes."] = {}
    load_balancer: Annotated[TrafficRouteLoadBalancer | None, "How endpoints are chosen."] = None
    http: Annotated[
        tuple[TrafficRouteHttp, ...], "HTTP requests that go elsewhere; the first that fits wins."
    ] = ()


class TrafficRoute(Connections, frozen=True):
    """The body of a TrafficRoute; in 0.x `conf` is the list that became `split`."""

    conf: Annotated[
        TrafficRouteConf | tuple[WeightedDestination, ...] | None,
        "Where traffic to the destinations goes.",
    ] = None

    def __post_init__(self) -> None:
        if isinstance(self.conf, tuple):
            force_setattr(self, "conf", TrafficRouteConf(split=self.conf))
