"""A detector that is removed takes its file and its open pre-labels along, and no label."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.colours import make_pool, shades, write_detector
from tests.presence import present

from boxwright.config import paths
from boxwright.domain.edits import take
from boxwright.domain.errors import ModelError
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.remove import remove_model
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project

COUNT = 6


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_pool(tmp_path, shades(COUNT)) as made:
        prelabel(made, present(made.models.active()), "cpu")
        yield made


def test_open_pre_labels_scores_and_file_go_and_labels_stay(project: Project) -> None:
    model = present(project.models.active())
    first = int(project.images.ids()[0])
    labels = project.labels.load(first)
    taken = next(iter(labels.predictions))
    project.labels.apply(first, take(labels.predictions[taken]))
    others = sum(len(project.predictions.of_image(int(i), model.id)) for i in project.images.ids()) - 1
    removal = remove_model(project, model.id)
    assert (removal.prelabels, removal.used) == (others, True)
    assert project.models.all() == [] and project.models.active() is None
    assert not (project.folder / model.file).parent.exists()
    assert len(project.scores.read(model.id, []).image_ids) == 0
    kept = project.labels.load(first)
    assert len(kept.annotations) == 1
    assert project.predictions.detectors(first) == {taken: model.name}, "where the label came from is still told"


def test_it_cannot_be_activated_or_removed_again_and_the_same_file_can_be_added_anew(
    project: Project, tmp_path: Path
) -> None:
    model = present(project.models.active())
    remove_model(project, model.id)
    with pytest.raises(ModelError, match="was removed"):
        project.models.activate(model.id)
    with pytest.raises(ModelError, match="was removed"):
        remove_model(project, model.id)
    again = add_model(project, write_detector(tmp_path / "colours.onnx"))
    assert again.active and again.id != model.id
    assert prelabel(project, again, "cpu").predicted == COUNT


def test_a_row_that_names_a_file_elsewhere_removes_no_file(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "precious" / "work.onnx"
    outside.parent.mkdir()
    outside.write_bytes(b"x")
    card = present(project.models.active()).card
    with project.transaction():
        for number, file in enumerate(("../precious/work.onnx", "models/../../precious/work.onnx", str(outside))):
            model = project.models.add(f"stray {number}", file, "0" * 64, card, {})
            remove_model(project, model.id)
    assert outside.is_file()


def test_pre_labelling_goes_on_when_the_detector_whose_features_are_wanted_is_broken(project: Project) -> None:
    project.models.deactivate()
    starter = add_model(project, paths.models() / "starter.onnx")
    prelabel(project, starter, "cpu")
    good = project.models.all()[0]
    (project.folder / starter.file).write_bytes(b"damaged")
    ids = [int(i) for i in project.images.ids()]
    project.features.forget(ids)
    project.predictions.outdate(good.id)
    project.scores.clear(good.id)
    result = prelabel(project, good, "cpu")
    assert result.predicted == COUNT
    assert f"'{starter.name}' (number {starter.id})" in result.features_note
    assert prelabel(project, good, "cpu").features_note == "", "nobody asks it again"


def test_what_goes_wrong_with_a_detector_names_it(project: Project) -> None:
    model = present(project.models.active())
    (project.folder / model.file).write_bytes(b"damaged")
    project.predictions.outdate(model.id)
    project.scores.clear(model.id)
    with pytest.raises(ModelError, match=rf"The detector '{model.name}' \(number {model.id}\) does not work: "):
        prelabel(project, model, "cpu")
