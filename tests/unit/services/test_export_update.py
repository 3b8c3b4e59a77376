"""An update adds what is new, keeps the validation split and what a person added, or changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from tests.pools import label, make_pool, picture

from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, set_state
from boxwright.domain.errors import Cancelled, FormatError
from boxwright.domain.image import ImageState, Split
from boxwright.domain.image_filter import ImageFilter
from boxwright.formats.manifest import MANIFEST, verify
from boxwright.formats.registry import formats
from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.dataset import ExportResult, export_dataset
from boxwright.services.images.scan import add_folders
from boxwright.services.project.class_removal import remove_class
from boxwright.services.project.project import Project

NAMES = [known.name for known in formats() if known.capabilities.writes]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_pool(tmp_path) as made:
        yield made


@pytest.fixture
def out(project: Project, tmp_path: Path) -> Path:
    export_dataset(project, tmp_path / "out", "yolo")
    return tmp_path / "out"


def update(project: Project, out: Path, name: str = "yolo", mode: ImageMode = ImageMode.COPY) -> ExportResult:
    return export_dataset(project, out, name, mode, update=True)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def images(folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = orjson.loads((folder / MANIFEST).read_bytes())["images"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", list(ImageMode))
def test_an_update_is_what_a_new_export_would_be(project: Project, tmp_path: Path, name: str, mode: ImageMode) -> None:
    export_dataset(project, tmp_path / "out", name, mode)
    label(project, "open.png", ("nut", Box(2, 2, 9, 9)))
    label(project, "a b.png", ("nut", Box(3, 3, 9, 9)))
    result = update(project, tmp_path / "out", name, mode)
    assert (result.images, result.new, result.changed, result.gone) == (4, 1, 1, 0)
    export_dataset(project, tmp_path / "fresh", name, mode)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")
    assert verify(tmp_path / "out").sound


def test_image_files_that_are_the_same_are_not_copied_again(project: Project, out: Path) -> None:
    before = {p.name: p.stat().st_ino for p in out.rglob("*.png")}
    label(project, "open.png")
    update(project, out)
    after = {p.name: p.stat().st_ino for p in out.rglob("*.png")}
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_what_a_person_added_stays_and_what_they_changed_stops_it(project: Project, out: Path) -> None:
    (out / "images" / "train" / "mine.png").write_bytes(b"mine")
    (out / "notes.md").write_text("mine")
    label(project, "open.png")
    update(project, out)
    assert (out / "images" / "train" / "mine.png").read_bytes() == b"mine"
    assert (out / "notes.md").read_text() == "mine"
    assert set(verify(out).added) == {"notes.md", "images/train/mine.png"}
    (out / "data.yaml").write_text("names: [mine]")
    before = tree(out)
    with pytest.raises(FormatError, match=r"data\.yaml .* was changed since the export"):
        update(project, out)
    assert tree(out) == before


def test_a_file_of_a_person_in_the_way_stops_it(project: Project, out: Path) -> None:
    (out / "images" / "train" / "open.png").write_bytes(b"mine")
    label(project, "open.png")
    before = tree(out)
    with pytest.raises(FormatError, match="move yours away"):
        update(project, out)
    assert tree(out) == before
    assert sorted(p.name for p in out.parent.iterdir()) == ["out", "pool", "project"]


def test_images_held_out_since_are_left_out_and_told(project: Project, out: Path) -> None:
    late = label(project, "open.png")
    project.images.set_split([late], Split.VALIDATION)
    result = update(project, out)
    assert any("1 images are held out in the project since" in note for note in result.notes)
    assert [e["file"] for e in images(out).values() if e["split"] == "validation"] == ["images/val/日本.png"]
    assert result.images == 3


def test_a_training_image_that_was_moved_keeps_its_split_and_it_is_told(project: Project, out: Path) -> None:
    moved = project.images.by_path(None, "a b.png")
    assert moved is not None
    project.images.set_split([moved.id], Split.VALIDATION)
    result = update(project, out)
    assert any("another split in the project" in note for note in result.notes)
    assert (out / "images" / "train" / "a b.png").is_file()


def test_a_validation_image_that_lost_its_labels_stops_it(project: Project, out: Path) -> None:
    held = project.images.by_path(None, "ü/日本.png")
    assert held is not None
    labels = project.labels.load(held.id)
    project.labels.apply(held.id, set_state(labels, ImageState.SKIPPED, EditKind.OTHER))
    before = tree(out)
    with pytest.raises(FormatError, match="would change its validation split"):
        update(project, out)
    assert tree(out) == before


def test_other_labels_of_a_validation_image_are_told(project: Project, out: Path) -> None:
    label(project, "ü/日本.png", ("nut", Box(2, 2, 8, 8)))
    result = update(project, out)
    assert any("cannot be compared" in note for note in result.notes)


def test_a_new_image_of_a_name_that_is_taken_takes_another(project: Project, tmp_path: Path, out: Path) -> None:
    picture(tmp_path / "pool" / "deep" / "a b.png", 99)
    add_folders(project, [tmp_path / "pool"])
    label(project, "deep/a b.png", ("nut", Box(2, 2, 8, 8)))
    before = {key: (e["file"], e["split"]) for key, e in images(out).items()}
    update(project, out)
    after = {key: (e["file"], e["split"]) for key, e in images(out).items()}
    assert before.items() <= after.items()
    assert len({file for file, _ in after.values()}) == 4


@pytest.mark.parametrize(
    ("name", "mode", "chosen", "words"),
    [
        ("coco", ImageMode.COPY, ImageFilter(), "in the format yolo"),
        ("yolo", ImageMode.LINK, ImageFilter(), "what becomes of the image files"),
        ("yolo", ImageMode.COPY, ImageFilter(unlabeled=True), "whether unlabelled images"),
        ("yolo", ImageMode.COPY, ImageFilter(class_ids=(1,)), "the classes"),
        ("yolo", ImageMode.COPY, ImageFilter(splits=(Split.TRAIN,)), "the splits"),
    ],
)
def test_another_format_or_option_is_refused_in_words(
    project: Project, out: Path, name: str, mode: ImageMode, chosen: ImageFilter, words: str
) -> None:
    before = tree(out)
    with pytest.raises(FormatError, match=words):
        export_dataset(project, out, name, mode, chosen, update=True)
    assert tree(out) == before


def test_there_must_be_an_export_to_add_to(project: Project, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="holds no export"):
        update(project, tmp_path / "nothing")


def test_the_export_of_another_project_is_refused(project: Project, out: Path, tmp_path: Path) -> None:
    picture(tmp_path / "other" / "x.png", 5)
    with Project.create(tmp_path / "second", ["nut", "bolt", "unused"]) as second:
        add_folders(second, [tmp_path / "other"])
        label(second, "x.png")
        with pytest.raises(FormatError, match="is it another project's"):
            update(second, out)


def test_a_class_that_would_get_another_number_is_refused(project: Project, out: Path) -> None:
    remove_class(project, 3)
    with pytest.raises(FormatError, match=r"'unused' .* would number them anew"):
        update(project, out)


def test_stopped_or_failing_half_way_the_export_is_as_it_was(project: Project, out: Path, tmp_path: Path) -> None:
    before = tree(out)
    label(project, "open.png")
    with pytest.raises(Cancelled):
        export_dataset(project, out, "yolo", update=True, should_stop=lambda: True)
    assert tree(out) == before
    (tmp_path / "pool" / "open.png").unlink()
    assert any("open.png" in note and "left out" in note for note in update(project, out).notes)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "pool", "project"]


def test_an_image_whose_file_is_gone_stays_in_the_export_that_has_it(
    project: Project, out: Path, tmp_path: Path
) -> None:
    shutil.move(tmp_path / "pool" / "a b.png", tmp_path / "elsewhere.png")
    label(project, "open.png")
    assert update(project, out).images == 4
    assert (out / "images" / "train" / "a b.png").is_file()
