"""What the docs say of kinds, errors, recordings, queries and figures is what is so."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import parse, validate

from gateway.errors import STATUS, MeshgateError
from gateway.model.kinds import Kind
from gateway.schema import build
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Transport
from gateway.upstreams.kuma.kinds import KINDS
from gateway.upstreams.nginx_instance_manager.kinds import KINDS as MANAGER_KINDS
from gateway.upstreams.nginx_service_mesh.kinds import KINDS as MESH_KINDS
from tests.graph import graph
from tests.held import VERSIONS, Held, held, kinds_held, kinds_of
from tests.replay import snapshot

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
GRAPH = (ROOT / "docs/graph.md").read_text()
KINDS_PAGE, _, NGINX_PAGE = (ROOT / "docs/kinds.md").read_text().partition("\n## NGINX")
NGINX_KINDS = [*MESH_KINDS.values(), *MANAGER_KINDS.values()]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    ROOT / "benchmarks/README.md",
]
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
WRITABLE = {"GZ": "Global, zone", "G": "Global", "Z": "zone", "": "—"}
SCHEMA = build()._schema


def dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def kind_row(kind: Kind) -> str:
    """A kind as its line in the docs."""
    until = f" to {dotted(kind.until)}" if kind.until else ""
    recorded = [
        f"{version}{'' if how is Held.EXCHANGES else ' (read)'}"
        for version in VERSIONS
        if (how := held(kind.name, version)) not in (None, Held.NOTHING)
    ]
    cells = (
        f"`{kind.name}`",
        f"`{kind.type_name}`",
        f"`{kind.path}`",
        kind.scope.value,
        f"{dotted(kind.since)}{until}",
        WRITABLE[kind.writable],
        ", ".join(recorded) or "—",
        kind.summary,
    )
    return f"| {' | '.join(cells)} |"


def held_row(version: str) -> str:
    """A recorded version as its line in the README."""
    counts = [len(kinds_held(version, how)) for how in Held]
    cells = (f"{version} (recorded)", len(kinds_of(version)), *counts)
    return f"| {' | '.join(map(str, cells))} |"


def alone(version: str) -> str:
    """The kinds of a recorded version that nothing recorded, as their line in the README."""
    names = kinds_held(version, Held.NOTHING)
    return f"- {version}: {', '.join(names) or 'none'}."


def errors(above: type[MeshgateError] = MeshgateError) -> Iterator[type[MeshgateError]]:
    """The errors that a client can see."""
    for error in above.__subclasses__():
        if error.code != MeshgateError.code:
            yield error
        yield from errors(error)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_written_down_as_it_is(kind: Kind) -> None:
    assert kind_row(kind) in KINDS_PAGE.splitlines()


@pytest.mark.parametrize("kind", NGINX_KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_nginx_is_written_down_as_it_is(kind: Kind) -> None:
    row = f"| `{kind.name}` | `{kind.type_name}` | `{kind.path}` | {kind.summary} |"
    assert row in NGINX_PAGE.splitlines()


def test_no_other_kind_is_written_down() -> None:
    assert KINDS_PAGE.count("\n| `") == len(KINDS)
    assert NGINX_PAGE.count("\n| `") == len(NGINX_KINDS)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_readme_says_what_was_recorded_and_what_was_not(version: str) -> None:
    assert held_row(version) in README.splitlines()
    assert alone(version) in README.splitlines()


@pytest.mark.parametrize("error", list(errors()), ids=lambda error: error.code)
def test_every_error_code_is_written_down(error: type[MeshgateError]) -> None:
    statuses = ", ".join(str(status) for status, made in STATUS.items() if made is error)
    cells = (f"`{error.code}`", "yes" if error.retryable else "no", statuses, error.__doc__)
    assert f"| {' | '.join(map(str, cells))} |" in GRAPH.splitlines()


@pytest.mark.parametrize(
    "code", ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", MeshgateError.code]
)
def test_every_code_that_is_not_ours_alone_is_written_down(code: str) -> None:
    assert f"| `{code}` |" in GRAPH


@pytest.mark.parametrize("root", SCHEMA.query_type.fields)  # type: ignore[union-attr]
def test_every_root_is_written_down(root: str) -> None:
    assert f"`{root}`" in GRAPH.partition("## Connections")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_document_in_the_docs_fits_the_schema(page: Path) -> None:
    for block in blocks(page.read_text(), "graphql"):
        assert validate(SCHEMA, parse(block)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_the_docs_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / link).exists(), link


class Refusing:
    """A Transport to a port that nothing listens on."""

    async def send(self, *_: object) -> Answer:
        raise faults.REFUSED.error()

    async def close(self) -> None:
        """Nothing is open."""


async def test_the_first_answer_in_the_readme_is_the_true_one() -> None:
    query, told = blocks(README, "graphql")[0], json.loads(blocks(README, "json")[0])
    async with graph({"kuma": snapshot("2.14.3")}) as asked:
        assert await asked.answer(query) == told
        assert len(asked.sent()) == 2


async def test_the_failure_in_the_readme_is_the_true_one() -> None:
    query, told = blocks(README, "graphql")[1], json.loads(blocks(README, "json")[1])
    upstreams: dict[str, Transport] = {"kuma-1": snapshot("2.14.3"), "kuma-2": Refusing()}
    async with graph(upstreams, discovered=False, retries=0) as asked:
        assert await asked.answer(query) == told


def test_decisions_are_short_and_numbered_in_order() -> None:
    numbers = [page.name[:4] for page in DECISIONS]
    assert numbers == sorted(set(numbers))
    for page in DECISIONS:
        assert len(page.read_text().splitlines()) <= 30, page.name
