"""The demo: its pictures, its true boxes, and a project that survives being made twice or stopped half-way."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import orjson
import pytest

from boxwright.config import paths
from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind
from boxwright.domain.errors import Cancelled, FormatError, ProjectError
from boxwright.domain.image import ImageState, Split
from boxwright.domain.progress import Progress, ignore
from boxwright.services.demo import make_demo
from boxwright.services.demo.metal import Light
from boxwright.services.demo.picture import picture, render
from boxwright.services.demo.played import fresh_place, seal
from boxwright.services.demo.project import SEED
from boxwright.services.demo.scene import PlacedPart, ScenePlan, plan
from boxwright.services.demo.shapes import CLASSES
from boxwright.services.demo.starter import SEED as STARTER_SEED
from boxwright.services.demo.truth import read_truth
from boxwright.services.project.project import Project

pytestmark = pytest.mark.slow

LIGHT = Light(0.7, 0.5, 1.0)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def part(name: str, x: float, y: float, radius: float, angle: float = 0.0) -> PlacedPart:
    return PlacedPart(CLASSES.index(name), x, y, radius, angle, 1.0)


def shot(*parts: PlacedPart) -> tuple[np.ndarray, np.ndarray]:
    made = render(ScenePlan(640, 480, parts, LIGHT), rng())
    return made.boxes, made.labels


def test_a_picture_is_the_same_each_time_and_unlike_its_neighbour() -> None:
    first, again, other = picture(5, 3), picture(5, 3), picture(5, 4)
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.boxes, again.boxes)
    assert first.image.shape != other.image.shape or not np.array_equal(first.image, other.image)


def test_boxes_lie_inside_the_picture_and_have_area() -> None:
    for number in range(6):
        made = picture(11, number)
        height, width = made.image.shape[:2]
        assert made.image.dtype == np.uint8
        assert (made.boxes[:, :2] >= 0).all()
        assert (made.boxes[:, 2:] <= (width, height)).all()
        assert (made.boxes[:, 2:] > made.boxes[:, :2]).all()


def test_a_box_is_as_large_as_the_part() -> None:
    boxes, labels = shot(part("washer", 320, 240, 50))
    assert labels.tolist() == [CLASSES.index("washer")]
    assert boxes[0] == pytest.approx((270, 190, 370, 290), abs=2)


def test_a_part_cut_by_the_edge_has_the_box_of_what_is_in_the_picture() -> None:
    boxes, _ = shot(part("washer", 10, 240, 40))
    assert boxes[0][0] == 0
    assert boxes[0][2] == pytest.approx(50, abs=4)


def test_a_part_that_is_nearly_covered_has_no_box() -> None:
    _, labels = shot(part("washer", 320, 240, 20), part("bearing", 320, 240, 120, 0.3))
    # The bore of the bearing would show the washer, so it is laid under the ring.
    _, hidden = shot(part("washer", 408, 240, 18), part("bearing", 320, 240, 120, 0.3))
    assert CLASSES.index("washer") in labels.tolist()
    assert hidden.tolist() == [CLASSES.index("bearing")]


def test_a_part_half_covered_has_the_box_of_its_visible_half() -> None:
    alone, _ = shot(part("bolt", 300, 240, 120))
    both, labels = shot(part("bolt", 300, 240, 120), part("nut", 455, 240, 60, np.pi / 6))
    assert labels.tolist() == [CLASSES.index("bolt"), CLASSES.index("nut")]
    assert both[0][0] == alone[0][0]
    assert both[0][2] < alone[0][2] - 10


def test_scenes_have_a_rare_class_empty_pictures_and_crowds() -> None:
    plans = [plan(rng(seed)) for seed in range(400)]
    counts = np.bincount([p.label for one in plans for p in one.parts], minlength=len(CLASSES))
    sizes = [len(one.parts) for one in plans]
    assert counts.argmin() == CLASSES.index("bearing")
    assert counts.min() / counts.sum() < 0.06
    assert sizes.count(0) > 10
    assert max(sizes) > 45


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "project"
    make_demo(folder, ignore, pictures=20).close()
    return folder


def test_the_demo_is_ready_to_label(made: Path) -> None:
    with make_demo(made, ignore) as project:
        model = project.models.active()
        assert [c.name for c in project.classes.all()] == list(CLASSES)
        assert model is not None
        assert model.name == "starter"
        frozen = project.images.ids(split=Split.VALIDATION)
        assert len(frozen) == 2
        assert {project.images.get(int(i)).state for i in frozen} == {ImageState.LABELED}
        batch = project.batches.latest()
        assert batch is not None
        assert len(batch.items) == 16
        assert not set(frozen.tolist()) & {item.image_id for item in batch.items}
        predicted = project.predictions.predicted_ids(model.id)
        assert len(predicted) == 18
        assert any(project.labels.load(int(i)).predictions for i in predicted)


def test_the_truth_is_what_the_pictures_show(made: Path) -> None:
    truth = read_truth(made / "truth.json")
    assert sorted(truth) == sorted(p.name for p in (made / "pictures").iterdir())
    third = truth["tray-003.jpg"]
    assert [b.box.array().tolist() for b in third] == picture(SEED, 2).boxes.tolist()
    assert [CLASSES.index(b.name) for b in third] == picture(SEED, 2).labels.tolist()


def test_made_again_it_keeps_what_a_person_did(made: Path) -> None:
    with make_demo(made, ignore) as project:
        batch = project.batches.latest()
        assert batch is not None
        image_id = batch.items[0].image_id
        mine = drawn(Box(1, 2, 30, 40), project.classes.all()[0].id)
        project.labels.apply(image_id, edits.add(mine))
        before = project.labels.load(image_id).annotations
    with make_demo(made, ignore) as project:
        assert project.labels.load(image_id).annotations == before
        again = project.batches.latest()
        assert again is not None
        assert again.id == batch.id


def test_stopped_half_way_it_is_completed_the_next_time(tmp_path: Path) -> None:
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        make_demo(tmp_path / "demo", seen.append, lambda: len(seen) >= 4, pictures=6)
    with make_demo(tmp_path / "demo", ignore, pictures=6) as project:
        assert len(project.images.ids()) == 6
        assert project.batches.latest() is not None


def test_open_elsewhere_it_comes_back_for_reading(made: Path) -> None:
    with make_demo(made, ignore) as first, make_demo(made, ignore) as second:
        assert not first.read_only
        assert second.read_only
        assert second.read_only_reason


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ProjectError, match="holds other files"):
        make_demo(tmp_path, ignore)
    with pytest.raises(ProjectError, match="is a file"):
        make_demo(tmp_path / "thesis.txt", ignore)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_spoilt_truth_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text('{"images": [')
    with pytest.raises(FormatError, match="cannot be read"):
        read_truth(tmp_path / "truth.json")


def test_the_starter_is_small_and_is_the_file_that_the_registry_names() -> None:
    (entry,) = [
        m for m in orjson.loads((paths.models() / "registry.json").read_bytes())["models"] if m["name"] == "starter"
    ]
    data = (paths.models() / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    assert len(data) < 3_000_000
    assert entry["classes"] == list(CLASSES)
    assert entry["licence"] == "Apache-2.0"
    assert f"series {STARTER_SEED}" in entry["origin"]
    assert STARTER_SEED != SEED


def test_a_played_run_begins_anew_and_keeps_what_somebody_changed_since(tmp_path: Path) -> None:
    first = fresh_place(tmp_path)
    assert first == tmp_path / "project"
    make_demo(first, ignore, pictures=8, ready=False).close()
    seal(first)
    assert fresh_place(tmp_path) == first
    assert not first.exists(), "nobody has touched it"
    make_demo(first, ignore, pictures=8, ready=False).close()
    assert fresh_place(tmp_path) == tmp_path / "project-2", "a run that was stopped is left as it is"
    seal(first)
    with Project.open(first):
        assert fresh_place(tmp_path) == tmp_path / "project-2", "somebody has it open"
    with Project.open(first) as project:
        image_id = int(project.images.candidates()[0])
        project.labels.apply(
            image_id, edits.set_state(project.labels.load(image_id), ImageState.LABELED, EditKind.OTHER)
        )
    assert fresh_place(tmp_path) == tmp_path / "project-2"
    with Project.open(first, read_only=True) as project:
        assert project.images.get(image_id).state is ImageState.LABELED
