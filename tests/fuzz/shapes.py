"""Views of decoded Structs, whose fields are expressions of all the shapes that a plan reads."""

# Some of them say what they do not return.
# mypy: disable-error-code="return-value,no-any-return,union-attr,arg-type"

from enum import Enum
from typing import Annotated, Any, NewType, TypeVar

import msgspec
import strawberry

from gateway.upstreams.narrowing import narrowed

BigInt = NewType("BigInt", int)
Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
T = TypeVar("T")


class Wire(msgspec.Struct, frozen=True, gc=False):
    """A part of a body."""


class Tip(Wire, frozen=True):
    """The innermost."""

    text: str = ""
    number: Int32 = 0
    big: int = 0
    ratio: float = 0.0
    there: bool | None = None
    colour: str = "red"

    @property
    def shouted(self) -> str:
        """Its text, louder."""
        return self.text.upper()


class Twig(Wire, frozen=True):
    """What holds tips."""

    tip: Tip | None = None
    tips: tuple[Tip, ...] = ()
    tags: dict[str, str] = {}
    names: list[str | None] = []
    rows: tuple[tuple[Int32, ...], ...] = ()

    @property
    def first(self) -> Tip:
        """A tip in any case."""
        return self.tip or Tip(text="none")

    @property
    def loud(self) -> list[str]:
        """What some tips say."""
        if not self.tips:
            return ["silence"]
        found = [one.shouted for one in self.tips if one.text]
        return [*found, self.first.text] if self.tip else found


class Content(Wire, frozen=True):
    """What a shape shows."""

    name: str
    twig: Twig | None = None
    other: Twig = Twig()
    label: str | None = None


BODIES = (
    b'{"name": "empty"}',
    b'{"name": "", "label": "", "twig": {}}',
    b'{"name": "small", "label": "l", "twig": {"tip": {"text": "t", "number": 3, "there": false}}}',
    b'{"name": "big", "other": {"tip": {"big": 4294967296, "ratio": 1e300, "there": true},'
    b' "tips": [{"text": "a", "number": 2}, {}, {"text": "b", "colour": "blue", "big": 9}],'
    b' "tags": {"b": "2", "a": "1"}, "names": ["x", null, "y"], "rows": [[1, 2], [], [3]]}}',
    b'{"name": "odd", "label": "mauve", "twig": {"tips": [{"colour": "mauve"}], "names": [null],'
    b' "tags": {"kind": "tip"}}, "other": {"tip": {"text": "x", "colour": "green"}}}',
)


@strawberry.enum
class Hue(Enum):
    RED = "red"
    BLUE = "blue"
    GREEN = 3


HUES = {"red": Hue.RED, "blue": Hue.BLUE, "green": Hue.GREEN}
WORDS = ("zero", "one", "two", "three")


def first_of(one: T | None, other: T) -> T:
    """The first that is something."""
    return one or other


def hue(colour: str) -> Hue | None:
    """The hue of this name, where it has one."""
    return HUES[colour] if colour in HUES else HUES.get("none")


def size_of(twig: Twig | None) -> int:
    """How much is there, in several steps."""
    if twig is None:
        return -1
    found = twig.tip
    if found is None:
        return len(twig.tips)
    elif found.text == "x":
        number = found.number + 10
    else:
        number = found.number
    return number * 2


def depth(number: int) -> int:
    """A function that calls itself."""
    return 0 if number <= 0 else 1 + depth(number - 1)


@strawberry.type
class Pair:
    key: str
    value: str | None


@strawberry.type
class Leaf:
    tip: strawberry.Private[Tip]
    mark: str | None = None

    @strawberry.field
    def text(self) -> str | None:
        return self.tip.text or None

    @strawberry.field
    def must_text(self) -> str:
        return self.tip.text or None

    @strawberry.field
    def number(self) -> int:
        return self.tip.number

    @strawberry.field
    def big(self) -> int | None:
        return self.tip.big

    @strawberry.field
    def must_big(self) -> int:
        return self.tip.big

    @strawberry.field
    def bigger(self) -> BigInt:
        return BigInt(self.tip.big)

    @strawberry.field
    def ratio(self) -> float | None:
        return self.tip.ratio * self.tip.ratio

    @strawberry.field
    def there(self) -> bool | None:
        return self.tip.there

    @strawberry.field
    def must_there(self) -> bool:
        return self.tip.there

    @strawberry.field
    def hue(self) -> Hue | None:
        return hue(self.tip.colour)

    @strawberry.field
    def must_hue(self) -> Hue:
        return HUES[self.tip.colour]

    @strawberry.field
    def word(self) -> str | None:
        return WORDS[self.tip.number]

    @strawberry.field
    def depth(self) -> int:
        return depth(self.tip.number)

    @staticmethod
    def quoted(tip: Tip) -> str:
        """A text in quotes."""
        return f"<{tip.text}|{tip.number:>3}>"

    @strawberry.field
    def title(self) -> str:
        return self.quoted(self.tip)


@strawberry.interface
class Shown:
    content: strawberry.Private[Content]

    @property
    def twig(self) -> Twig:
        """The twig that counts."""
        return self.content.twig or self.content.other

    @property
    def kind(self) -> str:
        """What it is; each says it for itself."""
        return "shown"

    @strawberry.field
    def name(self) -> str:
        return self.content.name

    @strawberry.field
    def says(self) -> str:
        return f"{self.kind} {self.content.name!r}"

    @strawberry.field
    def label(self) -> str | None:
        return self.content.label

    @strawberry.field
    def upper(self) -> str:
        return (self.content.name + (self.content.label or "-")).upper()

    @strawberry.field
    def part(self) -> str | None:
        return (self.content.name + "abc")[1:3] if self.content.label is None else None

    @strawberry.field
    def label_of_label(self) -> str | None:
        found = self.content.label
        if not found:
            return None
        return first_of(found, self.content.name)

    @strawberry.field
    def both(self) -> bool:
        return bool(self.content.label) and not self.content.twig

    @strawberry.field
    def size(self) -> int:
        return size_of(self.content.twig)

    @strawberry.field
    def sizes(self) -> list[int]:
        return [size_of(one) for one in (self.content.twig, self.content.other)]


@strawberry.type
class Shape(Shown):
    @property
    def kind(self) -> str:
        """A shape."""
        return "shape" if self.content.twig is None else f"shape of {len(self.twig.tips)}"

    @strawberry.field
    def leaf(self) -> Leaf | None:
        return Leaf(tip=self.twig.tip, mark=self.content.name) if self.twig.tip else None

    @strawberry.field
    def must_leaf(self) -> Leaf:
        return Leaf(tip=self.twig.tip) if self.twig.tip else None

    @strawberry.field
    def any_leaf(self) -> Leaf:
        return Leaf(tip=self.twig.first, mark=first_of(self.content.label, "unmarked"))

    @strawberry.field
    def leaves(self) -> list[Leaf]:
        return [
            Leaf(tip=one, mark=one.shouted)
            for one in self.twig.tips
            if one.text or one.big
            if one.shouted != "A"
        ]

    @strawberry.field
    def maybe_leaves(self) -> list[Leaf | None] | None:
        if self.content.twig is None:
            return None
        return [Leaf(tip=one) if one.text else None for one in self.content.twig.tips]

    @strawberry.field
    def pairs(self) -> list[Pair]:
        return [Pair(key=key, value=self.twig.tags[key]) for key in sorted(self.twig.tags)]

    @strawberry.field
    def backwards(self) -> list[Pair]:
        return [Pair(key=k, value=v) for k, v in sorted(self.twig.tags.items(), reverse=True)]

    @strawberry.field
    def tag(self) -> str | None:
        return self.twig.tags["kind"] if "kind" in self.twig.tags else self.twig.tags.get("a")

    @strawberry.field
    def must_tag(self) -> str:
        return self.twig.tags["kind"]

    @strawberry.field
    def names(self) -> list[str | None]:
        return self.twig.names

    @strawberry.field
    def must_names(self) -> list[str] | None:
        return self.twig.names

    @strawberry.field
    def rows(self) -> list[list[int]]:
        return list(self.twig.rows)

    @strawberry.field
    def sums(self) -> list[int]:
        return [sum(one + len(row) for one in row) for row in self.twig.rows if any(row)]

    @strawberry.field
    def loud(self) -> list[str]:
        return self.twig.loud

    @strawberry.field
    def shadowed(self) -> list[str]:
        name = self.content.name
        return [name for name in (name, name[:1]) if name]

    @strawberry.field
    def text(self) -> str | None:
        tip = self.content.twig.tip if self.content.twig is not None else None
        return tip.text if tip is not None and tip.number else None

    @strawberry.field
    def unguarded(self) -> str | None:
        return self.content.twig.tip.text

    @strawberry.field
    def must_unguarded(self) -> int:
        return self.content.twig.tip.number

    @strawberry.field
    def peer(self) -> Shown | None:
        return Round(content=self.content) if self.content.label else None

    @strawberry.field
    def itself(self) -> "Shape":
        return Shape(content=self.content)


@strawberry.type
class Round(Shown):
    @strawberry.field
    def leaf(self) -> Leaf:
        return Leaf(tip=self.twig.first)


def decoded(info: strawberry.Info[Any, None], type_name: str) -> list[Content]:
    """The contents, of each as much as a plan says that it reads."""
    told = getattr(info._raw_info, "reads", None)
    found = told(type_name) if told else None
    kind: Any = Content
    if found is not None and not any(("content",)[: len(path)] == path for path in found):
        kind = narrowed(Content, {path[1:] for path in found if path[0] == "content"})
    return [msgspec.json.decode(body, type=kind) for body in BODIES]
