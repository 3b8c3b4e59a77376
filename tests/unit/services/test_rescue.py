"""Edits that were put aside come back as they were, and never over newer work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from tests.labelling import judged, make_project

from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind
from boxwright.domain.errors import ProjectError
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels
from boxwright.domain.marks import ImageMarks
from boxwright.services.project.project import Project
from boxwright.services.project.rescue import RESCUE, Lost, take_in, write_rescue


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_project(tmp_path / "p", images=3) as made:
        yield made


def worked_on(labels: ImageLabels) -> ImageLabels:
    """Taken, rejected, drawn with flags and attributes, tagged, noted and skipped."""
    first, second, *_ = labels.predictions.values()
    box = drawn(Box(1, 2, 30, 40), 2).with_flag("occluded").with_attribute("rust", 3)
    for edit in (
        edits.take(first),
        edits.reject([second]),
        edits.add(box),
        edits.set_marks(labels, ImageMarks(frozenset({"wet"}), "look again")),
        edits.set_state(labels, ImageState.SKIPPED, EditKind.SKIP_IMAGE, "blurred"),
    ):
        labels = edit.apply(labels)
    return labels


def rescue(project: Project, tmp_path: Path, *labels: ImageLabels) -> Path:
    folder = tmp_path / "rescue"
    lost = [Lost(project.images.get(one.image_id), one) for one in labels]
    write_rescue(folder, project.folder, lost, project.classes.all(), "read me")
    return folder


def test_everything_that_a_person_did_comes_back(project: Project, tmp_path: Path) -> None:
    labels = worked_on(project.labels.load(1))
    folder = rescue(project, tmp_path, labels)
    assert take_in(project, folder).images == 1
    back = project.labels.load(1)
    assert judged(back) == judged(labels)
    assert back.marks == labels.marks
    assert take_in(project, folder / RESCUE).unchanged == 1


def test_boxes_that_were_deleted_are_deleted_again(project: Project, tmp_path: Path) -> None:
    box = drawn(Box(1, 2, 30, 40), 2)
    project.labels.apply(1, edits.add(box))
    before = project.labels.load(1)
    folder = rescue(project, tmp_path, edits.delete([box]).apply(before))
    document = orjson.loads((folder / RESCUE).read_bytes())
    assert take_in(project, folder).images == 1
    assert document["images"][0]["annotations"] == []
    assert not project.labels.load(1).annotations


def test_an_image_that_was_worked_on_since_stays_as_it_is(project: Project, tmp_path: Path) -> None:
    folder = rescue(project, tmp_path, *(worked_on(project.labels.load(i)) for i in (1, 2)))
    newer = drawn(Box(5, 5, 9, 9), 1)
    project.labels.apply(1, edits.add(newer))
    result = take_in(project, folder)
    assert (result.images, result.changed) == (1, ("000.png",))
    assert list(project.labels.load(1).annotations) == [newer.uid]


def test_it_fits_a_project_whose_numbers_are_others(project: Project, tmp_path: Path) -> None:
    labels = worked_on(project.labels.load(2))
    folder = rescue(project, tmp_path, labels)
    with Project.create(tmp_path / "other", ["other", "shark"]) as other:
        with other.transaction():
            other.store.write("INSERT INTO root(name, folder) VALUES ('images', '/')")
            for number, name in enumerate(("zero.png", "001.png")):
                other.store.write(
                    "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns) "
                    "VALUES (1,?,400,300,?,1,1)",
                    [name, f"{number}"],
                )
        result = take_in(other, folder)
        assert (result.images, result.missing) == (1, ())
        names = {c.id: c.name for c in other.classes.all()}
        found = other.labels.load(2).annotations
        assert sorted(names[a.class_id] for a in found.values()) == ["fish", "shark"]
        assert "starfish" not in names.values(), "only classes that a box has"


def test_images_that_the_project_does_not_have_are_named(project: Project, tmp_path: Path) -> None:
    folder = rescue(project, tmp_path, worked_on(project.labels.load(3)))
    with make_project(tmp_path / "smaller", images=2) as smaller:
        assert take_in(smaller, folder).missing == ("002.png",)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b'{"boxwright_rescue": "1"}', b'{"boxwright_rescue": 1}',
        b'{"boxwright_rescue": 1, "at": "", "classes": [], "images": [{}]}',
        b'{"boxwright_rescue": 1, "classes": [], "images": [{"id": 1, "path": "000.png", "annotations": [7]}]}',
        b'{"boxwright_rescue": 1, "at": "", "classes": 5, "images": 5}',
    ],
)  # fmt: skip
def test_what_is_no_rescue_copy_is_refused_in_a_sentence(project: Project, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rescue.json"
    file.write_bytes(content)
    with pytest.raises(ProjectError, match="is no rescue copy"):
        take_in(project, file)


def test_a_rescue_copy_of_a_newer_program_is_refused(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "rescue.json"
    file.write_bytes(b'{"boxwright_rescue": 2}')
    with pytest.raises(ProjectError, match="newer Boxwright"):
        take_in(project, file)


def test_half_a_rescue_copy_changes_nothing(project: Project, tmp_path: Path) -> None:
    folder = rescue(project, tmp_path, *(worked_on(project.labels.load(i)) for i in (1, 2)))
    document = orjson.loads((folder / RESCUE).read_bytes())
    document["images"][1]["state"] = "unheard of"
    (folder / RESCUE).write_bytes(orjson.dumps(document))
    with pytest.raises(ProjectError, match="is no rescue copy"):
        take_in(project, folder)
    assert not project.labels.load(1).annotations


def test_a_place_that_cannot_be_written_is_told(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="Choose another place"):
        write_rescue(tmp_path / "file" / "rescue", project.folder, [], [], "")
