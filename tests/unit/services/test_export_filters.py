"""What an export holds is what was chosen, and it is counted before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from tests.pools import label, make_pool, tag

from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.box import Box
from boxwright.domain.edits import BoxChange, Edit, EditKind
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.image_filter import ImageFilter
from boxwright.formats.coco import Coco
from boxwright.formats.losses import holdings
from boxwright.formats.manifest import MANIFEST
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.exporting.preview import preview_export
from boxwright.services.exporting.request import ExportRequest
from boxwright.services.project.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The pool with tags, two batches and an annotator."""
    with make_pool(tmp_path) as made:
        tag(made, "a b.png", "night", "rain")
        tag(made, "ü/日本.png", "night")
        label(made, "empty.png", ("nut", Box(1, 1, 5, 5)), by="Ada")
        ids = made.images.ids().tolist()
        for part in (ids[:1], ids[1:4]):
            items = [BatchItem(i, rank, Slot.INITIAL) for rank, i in enumerate(part)]
            made.batches.add(None, {"sampler": "random"}, items)
        yield made


def names(folder: Path) -> set[str]:
    return {entry["name"] for entry in orjson.loads((folder / MANIFEST).read_bytes())["images"].values()}


CASES = [
    (ImageFilter(), {"a b.png", "ü/日本.png", "empty.png"}),
    (ImageFilter(unlabeled=True), {"a b.png", "ü/日本.png", "empty.png", "open.png"}),
    (ImageFilter(splits=(Split.VALIDATION,)), {"ü/日本.png"}),
    (ImageFilter(splits=(Split.TRAIN,)), {"a b.png", "empty.png"}),
    (ImageFilter(class_ids=(2,)), {"a b.png", "ü/日本.png"}),
    (ImageFilter(class_ids=(1,)), {"a b.png", "empty.png"}),
    (ImageFilter(tags=("night",)), {"a b.png", "ü/日本.png"}),
    (ImageFilter(tags=("rain", "fog")), {"a b.png"}),
    (ImageFilter(batches=(1,)), {"a b.png"}),
    (ImageFilter(batches=(1, 2)), {"a b.png", "empty.png"}),
    (ImageFilter(annotators=("Ada",)), {"empty.png"}),
    (ImageFilter(annotators=("",)), {"a b.png", "ü/日本.png"}),
    (ImageFilter(tags=("night",), splits=(Split.TRAIN,)), {"a b.png"}),
]


@pytest.mark.parametrize(("chosen", "expected"), CASES)
def test_the_export_holds_what_was_chosen_and_what_was_counted(
    project: Project, tmp_path: Path, chosen: ImageFilter, expected: set[str]
) -> None:
    assert ImageFilter.from_json(orjson.loads(orjson.dumps(chosen.to_json()))) == chosen
    count = project.selection.count(chosen)
    result = export_dataset(project, tmp_path / "out", "coco", chosen=chosen)
    assert names(tmp_path / "out") == expected
    assert (count.images, count.labeled, count.boxes, count.empty) == (
        result.images,
        result.labeled,
        result.boxes,
        result.empty,
    )
    assert {str(split): number for split, number in count.splits} == dict(result.splits)
    copies = list((tmp_path / "out" / "images").rglob("*.png"))
    assert count.bytes == sum(p.stat().st_size for p in copies)


def test_what_the_database_counts_is_what_the_dataset_holds(project: Project, tmp_path: Path) -> None:
    """Read back from COCO, which keeps everything."""
    for image_id in project.images.ids().tolist():
        for number, a in enumerate(project.labels.annotations([image_id])[image_id]):
            marked = a.with_flag("occluded").with_attribute("size", "big").with_attribute("wet", True)
            marked = marked.with_attribute("count", 2) if number else marked
            project.labels.apply(image_id, Edit(EditKind.OTHER, (BoxChange(a, marked),)))
    tag(project, "open.png", "fog")
    request = ExportRequest(tmp_path / "out", "coco", chosen=ImageFilter(unlabeled=True))
    seen = preview_export(project, request)
    assert seen.losses == ()
    export_dataset(project, request.out, "coco", chosen=request.chosen)
    held = holdings(Coco().read(request.out, []))
    count = seen.count
    assert (held.boxes, dict(held.flags), held.provenance) == (count.boxes, dict(count.flags), count.provenance)
    assert dict(held.attributes) == dict(count.attributes) == {"number": 1, "text": 4, "yes or no": 4}
    assert (
        (held.tags, held.notes, held.unlabeled_marks) == (count.tags, count.notes, count.unlabeled_marks) == (3, 0, 1)
    )
    assert (held.empty, held.unlabeled, held.in_folders) == (
        count.empty,
        count.images - count.labeled,
        count.in_folders,
    )
    assert held.unused_classes == 3 - count.classes == 1


def test_chosen_classes_are_the_only_ones_written_and_keep_their_numbers(project: Project, tmp_path: Path) -> None:
    export_dataset(project, tmp_path / "out", "coco", chosen=ImageFilter(class_ids=(2,)))
    (file,) = (tmp_path / "out" / "annotations").glob("*train.json")
    content = orjson.loads(file.read_bytes())
    assert [c["name"] for c in content["categories"]] == ["bolt"]
    assert {a["category_id"] for a in content["annotations"]} == {content["categories"][0]["id"]} == {2}


def test_a_choice_that_nothing_fits_is_one_sentence_and_no_folder(project: Project, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="choose less narrowly"):
        export_dataset(project, tmp_path / "out", "coco", chosen=ImageFilter(tags=("fog",)))
    assert not (tmp_path / "out").exists()
