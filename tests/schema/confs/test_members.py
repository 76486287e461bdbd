from typing import Annotated, Any

import msgspec
import pytest

from gateway.model.confs.parts import Duration, Empty
from gateway.model.policies import TagSelector
from gateway.model.resources import Int32, Wire
from gateway.schema.confs.members import Member, Shape, members


class Held(Wire, frozen=True):
    """Members of every shape."""

    one: Annotated[Int32 | None, "One."] = None
    needed: Annotated[str, "Needed."] = ""
    several: Annotated[tuple[Int32, ...], "Several."] = ()
    some_parts: Annotated[tuple[TagSelector, ...], "Parts."] = ()
    pairs: Annotated[dict[str, str], "Pairs."] = msgspec.field(default_factory=dict)
    keyed: Annotated[dict[str, TagSelector], "Keyed."] = msgspec.field(default_factory=dict)
    there: Annotated[Empty | None, "There."] = None
    open: Annotated[Any, "Open."] = None
    turned: Annotated[TagSelector | tuple[Duration, ...] | None, "Turned."] = None


class Silent(Wire, frozen=True):
    """A member that says not what it is."""

    said: str = ""


@pytest.mark.parametrize(
    ("name", "wire", "shape", "leaf", "optional"),
    [
        ("one", "one", Shape.ONE, int, True),
        ("needed", "needed", Shape.ONE, str, False),
        ("several", "several", Shape.MANY, int, False),
        ("some_parts", "someParts", Shape.MANY, TagSelector, False),
        ("pairs", "pairs", Shape.KEYED, str, False),
        ("keyed", "keyed", Shape.KEYED, TagSelector, False),
        ("there", "there", Shape.ONE, Empty, True),
        ("open", "open", Shape.ONE, Any, True),
        ("turned", "turned", Shape.ONE, TagSelector, True),
    ],
)
def test_a_member_is_what_its_annotation_says(
    name: str, wire: str, shape: Shape, leaf: Any, optional: bool
) -> None:
    [found] = [one for one in members(Held) if one.name == name]
    text = f"{name.removeprefix('some_').capitalize()}."
    assert found == Member(name, wire, wire, text, shape, leaf, optional)


def test_the_tags_of_a_selector_are_called_tags() -> None:
    [found] = members(TagSelector)
    assert (found.name, found.wire, found.shown) == ("match", "match", "tags")


def test_a_member_without_a_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Silent\.said has no text"):
        members(Silent)
