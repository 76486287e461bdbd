"""Where a text is found in a resource, and how good a find that is."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from gateway.model import references
from gateway.model.dataplanes import Dataplane
from gateway.model.origins import DISPLAY_NAME, ORIGIN
from gateway.model.policies import Policy
from gateway.model.resources import Resource
from gateway.model.services import ExternalService, MeshService
from gateway.model.tags import SERVICE

PLAIN: Final = frozenset((DISPLAY_NAME, ORIGIN, "kuma.io/mesh", "kuma.io/env"))
"""Labels that say again what a resource says elsewhere, or what all of a mesh do."""


class Rank(StrEnum):
    """How good a find is, the best first."""

    EXACT_NAME = "EXACT_NAME"
    NAME_PREFIX = "NAME_PREFIX"
    PART_OF_NAME = "PART_OF_NAME"
    LABEL_OR_TAG = "LABEL_OR_TAG"


ORDER: Final = {rank: place for place, rank in enumerate(Rank)}


class Place(StrEnum):
    """Where in a resource a text was found."""

    NAME = "NAME"
    DISPLAY_NAME = "DISPLAY_NAME"
    LABEL = "LABEL"
    TAG = "TAG"
    SERVICE = "SERVICE"


class Match(msgspec.Struct, frozen=True):
    """One place where a text was found; labels and tags have a key."""

    place: Place
    value: str
    key: str | None = None


class Find(msgspec.Struct, frozen=True):
    """A resource in which a text was found."""

    resource: Resource
    rank: Rank
    matches: tuple[Match, ...]

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """The best first, and among equals by where they stand."""
        key = self.resource.key
        return (ORDER[self.rank], key.upstream, key.mesh or "", key.name, key.kind)


def find(resource: Resource, text: str) -> Find | None:
    """Where a text, already in lower case, is found in a resource; None where it is not."""
    names = tuple(_names(resource, text))
    rank = min((_rank(one.value, text) for one in names), key=ORDER.__getitem__, default=None)
    matches = (*names, *_labels(resource, text), *_tags(resource, text))
    return Find(resource, rank or Rank.LABEL_OR_TAG, matches) if matches else None


def _rank(name: str, text: str) -> Rank:
    low = name.casefold()
    if low == text:
        return Rank.EXACT_NAME
    return Rank.NAME_PREFIX if low.startswith(text) else Rank.PART_OF_NAME


def _names(resource: Resource, text: str) -> Iterator[Match]:
    content = resource.content
    shown = content.labels.get(DISPLAY_NAME)
    if text in content.name.casefold():
        yield Match(Place.NAME, content.name)
    if shown and shown != content.name and text in shown.casefold():
        yield Match(Place.DISPLAY_NAME, shown)


def _labels(resource: Resource, text: str) -> Iterator[Match]:
    for key, value in resource.content.labels.items():
        if key not in PLAIN and _fits(key, value, text):
            yield Match(Place.LABEL, value, key)


def _tags(resource: Resource, text: str) -> Iterator[Match]:
    fitting = {pair for pair in _pairs(resource) if _fits(*pair, text)}
    for key, value in sorted(fitting):
        yield Match(Place.SERVICE if key == SERVICE else Place.TAG, value, key)


def _fits(key: str, value: str, text: str) -> bool:
    """Whether a text is a part of the value, or all of the key or of both together."""
    low, at = value.casefold(), key.casefold()
    return text in low or text in (at, f"{at}={low}", f"{at}:{low}")


def _pairs(resource: Resource) -> Iterable[tuple[str, str]]:
    """The tags that a resource has or chooses by, and as tags the services that a policy names."""
    content = resource.content
    match content:
        case Dataplane():
            return (pair for tags in content.tag_sets for pair in tags.items())
        case ExternalService():
            return content.tags.items()
        case MeshService():
            return content.spec.selector.dataplane_tags.items()
        case Policy():
            chosen = (*content.sources, *content.destinations, *content.selectors)
            named = ((SERVICE, name) for name in references.services(resource.raw))
            return (*(pair for one in chosen for pair in one.match.items()), *named)
    return ()
