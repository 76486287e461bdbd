"""Imports point down, as docs and design have it: what is drawn here is what may be imported."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = ("app", "cli", "demo", "doctor", "hints", "symptoms", "__main__")
LAYERS: dict[str, set[str]] = {
    "errors": set(),
    "settings": {"errors"},
    "telemetry": {"settings"},
    "model": {"errors"},
    "upstreams": {"model", "errors", "settings", "telemetry"},
    "inspections": {"upstreams", "model"},
    "loaders": {"inspections", "upstreams", "model", "errors"},
    "execution": {"errors"},
    "schema": {"loaders", "upstreams", "model", "errors", "settings"},
    "server": {"execution", "upstreams", "errors"},
}
"""Each layer and those below it that it imports; what stands in TOP may import anything."""


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the gateway by its dotted name."""
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        words = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(words[:-1] if words[-1] == "__init__" else words), path


def imports(path: Path) -> Iterator[str]:
    """The modules of the gateway that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("gateway"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gateway"):
            known = {name for name, _ in MODULES}
            for one in node.names:
                inner = f"{node.module}.{one.name}"
                yield inner if inner in known else str(node.module)


MODULES = list(modules())
IMPORTS = [(name, found) for name, path in MODULES for found in imports(path)]


def layer(module: str) -> str:
    """The file or folder right below the package."""
    return f"{module}.".split(".")[1]


def test_every_module_is_in_a_layer() -> None:
    found = {layer(name) for name, _ in MODULES}
    assert found - {""} <= {*LAYERS, *TOP}


@pytest.mark.parametrize("name", LAYERS)
def test_imports_point_down(name: str) -> None:
    wrong = [
        f"{module} imports {found}"
        for module, found in IMPORTS
        if layer(module) == name and layer(found) not in {"", name, *LAYERS[name]}
    ]
    assert wrong == []


def test_no_layer_leads_back_to_itself() -> None:
    for name, below in LAYERS.items():
        assert list(LAYERS).index(name) > max(map(list(LAYERS).index, below), default=-1)


HOMES = sorted((ROOT / "gateway" / "upstreams").glob("*/__init__.py"))
PRODUCTS = [path.parent.name for path in HOMES]


def test_no_products_folder_imports_another() -> None:
    products = set(PRODUCTS)
    assert "kuma" in products
    for module, found in IMPORTS:
        home, other = f"{module}...".split(".")[2], f"{found}...".split(".")[2]
        if layer(module) == layer(found) == "upstreams" and home in products:
            assert other == home or other not in products, f"{module} imports {found}"


def test_what_products_share_knows_none_of_them() -> None:
    for module, found in IMPORTS:
        home, other = f"{module}..".split(".")[2], f"{found}..".split(".")[2]
        if layer(module) == "upstreams" and home and home not in PRODUCTS:
            assert other not in PRODUCTS, f"{module} imports {found}"


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_fake_reads_the_rows_of_its_product_and_nothing_else_of_it(product: str) -> None:
    home = f"gateway.upstreams.{product}"
    for module, found in IMPORTS:
        if module.startswith(f"{home}.fake") and found.startswith(home):
            assert found == f"{home}.kinds" or found.startswith(f"{home}.fake"), module


WAITING = {"kuma": {"inspecting"}}
"""What else of a product asks its upstream."""


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_wire_is_spelled_without_waiting(product: str) -> None:
    home = ROOT / "gateway" / "upstreams" / product
    pure = {"requests", "responses", "problems", "dialects", "kinds", "discovery"}
    waiting = {
        path.stem
        for path in home.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    }
    assert waiting == {"__init__"} | WAITING.get(product, set())
    assert pure <= {path.stem for path in home.glob("*.py")}


def environment(path: Path) -> bool:
    """Whether a module reads the environment of the process."""
    names = {"environ", "environb", "getenv"}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in names:
            return True
        if isinstance(node, ast.ImportFrom) and names & {one.name for one in node.names}:
            return True
    return False


def test_only_the_settings_read_the_environment() -> None:
    readers = {name for name, path in MODULES if environment(path)}
    assert readers
    assert {layer(name) for name in readers} == {"settings"}
