"""The locks, the package and what is printed from the code fit the code."""

import ast
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from gateway.schema import build

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEVELOPMENT = PROJECT["optional-dependencies"]["dev"]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
ALWAYS_THERE = {"pip", "setuptools"}


def pins(lock: str) -> dict[str, str]:
    """The versions that a lock has, by canonical names."""
    found = re.findall(r"^([\w.-]+)==([^ ;]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def imported(folder: Path) -> set[str]:
    """The top names of what the files of a folder import, wherever they do it."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
    return names - set(sys.stdlib_module_names)


def needed(requirements: list[str], python: str) -> Iterator[str]:
    """What requirements need on Linux with a version of Python, and what that needs in turn."""
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    waiting = [Requirement(one) for one in requirements]
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        extras = [{**environment, "extra": extra} for extra in ("", *one.extras)]
        if one.marker is not None and not any(one.marker.evaluate(extra) for extra in extras):
            continue
        if f"{name}{sorted(one.extras)}" in seen:
            continue
        seen.add(f"{name}{sorted(one.extras)}")
        yield name
        for found in distribution(name).requires or ():
            inner = Requirement(found)
            if inner.marker is None or any(inner.marker.evaluate(extra) for extra in extras):
                inner.marker = None
                waiting.append(inner)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_has_hashes_for_all(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    entries = re.split(r"\n(?=[\w.-]+==)", text)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-dev.lock", PROJECT["dependencies"] + DEVELOPMENT),
    ],
)
def test_a_lock_has_what_the_project_asks_for(lock: str, requirements: list[str]) -> None:
    locked = pins(lock)
    for one in map(Requirement, requirements):
        assert one.specifier.contains(Version(locked[canonicalize_name(one.name)])), one


def test_what_is_developed_with_is_what_is_run_with() -> None:
    run, developed = map(pins, LOCKS)
    assert run.items() <= developed.items()


@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_have_what_each_python_needs(python: str) -> None:
    dependencies = PROJECT["dependencies"]
    assert set(needed(dependencies, python)) <= set(pins(LOCKS[0]))
    developed = set(pins(LOCKS[1])) | ALWAYS_THERE
    assert set(needed(dependencies + DEVELOPMENT, python)) <= developed


def test_the_package_asks_for_what_it_imports_and_no_more() -> None:
    known = packages_distributions()
    asked = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependencies"]}
    names = imported(ROOT / "gateway") - {"gateway"}
    used = {canonicalize_name(known[name][0]) for name in names}
    # uvicorn is told by name to use it.
    assert used | {"uvloop"} == asked


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if name.startswith("gateway/")}
    files = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "gateway").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert held == files
    assert {"gateway/py.typed", "gateway/server/graphiql/NOTICES"} <= held
    assert sum(name.endswith(".gz") for name in held) > 0


def test_the_printed_schema_is_that_of_the_code() -> None:
    assert (ROOT / "schema.graphql").read_text() == f"{build().as_str()}\n", "run `make schema`"


def test_every_target_says_what_it_is_for() -> None:
    text = (ROOT / "Makefile").read_text()
    [phony] = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    for target in phony.split():
        assert re.search(rf"^{target}:.*  ## [A-Z].*\.$", text, re.MULTILINE), target


def test_continuous_integration_runs_what_the_readme_says() -> None:
    script = (ROOT / ".ci/run").read_text()
    readme = (ROOT / "README.md").read_text()
    for command in ("make test", "make check"):
        assert command in script
        assert f"    {command}\n" in readme
