"""No file needs itself: imports form no circle, wherever they stand in a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "app" / "boxwright"


def modules_of(package: Path) -> dict[str, Path]:
    """The files of a package by the names they are imported by."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Every name that is imported: in functions and under TYPE_CHECKING as well."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def circle(package: Path) -> list[str]:
    """Files that import one another in turn, the first again at the end; empty where there is no circle."""
    modules = modules_of(package)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, file in modules.items():
        names = {target if target in modules else target.rpartition(".")[0] for target in
                 imported(ast.parse(file.read_text(encoding="utf-8")))}  # fmt: skip
        sorter.add(name, *(names & modules.keys() - {name}))
    try:
        sorter.prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]
    return []


def test_no_files_import_one_another() -> None:
    assert len(modules_of(PACKAGE)) > 300
    found = circle(PACKAGE)
    assert not found, f"a circle: {' imports '.join(found)}."


@pytest.mark.parametrize(
    "back",
    [
        "from house.inner.cellar import wine\n",
        "from house.inner import cellar\n",
        "import house.inner.cellar\n",
        "def f():\n    from house.inner.cellar import wine\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.inner.cellar import wine\n",
    ],
)
def test_a_planted_circle_is_found_wherever_it_closes(tmp_path: Path, back: str) -> None:
    (tmp_path / "house" / "inner").mkdir(parents=True)
    for name in ("__init__", "inner/__init__", "roof"):
        (tmp_path / "house" / f"{name}.py").touch()
    (tmp_path / "house" / "inner" / "cellar.py").write_text("from house.stairs import down\nwine = 1\n")
    (tmp_path / "house" / "stairs.py").write_text("from house import roof\nfrom house.roof import tile\n")
    assert circle(tmp_path / "house") == []
    (tmp_path / "house" / "roof.py").write_text(back)
    found = circle(tmp_path / "house")
    assert set(found) == {"house.roof", "house.inner.cellar", "house.stairs"}
    assert found[0] == found[-1]
