"""The keys of a project's settings stand in one file: nobody else opens the table or makes a setting."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "app" / "boxwright"
OWNER, REPOSITORY = "services/project/project_settings.py", "store/settings.py"
# Who may, for each thing that leads to the keys. Steps of the schema made the table.
MAY = {"SettingRepository": {OWNER, REPOSITORY}, "StoredSetting": {OWNER}, "the table": {REPOSITORY, "store/steps.py"}}
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|TABLE|JOIN)\s+\"?setting\b", re.IGNORECASE)


def named(tree: ast.AST) -> set[str]:
    """Which of `MAY` a file names: the two classes, or the table in a text."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _TABLE.search(node.value):
            found.add("the table")
    return found & MAY.keys()


def strangers(package: Path) -> list[str]:
    return [
        f"{file.relative_to(package).as_posix()} names {name}"
        for file in sorted(package.rglob("*.py"))
        for name in sorted(named(ast.parse(file.read_text(encoding="utf-8"))))
        if file.relative_to(package).as_posix() not in MAY[name]
    ]


def test_only_one_file_names_keys() -> None:
    assert strangers(PACKAGE) == []
    assert named(ast.parse((PACKAGE / OWNER).read_text(encoding="utf-8"))) == {"SettingRepository", "StoredSetting"}


@pytest.mark.parametrize(
    "source",
    [
        "from boxwright.store.settings import SettingRepository\n",
        "def f(store):\n    return store.settings.SettingRepository(store)\n",
        "from boxwright.services.project.project_settings import StoredSetting\n",
        'def f(store):\n    return store.value("SELECT value FROM setting WHERE key = ?", ["layout"])\n',
    ],
)
def test_a_planted_key_is_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "planted.py").write_text(source)
    assert len(strangers(tmp_path)) == 1
