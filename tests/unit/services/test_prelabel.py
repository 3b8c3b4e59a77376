"""Pre-labelling a pool: real files, a real ONNX session, a real database, and a person's work in between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from tests.colours import BLACK, CLASSES, Colour, make_pool, shades, write_detector, write_pictures
from tests.pools import id_of

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.card import InputSpec, Resize
from boxwright.domain.edits import EditKind, accept_all, add, confirm_empty, reject, set_state
from boxwright.domain.errors import ModelError, ProjectError, ReadOnlyProject, SettingError
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels
from boxwright.domain.model import Model
from boxwright.domain.progress import Progress
from boxwright.domain.suppression import Suppression
from boxwright.inference.preprocess import place
from boxwright.sampling.scores import box_scores
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.registry import map_classes
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.detect import CHUNK_IMAGES
from boxwright.services.prelabelling.pipeline import side_to_decode
from boxwright.services.prelabelling.plan import set_suppression, suppression_of, to_do
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project

RED, GREEN, BLUE = (204, 51, 0), (0, 204, 51), (51, 0, 204)


def active(project: Project) -> Model:
    model = project.models.active()
    assert model is not None
    return model


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    colours: dict[str, Colour] = {"red.png": RED, "green.png": GREEN, "blue.png": BLUE, "black.png": BLACK}
    with make_pool(tmp_path, colours) as made:
        yield made


def test_what_suppression_the_project_wants_is_what_it_gets(project: Project) -> None:
    model = active(project)
    assert suppression_of(project) == Suppression()
    prelabel(project, model, "cpu")
    assert prelabel(project, model, "cpu").predicted == 0
    set_suppression(project, Suppression(0.4, class_agnostic=True))
    assert suppression_of(project) == Suppression(0.4, class_agnostic=True)
    assert prelabel(project, model, "cpu").predicted == 4
    with pytest.raises(SettingError, match="from 0 to 1"):
        Suppression(1.5)


def test_every_image_gets_what_the_detector_says_of_it(project: Project) -> None:
    model = active(project)
    result = prelabel(project, model, "cpu")
    assert (result.predicted, result.empty, result.boxes, result.problems) == (4, 1, 3, ())
    assert result.device == "CPU"
    for name, colour in {"red": RED, "green": GREEN, "blue": BLUE}.items():
        (box,) = project.predictions.of_image(id_of(project, f"{name}.png"), model.id)
        assert project.classes.all()[CLASSES.index(name)].id == box.class_id
        assert box.probs == pytest.approx(np.array(colour) / 255, abs=0.01)
        assert box.box.array() == pytest.approx((24, 24, 72, 72), abs=0.01)
    assert project.predictions.of_image(id_of(project, "black.png"), model.id) == []


def test_scores_are_those_of_the_stored_boxes(project: Project) -> None:
    model = active(project)
    prelabel(project, model, "cpu")
    scores = project.scores.read(model.id)
    assert scores.image_ids.tolist() == project.images.ids().tolist()
    for row, image in enumerate(scores.image_ids.tolist()):
        stored = sorted(project.predictions.of_image(image, model.id), key=lambda p: p.id)
        first, last = scores.offsets[row], scores.offsets[row + 1]
        assert last - first == len(stored)
        if stored:
            expected = box_scores(np.stack([p.probs for p in stored]), model.card.kind)
            for name, values in expected.items():
                assert scores.box_scores[name][first:last] == pytest.approx(values)


def test_a_second_run_has_nothing_to_do(project: Project) -> None:
    prelabel(project, active(project), "cpu")
    again = prelabel(project, active(project), "cpu")
    assert (again.predicted, again.already, again.stopped) == (0, 4, False)


def test_a_stopped_run_keeps_what_was_done_and_goes_on_from_there(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(2 * CHUNK_IMAGES + 6)) as project:
        model = active(project)
        done: list[Progress] = []
        first = prelabel(project, model, "cpu", done.append, lambda: bool(done) and done[-1].done > 0)
        assert first.stopped
        assert CHUNK_IMAGES <= first.predicted < 2 * CHUNK_IMAGES
        assert len(project.predictions.predicted_ids(model.id)) == first.predicted
        assert done[-1].total == 2 * CHUNK_IMAGES + 6
        assert done[-1].per_second > 0
        second = prelabel(project, model, "cpu")
        assert not second.stopped
        assert second.already == first.predicted
        assert first.predicted + second.predicted == 2 * CHUNK_IMAGES + 6
        assert len(project.scores.read(model.id)) == 2 * CHUNK_IMAGES + 6


def test_bad_images_are_marked_and_stepped_over(project: Project, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    (pictures / "green.png").write_bytes(b"not a picture at all")
    (pictures / "blue.png").write_bytes((pictures / "blue.png").read_bytes()[:60])
    (pictures / "black.png").unlink()
    bad = [id_of(project, f"{name}.png") for name in ("green", "blue", "black")]
    result = prelabel(project, active(project), "cpu")
    assert result.predicted == 1
    assert sorted(i for i, _ in result.problems) == sorted(bad)
    for image in bad:
        problem = project.images.get(image).problem
        assert problem
        assert len(problem) < 80


def test_a_drive_that_is_gone_sets_no_image_aside(project: Project, tmp_path: Path) -> None:
    (tmp_path / "pictures").rename(tmp_path / "unplugged")
    with pytest.raises(ProjectError, match="is not there any more"):
        prelabel(project, active(project), "cpu")
    assert project.images.counts()["unreadable"] == 0
    (tmp_path / "unplugged").rename(tmp_path / "pictures")
    assert prelabel(project, active(project), "cpu").predicted == 4


def test_a_folder_below_that_is_gone_sets_no_image_aside(tmp_path: Path) -> None:
    """A drive may be mounted deep in the folder of images."""
    with make_pool(tmp_path, {"here.png": RED, "camera/there.png": GREEN}) as project:
        (tmp_path / "pictures" / "camera").rename(tmp_path / "unplugged")
        first = prelabel(project, active(project), "cpu")
        assert (first.predicted, [text for _, text in first.problems]) == (1, ["its folder is missing"])
        assert project.images.counts()["unreadable"] == 0
        (tmp_path / "unplugged").rename(tmp_path / "pictures" / "camera")
        assert prelabel(project, active(project), "cpu").predicted == 1


def test_an_image_that_can_be_read_a_moment_later_is_not_damaged(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from boxwright.imaging import read

    whole, missed = read.read_image, set[Path]()

    def read_image(path: Path, max_side: int | None = None, fit: bool = False) -> object:
        if path not in missed:
            missed.add(path)
            raise read.ImageReadError(f"{path} cannot be read (gone for a moment).")
        return whole(path, max_side, fit)

    monkeypatch.setattr(read, "read_image", read_image)
    result = prelabel(project, active(project), "cpu")
    assert (result.predicted, result.problems) == (4, ())


def everything(project: Project) -> dict[int, ImageLabels]:
    return {i: project.labels.load(i) for i in project.images.ids().tolist()}


def test_no_box_of_a_person_is_ever_touched(project: Project) -> None:
    """Each image has a person's box and is not finished; on the black one the detector finds nothing."""
    class_id = project.classes.all()[0].id
    for image in project.images.ids().tolist():
        project.labels.apply(image, add(drawn(Box(1, 2, 30, 40), class_id)))
    before = everything(project)
    result = prelabel(project, active(project), "cpu")
    assert (result.kept, result.predicted, result.boxes) == (4, 0, 0)
    assert everything(project) == before
    again = prelabel(project, active(project), "cpu")
    assert (again.kept, again.already) == (0, 4)


def test_an_image_whose_edits_were_all_undone_is_open_to_the_next_detector(project: Project, tmp_path: Path) -> None:
    """Undone before the detector ran, and after it had passed the image by."""
    prelabel(project, active(project), "cpu")
    red, green = id_of(project, "red.png"), id_of(project, "green.png")
    edits = {image: reject(project.labels.load(image).predictions.values()) for image in (red, green)}
    for image, edit in edits.items():
        project.labels.apply(image, edit)
    project.labels.apply(red, edits[red].invert())
    newer = add_model(project, write_detector(tmp_path / "newer.onnx", ("red", "green")))
    project.models.activate(newer.id)
    assert prelabel(project, project.models.get(newer.id), "cpu").kept == 1
    assert [p.model_id for p in project.labels.load(red).predictions.values()] == [newer.id]
    project.labels.apply(green, edits[green].invert())
    again = prelabel(project, project.models.get(newer.id), "cpu")
    assert (again.predicted, again.kept) == (1, 0)
    assert [p.model_id for p in project.labels.load(green).predictions.values()] == [newer.id]


def test_labels_survive_a_new_detector(project: Project, tmp_path: Path) -> None:
    """Accepted, confirmed empty and skipped images, then another detector over the whole pool."""
    prelabel(project, active(project), "cpu")
    for name in ("red", "green"):
        labels = project.labels.load(id_of(project, f"{name}.png"))
        project.labels.apply(labels.image_id, accept_all(labels, 0.0))
    labels = project.labels.load(id_of(project, "black.png"))
    project.labels.apply(labels.image_id, confirm_empty(labels))
    labels = project.labels.load(id_of(project, "blue.png"))
    project.labels.apply(labels.image_id, set_state(labels, ImageState.SKIPPED, EditKind.OTHER, "blurred"))
    before = {i: (labels.annotations, labels.state, labels.skip_reason) for i, labels in everything(project).items()}
    assert sum(len(annotations) for annotations, _, _ in before.values()) == 2

    newer = add_model(project, write_detector(tmp_path / "newer.onnx", ("red", "green")))
    project.models.activate(newer.id)
    assert prelabel(project, project.models.get(newer.id), "cpu").predicted == 0
    after = {i: (labels.annotations, labels.state, labels.skip_reason) for i, labels in everything(project).items()}
    assert after == before


def test_classes_that_the_project_lacks_are_counted_not_scored(tmp_path: Path) -> None:
    with make_pool(tmp_path, {"red.png": RED, "green.png": GREEN}, classes=("red",)) as project:
        model = active(project)
        result = prelabel(project, model, "cpu")
        assert (result.boxes, dict(result.dropped), result.empty) == (1, {"green": 1}, 1)
        assert np.diff(project.scores.read(model.id).offsets).tolist() == [
            int(path == "red.png") for _, _, path in project.images.paths()
        ]


def test_what_is_left_out_of_a_persons_image_is_not_counted(tmp_path: Path) -> None:
    with make_pool(tmp_path, {"red.png": RED, "green.png": GREEN, "dark.png": (0, 153, 51)}, ("red",)) as project:
        project.labels.apply(id_of(project, "dark.png"), add(drawn(Box(1, 2, 30, 40), project.classes.all()[0].id)))
        result = prelabel(project, active(project), "cpu")
        assert (result.kept, dict(result.dropped)) == (1, {"green": 1})


def test_another_class_map_makes_the_prelabels_again_but_not_those_a_person_has_used(project: Project) -> None:
    model = active(project)
    map_classes(project, model, {"green": ""})
    prelabel(project, active(project), "cpu")
    green, red = id_of(project, "green.png"), id_of(project, "red.png")
    assert project.predictions.of_image(green, model.id) == []
    labels = project.labels.load(red)
    project.labels.apply(red, accept_all(labels, 0.0))
    before = project.labels.load(red)

    map_classes(project, active(project), {"green": "blue", "red": "blue"})
    result = prelabel(project, active(project), "cpu")
    assert (result.predicted, result.already) == (3, 0)
    (box,) = project.predictions.of_image(green, model.id)
    assert box.class_id == project.classes.all()[2].id
    after = project.labels.load(red)
    assert (after.annotations, after.standings, list(after.predictions)) == (
        before.annotations,
        before.standings,
        list(before.predictions),
    )
    again = prelabel(project, active(project), "cpu")
    assert (again.predicted, again.already) == (0, 3)
    assert len(project.scores.read(model.id)) == 3


def test_a_large_picture_is_decoded_small_and_its_boxes_are_in_its_own_pixels(tmp_path: Path) -> None:
    """768 pixels for an input of 32: the decoder may halve the side three times."""
    with make_pool(tmp_path, {"small.png": RED}) as project:
        Pillow.new("RGB", (768, 768), RED).save(tmp_path / "pictures" / "large.jpg")
        add_folders(project, [tmp_path / "pictures"])
        model = active(project)
        prelabel(project, model, "cpu")
        (box,) = project.predictions.of_image(id_of(project, "large.jpg"), model.id)
        assert box.box.array() == pytest.approx((192, 192, 576, 576), abs=0.01)


@given(
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.integers(16, 1280),
    st.integers(16, 1280),
    st.sampled_from(["letterbox", "pad", "stretch"]),
)
def test_no_picture_is_decoded_smaller_than_the_input_needs(
    width: int, height: int, across: int, down: int, resize: Resize
) -> None:
    spec = InputSpec(across, down, resize=resize)
    _, inner_width, inner_height = place(width, height, spec)
    side = side_to_decode(width, height, spec)
    if side is None:
        assert inner_width >= width or inner_height >= height
    else:
        ratio = side / max(width, height)
        assert ratio <= 1
        assert width * ratio >= inner_width - 1
        assert height * ratio >= inner_height - 1


def test_images_added_later_are_done_by_the_next_run(project: Project, tmp_path: Path) -> None:
    prelabel(project, active(project), "cpu")
    add_folders(project, [write_pictures(tmp_path / "more", {"late.png": (200, 100, 0)})])
    result = prelabel(project, active(project), "cpu")
    assert (result.predicted, result.already) == (1, 4)


def test_a_lost_detector_file_is_one_sentence(project: Project) -> None:
    shutil.rmtree(project.folder / "models")
    with pytest.raises(ModelError, match="is gone"):
        prelabel(project, active(project), "cpu")


def test_a_project_open_elsewhere_is_not_written(project: Project) -> None:
    with Project.open(project.folder) as second, pytest.raises(ReadOnlyProject):
        prelabel(second, active(second), "cpu")


def test_a_new_detector_looks_first_at_what_the_old_one_was_unsure_of(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(6)) as project:
        first = active(project)
        assert to_do(project, first)[0].tolist() == [1, 2, 3, 4, 5, 6], "nobody has looked yet"
        prelabel(project, first, "cpu")
        add_folders(project, [write_pictures(tmp_path / "more", {"late.png": RED})])
        second = add_model(project, write_detector(tmp_path / "second.onnx", middle=(15, 16)))
        assert to_do(project, second)[0].tolist() == [6, 5, 4, 3, 2, 1, 7], "grey before red, the unknown last"
        project.labels.apply(5, set_state(project.labels.load(5), ImageState.SKIPPED, EditKind.OTHER))
        prelabel(project, second, "cpu", should_stop=lambda: True)
        assert project.predictions.predicted_ids(second.id).tolist() == [6]
        assert to_do(project, second)[0].tolist() == [4, 3, 2, 1, 7]
