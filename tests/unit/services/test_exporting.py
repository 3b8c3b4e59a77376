"""A project goes out as a dataset: what is labelled, as it is labelled, and nothing of a person's is touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from tests.pools import label, make_pool, picture

from boxwright.domain.annotation import Origin
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, change, combined, confirm_empty, set_marks
from boxwright.domain.errors import Cancelled, FormatError, ProjectError
from boxwright.domain.image_filter import ImageFilter
from boxwright.domain.marks import ImageMarks
from boxwright.formats.registry import by_name, formats
from boxwright.formats.staging import MANIFEST, ImageMode
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.dataset import import_dataset
from boxwright.services.project.project import Project

NAMES = [known.name for known in formats() if known.capabilities.writes]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_pool(tmp_path) as made:
        yield made


Seen = dict[str, tuple[str, str, list[tuple[str, tuple[float, ...]]]]]


def seen(project: Project) -> Seen:
    """By the last part of its path every image's state, split and boxes."""
    names = {c.id: c.name for c in project.classes.all()}
    result: Seen = {}
    for image in project.images.many(project.images.ids().tolist()):
        found = project.labels.annotations([image.id])[image.id]
        boxes = [(names[a.class_id], tuple(round(float(v), 2) for v in a.box.array())) for a in found]
        result[Path(image.path).name] = (str(image.state), str(image.split), boxes)
    return result


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("only", ["labeled", "all"])
def test_an_export_brought_into_a_new_project_is_the_same(
    project: Project, tmp_path: Path, name: str, only: str
) -> None:
    result = export_dataset(project, tmp_path / "out", name, chosen=ImageFilter(unlabeled=only == "all"))
    assert (result.images, result.labeled, result.boxes, result.empty) == (4 if only == "all" else 3, 3, 3, 1)
    with Project.create(tmp_path / "second") as second:
        imported = import_dataset(second, tmp_path / "out")
        assert imported.problems == ()
        before = {k: v for k, v in seen(project).items() if v[0] == "labeled" or (only == "all" and k == "open.png")}
        assert seen(second) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", list(ImageMode))
def test_an_export_brought_back_is_known_image_by_image(
    project: Project, tmp_path: Path, name: str, mode: ImageMode
) -> None:
    export_dataset(project, tmp_path / "out", name, mode, ImageFilter(unlabeled=True))
    result = import_dataset(project, tmp_path / "out")
    assert (result.images, result.added, result.unchanged, result.kept, result.problems) == (0, 0, 3, (), ())


@pytest.mark.parametrize("name", NAMES)
def test_the_same_file_name_in_two_roots_makes_two_images(project: Project, tmp_path: Path, name: str) -> None:
    picture(tmp_path / "more" / "a b.png", 77)
    add_folders(project, [tmp_path / "more"])
    label(project, "a b.png", ("nut", Box(5, 5, 9, 9)), root="more")
    result = export_dataset(project, tmp_path / "out", name)
    assert result.images == 4
    placed = list((tmp_path / "out").rglob("*.png"))
    assert len(placed) == (0 if by_name(name).capabilities.embeds else 4)
    with Project.create(tmp_path / "second") as second:
        assert import_dataset(second, tmp_path / "out").boxes == 4


def test_category_ids_of_an_imported_coco_file_come_out_again(tmp_path: Path) -> None:
    picture(tmp_path / "set" / "a.png", 1)
    content = {
        "images": [{"id": 9, "file_name": "a.png", "width": 64, "height": 48}],
        "annotations": [{"id": 1, "image_id": 9, "category_id": 90, "bbox": [1, 2, 3, 4]}],
        "categories": [{"id": 90, "name": "toothbrush"}, {"id": 1, "name": "person"}, {"id": 13, "name": "stop sign"}],
    }
    (tmp_path / "set" / "x.json").write_text(json.dumps(content))
    with Project.create(tmp_path / "project") as project:
        import_dataset(project, tmp_path / "set")
        project.classes.add("new one")
        export_dataset(project, tmp_path / "out", "coco")
    out = json.loads((tmp_path / "out" / "annotations" / "instances.json").read_text())
    assert {c["name"]: c["id"] for c in out["categories"]} == {
        "toothbrush": 90, "person": 1, "stop sign": 13, "new one": 4,
    }  # fmt: skip
    assert [a["category_id"] for a in out["annotations"]] == [90]


def test_class_indexes_do_not_follow_the_order_on_screen(project: Project, tmp_path: Path) -> None:
    export_dataset(project, tmp_path / "before", "yolo")
    project.classes.reorder([c.id for c in reversed(project.classes.all())])
    export_dataset(project, tmp_path / "after", "yolo")
    assert (tmp_path / "before" / "data.yaml").read_bytes() == (tmp_path / "after" / "data.yaml").read_bytes()


def test_the_manifest_says_what_is_in_it(project: Project, tmp_path: Path) -> None:
    export_dataset(project, tmp_path / "out", "voc")
    manifest = orjson.loads((tmp_path / "out" / MANIFEST).read_bytes())
    assert [c["name"] for c in manifest["classes"]] == ["nut", "bolt", "unused"]
    assert manifest["counts"] == {"images": 3, "labeled": 3, "boxes": 3, "empty": 1}
    assert manifest["splits"] == {"train": 2, "validation": 1}
    assert manifest["format"] == "voc"
    assert manifest["boxwright"]
    assert manifest["detector"] is None


def test_without_a_validation_split_there_is_none_and_it_is_told(tmp_path: Path) -> None:
    picture(tmp_path / "pool" / "a.png", 1)
    with Project.create(tmp_path / "project") as project:
        add_folders(project, [tmp_path / "pool"])
        label(project, "a.png")
        result = export_dataset(project, tmp_path / "out", "coco")
    assert (tmp_path / "out" / "annotations" / "instances.json").is_file()
    assert any("no validation split" in note for note in result.notes)


def test_a_turned_photo_is_exported_with_its_upright_size(tmp_path: Path) -> None:
    source = picture(tmp_path / "pool" / "a.jpg", 1, orientation=6)
    with Project.create(tmp_path / "project") as project:
        add_folders(project, [tmp_path / "pool"])
        label(project, "a.jpg", ("nut", Box(0, 0, 48, 64)))
        export_dataset(project, tmp_path / "out", "coco")
        export_dataset(project, tmp_path / "yolo", "yolo")
    (entry,) = json.loads((tmp_path / "out" / "annotations" / "instances.json").read_text())["images"]
    assert (entry["width"], entry["height"]) == (48, 64)
    assert (tmp_path / "yolo" / "labels" / "train" / "a.txt").read_text() == "0 0.5 0.5 1 1\n"
    assert (tmp_path / "out" / "images" / "a.jpg").read_bytes() == source.read_bytes()


def test_nothing_labelled_is_one_sentence_and_no_folder(tmp_path: Path) -> None:
    picture(tmp_path / "pool" / "a.png", 1)
    with Project.create(tmp_path / "project") as project:
        add_folders(project, [tmp_path / "pool"])
        with pytest.raises(FormatError, match="No image is labelled yet"):
            export_dataset(project, tmp_path / "out", "coco")
    assert not (tmp_path / "out").exists()


def test_an_image_file_that_is_gone_is_left_out_and_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "pool" / "a b.png").unlink()
    result = export_dataset(project, tmp_path / "out", "yolo")
    assert result.images == 2
    assert any("1 labelled image is not there" in note and "a b.png" in note for note in result.notes)
    assert export_dataset(project, tmp_path / "labels", "yolo", ImageMode.NONE).images == 3


def test_when_no_image_file_is_left_the_export_says_so_in_a_sentence(project: Project, tmp_path: Path) -> None:
    export_dataset(project, tmp_path / "out", "yolo")
    before = sorted(p.name for p in (tmp_path / "out").rglob("*"))
    for file in list((tmp_path / "pool").rglob("*.*")):
        file.unlink()
    with pytest.raises(FormatError, match="None of the 3 images can be exported"):
        export_dataset(project, tmp_path / "out", "yolo")
    shutil.rmtree(tmp_path / "pool")
    with pytest.raises(ProjectError, match=r"image folder .*pool is not there"):
        export_dataset(project, tmp_path / "out", "yolo")
    assert sorted(p.name for p in (tmp_path / "out").rglob("*")) == before


def test_a_format_that_is_only_read_says_so(project: Project, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="only read"):
        export_dataset(project, tmp_path / "out", "coco-results")
    assert not (tmp_path / "out").exists()


def test_stopping_leaves_no_trace(project: Project, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        export_dataset(project, tmp_path / "exports" / "out", "coco", should_stop=lambda: True)
    assert not list((tmp_path / "exports").iterdir())


def test_it_does_not_write_over_the_project_or_the_images(project: Project, tmp_path: Path) -> None:
    for folder in (project.folder, tmp_path / "pool", tmp_path):
        before = sorted(str(p) for p in tmp_path.rglob("*"))
        with pytest.raises(FormatError, match="not an earlier export"):
            export_dataset(project, folder, "coco")
        assert sorted(str(p) for p in tmp_path.rglob("*")) == before


def test_a_read_only_project_can_be_exported(project: Project, tmp_path: Path) -> None:
    with Project.open(project.folder, read_only=True) as second:
        assert export_dataset(second, tmp_path / "out", "coco").images == 3


@pytest.mark.parametrize(
    "name", [n for n in NAMES if by_name(n).capabilities.provenance and by_name(n).capabilities.tags]
)
def test_flags_attributes_tags_and_authors_survive_a_journey_to_another_project(
    project: Project, tmp_path: Path, name: str
) -> None:
    image = project.images.by_path(None, "a b.png")
    assert image is not None
    labels = project.labels.load(image.id)
    first, second = labels.annotations.values()
    marked = replace(
        first.with_flag("occluded").with_flag("crowd").with_attribute("age", 3).with_attribute("side", "left"),
        origin=Origin.ADJUSTED,
        source_box=Box(1.25, 2, 30, 41),
        source_class_id=second.class_id,
    )
    project.labels.apply(image.id, combined(EditKind.OTHER, [change(first, marked, EditKind.OTHER)]).signed("anna"))
    project.labels.apply(image.id, set_marks(labels, ImageMarks(frozenset({"night"}), "odd")))
    export_dataset(project, tmp_path / "out", name)
    with Project.create(tmp_path / "other") as other:
        import_dataset(other, tmp_path / "out", name)
        (again,) = other.images.many([i for i in other.images.ids() if len(other.labels.load(int(i)).annotations) == 2])
        loaded = other.labels.load(again.id)
        found = next(a for a in loaded.annotations.values() if a.flags)
        names = {c.id: c.name for c in other.classes.all()}
        notes = ImageMarks(frozenset({"night"}), "odd" if by_name(name).capabilities.notes else "")
    assert (found.flags, found.attributes, found.origin) == (
        {"occluded", "crowd"},
        {"age": 3, "side": "left"},
        "adjusted",
    )
    assert (found.annotator, names[found.source_class_id or 0]) == ("anna", "bolt")
    assert found.source_box is not None
    assert found.source_box.array() == pytest.approx([1.25, 2, 30, 41], abs=0.001)
    assert loaded.marks == notes


def test_who_labelled_an_image_is_known_again_after_an_export_and_an_import(project: Project, tmp_path: Path) -> None:
    paths = {Path(image.path).name: image.id for image in project.images.many(project.images.ids().tolist())}
    emptied, drawn_on = paths["open.png"], paths["a b.png"]
    project.labels.apply(emptied, confirm_empty(project.labels.load(emptied)).signed("Ada"))
    boxes = project.labels.load(drawn_on).annotations.values()
    moved = [change(a, a.with_box(Box(a.box.x1, a.box.y1, a.box.x2 - 1, a.box.y2)), EditKind.MOVE_BOX) for a in boxes]
    project.labels.apply(drawn_on, combined(EditKind.OTHER, moved).signed("Bob"))
    export_dataset(project, tmp_path / "signed", "coco")
    with Project.create(tmp_path / "again") as again:
        import_dataset(again, tmp_path / "signed")
        found = again.images.many(again.images.ids().tolist())
        assert {Path(i.path).name: i.annotator for i in found if i.annotator} == {"open.png": "Ada", "a b.png": "Bob"}
