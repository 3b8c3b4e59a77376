"""Finding images by what a detector says of them: both ends of a range belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.labelling import FOUND, make_project

from boxwright.domain.pool_query import PoolQuery
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.services.project.gallery import find
from boxwright.services.project.project import Project

BEST = (0.5, 0.6, 0.7, 0.9)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Images 1 to 4 with these best scores, and a fifth that the detector has not seen."""
    with make_project(tmp_path / "p", len(BEST) + 1) as project:
        active = project.models.active()
        assert active is not None
        count = len(BEST)
        none = dict.fromkeys(SCORE_NAMES, np.zeros(0, np.float32))
        scores = PoolScores(
            np.arange(1, count + 1), np.zeros(count + 1, np.int64), none, np.array(BEST, np.float32),
            np.zeros(0, np.int32),
        )  # fmt: skip
        project.scores.append(active.id, scores)
        yield project


@pytest.mark.parametrize(
    ("lowest", "highest", "wanted"),
    [
        (0.0, 1.0, [1, 2, 3, 4, 5]),
        (0.6, 1.0, [2, 3, 4]),
        (0.7, 1.0, [3, 4]),
        (0.0, 0.6, [1, 2]),
        (0.0, 0.7, [1, 2, 3]),
        (0.5, 0.9, [1, 2, 3, 4]),
        (0.61, 0.69, []),
    ],
)
def test_a_score_that_equals_a_bound_fits(project: Project, lowest: float, highest: float, wanted: list[int]) -> None:
    assert find(project, PoolQuery(lowest=lowest, highest=highest)).ids.tolist() == wanted


def test_a_pre_label_counts_for_its_class_from_the_score_that_is_shown(project: Project) -> None:
    weakest = float(np.float32(max(FOUND[3][1])))
    assert len(find(project, PoolQuery(class_id=3), shown=weakest).ids) == 5
    assert len(find(project, PoolQuery(class_id=3), shown=weakest + 1e-6).ids) == 0
