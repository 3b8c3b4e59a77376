"""A new detector that finds nothing or saves nothing is told of, and not put in use by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.colours import BLACK, CLASSES, make_pool, write_detector, write_pictures
from tests.retraining import COLOURS, asked, bad, good, label, labelled_pool, use_puppets

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.edits import confirm_empty
from boxwright.domain.prediction import ProbKind
from boxwright.inference.detector import Detector
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.services.retraining.facts import training_set
from boxwright.services.retraining.result import Figures, RetrainVerdict
from boxwright.services.retraining.run import activate, retrain
from boxwright.services.retraining.usefulness import useless_by_figures, useless_by_looks


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Six labelled images and twelve others, none set aside for measuring."""
    with labelled_pool(tmp_path, validation=0, unlabeled=12) as made:
        yield made


def opened(file: str) -> Detector:
    return Detector.open(Path(file), DetectorCard("yolov8", ProbKind.SIGMOID, CLASSES, InputSpec(32, 32)), "cpu", 1)


def looked(project: Project, file: str) -> str:
    return useless_by_looks(project, opened(file), training_set(project), cores=1)


def figures(fixes: float, boxes: int, images: int = 2) -> Figures:
    return Figures(0.01, 0.031, {"red": (0.01, 0.031, boxes), "green": (None, None, 0)}, fixes, images)


@pytest.mark.parametrize(
    ("fixes", "boxes", "useless"), [(2.9, 6, False), (3.0, 6, True), (4.2, 6, True), (1, 0, False)]
)
def test_by_figures_it_is_useless_where_fixing_takes_as_much_as_drawing(
    fixes: float, boxes: int, useless: bool
) -> None:
    assert bool(useless_by_figures(figures(fixes, boxes))) is useless


def test_the_figures_are_in_the_sentence() -> None:
    said = useless_by_figures(figures(4.2, 6))
    assert "on 2 validation images there are 4.2 boxes to fix per image, and 3.0 to draw without it (AP50 0.03)" in said


def test_a_right_one_is_of_use(project: Project, tmp_path: Path) -> None:
    assert looked(project, good(tmp_path)) == ""


def test_one_that_is_wrong_on_what_it_learnt_saves_nothing(project: Project, tmp_path: Path) -> None:
    said = looked(project, bad(tmp_path))
    assert "even on 6 images that it learnt from there are 2.0 boxes to fix per image, and 1.0 to draw" in said


def test_one_that_knows_only_what_it_learnt_finds_nothing_else(tmp_path: Path) -> None:
    with make_pool(tmp_path, [*COLOURS, *[BLACK] * 9]) as project:
        for image_id in (1, 2, 3):
            label(project, image_id)
        assert "no box on 9 images that it had not seen" in looked(project, good(tmp_path))
        for image_id in (4, 5, 6):
            project.labels.apply(image_id, confirm_empty(project.labels.load(image_id)))
        assert looked(project, good(tmp_path)) == "", "where half of what is known is empty, that says nothing"


def test_images_of_a_folder_that_is_away_are_not_held_against_it(tmp_path: Path) -> None:
    with labelled_pool(tmp_path, validation=0, unlabeled=0) as project:
        add_folders(project, [write_pictures(tmp_path / "drive", [BLACK] * 9)])
        (tmp_path / "drive").rename(tmp_path / "away")
        assert looked(project, good(tmp_path)) == ""


@pytest.mark.slow
def test_the_first_detector_is_not_in_use_when_it_finds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_puppets(tmp_path / "plug-ins", monkeypatch)
    with make_pool(tmp_path, [BLACK] * 8) as project:
        with project.transaction():
            project.store.write("UPDATE model SET active = 0")
        for image_id in range(1, 5):
            label(project, image_id)
        result = retrain(project, asked(str(write_detector(tmp_path / "new.onnx", middle=(16.01, 16)))))
        assert result.verdict is RetrainVerdict.USELESS
        assert "found no box on 8 images" in result.useless
        assert project.models.active() is None
        assert [row.activated for row in project.rounds.all()] == [False]
        activate(project, result.model_id)
        active = project.models.active()
        assert active is not None and active.id == result.model_id
