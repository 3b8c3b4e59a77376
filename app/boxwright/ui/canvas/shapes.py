"""Boxes on screen as arrays, so that finding the one under the pointer costs the same for 3 and for 3,000."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import Box, box_areas
from boxwright.domain.prediction import Prediction
from boxwright.ui.labelling.box_keys import Key, annotation_key, prediction_key
from boxwright.ui.labelling.session import SessionModel

Row = tuple[Key, tuple[float, ...], int, bool, bool]


@dataclass(frozen=True, eq=False)
class Shapes:
    """Snapshot of N boxes. boxes: (N,4) float64, xyxy pixels of the image. class_ids: (N,) int64. scores: (N,)
    float32, 0..1, NaN for an annotation. ghosts, locked: (N,) bool."""

    keys: tuple[Key, ...]
    boxes: NDArray[np.float64]
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    ghosts: NDArray[np.bool_]
    locked: NDArray[np.bool_]

    @staticmethod
    def of(model: SessionModel) -> Shapes:
        """Annotations, visible pre-labels and ghosts of the current image."""
        labels = model.labels
        annotations = list(labels.annotations.values()) if labels else []
        visible, ghosts = model.visible_predictions(), model.ghost_predictions()
        predictions = [*visible, *ghosts]
        keys: list[Key] = [annotation_key(a.uid) for a in annotations]
        keys.extend(prediction_key(p.id) for p in predictions)
        items: list[Annotation | Prediction] = [*annotations, *predictions]
        boxes = [(i.box.x1, i.box.y1, i.box.x2, i.box.y2) for i in items]
        return Shapes(
            tuple(keys),
            np.array(boxes, dtype=np.float64).reshape(-1, 4),
            np.array([i.class_id for i in items], dtype=np.int64),
            np.array([np.nan] * len(annotations) + [p.score for p in predictions], dtype=np.float32),
            np.arange(len(items)) >= len(annotations) + len(visible),
            np.array([model.is_locked(key) for key in keys], dtype=bool),
        )

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def index(self) -> Mapping[Key, int]:
        return {key: i for i, key in enumerate(self.keys)}

    @cached_property
    def _areas(self) -> NDArray[np.float64]:
        return box_areas(self.boxes)

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """(N,) the place of each box in drawing order: the largest 0, so that small boxes are painted over it; ghosts
        lie under all others."""
        ranks = np.empty(len(self), dtype=np.int64)
        ranks[np.lexsort((-self._areas, ~self.ghosts))] = np.arange(len(self))
        return ranks

    @cached_property
    def rows(self) -> frozenset[Row]:
        """Each box with all that decides how it looks, for comparing two snapshots."""
        boxes = map(tuple, self.boxes.tolist())
        looks = zip(self.keys, boxes, self.class_ids.tolist(), self.ghosts.tolist(), self.locked.tolist())
        return frozenset(looks)

    def box(self, key: Key) -> Box:
        """Raises KeyError for a box that is not on screen."""
        return Box(*self.boxes[self.index[key]].tolist())

    def under(self, x: float, y: float, reach: float) -> list[Key]:
        """The boxes at a point of the image, the smallest first; ghosts and locked boxes after all others. A box with a
        side shorter than `2 * reach` pixels can be met that far from its centre: one must be able to hit it."""
        if not len(self):
            return []
        centres = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2
        half = np.maximum((self.boxes[:, 2:] - self.boxes[:, :2]) / 2, reach)
        hits = np.flatnonzero((np.abs(centres - (x, y)) <= half).all(axis=1))
        last = self.ghosts[hits] | self.locked[hits]
        return [self.keys[i] for i in hits[np.lexsort((self._areas[hits], last))]]

    def inside(self, area: Box) -> list[Key]:
        """The boxes that lie wholly in `area`; ghosts and locked ones are not meant."""
        free = ~(self.ghosts | self.locked)
        whole = (self.boxes[:, :2] >= (area.x1, area.y1)) & (self.boxes[:, 2:] <= (area.x2, area.y2))
        return [self.keys[i] for i in np.flatnonzero(whole.all(axis=1) & free)]

    def touching(self, area: Box) -> NDArray[np.int64]:
        """Indices of the boxes that meet `area`, in drawing order."""
        met = (self.boxes[:, :2] <= (area.x2, area.y2)) & (self.boxes[:, 2:] >= (area.x1, area.y1))
        found = np.flatnonzero(met.all(axis=1))
        return np.asarray(found[np.argsort(self.ranks[found])], dtype=np.int64)
