"""What the confs of several kinds share."""

from typing import Annotated, NewType

import msgspec

from gateway.model.policies import TagSelector, TargetRef
from gateway.model.resources import Int32, Wire

Duration = NewType("Duration", str)
"""A Go duration such as `5s` or `1h30m`, as the control plane writes it."""

Count = NewType("Count", int)
"""A number that may be larger than 31 bits; protobuf JSON writes some of them as text."""

Percent = NewType("Percent", float)
"""What Kubernetes calls int-or-string: a whole number, or a decimal one in a text."""


class Empty(Wire, frozen=True):
    """A message without members: that it is there is all that it says."""


class Connections(Wire, frozen=True):
    """What is said of connections: whose, and to whom."""

    sources: Annotated[tuple[TagSelector, ...], "Whose outgoing traffic it is for."] = ()
    destinations: Annotated[tuple[TagSelector, ...], "Traffic to whom it is for."] = ()


class Proxies(Wire, frozen=True):
    """What is said of dataplanes: which."""

    selectors: Annotated[tuple[TagSelector, ...], "Which dataplanes it is for."] = ()


class Targeting(Wire, frozen=True):
    """What is said of the proxies that a reference means."""

    target_ref: Annotated[
        TargetRef | None, "Which proxies it is for; the whole mesh if left out."
    ] = None


class Target(Wire, frozen=True):
    """One entry of `to` or `from`: the other side of the traffic."""

    target_ref: Annotated[
        TargetRef | None, "The other side: who is called in `to`, who calls in `from`."
    ] = None


class BackendRef(TargetRef, frozen=True):
    """Where traffic goes, and how much of it."""

    weight: Annotated[Int32 | None, "Its share, beside the weights of the others."] = None
    port: Annotated[Int32 | None, "The port of a MeshService."] = None


class ValueMatch(Wire, frozen=True):
    """A value, and how it is compared."""

    type: Annotated[str, "Exact, Prefix, PathPrefix, RegularExpression, …"] = ""
    value: Annotated[str, "What it is compared with."] = ""


class NamedMatch(Wire, frozen=True):
    """A header or a parameter by its name, and how its value is compared."""

    name: Annotated[str, "Its name."] = ""
    type: Annotated[
        str | None, "Exact, Present, RegularExpression, Absent, Prefix; Exact if left out."
    ] = None
    value: Annotated[str | None, "What its value is compared with."] = None


class InboundMatch(Wire, frozen=True):
    """Which traffic into a proxy is meant: all that holds of it."""

    spiffe_id: Annotated[ValueMatch | None, "The identity of the client."] = msgspec.field(
        name="spiffeID", default=None
    )
    sni: Annotated[ValueMatch | None, "The server name that the client asks for in TLS."] = None


class Rule(Wire, frozen=True):
    """One entry of `rules`: traffic into the proxies."""

    matches: Annotated[
        tuple[InboundMatch, ...], "Traffic of which one of these holds; all of it if empty."
    ] = ()


class KeyValue(Wire, frozen=True):
    """A key and its value."""

    key: Annotated[str, "The key."] = ""
    value: Annotated[str, "The value."] = ""


class HeaderValue(Wire, frozen=True):
    """A header and its value."""

    name: Annotated[str, "The header's name."] = ""
    value: Annotated[str, "The header's value."] = ""


class HeaderModifier(Wire, frozen=True):
    """Changes to headers, one for each name."""

    set: Annotated[tuple[HeaderValue, ...], "Headers that replace those of their name."] = ()
    add: Annotated[tuple[HeaderValue, ...], "Headers that come beside those of their name."] = ()
    remove: Annotated[tuple[str, ...], "Names of headers that are taken away."] = ()


class BackOff(Wire, frozen=True):
    """Intervals between attempts, each longer than the one before."""

    base_interval: Annotated[Duration | None, "The first interval."] = None
    max_interval: Annotated[Duration | None, "The longest interval."] = None


class Rate(Wire, frozen=True):
    """How many in which time."""

    num: Annotated[Count | None, "How many are taken."] = None
    interval: Annotated[Duration | None, "The time in which they are counted."] = None


class NamedBackend(Wire, frozen=True):
    """One of the mesh's backends."""

    backend: Annotated[
        str | None, "The name of a backend of the mesh; its default one if left out."
    ] = None


class DataSource(Wire, frozen=True):
    """Where data is: one of these; a private key's own text is masked."""

    secret: Annotated[str | None, "The name of a secret that holds it."] = None
    file: Annotated[str | None, "The path of a file that holds it."] = None
    inline: Annotated[str | None, "The data itself, in base64."] = None
    inline_string: Annotated[str | None, "The data itself, as text."] = None
