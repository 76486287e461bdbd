"""Finding resources of all kinds by a text, the best finds first."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final, TypeAlias

import strawberry

from gateway.errors import BadUserInput, MeshgateError
from gateway.model.finding import Find, Match, Place, Rank, find
from gateway.model.kinds import Noun, Scope
from gateway.model.pages import Page
from gateway.schema.collecting import of_kind, pages, present
from gateway.schema.connections import page_size
from gateway.schema.context import Info, asks
from gateway.schema.dataplanes import NEED_INSIGHT
from gateway.schema.described import described
from gateway.schema.enums import enum
from gateway.schema.failures import Failure, failure
from gateway.schema.federation import Federation
from gateway.schema.origins import OriginFilter
from gateway.schema.resources import Resource
from gateway.schema.views import view
from gateway.schema.waiting import outcomes
from gateway.schema.zones import ZONE_NEEDS_INSIGHT
from gateway.upstreams.base import Adapter

UNASKED: Final = frozenset((Noun.SECRET, Noun.INSIGHT))
"""What is not searched: secrets never, insights only where their kinds are named."""
NEEDS: Final = {"Dataplane": NEED_INSIGHT, "Zone": ZONE_NEEDS_INSIGHT}
"""The fields for which a kind is read together with its insight."""
MOST_TEXT: Final = 253
"""How long a name can be, and so a text that is looked for."""

Text: TypeAlias = Annotated[
    str, strawberry.argument(description="What to look for; capital letters make no difference.")
]
Kinds: TypeAlias = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Of these kinds alone, by the upstream's own words; all but secrets and "
        "insights if left out."
    ),
]
WhichOrigin: TypeAlias = Annotated[
    OriginFilter | None, strawberry.argument(description="Conditions on where it was made.")
]

enum(
    Rank,
    "SearchRank",
    "How good a find is, the best first.",
    {
        "EXACT_NAME": "The text is its name, or its display name.",
        "NAME_PREFIX": "Its name begins with the text.",
        "PART_OF_NAME": "The text is somewhere in its name.",
        "LABEL_OR_TAG": "The text is in a label, in a tag or in the name of a service it names.",
    },
)
enum(
    Place,
    "SearchPlace",
    "Where in a resource a text was found.",
    {
        "NAME": "In the name under which it is stored.",
        "DISPLAY_NAME": "In the name that people gave it.",
        "LABEL": "In a label.",
        "TAG": "In a tag that it has, or by which it chooses.",
        "SERVICE": "In the name of a service: that it is, or that it chooses or refers to.",
    },
)


@described
@strawberry.type
class SearchMatch:
    """One place where the text was found."""

    place: Place = strawberry.field(description="Where in the resource that is.")
    key: str | None = strawberry.field(description="The key of the label or the tag.")
    value: str = strawberry.field(description="What it was found in.")


@described
@strawberry.type
class SearchResult:
    """A resource in which the text was found."""

    found: strawberry.Private[Find]

    @strawberry.field
    def node(self) -> Resource:
        """The resource."""
        return view(self.found.resource)  # type: ignore[no-any-return]

    @strawberry.field
    def rank(self) -> Rank:
        """How good a find it is."""
        return self.found.rank

    @strawberry.field
    def matches(self) -> list[SearchMatch]:
        """Where the text was found: in names first, then in labels, then in tags."""
        return [_shown(one) for one in self.found.matches]


def _shown(found: Match) -> SearchMatch:
    return SearchMatch(place=found.place, key=found.key, value=found.value)


@described
@strawberry.type
class SearchResults:
    """The resources in which a text was found, and what could not be searched."""

    results: list[SearchResult] = strawberry.field(description="The best of them, best first.")
    total_count: int = strawberry.field(description="How many there are.")
    failures: list[Failure] = strawberry.field(
        description="The control planes that were not searched, or in part, and why."
    )


async def search(
    info: Info,
    upstreams: Sequence[Adapter],
    text: str,
    kinds: Sequence[str] | None,
    mesh: str | None,
    origin: OriginFilter | None,
    first: int | None,
) -> SearchResults:
    """What a text is found in, of one list of each kind of which there is any."""
    size, wanted = page_size(info, first), lowered(text)
    asked = await outcomes([_lists(info, upstream, kinds, mesh) for upstream in upstreams])
    federation = Federation(upstreams, info.context.operation.viewer)
    finds: list[Find] = []
    failures: list[Failure] = []
    for upstream, lists in zip(upstreams, asked, strict=True):
        if isinstance(lists, MeshgateError):
            failures.append(failure(lists, upstream.name, info))
            continue
        rows = (row for page in lists for row in page.rows)
        kept = (row for row in rows if origin is None or origin.keeps(row, federation))
        finds += [one for row in kept if (one := find(row, wanted)) is not None]
        broken = (error for page in lists for error in page.broken)
        failures += [failure(error, upstream.name, info) for error in told_once(broken)]
    finds.sort(key=lambda one: one.order)
    return SearchResults(
        results=[SearchResult(found=one) for one in finds[:size]],
        total_count=len(finds),
        failures=failures,
    )


def lowered(text: str) -> str:
    """The text to look for; raises BadUserInput where there is none, or none that could be."""
    found = text.strip().casefold()
    if not found:
        raise BadUserInput("`text` is empty; say what to look for")
    if len(found) > MOST_TEXT:
        raise BadUserInput(f"`text` is longer than a name can be, which is {MOST_TEXT}")
    return found


def told_once(errors: Iterable[MeshgateError]) -> Iterable[MeshgateError]:
    """The errors but for what fails for every kind alike, which is told once."""
    return {(error.code, error.message): error for error in errors}.values()


async def _lists(
    info: Info, upstream: Adapter, kinds: Sequence[str] | None, mesh: str | None
) -> list[Page]:
    """One list of each kind that may be of interest; one that failed is an empty one with why."""
    names = kinds if kinds is not None else await _present(info, upstream, mesh)
    return await pages([_list(info, upstream, name, mesh) for name in dict.fromkeys(names)])


async def _present(info: Info, upstream: Adapter, mesh: str | None) -> list[str]:
    """The kinds of which there may be any, in a mesh or anywhere."""
    known = await upstream.control_plane(info.context.operation)
    listed = (one.kind for one in known.kinds.values() if not one.kind.unlisted)
    kinds = (kind for kind in listed if kind.noun not in UNASKED)
    wanted = [kind for kind in kinds if mesh is None or kind.scope is Scope.MESH]
    return [kind.name for kind in await present(info, upstream, known, wanted, mesh)]


async def _list(info: Info, upstream: Adapter, kind: str, mesh: str | None) -> list[Page]:
    overview = kind in NEEDS and asks(info, NEEDS[kind])
    return await of_kind(info, upstream, kind, mesh, overview=overview)
