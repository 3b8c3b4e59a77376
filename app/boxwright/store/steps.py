"""Steps of the schema. A released step is history: change the schema by adding one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sqlite_utils import Database


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.conn.execute(statement)


def m001_images(db: Database) -> None:
    _run(
        db,
        "CREATE TABLE root (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, folder TEXT NOT NULL)",
        """CREATE TABLE image (
            id INTEGER PRIMARY KEY,
            root_id INTEGER NOT NULL REFERENCES root(id),
            path TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            content_hash TEXT NOT NULL,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'unlabeled' CHECK (state IN ('unlabeled', 'labeled', 'skipped')),
            split TEXT NOT NULL DEFAULT 'train' CHECK (split IN ('train', 'validation', 'test')),
            problem TEXT,
            duplicate_of INTEGER REFERENCES image(id),
            skip_reason TEXT,
            touched INTEGER NOT NULL DEFAULT 0,
            changed_at TEXT,
            UNIQUE (root_id, path))""",
        "CREATE INDEX image_content ON image(content_hash)",
        "CREATE INDEX image_duplicate ON image(duplicate_of) WHERE duplicate_of IS NOT NULL",
        # The sampler's question, answered from the index alone.
        """CREATE INDEX image_candidate ON image(id)
            WHERE state = 'unlabeled' AND split = 'train' AND problem IS NULL AND duplicate_of IS NULL""",
        "CREATE INDEX image_standing ON image(state, split, problem, duplicate_of)",
    )


def m002_classes(db: Database) -> None:
    _run(
        db,
        # AUTOINCREMENT: an id is never used twice.
        """CREATE TABLE class (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            color TEXT NOT NULL,
            position INTEGER NOT NULL)""",
    )


def m003_models(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE model (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            file TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            card TEXT NOT NULL,
            class_map TEXT NOT NULL,
            metrics TEXT NOT NULL DEFAULT '{}',
            active INTEGER NOT NULL DEFAULT 0,
            added TEXT NOT NULL)""",
        "CREATE UNIQUE INDEX model_active ON model(active) WHERE active = 1",
    )


def m004_predictions(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE prediction (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            image_id INTEGER NOT NULL REFERENCES image(id),
            model_id INTEGER NOT NULL REFERENCES model(id),
            class_id INTEGER NOT NULL REFERENCES class(id),
            label INTEGER NOT NULL,
            x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
            score REAL NOT NULL,
            kind TEXT NOT NULL,
            probs BLOB NOT NULL)""",
        "CREATE INDEX prediction_image ON prediction(image_id, model_id)",
        # An image on which the detector saw nothing has a row here and none above.
        """CREATE TABLE predicted (
            model_id INTEGER NOT NULL REFERENCES model(id),
            image_id INTEGER NOT NULL REFERENCES image(id),
            PRIMARY KEY (model_id, image_id)) WITHOUT ROWID""",
        "CREATE INDEX predicted_image ON predicted(image_id)",
    )


def m005_annotations(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE annotation (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            image_id INTEGER NOT NULL REFERENCES image(id),
            class_id INTEGER NOT NULL REFERENCES class(id),
            x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
            origin TEXT NOT NULL,
            prediction_id INTEGER REFERENCES prediction(id) ON DELETE SET NULL,
            source_x1 REAL, source_y1 REAL, source_x2 REAL, source_y2 REAL,
            source_class_id INTEGER)""",
        "CREATE INDEX annotation_image ON annotation(image_id)",
        "CREATE INDEX annotation_class ON annotation(class_id)",
        "CREATE INDEX annotation_prediction ON annotation(prediction_id) WHERE prediction_id IS NOT NULL",
        """CREATE TABLE standing (
            prediction_id INTEGER PRIMARY KEY REFERENCES prediction(id) ON DELETE CASCADE,
            standing TEXT NOT NULL CHECK (standing IN ('taken', 'rejected')))""",
    )


def m006_edit_log(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE edit_log (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            image_id INTEGER NOT NULL REFERENCES image(id),
            at TEXT NOT NULL,
            name TEXT NOT NULL,
            edit TEXT NOT NULL)""",
        "CREATE INDEX edit_log_image ON edit_log(image_id)",
        """CREATE TRIGGER edit_log_no_update BEFORE UPDATE ON edit_log
            BEGIN SELECT RAISE(ABORT, 'the edit log is append-only'); END""",
        """CREATE TRIGGER edit_log_no_delete BEFORE DELETE ON edit_log
            BEGIN SELECT RAISE(ABORT, 'the edit log is append-only'); END""",
    )


def m007_batches(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE batch (
            id INTEGER PRIMARY KEY,
            created TEXT NOT NULL,
            model_id INTEGER REFERENCES model(id),
            settings TEXT NOT NULL)""",
        """CREATE TABLE batch_item (
            batch_id INTEGER NOT NULL REFERENCES batch(id),
            rank INTEGER NOT NULL,
            image_id INTEGER NOT NULL REFERENCES image(id),
            slot TEXT NOT NULL,
            score REAL,
            prediction_id INTEGER REFERENCES prediction(id) ON DELETE SET NULL,
            PRIMARY KEY (batch_id, rank)) WITHOUT ROWID""",
        "CREATE INDEX batch_item_prediction ON batch_item(prediction_id) WHERE prediction_id IS NOT NULL",
    )


def m008_scores(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE score_block (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model_id INTEGER NOT NULL REFERENCES model(id))""",
        # One row per array: SQLite walks a row's pages from its start, so a score must not lie behind the others.
        """CREATE TABLE score_array (
            block_id INTEGER NOT NULL REFERENCES score_block(id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (block_id, name))""",
        "CREATE INDEX score_block_model ON score_block(model_id)",
    )


def m009_settings(db: Database) -> None:
    _run(db, "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")


def m010_batch_columns(db: Database) -> None:
    """A batch of a share of a million images has a hundred thousand items: columns of it are stored in a moment."""
    _run(
        db,
        """CREATE TABLE batch_array (
            batch_id INTEGER NOT NULL REFERENCES batch(id),
            name TEXT NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (batch_id, name))""",
    )
    columns = {"image_id": "<i8", "slot": "S", "score": "<f8", "prediction_id": "<i8"}
    for (batch_id,) in db.execute("SELECT DISTINCT batch_id FROM batch_item").fetchall():
        rows = db.execute(
            "SELECT image_id, slot, score, coalesce(prediction_id, 0) FROM batch_item WHERE batch_id = ? ORDER BY rank",
            [batch_id],
        ).fetchall()
        for (name, kind), values in zip(columns.items(), zip(*rows, strict=True), strict=True):
            data = "\n".join(values).encode() if kind == "S" else np.array(values, dtype=kind).tobytes()
            db.execute("INSERT INTO batch_array VALUES (?, ?, ?)", [batch_id, name, data])
    _run(db, "DROP TABLE batch_item")


def m011_rounds(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE round (
            id INTEGER PRIMARY KEY,
            created TEXT NOT NULL,
            model_id INTEGER NOT NULL REFERENCES model(id),
            batch_id INTEGER REFERENCES batch(id),
            images INTEGER NOT NULL,
            boxes INTEGER NOT NULL,
            ap REAL,
            ap50 REAL,
            fixes_per_image REAL,
            edits_per_image REAL,
            seconds REAL NOT NULL,
            activated INTEGER NOT NULL CHECK (activated IN (0, 1)))""",
    )


def m012_marks(db: Database) -> None:
    """Flags and attributes of a box, tags and a note of an image, and who did it."""
    _run(
        db,
        # Words with a space between them; JSON, or nothing for none.
        "ALTER TABLE annotation ADD COLUMN flags TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE annotation ADD COLUMN attributes TEXT",
        "ALTER TABLE annotation ADD COLUMN annotator TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE image ADD COLUMN annotator TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE image ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE edit_log ADD COLUMN annotator TEXT NOT NULL DEFAULT ''",
        """CREATE TABLE image_tag (
            image_id INTEGER NOT NULL REFERENCES image(id),
            tag TEXT NOT NULL,
            PRIMARY KEY (image_id, tag)) WITHOUT ROWID""",
        "CREATE INDEX image_tag_tag ON image_tag(tag)",
    )


def m013_features(db: Database) -> None:
    """What a detector sees on whole images, some hundreds of them in a row: see `store.features`."""
    _run(
        db,
        """CREATE TABLE feature_block (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model_id INTEGER NOT NULL REFERENCES model(id),
            image_ids BLOB NOT NULL,
            rows BLOB NOT NULL)""",
        "CREATE INDEX feature_block_model ON feature_block(model_id)",
    )


def m014_gallery(db: Database) -> None:
    """What the gallery sorts and filters a large pool by."""
    _run(
        db,
        "CREATE INDEX image_path ON image(path COLLATE NOCASE)",
        "CREATE INDEX image_changed ON image(changed_at)",
        "CREATE INDEX image_date ON image(mtime_ns)",
        "CREATE INDEX image_noted ON image(id) WHERE note != ''",
        "CREATE INDEX annotation_flagged ON annotation(image_id) WHERE flags != ''",
        "CREATE INDEX prediction_class ON prediction(class_id, model_id, score, image_id)",
    )


def m015_findings(db: Database) -> None:
    """Where a detector that looked again disagrees with what people labelled."""
    _run(
        db,
        """CREATE TABLE finding (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            image_id INTEGER NOT NULL REFERENCES image(id),
            kind TEXT NOT NULL,
            weight REAL NOT NULL,
            prediction_id INTEGER REFERENCES prediction(id) ON DELETE CASCADE,
            uid TEXT,
            kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1)))""",
        "CREATE INDEX finding_image ON finding(image_id)",
        "CREATE INDEX finding_prediction ON finding(prediction_id)",
    )


def m016_visits(db: Database) -> None:
    """How long people really worked on each image, pauses left out."""
    _run(
        db,
        """CREATE TABLE visit (
            id INTEGER PRIMARY KEY,
            image_id INTEGER NOT NULL REFERENCES image(id),
            at TEXT NOT NULL,
            seconds REAL NOT NULL CHECK (seconds > 0),
            annotator TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX visit_image ON visit(image_id)",
    )


def m017_disputes(db: Database) -> None:
    """Findings of a second look with those that agree among them, so that they follow the boxes."""
    _run(db, "CREATE INDEX finding_disputed ON finding(image_id, weight) WHERE kind != 'none'")


def m018_shelf(db: Database) -> None:
    """Pre-labels that a detector replaced when it looked at chosen images again, as long as that can be taken back."""
    _run(
        db,
        # `seen`: whether it had looked at the image before.
        """CREATE TABLE shelved_image (
            run INTEGER NOT NULL,
            image_id INTEGER NOT NULL REFERENCES image(id),
            seen INTEGER NOT NULL CHECK (seen IN (0, 1)),
            PRIMARY KEY (run, image_id)) WITHOUT ROWID""",
        # The columns of `prediction`; a class that is gone meanwhile must not keep the row from being here.
        """CREATE TABLE shelved_prediction (
            run INTEGER NOT NULL,
            id INTEGER NOT NULL,
            image_id INTEGER NOT NULL REFERENCES image(id),
            class_id INTEGER NOT NULL,
            label INTEGER NOT NULL,
            x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
            score REAL NOT NULL,
            kind TEXT NOT NULL,
            probs BLOB NOT NULL,
            PRIMARY KEY (run, id))""",
        "CREATE INDEX shelved_prediction_image ON shelved_prediction(run, image_id)",
    )


def m019_removed_models(db: Database) -> None:
    """A removed detector keeps its row: rounds and labels tell its name. When it went, NULL while it is there."""
    _run(db, "ALTER TABLE model ADD COLUMN removed TEXT")


def m020_replaced(db: Database) -> None:
    """Which content the labels of an image were made on, where its file has another by now."""
    _run(
        db,
        """CREATE TABLE replaced (
            image_id INTEGER PRIMARY KEY REFERENCES image(id),
            content_hash TEXT NOT NULL)""",
        "CREATE INDEX replaced_content ON replaced(content_hash)",
        # Of two files of one size and date it tells that they changed places.
        "ALTER TABLE image ADD COLUMN ctime_ns INTEGER",
    )


def m021_begun(db: Database) -> None:
    """Images with boxes that nobody has marked as labelled, found among a million at once."""
    _run(db, "CREATE INDEX image_begun ON image(id) WHERE touched AND state = 'unlabeled'")


def m022_untouched(db: Database) -> None:
    """Images whose edits were all undone are nobody's again."""
    _run(
        db,
        """UPDATE image SET touched = 0 WHERE touched AND state = 'unlabeled'
            AND NOT EXISTS (SELECT 1 FROM annotation WHERE image_id = image.id)
            AND NOT EXISTS (
                SELECT 1 FROM prediction JOIN standing ON prediction_id = prediction.id WHERE image_id = image.id)""",
    )


def m023_removed_classes(db: Database) -> None:
    """What went with a class that was removed or merged, as long as that can be taken back."""
    _run(
        db,
        """CREATE TABLE removed_class (
            run INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            class_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            color TEXT NOT NULL,
            position INTEGER NOT NULL,
            into_id INTEGER,
            maps TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL)""",
        # The columns of `prediction`, what a person did with it, and the box that was made of it.
        """CREATE TABLE removed_prediction (
            run INTEGER NOT NULL,
            id INTEGER NOT NULL,
            model_id INTEGER NOT NULL REFERENCES model(id),
            image_id INTEGER NOT NULL REFERENCES image(id),
            class_id INTEGER NOT NULL,
            label INTEGER NOT NULL,
            x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
            score REAL NOT NULL,
            kind TEXT NOT NULL,
            probs BLOB NOT NULL,
            standing TEXT,
            uid TEXT,
            PRIMARY KEY (run, id))""",
        "CREATE INDEX removed_prediction_uid ON removed_prediction(run, uid) WHERE uid IS NOT NULL",
        """CREATE TABLE merged_prediction (
            run INTEGER NOT NULL,
            id INTEGER NOT NULL,
            PRIMARY KEY (run, id)) WITHOUT ROWID""",
    )


STEPS = (
    m001_images,
    m002_classes,
    m003_models,
    m004_predictions,
    m005_annotations,
    m006_edit_log,
    m007_batches,
    m008_scores,
    m009_settings,
    m010_batch_columns,
    m011_rounds,
    m012_marks,
    m013_features,
    m014_gallery,
    m015_findings,
    m016_visits,
    m017_disputes,
    m018_shelf,
    m019_removed_models,
    m020_replaced,
    m021_begun,
    m022_untouched,
    m023_removed_classes,
)
