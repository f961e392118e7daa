"""What import-linter cannot see: circles between single files, and what the pages and the store may import."""

import ast
from collections.abc import Iterable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PRODUCT_FILES = sorted([*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/*.py")])
PAGES = [path for path in PRODUCT_FILES if path.parent.name == "pages"]
STANDARD_IN_PAGES = {
    "collections",
    "dataclasses",
    "datetime",
    "functools",
    "itertools",
    "math",
    "pathlib",
    "time",
    "typing",
}
ALLOWED_IN_PAGES = {"streamlit", "explorer", "pandas", "plotly"} | STANDARD_IN_PAGES


@cache
def imported_names(path: Path) -> frozenset[str]:
    """Full names of everything that a file imports, deferred and typing-only too; `from a import b` gives `a.b`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def imported_packages(path: Path) -> set[str]:
    """Top-level names of everything that a file imports."""
    return {name.partition(".")[0] for name in imported_names(path)}


def module_name(path: Path, root: Path) -> str:
    """The dotted name of a file below `root`; a package's `__init__.py` has the package's name."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def circle(files: Iterable[Path], root: Path) -> list[str]:
    """One circle of imports between these files, each module imported by the one after it; empty where there is none.

    An import of `a.b.name` counts for the module `a.b.name`, or where that is no module, for `a.b`.
    """
    paths = {module_name(path, root): path for path in files}
    parents = {name: name.rpartition(".")[0] for path in paths.values() for name in imported_names(path)}
    imports = {
        module: {name if name in paths else parents[name] for name in imported_names(path)} & paths.keys()
        for module, path in paths.items()
    }
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_files_import_one_another_in_a_circle() -> None:
    found = circle(PRODUCT_FILES, ROOT)
    assert not found, " is imported by ".join(found)


def test_deferred_and_typing_only_imports_count(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text("def work():\n    from second import value\n")
    (tmp_path / "second.py").write_text("if TYPE_CHECKING:\n    import third\n")
    (tmp_path / "third.py").write_text("value = 1\n")
    assert circle(tmp_path.glob("*.py"), tmp_path) == []
    (tmp_path / "third.py").write_text("from first import work\n")
    imported_names.cache_clear()
    assert set(circle(tmp_path.glob("*.py"), tmp_path)) == {"first", "second", "third"}


def test_pages_draw_and_nothing_else() -> None:
    strays = {path.name: imported_packages(path) - ALLOWED_IN_PAGES for path in PAGES}
    assert {name: found for name, found in strays.items() if found} == {}


def test_pages_reach_the_engine_through_the_store() -> None:
    engine = {path.name: [name for name in imported_names(path) if "explorer.engine" in name] for path in PAGES}
    assert {name: found for name, found in engine.items() if found} == {}


def test_sql_is_used_in_the_stores_alone() -> None:
    users = {path.relative_to(ROOT).as_posix() for path in PRODUCT_FILES if "sqlalchemy" in imported_packages(path)}
    assert users
    stores = tuple(f"explorer/{room}/store/" for room in ("runs", "classes", "shared_runs", "studies"))
    assert {name for name in users if not name.startswith((*stores, "explorer/database/"))} == set()
