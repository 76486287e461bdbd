"""Whether a text is a manifest: Kubernetes objects as JSON, or as YAML of one document or many."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from gateway.errors import BadUserInput, Problem, Violation

if TYPE_CHECKING:
    import yaml

MOST: Final = 512 * 2**10
"""The largest manifest, in bytes."""
NODES: Final = 200_000
"""How many values a document may have once its aliases are written out."""


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

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for document in yaml.compose_all(manifest, loader):
            if document is None or _is_null(document):
                continue
            if _values(document, {}) > NODES:
                raise _refused(f"has a document of more than {NODES} values")
            yield _keys(document)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        raise _refused(f"is neither YAML nor JSON{place}") from None
    except (RecursionError, ValueError):
        raise _refused("is nested too deep, or leads back to itself") from None


def _is_null(node: "yaml.Node") -> bool:
    return node.tag == "tag:yaml.org,2002:null"


def _keys(node: Any) -> set[str] | None:
    if node.id != "mapping":
        return None
    return {key.value for key, _ in node.value if key.id == "scalar"}


def _values(node: Any, known: dict[int, int]) -> int:
    """How many values a node holds with every alias written out; raises ValueError for a ring."""
    held = known.get(id(node))
    if held is not None:
        if held == 0:
            raise ValueError
        return held
    known[id(node)] = 0
    parts = node.value if node.id == "sequence" else ()
    if node.id == "mapping":
        parts = [one for pair in node.value for one in pair]
    total = 1 + sum(_values(part, known) for part in parts)
    known[id(node)] = total
    return total


def _refused(reason: str) -> BadUserInput:
    problem = Problem(
        title="the manifest cannot be used",
        invalid_parameters=(Violation("manifest", reason),),
    )
    return BadUserInput(f"manifest {reason}", problem=problem)
