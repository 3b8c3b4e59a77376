from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.edits import EditKind, add, set_state
from boxwright.domain.errors import ProjectError, ReadOnlyProject
from boxwright.domain.image import ImageState
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.domain.progress import Progress
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.services.images.scan import MISSING, add_folders
from boxwright.services.project.project import Project


def image(path: Path, seed: int, size: tuple[int, int] = (32, 24)) -> Path:
    """A file whose bytes depend on `seed`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, "PNG" if path.suffix == ".png" else "JPEG")
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Five images in two folders."""
    folder = tmp_path / "photos"
    for n, name in enumerate(("img10.jpg", "img9.jpg", "a/2.jpg", "a/10.JPG", "a/b c/ü.png")):
        image(folder / name, n)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", ["cat"]) as made:
        yield made


def paths(project: Project) -> list[str]:
    return [path for _, _, path in project.images.paths()]


def counted(result: object) -> dict[str, int]:
    """The counts that are not zero."""
    return {k: v for k, v in vars(result).items() if isinstance(v, int) and not isinstance(v, bool) and v}


def test_images_come_in_natural_order_with_their_sizes(project: Project, photos: Path) -> None:
    assert counted(add_folders(project, [photos])) == {"found": 5, "added": 5}
    assert paths(project) == ["img9.jpg", "img10.jpg", "a/2.jpg", "a/10.JPG", "a/b c/ü.png"]
    first = project.images.get(1)
    assert (first.width, first.height, first.root, first.problem) == (32, 24, "photos", None)
    assert project.images.file(5) == photos / "a" / "b c" / "ü.png"


def test_a_second_scan_reads_nothing_again(project: Project, photos: Path) -> None:
    add_folders(project, [photos])
    assert counted(add_folders(project, [photos])) == {"found": 5, "unchanged": 5}
    assert counted(add_folders(project, [photos, photos / "a", photos / ".." / "photos"])) == {
        "found": 5,
        "unchanged": 5,
    }
    assert len(project.roots.all()) == 1


def test_other_files_are_counted_and_hidden_ones_left_out(project: Project, photos: Path) -> None:
    (photos / "notes.txt").touch()
    (photos / "noending").touch()
    image(photos / ".hidden" / "x.jpg", 50)
    image(photos / "__MACOSX" / "x.jpg", 51)
    (photos / "._img9.jpg").write_bytes(b"resource fork")
    assert counted(add_folders(project, [photos])) == {"found": 5, "added": 5, "ignored": 2, "hidden": 3}


def test_every_odd_file_is_marked_and_none_stops_the_scan(project: Project, photos: Path) -> None:
    (photos / "empty.jpg").touch()
    (photos / "text.png").write_text("no image")
    os.mkfifo(photos / "pipe.jpg")
    (photos / "broken.jpg").symlink_to(photos / "nowhere")
    image(photos / "folder.jpg" / "inside.jpg", 60)
    whole = image(photos / "cut.jpg", 61, (300, 200)).read_bytes()
    (photos / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    result = add_folders(project, [photos])
    assert counted(result) == {"found": 11, "added": 11, "unreadable": 5}
    problems = {image.path: reason for image, reason in project.images.problems()}
    assert problems == {
        "empty.jpg": "empty file",
        "text.png": "not an image",
        "pipe.jpg": "not a regular file",
        "broken.jpg": "broken link",
        "cut.jpg": "truncated",
    }
    assert {Path(file).name: reason for file, reason in result.problems} == problems
    assert "folder.jpg/inside.jpg" in paths(project)
    again = add_folders(project, [photos])
    assert counted(again) == {"found": 11, "unchanged": 11}


def test_a_mended_file_becomes_usable(project: Project, photos: Path) -> None:
    (photos / "img9.jpg").write_bytes(b"")
    add_folders(project, [photos])
    image(photos / "img9.jpg", 70)
    assert counted(add_folders(project, [photos])) == {"found": 5, "changed": 1, "unchanged": 4}
    assert project.images.get(1).usable
    assert project.images.get(1).width == 32


def test_copies_are_set_aside(project: Project, photos: Path) -> None:
    shutil.copy(photos / "img9.jpg", photos / "a" / "copy of img9.jpg")
    shutil.copy(photos / "img9.jpg", photos / "img9_again.png")
    result = add_folders(project, [photos])
    assert counted(result) == {"found": 7, "added": 7, "duplicates": 2}
    original = project.images.by_path(None, "img9.jpg")
    assert original
    copies = [i for i in project.images.many(range(1, 8)) if i.duplicate_of is not None]
    assert {c.path for c in copies} == {"a/copy of img9.jpg", "img9_again.png"}
    assert {c.duplicate_of for c in copies} == {original.id}
    assert not set(project.images.candidates()) & {c.id for c in copies}


def test_a_copy_that_comes_later_is_set_aside_and_stands_up_when_the_first_changes(
    project: Project, photos: Path
) -> None:
    add_folders(project, [photos])
    shutil.copy(photos / "img9.jpg", photos / "zz.jpg")
    assert counted(add_folders(project, [photos]))["duplicates"] == 1
    copy = project.images.by_path(None, "zz.jpg")
    assert copy
    assert copy.duplicate_of == 1
    image(photos / "img9.jpg", 80)
    assert counted(add_folders(project, [photos])) == {"found": 6, "changed": 1, "unchanged": 5}
    assert project.images.get(copy.id).usable


def test_of_two_copies_the_one_a_person_labelled_stands_for_both(
    project: Project, photos: Path, tmp_path: Path
) -> None:
    add_folders(project, [photos])
    labels = project.labels.load(5)
    project.labels.apply(5, set_state(labels, ImageState.LABELED, EditKind.OTHER))
    shutil.copy(photos / "a" / "b c" / "ü.png", photos / "0.png")
    add_folders(project, [photos])
    assert project.images.get(5).usable
    copy = project.images.by_path(None, "0.png")
    assert copy
    assert copy.duplicate_of == 5


def test_a_moved_file_keeps_its_labels(project: Project, photos: Path) -> None:
    add_folders(project, [photos])
    project.labels.apply(1, add(drawn(Box(1, 1, 5, 5), 1)))
    (photos / "deep").mkdir()
    (photos / "img9.jpg").rename(photos / "deep" / "renamed.jpg")
    assert counted(add_folders(project, [photos])) == {"found": 5, "moved": 1, "unchanged": 4}
    assert project.images.get(1).path == "deep/renamed.jpg"
    assert len(project.labels.load(1).annotations) == 1
    assert len(paths(project)) == 5


def test_a_missing_file_is_marked_and_comes_back(project: Project, photos: Path) -> None:
    add_folders(project, [photos])
    content = (photos / "a" / "2.jpg").read_bytes()
    (photos / "a" / "2.jpg").unlink()
    assert counted(add_folders(project, [photos / "a"])) == {"found": 2, "unchanged": 2, "missing": 1}
    assert project.images.get(3).problem == MISSING
    (photos / "a" / "2.jpg").write_bytes(content)
    assert counted(add_folders(project, [photos])) == {"found": 5, "changed": 1, "unchanged": 4}
    assert project.images.get(3).usable


def test_a_copy_stands_up_when_the_first_is_gone_and_steps_back_when_it_returns(project: Project, photos: Path) -> None:
    shutil.copy(photos / "img9.jpg", photos / "a" / "zz.jpg")
    add_folders(project, [photos])
    content = (photos / "img9.jpg").read_bytes()
    (photos / "img9.jpg").unlink()
    assert counted(add_folders(project, [photos]))["missing"] == 1
    copy = project.images.by_path(None, "a/zz.jpg")
    assert copy is not None
    assert copy.duplicate_of is None
    assert copy.id in project.images.candidates()
    (photos / "img9.jpg").write_bytes(content)
    add_folders(project, [photos])
    assert project.images.get(copy.id).duplicate_of is not None


def test_the_labels_of_an_image_that_is_gone_go_to_its_copy(project: Project, photos: Path) -> None:
    shutil.copy(photos / "img9.jpg", photos / "a" / "zz.jpg")
    add_folders(project, [photos])
    original = project.images.by_path(None, "img9.jpg")
    copy = project.images.by_path(None, "a/zz.jpg")
    assert original is not None
    assert copy is not None
    project.labels.import_labels([(original.id, [])])
    content = (photos / "img9.jpg").read_bytes()
    (photos / "img9.jpg").unlink()
    result = add_folders(project, [photos])
    assert (result.missing, result.missing_labeled) == (1, [])
    moved = project.images.get(original.id)
    assert (moved.path, moved.state, moved.usable) == ("a/zz.jpg", ImageState.LABELED, True)
    assert project.images.get(copy.id).problem == MISSING
    (photos / "img9.jpg").write_bytes(content)
    add_folders(project, [photos])
    assert project.images.get(copy.id).duplicate_of == original.id


def test_a_folder_whose_images_are_all_gone_marks_them(project: Project, photos: Path) -> None:
    add_folders(project, [photos])
    for file in [p for p in photos.rglob("*") if p.is_file()]:
        file.unlink()
    assert counted(add_folders(project, [photos])) == {"missing": 5}


def test_a_touched_date_is_no_change(project: Project, photos: Path) -> None:
    add_folders(project, [photos])
    os.utime(photos / "img9.jpg", ns=(1, 1))
    assert counted(add_folders(project, [photos])) == {"found": 5, "unchanged": 5}
    assert project.store.value("SELECT mtime_ns FROM image WHERE id = 1") == 1, "so that it is not read a third time"


def predicted(project: Project, *image_ids: int) -> int:
    card = DetectorCard("grid", ProbKind.SIGMOID, ("cat",), InputSpec(64, 64))
    model = project.models.add("m", "models/m.onnx", "0", card, {0: 1})
    project.models.activate(model.id)
    one = np.ones(1, np.float32)
    found = Detections(
        np.array([[0, 0, 9, 9]], np.float32), one, np.zeros(1, np.int64), one[None], ProbKind.SIGMOID, 1.0
    )
    project.predictions.replace(model.id, [ImagePredictions(i, found) for i in image_ids])
    ids = np.array(image_ids, np.int64)
    project.scores.append(
        model.id,
        PoolScores(ids, np.arange(len(ids) + 1), {n: np.ones(len(ids), np.float32) for n in SCORE_NAMES}, ids * one),
    )
    return model.id


def test_changed_pixels_lose_the_guess_but_never_a_persons_labels(project: Project, photos: Path) -> None:
    add_folders(project, [photos])
    model = predicted(project, 1, 2, 3)
    project.labels.apply(2, add(drawn(Box(1, 1, 5, 5), 1)))
    for n, name in enumerate(("img9.jpg", "img10.jpg")):
        image(photos / name, 90 + n, (64, 48))
    assert counted(add_folders(project, [photos])) == {"found": 5, "changed": 2, "unchanged": 3, "changed_labeled": 1}
    assert project.predictions.predicted_ids(model).tolist() == [2, 3]
    assert project.scores.read(model).image_ids.tolist() == [2, 3]
    assert project.labels.load(1).predictions == {}
    kept = project.labels.load(2)
    assert (len(kept.annotations), len(kept.predictions), kept.width) == (1, 1, 64)


def test_stopping_keeps_what_was_finished_and_the_next_scan_goes_on(project: Project, tmp_path: Path) -> None:
    for n in range(600):
        image(tmp_path / "many" / f"{n}.png", n, (4, 4))
    seen: list[Progress] = []
    result = add_folders(project, [tmp_path / "many"], seen.append, lambda: bool(seen) and seen[-1].done >= 100)
    assert result.stopped
    assert 100 <= len(paths(project)) == result.added < 600
    rest = add_folders(project, [tmp_path / "many"], seen.append)
    assert (rest.added, rest.unchanged, rest.stopped) == (600 - result.added, result.added, False)
    assert (seen[-1].done, seen[-1].total) == (600, 600)


def test_stopping_while_looking_adds_nothing(project: Project, photos: Path) -> None:
    result = add_folders(project, [photos], should_stop=lambda: True)
    assert result.stopped
    assert paths(project) == []
    assert project.roots.all() == []


def test_a_root_inside_another(project: Project, photos: Path) -> None:
    add_folders(project, [photos / "a"])
    assert counted(add_folders(project, [photos])) == {"found": 5, "added": 2, "unchanged": 3}
    assert [(root, path) for _, root, path in project.images.paths()] == [
        ("a", "2.jpg"), ("a", "10.JPG"), ("a", "b c/ü.png"), ("photos", "img9.jpg"), ("photos", "img10.jpg"),
    ]  # fmt: skip
    (photos / "a" / "2.jpg").unlink()
    assert counted(add_folders(project, [photos]))["missing"] == 1


def test_a_folder_without_images_makes_no_root(project: Project, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    assert counted(add_folders(project, [tmp_path / "nothing"])) == {}
    assert project.roots.all() == []


def test_linked_folders_are_followed_but_not_in_circles(project: Project, photos: Path, tmp_path: Path) -> None:
    image(tmp_path / "elsewhere" / "far.jpg", 100)
    (photos / "link").symlink_to(tmp_path / "elsewhere")
    (photos / "circle").symlink_to(photos)
    (photos / "a" / "up").symlink_to(photos)
    (tmp_path / "elsewhere" / "back").symlink_to(photos)
    assert counted(add_folders(project, [photos])) == {"found": 6, "added": 6}
    assert "link/far.jpg" in paths(project)


def test_a_linked_start_is_the_folder_itself(project: Project, photos: Path, tmp_path: Path) -> None:
    add_folders(project, [photos])
    (tmp_path / "shortcut").symlink_to(photos)
    assert counted(add_folders(project, [tmp_path / "shortcut"])) == {"found": 5, "unchanged": 5}


def test_projects_and_what_they_write_are_left_out(project: Project, photos: Path) -> None:
    Project.create(photos / "another project").close()
    image(photos / "another project" / "images" / "x.jpg", 110)
    image(project.folder / "exports" / "x.jpg", 111)
    image(project.folder / "images" / "own.jpg", 112)
    assert add_folders(project, [photos]).added == 5
    assert add_folders(project, [project.folder]).added == 1
    assert paths(project)[-1] == "images/own.jpg"


def test_a_name_that_is_no_text_is_told_and_left_out(project: Project, photos: Path) -> None:
    name = os.fsencode(photos) + b"/caf\xe9.jpg"
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "JPEG")
    try:
        with open(name, "wb") as file:  # noqa: PTH123 - a name in bytes
            file.write(buffer.getvalue())
    except OSError:
        pytest.skip("this file system takes text only")
    result = add_folders(project, [photos])
    assert result.added == 5
    assert [reason for _, reason in result.problems] == ["its name is not valid text: rename it"]


@pytest.mark.parametrize(("name", "sentence"), [("nowhere", "is not there"), ("img9.jpg", "is a file, not a folder")])
def test_a_wrong_folder_is_told_before_anything_happens(
    project: Project, photos: Path, name: str, sentence: str
) -> None:
    with pytest.raises(ProjectError, match=sentence):
        add_folders(project, [photos, photos / name])
    assert paths(project) == []


def test_a_project_that_can_only_be_read_is_not_scanned(project: Project, photos: Path) -> None:
    with Project.open(project.folder) as reader, pytest.raises(ReadOnlyProject):
        add_folders(reader, [photos])


def test_the_real_sets(project: Project, data_dir: Path) -> None:
    result = add_folders(project, [data_dir / "cards", data_dir / "coco-val128"])
    assert (result.added, result.unreadable) == (363 + 128, 0)
