"""Visits: how long people really worked on each image, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from boxwright.domain.edits import JUDGED
from boxwright.store.connection import Store
from boxwright.store.images import marks


@dataclass(frozen=True, slots=True)
class Worked:
    """Work on one labelled image: active seconds of all visits, and its boxes by how they came to be."""

    seconds: float
    drawn: int
    changed: int
    accepted: int

    @property
    def boxes(self) -> int:
        return self.drawn + self.changed + self.accepted


@dataclass(frozen=True, slots=True)
class Day:
    """Work of a day. `day` as YYYY-MM-DD where the person is. `images`: labelled, confirmed empty or skipped that
    day by hand."""

    day: str
    images: int
    seconds: float


class VisitRepository:
    """Stored visits."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, image_id: int, seconds: float, annotator: str) -> None:
        """One stay on an image, `seconds` > 0 of it active."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._store.transaction():
            self._store.write(
                "INSERT INTO visit(image_id, at, seconds, annotator) VALUES (?, ?, ?, ?)",
                [image_id, now, seconds, annotator],
            )

    def worked(self) -> list[Worked]:
        """Labelled images on which time was measured and no box was imported, by id."""
        counts = ", ".join(
            f"(SELECT count(*) FROM annotation WHERE image_id = visit.image_id AND origin IN ({origins}))"
            for origins in ("'drawn'", "'adjusted', 'relabeled'", "'accepted'")
        )
        rows = self._store.rows(
            f"SELECT sum(seconds), {counts} FROM visit JOIN image ON image.id = image_id WHERE state = 'labeled' "
            "AND NOT EXISTS (SELECT 1 FROM annotation WHERE image_id = visit.image_id AND origin = 'imported') "
            "GROUP BY visit.image_id ORDER BY visit.image_id"
        )
        return [Worked(*row) for row in rows]

    def days(self) -> list[Day]:
        """Days with work, the oldest first."""
        rows = self._store.rows(
            "SELECT day, sum(images), sum(seconds) FROM ("
            "SELECT date(at, 'localtime') AS day, count(DISTINCT image_id) AS images, 0.0 AS seconds FROM edit_log "
            f"WHERE name IN ({marks(JUDGED)}) GROUP BY 1 "
            "UNION ALL SELECT date(at, 'localtime'), 0, sum(seconds) FROM visit GROUP BY 1) GROUP BY day ORDER BY day",
            [str(kind) for kind in JUDGED],
        )
        return [Day(*row) for row in rows]

    def sizes(self, edges: tuple[float, ...]) -> list[int]:
        """Annotations by the root of their area, in pixels: below the first edge, between each two, above the last."""
        bounds = [f"area >= {low * low}" for low in edges]
        between = [f"sum({low} AND NOT {high})" for low, high in pairwise(bounds)]
        parts = [f"sum(NOT {bounds[0]})", *between, f"sum({bounds[-1]})"]
        row = self._store.row(f"SELECT {', '.join(parts)} FROM (SELECT (x2 - x1) * (y2 - y1) AS area FROM annotation)")
        return [int(number or 0) for number in row or ()]
