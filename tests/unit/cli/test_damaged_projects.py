"""Commands on project files that a disk or a stranger has spoilt: one sentence, no traceback, and what can be done."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.colours import BLACK, make_pool, shades

from boxwright.cli.app import run
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, combined, set_state
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.image import ImageState
from boxwright.services.project import backups
from boxwright.services.project.diagnosis import diagnosed
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project

PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project of eight images, four of them labelled, with one backup."""
    folder = tmp_path_factory.mktemp("sound")
    with make_pool(folder, [BLACK, *shades(7)]) as project:
        for image_id in range(1, 5):
            labels = project.labels.load(image_id)
            edits = [add(drawn(Box(10, 10, 40, 40), 1)), set_state(labels, ImageState.LABELED, EditKind.OTHER)]
            project.labels.apply(image_id, combined(EditKind.DRAW_BOX, edits))
        backups.make(project.folder)
    return folder / "project"


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "project"))


def commands(folder: Path) -> list[list[str]]:
    out = str(folder.parent / "out")
    return [
        ["status", str(folder)],
        ["export", str(folder), out, "--format", "coco", "--only", "all", "--images", "none"],
        ["next", str(folder), "--size", "2"],
        ["rounds", str(folder)],
        ["model", "list", str(folder)],
    ]


def check_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Run every command; the sentences of those that refused."""
    said = []
    for words in commands(folder):
        shutil.rmtree(folder.parent / "out", ignore_errors=True)
        capsys.readouterr()
        status = run(words)
        told = capsys.readouterr()
        assert status in (0, 1)
        if status:
            assert told.err.strip().count("\n") == 0, told.err
            said.append(told.err.strip())
    return said


def flip(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data) // PAGE) * PAGE
    for _ in range(80):
        data[start + rng.randrange(PAGE)] = rng.randrange(256)


def scatter(rng: random.Random, data: bytearray) -> None:
    for _ in range(40):
        data[rng.randrange(len(data))] = rng.randrange(256)


def cut(rng: random.Random, data: bytearray) -> None:
    del data[rng.randrange(len(data)) :]


@pytest.mark.parametrize("damage", [flip, scatter, cut])
@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_disk_does_is_told_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[random.Random, bytearray], None], seed: int
) -> None:
    data = bytearray((folder / DATABASE).read_bytes())
    damage(random.Random(seed), data)
    (folder / DATABASE).write_bytes(bytes(data))
    for sentence in check_all(folder, capsys):
        assert "boxwright restore" in sentence or "not there" in sentence or "newer" in sentence, sentence
    assert run(["restore", str(folder)]) == 0
    assert check_all(folder, capsys) == []


ODD = [
    "UPDATE image SET width = 'x', state = 'labeled' WHERE id = 1",
    "UPDATE image SET height = -5, width = 1000000000000, state = 'labeled' WHERE id = 1",
    "UPDATE image SET path = 'a' || char(0) || 'b', state = 'labeled' WHERE id = 1",
    "UPDATE image SET state = 'evil' WHERE id = 1",
    "UPDATE image SET split = 'evil' WHERE id = 1",
    "UPDATE annotation SET x1 = 'abc'",
    "UPDATE annotation SET x1 = 9e999, x2 = -9e999",
    "UPDATE annotation SET origin = 'evil'",
    "UPDATE annotation SET attributes = '[['",
    "UPDATE class SET name = x'ff00ff' WHERE id = 1",
    "UPDATE class SET color = NULL, name = 7 WHERE id = 1",
    "UPDATE model SET card = '[]'",
    "UPDATE model SET class_map = '[1]'",
    "UPDATE model SET class_map = '{'",
    "UPDATE annotation SET attributes = replace(hex(zeroblob(400)), '00', '{\"a\":') || 1 || "
    "replace(hex(zeroblob(400)), '00', '}')",
    "INSERT INTO setting VALUES ('schedule', '{\"way\": 7}')",
    "INSERT INTO setting VALUES ('suppression', '{\"x\": 1}')",
    "INSERT INTO setting VALUES ('stream', '{\"budget\": \"x\"}')",
    "INSERT INTO setting VALUES ('imports.done', '[7]')",
    "INSERT INTO setting VALUES ('schedule', '{')",
    "INSERT INTO setting VALUES ('schedule', '[]')",
    "INSERT INTO batch(created, settings) VALUES ('2020', '{}')",
    "INSERT INTO batch(created, settings) VALUES ('2020', '[')",
]


@pytest.mark.parametrize("sql", ODD)
def test_a_row_that_cannot_be_is_told_in_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str], sql: str) -> None:
    connection = sqlite3.connect(folder / DATABASE)
    for statement in ("PRAGMA ignore_check_constraints=1", "PRAGMA writable_schema=1", sql):
        try:
            connection.execute(statement)
        except sqlite3.IntegrityError:
            pytest.skip("SQLite does not let such a row be")
    connection.commit()
    connection.close()
    check_all(folder, capsys)
    for words in (["import", str(folder), "--undo"], ["stream", str(folder)], ["prelabel", str(folder)]):
        assert run(words) in (0, 1)


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT"
STRANGE = [
    ("trigger", ["CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN DELETE FROM image_tag; END"]),
    ("trigger", ["CREATE TRIGGER t BEFORE INSERT ON edit_log BEGIN SELECT RAISE(IGNORE); END"]),
    ("trigger", ["CREATE TRIGGER t BEFORE INSERT ON edit_log WHEN (SELECT count(*) FROM image a, image b, image c) > 0 "
                 "BEGIN SELECT RAISE(ABORT, 'x'); END"]),
    ("trigger", ["DROP TRIGGER edit_log_no_update",
                 "CREATE TRIGGER edit_log_no_update BEFORE UPDATE ON edit_log BEGIN DELETE FROM image_tag; END"]),
    ("view", ["ALTER TABLE visit RENAME TO visit0", f"CREATE VIEW visit AS {ENDLESS} x AS id, 1 AS image_id FROM c"]),
    ("view", ["ALTER TABLE _sqlite_migrations RENAME TO m0",
              f"CREATE VIEW _sqlite_migrations AS {ENDLESS} x AS id, 'boxwright' AS migration_set FROM c"]),
    ("view", ["PRAGMA foreign_keys=0", "ALTER TABLE class RENAME TO class0",
              f"CREATE VIEW class AS {ENDLESS} x AS id, 'n' AS name, '#000000' AS color, x AS position FROM c"]),
    ("computed column", ["ALTER TABLE class ADD COLUMN g AS (zeroblob(1000000000))"]),
    ("virtual table", ["CREATE VIRTUAL TABLE v USING fts5(x)"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sql"), STRANGE)
def test_what_runs_by_itself_in_a_strangers_project_is_refused_and_never_run(
    folder: Path, capsys: pytest.CaptureFixture[str], kind: str, sql: list[str]
) -> None:
    connection = sqlite3.connect(folder / DATABASE)
    for statement in sql:
        connection.execute(statement)
    connection.commit()
    connection.close()
    said = check_all(folder, capsys)
    assert len(said) == len(commands(folder))
    assert all(f"the {kind} '" in sentence for sentence in said)
    with pytest.raises(BoxwrightError, match="does not make"):
        Project.open(folder)


def test_a_backup_of_a_stranger_is_looked_at_as_warily(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (backup,) = (folder / "backups").iterdir()
    connection = sqlite3.connect(backup)
    connection.execute("ALTER TABLE annotation RENAME TO a0")
    connection.execute(f"CREATE VIEW annotation AS {ENDLESS} x AS id FROM c")
    connection.commit()
    connection.close()
    assert run(["backups", str(folder)]) == 0
    assert "cannot be read" in capsys.readouterr().out
    assert run(["restore", str(folder)]) == 1


def test_a_trigger_that_only_refuses_is_let_be(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connection = sqlite3.connect(folder / DATABASE)
    connection.execute("CREATE TRIGGER no BEFORE DELETE ON image BEGIN SELECT RAISE(ABORT, 'refused'); END")
    connection.close()
    assert check_all(folder, capsys) == []


def test_a_fault_of_the_program_stays_one(folder: Path) -> None:
    assert diagnosed(folder, ValueError("mine")) is None
    assert diagnosed(folder.parent, ValueError("mine")) is None
