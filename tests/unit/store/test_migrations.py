"""One test for each step: the file just before it, the step, and what the step promises."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.errors import ProjectError
from boxwright.store import migrations as module
from boxwright.store.backup_files import FOLDER
from boxwright.store.batches import BatchRepository
from boxwright.store.begun import BEGUN_IMAGES, IS_BEGUN
from boxwright.store.connection import Store
from boxwright.store.labels import LabelRepository
from boxwright.store.migrations import applied, migrate, migrations, names
from boxwright.store.steps import STEPS

IMAGE = "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns) VALUES (1, ?, 9, 9, '', 0, 0)"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "project.db")


def step(store: Store, name: str) -> None:
    """Everything before the step `name`, then that step alone."""
    migrations().apply(store.db, stop_before=name)
    assert name not in applied(store)
    following = names()[names().index(name) + 1 :]
    migrations().apply(store.db, stop_before=following)
    assert applied(store)[-1] == name


def run(store: Store, *statements: str) -> None:
    with store.transaction():
        for statement in statements:
            store.write(statement)


def one_image(store: Store) -> None:
    run(store, "INSERT INTO root(name, folder) VALUES ('r', '/r')")
    with store.transaction():
        store.write(IMAGE, ["a.jpg"])


def test_m001_images(store: Store) -> None:
    step(store, "m001_images")
    one_image(store)
    assert store.row("SELECT state, split, touched FROM image") == ("unlabeled", "train", 0)
    for wrong in (
        "UPDATE image SET state = 'done'",
        "UPDATE image SET split = 'other'",
        "UPDATE image SET root_id = 9",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            run(store, wrong)
    with pytest.raises(sqlite3.IntegrityError), store.transaction():
        store.write(IMAGE, ["a.jpg"])


def test_m001_candidates_come_from_their_index_in_order(store: Store) -> None:
    step(store, "m001_images")
    plan = store.rows(
        "EXPLAIN QUERY PLAN SELECT id FROM image INDEXED BY image_candidate WHERE state = 'unlabeled' "
        "AND split = 'train' AND problem IS NULL AND duplicate_of IS NULL ORDER BY id"
    )
    assert [row[3] for row in plan] == ["SCAN image USING INDEX image_candidate"], "no sorting"


def test_m002_classes(store: Store) -> None:
    step(store, "m002_classes")
    add = "INSERT INTO class(name, color, position) VALUES ('{}', '#000000', 0)"
    run(store, add.format("a"), add.format("b"), "DELETE FROM class WHERE name = 'b'", add.format("c"))
    assert store.rows("SELECT id, name FROM class") == [(1, "a"), (3, "c")], "the id 2 is never used again"


MODEL = "INSERT INTO model(name, file, sha256, card, class_map, active, added) VALUES ('m', 'f', '', '{}', '{}', 1, '')"


def test_m003_models(store: Store) -> None:
    step(store, "m003_models")
    run(store, MODEL)
    with pytest.raises(sqlite3.IntegrityError):
        run(store, MODEL)
    run(store, "UPDATE model SET active = 0", MODEL)
    assert store.value("SELECT count(*) FROM model WHERE active = 1") == 1


PREDICTION = (
    "INSERT INTO prediction(image_id, model_id, class_id, label, x1, y1, x2, y2, score, kind, probs) "
    "VALUES (1, 1, 1, 0, 0, 0, 1, 1, 0.5, 'sigmoid', x'')"
)


def predictable(store: Store) -> None:
    one_image(store)
    run(store, "INSERT INTO class(name, color, position) VALUES ('a', '', 0)", MODEL)


def test_m004_predictions(store: Store) -> None:
    step(store, "m004_predictions")
    predictable(store)
    run(store, PREDICTION, PREDICTION, "DELETE FROM prediction WHERE id = 2", PREDICTION)
    assert store.rows("SELECT id FROM prediction") == [(1,), (3,)], "the edit log names ids, so none is used twice"
    run(store, "INSERT INTO predicted VALUES (1, 1)")
    with pytest.raises(sqlite3.IntegrityError):
        run(store, "INSERT INTO predicted VALUES (1, 99)")


def test_m005_annotations(store: Store) -> None:
    step(store, "m005_annotations")
    predictable(store)
    run(
        store,
        PREDICTION,
        "INSERT INTO annotation(uid, image_id, class_id, x1, y1, x2, y2, origin, prediction_id, source_x1) "
        "VALUES ('u', 1, 1, 0, 0, 1, 1, 'accepted', 1, 0.25)",
        "INSERT INTO standing VALUES (1, 'taken')",
        "DELETE FROM prediction",
    )
    assert store.row("SELECT prediction_id, source_x1 FROM annotation") == (None, 0.25)
    assert store.rows("SELECT * FROM standing") == []


def test_m005_deleting_a_prediction_looks_its_references_up_in_an_index(store: Store) -> None:
    step(store, "m005_annotations")
    plan = store.rows("EXPLAIN QUERY PLAN SELECT id FROM annotation WHERE prediction_id = 1")
    assert "USING COVERING INDEX annotation_prediction" in plan[0][3]


def test_m006_edit_log_only_grows(store: Store) -> None:
    step(store, "m006_edit_log")
    one_image(store)
    entry = "INTO edit_log(id, image_id, at, name, edit) VALUES (1, 1, '', 'x', '')"
    run(store, f"INSERT {entry}")
    for change in ("UPDATE edit_log SET name = 'y'", "DELETE FROM edit_log", f"REPLACE {entry}"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            run(store, change)
    assert store.value("SELECT count(*) FROM edit_log") == 1


def test_m007_batches(store: Store) -> None:
    step(store, "m007_batches")
    predictable(store)
    run(
        store,
        PREDICTION,
        "INSERT INTO batch(created, settings) VALUES ('', '{}')",
        "INSERT INTO batch_item VALUES (1, 0, 1, 'uncertain', 0.5, 1)",
        "DELETE FROM prediction",
    )
    assert store.rows("SELECT * FROM batch_item") == [(1, 0, 1, "uncertain", 0.5, None)]


def test_m008_scores(store: Store) -> None:
    step(store, "m008_scores")
    run(
        store,
        MODEL,
        "INSERT INTO score_block(model_id) VALUES (1)",
        "INSERT INTO score_array(block_id, name, data) VALUES (1, 'entropy', x'00')",
        "DELETE FROM score_block",
    )
    assert store.rows("SELECT * FROM score_array") == []


def test_m009_settings(store: Store) -> None:
    step(store, "m009_settings")
    run(store, "INSERT INTO setting VALUES ('k', '1')")
    with pytest.raises(sqlite3.IntegrityError):
        run(store, "INSERT INTO setting VALUES ('k', '2')")


def test_m010_batch_columns(store: Store) -> None:
    step(store, "m009_settings")
    predictable(store)
    run(
        store,
        PREDICTION,
        "INSERT INTO batch(created, settings) VALUES ('', '{}'), ('', '{}'), ('', '{}')",
        "INSERT INTO batch_item VALUES (1, 1, 1, 'random', NULL, NULL), (1, 0, 1, 'uncertain', 0.5, 1)",
        "INSERT INTO batch_item VALUES (3, 0, 1, 'initial', NULL, NULL)",
    )
    step(store, "m010_batch_columns")
    first, second, third = BatchRepository(store).all()
    assert first.items == (BatchItem(1, 0, Slot.UNCERTAIN, 0.5, 1), BatchItem(1, 1, Slot.RANDOM))
    assert second.items == ()
    assert third.items == (BatchItem(1, 0, Slot.INITIAL),)
    assert store.value("SELECT count(*) FROM sqlite_master WHERE name = 'batch_item'") == 0


def test_m011_rounds(store: Store) -> None:
    step(store, "m011_rounds")
    run(store, MODEL, "INSERT INTO batch(created, settings) VALUES ('', '{}')")
    columns = "created, model_id, batch_id, images, boxes, ap, seconds, activated"
    row = f"INSERT INTO round({columns}) VALUES ('', {{}}, {{}}, 9, 8, {{}}, 1, {{}})"
    run(store, row.format(1, 1, 0.5, 1), row.format(1, "NULL", "NULL", 0))
    assert store.rows("SELECT id, ap, fixes_per_image FROM round") == [(1, 0.5, None), (2, None, None)]
    for model, batch, activated in ((9, 1, 1), (1, 9, 1), (1, 1, 2)):
        with pytest.raises(sqlite3.IntegrityError):
            run(store, row.format(model, batch, 0.5, activated))


def test_m012_marks(store: Store) -> None:
    step(store, names()[names().index("m012_marks") - 1])
    predictable(store)
    run(
        store,
        "INSERT INTO annotation(uid, image_id, class_id, x1, y1, x2, y2, origin) "
        "VALUES ('u', 1, 1, 0, 0, 1, 1, 'drawn')",
        "INSERT INTO edit_log(image_id, at, name, edit) VALUES (1, '', 'Draw box', '{}')",
    )
    step(store, "m012_marks")
    labels = LabelRepository(store)
    ((old,),) = labels.annotations([1]).values()
    assert (old.flags, old.attributes, old.annotator, labels.image_marks([1])) == (frozenset(), {}, "", {})
    run(store, "INSERT INTO image_tag VALUES (1, 'night')")
    for wrong in ("INSERT INTO image_tag VALUES (1, 'night')", "INSERT INTO image_tag VALUES (9, 'night')"):
        with pytest.raises(sqlite3.IntegrityError):
            run(store, wrong)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        run(store, "UPDATE edit_log SET annotator = 'x'")


def test_m013_features(store: Store) -> None:
    step(store, "m013_features")
    run(store, MODEL, "INSERT INTO feature_block(model_id, image_ids, rows) VALUES (1, x'00', x'00')")
    with pytest.raises(sqlite3.IntegrityError):
        run(store, "INSERT INTO feature_block(model_id, image_ids, rows) VALUES (9, x'00', x'00')")


def test_m014_gallery(store: Store) -> None:
    step(store, "m014_gallery")
    plans = {
        "SELECT id FROM image ORDER BY path COLLATE NOCASE": "image_path",
        "SELECT id FROM image WHERE changed_at >= '2026'": "image_changed",
        "SELECT id FROM image ORDER BY mtime_ns DESC": "image_date",
        "SELECT id FROM image WHERE note != ''": "image_noted",
        "SELECT image_id FROM annotation WHERE flags != ''": "annotation_flagged",
        "SELECT image_id FROM prediction WHERE class_id = 1 AND model_id = 1 AND score >= 0.2": "prediction_class",
    }
    for query, index in plans.items():
        assert index in str(store.rows(f"EXPLAIN QUERY PLAN {query}")), query


def test_m020_replaced(store: Store) -> None:
    step(store, "m020_replaced")
    predictable(store)
    run(store, "INSERT INTO replaced VALUES (1, 'aa')")
    assert store.value("SELECT ctime_ns FROM image WHERE id = 1") is None
    with pytest.raises(sqlite3.IntegrityError):
        run(store, "INSERT INTO replaced VALUES (9, 'aa')")


def test_m015_findings(store: Store) -> None:
    step(store, names()[names().index("m015_findings") - 1])
    predictable(store)
    run(store, PREDICTION)
    step(store, "m015_findings")
    run(
        store,
        "INSERT INTO finding(image_id, kind, weight, prediction_id) VALUES (1, 'missing', 0.5, 1)",
        "INSERT INTO finding(image_id, kind, weight, uid) VALUES (1, 'extra', 0.5, 'u')",
    )
    for wrong in ("(9, 'extra', 0.5, NULL)", "(1, 'extra', 0.5, 9)"):
        with pytest.raises(sqlite3.IntegrityError):
            run(store, f"INSERT INTO finding(image_id, kind, weight, prediction_id) VALUES {wrong}")
    run(store, "DELETE FROM prediction")
    assert store.rows("SELECT kind, kept FROM finding") == [("extra", 0)], "gone with its box"


def test_m016_visits(store: Store) -> None:
    step(store, "m016_visits")
    one_image(store)
    run(store, "INSERT INTO visit(image_id, at, seconds) VALUES (1, '', 2.5)")
    for wrong in ("(9, '', 2.5)", "(1, '', 0)"):
        with pytest.raises(sqlite3.IntegrityError):
            run(store, f"INSERT INTO visit(image_id, at, seconds) VALUES {wrong}")


def test_m017_disputes(store: Store) -> None:
    step(store, "m017_disputes")
    query = "SELECT image_id, max(weight) FROM finding WHERE kind != 'none' GROUP BY image_id"
    assert "finding_disputed" in str(store.rows(f"EXPLAIN QUERY PLAN {query}"))


def test_m018_shelf(store: Store) -> None:
    step(store, "m018_shelf")
    one_image(store)
    run(store, "INSERT INTO shelved_image VALUES (1, 1, 0)")
    for wrong in ("(1, 9, 0)", "(2, 1, 2)"):
        with pytest.raises(sqlite3.IntegrityError):
            run(store, f"INSERT INTO shelved_image VALUES {wrong}")
    copied = store.rows("SELECT name FROM pragma_table_info('prediction') WHERE name != 'model_id'")
    assert set(copied) < set(store.rows("SELECT name FROM pragma_table_info('shelved_prediction')"))


def test_m019_removed_models(store: Store) -> None:
    step(store, "m019_removed_models")
    assert ("removed",) in store.rows("SELECT name FROM pragma_table_info('model')")


def test_m021_begun(store: Store) -> None:
    step(store, "m021_begun")
    assert "image_begun" in str(store.rows(f"EXPLAIN QUERY PLAN SELECT id FROM {BEGUN_IMAGES} WHERE {IS_BEGUN}"))


def test_m022_untouched(store: Store) -> None:
    migrations().apply(store.db, stop_before="m022_untouched")
    one_image(store)
    for number, state in enumerate(("unlabeled", "labeled", "unlabeled"), start=2):
        run(
            store,
            "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns, state) "
            f"VALUES (1, '{number}', 9, 9, '', 0, 0, '{state}')",
        )
    run(
        store,
        "UPDATE image SET touched = 1",
        "INSERT INTO class(name, color, position) VALUES ('a', '#000000', 0)",
        "INSERT INTO annotation(uid, image_id, class_id, x1, y1, x2, y2, origin) VALUES ('u', 4, 1, 0, 0, 1, 1, 'x')",
    )
    step(store, "m022_untouched")
    assert store.rows("SELECT id, touched FROM image ORDER BY id") == [(1, 0), (2, 0), (3, 1), (4, 1)]


def test_m023_removed_classes(store: Store) -> None:
    step(store, "m023_removed_classes")
    copied = store.rows("SELECT name FROM pragma_table_info('prediction')")
    assert set(copied) < set(store.rows("SELECT name FROM pragma_table_info('removed_prediction')"))


def test_every_step_has_its_test() -> None:
    assert not [name for name in names() if not any(test.startswith(f"test_{name}") for test in globals())]


def test_a_new_file_needs_no_backup_and_an_old_one_gets_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "project.db")
    with store.transaction():
        migrations().apply(store.db, stop_before=names()[-1])
    one_image(store)
    migrate(store)
    assert applied(store) == names()
    (copy,) = (tmp_path / FOLDER).iterdir()
    old = Store(copy, read_only=True)
    assert applied(old) == names()[:-1]
    assert old.value("SELECT path FROM image") == "a.jpg"
    migrate(store)
    assert len(list((tmp_path / FOLDER).iterdir())) == 1, "nothing to do, nothing copied"


def test_a_step_that_fails_leaves_the_file_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def m999_fails(db: object) -> None:
        db.conn.execute("CREATE TABLE half (n)")  # type: ignore[attr-defined]
        raise RuntimeError

    monkeypatch.setattr(module, "STEPS", (*STEPS, m999_fails))
    with pytest.raises(RuntimeError):
        migrate(store)
    assert store.rows("SELECT name FROM sqlite_master") == []


def test_a_file_of_a_newer_program_is_refused(store: Store) -> None:
    migrate(store)
    run(store, "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) VALUES ('boxwright', 'm999_later', '')")
    with pytest.raises(ProjectError, match="newer Boxwright"):
        migrate(store)


def test_an_old_file_is_not_changed_through_a_reader(store: Store) -> None:
    with store.transaction():
        migrations().apply(store.db, stop_before=names()[-1])
    with pytest.raises(ProjectError, match="older Boxwright"):
        migrate(Store(store.path, read_only=True))
