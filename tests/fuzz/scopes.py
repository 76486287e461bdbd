"""Which response keys an operation has at each place, so that what shares one can be merged."""

from dataclasses import dataclass, field
from typing import Self


@dataclass
class Taken:
    """A response key: the form that it has, and the fields of which types stand under it."""

    kind: str
    leaf: bool
    fields: set[tuple[str | None, str]]
    inner: "Scope"

    def fits(self, other: Self) -> bool:
        """Whether both can stand in one selection; a little stricter than GraphQL is.

        See https://spec.graphql.org/September2025/#sec-Field-Selection-Merging.
        """
        if self.kind != other.kind:
            return False
        for parent, called in self.fields:
            for another, wanted in other.fields:
                apart = self.leaf and None not in (parent, another) and parent != another
                if called != wanted and not apart:
                    return False
        return self.inner.fits(other.inner)


@dataclass
class Scope:
    """The response keys of one place."""

    taken: dict[str, Taken] = field(default_factory=dict)

    def fits(self, other: Self) -> bool:
        """Whether all that is asked there may be asked here too."""
        return all(
            mine.fits(theirs)
            for key, theirs in other.taken.items()
            if (mine := self.taken.get(key)) is not None
        )

    def take(self, other: Self) -> None:
        """Ask here for what is asked there; it has to fit."""
        for key, theirs in other.taken.items():
            mine = self.taken.get(key)
            if mine is None:
                mine = self.taken[key] = Taken(theirs.kind, theirs.leaf, set(), Scope())
            mine.fields |= theirs.fields
            mine.inner.take(theirs.inner)
