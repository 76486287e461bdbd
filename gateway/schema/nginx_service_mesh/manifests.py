"""Whether a text is a manifest: Kubernetes objects as JSON, or as YAML of one document or many."""

from collections.abc import Iterator
from typing import Final

import msgspec

from gateway.errors import BadUserInput, Problem, Violation

MOST: Final = 512 * 2**10
"""The largest manifest, in bytes."""
VALUES: Final = 200_000
"""How many values a document may have once its aliases are written out."""
DEPTH: Final = 100
"""How deep a document may be nested."""
_NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))


def check(manifest: str) -> None:
    """Raise BadUserInput for what is no manifest, or too much of one; nothing of it is changed."""
    try:
        size = len(manifest.encode())
    except UnicodeEncodeError:
        raise _refused("has a character that cannot be sent") from None
    if size > MOST:
        raise _refused(f"has {size} bytes; {MOST} are the most")
    documents = _of_json(manifest) if manifest.lstrip()[:1] in ("{", "[") else _of_yaml(manifest)
    for number, keys in enumerate(documents, 1):
        if keys is None or not {"apiVersion", "kind"} <= keys:
            raise _refused(f"document {number} is no Kubernetes object with apiVersion and kind")


def _of_json(manifest: str) -> Iterator[set[str] | None]:
    try:
        found = msgspec.json.decode(manifest)
    except (msgspec.DecodeError, RecursionError):
        # YAML has braces of its own.
        yield from _of_yaml(manifest)
        return
    yield set(found) if isinstance(found, dict) else None


def _of_yaml(manifest: str) -> Iterator[set[str] | None]:
    import yaml

    # Events alone: to compose them, the C library calls itself for each level, until it crashes.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = _Document()
    try:
        for event in yaml.parse(manifest, loader):
            match event:
                case yaml.DocumentStartEvent():
                    document = _Document()
                case yaml.DocumentEndEvent():
                    if not document.is_null:
                        yield document.keys
                case yaml.AliasEvent():
                    document.alias(event.anchor)
                case yaml.ScalarEvent():
                    document.scalar(event.value, event.anchor, plain=event.implicit[0])
                case yaml.CollectionStartEvent():
                    is_mapping = isinstance(event, yaml.MappingStartEvent)
                    document.begin(event.anchor, is_mapping=is_mapping)
                case yaml.CollectionEndEvent():
                    document.end()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        raise _refused(f"is neither YAML nor JSON{place}") from None


class _Open(msgspec.Struct):
    """A list or a mapping that has begun, and how many values it holds so far."""

    anchor: str | None
    is_mapping: bool
    values: int = 1
    parts: int = 0


class _Document:
    """One document as it comes, its aliases counted as if they were written out."""

    def __init__(self) -> None:
        self.keys: set[str] | None = None
        self.is_null = False
        self._open: list[_Open] = []
        self._anchors: dict[str, int] = {}

    def scalar(self, value: str, anchor: str | None, *, plain: bool) -> None:
        """A text, a number, a key."""
        if not self._open:
            self.is_null = plain and value in _NULLS
        elif len(self._open) == 1 and self._open[0].is_mapping and self._open[0].parts % 2 == 0:
            assert self.keys is not None
            self.keys.add(value)
        self._add(1, anchor)

    def alias(self, anchor: str | None) -> None:
        """What an anchor before it holds, once more."""
        if anchor is None or anchor not in self._anchors:
            raise _refused("has an alias that stands within itself, or for nothing")
        self._add(self._anchors[anchor], None)

    def begin(self, anchor: str | None, *, is_mapping: bool) -> None:
        """A list or a mapping begins."""
        if not self._open and is_mapping:
            self.keys = set()
        if len(self._open) == DEPTH:
            raise _refused(f"is nested deeper than {DEPTH} levels")
        if anchor is not None:
            self._anchors.pop(anchor, None)
        self._open.append(_Open(anchor, is_mapping))

    def end(self) -> None:
        """It ends."""
        done = self._open.pop()
        self._add(done.values, done.anchor)

    def _add(self, values: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = values
        if self._open:
            self._open[-1].parts += 1
            self._open[-1].values += values
            if self._open[-1].values > VALUES:
                raise _refused(f"has a document of more than {VALUES} values")


def _refused(reason: str) -> BadUserInput:
    problem = Problem(
        title="the manifest cannot be used",
        invalid_parameters=(Violation("manifest", reason),),
    )
    return BadUserInput(f"manifest {reason}", problem=problem)
