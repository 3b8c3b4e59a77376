"""Labels go with their picture, whatever its file is called and wherever it lies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, set_state
from boxwright.domain.image import ImageState
from boxwright.services.images.following import same_file
from boxwright.services.images.scan import ScanResult, add_folders
from boxwright.services.project.project import Project

NAMES = [f"{n}.bmp" for n in range(4)]


def picture(path: Path, shade: int) -> None:
    """Every one has the same size in bytes; only the pixels tell them apart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (8, 6), shade).save(path)


def shade_of(path: Path) -> int:
    with Image.open(path) as image:
        return image.tobytes()[0]


def label(project: Project, image_id: int, shade: int) -> None:
    """A box whose right side tells the shade of the picture that it was drawn on."""
    project.labels.apply(image_id, add(drawn(Box(0, 0, 1 + shade / 100, 1), 1)))
    project.labels.apply(image_id, set_state(project.labels.load(image_id), ImageState.LABELED, EditKind.OTHER))


def labels(project: Project) -> dict[str, int]:
    """Path -> the shade that its labels were made on, of usable images whose labels count."""
    ids = [int(i) for i in project.images.ids(state=ImageState.LABELED)]
    boxes = project.labels.annotations(ids)
    found = {i.path: boxes[i.id][0].box.x2 for i in project.images.many(ids) if not i.replaced}
    return {path: round((x2 - 1) * 100) for path, x2 in found.items()}


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[tuple[Project, Path]]:
    """Four pictures of the shades 0, 10, 20 and 30, each labelled."""
    with Project.create(tmp_path / "project", ["cat"]) as project:
        yield project, filled(project, tmp_path / "photos")


def filled(project: Project, folder: Path) -> Path:
    for n, name in enumerate(NAMES):
        picture(folder / name, 10 * n)
    add_folders(project, [folder])
    for image_id in range(1, 5):
        label(project, image_id, 10 * (image_id - 1))
    return folder


def moves(folder: Path, *pairs: tuple[str, str]) -> None:
    """All at once."""
    aside = [(folder / old).rename(folder / f"{n}.aside") for n, (old, _) in enumerate(pairs)]
    for file, (_, new) in zip(aside, pairs, strict=True):
        (folder / new).parent.mkdir(exist_ok=True)
        file.rename(folder / new)


def scan(project: Project, folder: Path) -> ScanResult:
    result = add_folders(project, [folder])
    assert result.found == result.added + result.changed + result.moved + result.unchanged
    again = add_folders(project, [folder])
    assert (again.added, again.changed, again.moved) == (0, 0, 0), "a second look has nothing to tell"
    return result


def test_a_renumbered_folder_keeps_every_label_with_its_picture(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    moves(folder, *((f"{n}.bmp", f"{n + 1}.bmp") for n in range(4)))
    picture(folder / "0.bmp", 99)
    result = scan(project, folder)
    assert (result.moved, result.added, result.changed_labeled) == (4, 1, 0)
    assert labels(project) == {"1.bmp": 0, "2.bmp": 10, "3.bmp": 20, "4.bmp": 30}
    new = project.images.by_path(None, "0.bmp")
    assert new is not None
    assert (new.state, new.usable) == (ImageState.UNLABELED, True)


def test_pictures_of_one_size_and_date_that_changed_places_are_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for n, name in enumerate(NAMES):
        picture(folder / name, 10 * n)
        os.utime(folder / name, ns=(1, 1))
    with Project.create(tmp_path / "project", ["cat"]) as project:
        filled_by_hand(project, folder)
        moves(folder, ("0.bmp", "1.bmp"), ("1.bmp", "0.bmp"))
        scan(project, folder)
        assert labels(project) == {"0.bmp": 10, "1.bmp": 0, "2.bmp": 20, "3.bmp": 30}


def filled_by_hand(project: Project, folder: Path) -> None:
    add_folders(project, [folder])
    for image_id in range(1, 5):
        label(project, image_id, 10 * (image_id - 1))


def test_a_picture_that_left_with_others_closing_up_is_missing_with_its_labels(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    away = (folder / "0.bmp").read_bytes()
    (folder / "0.bmp").unlink()
    moves(folder, ("1.bmp", "0.bmp"), ("2.bmp", "1.bmp"), ("3.bmp", "2.bmp"))
    result = scan(project, folder)
    assert labels(project) == {"0.bmp": 10, "1.bmp": 20, "2.bmp": 30}
    assert (result.moved, result.missing, result.missing_labeled) == (3, 1, ["0.bmp"])
    (folder / "found again.bmp").write_bytes(away)
    scan(project, folder)
    assert labels(project) == {"0.bmp": 10, "1.bmp": 20, "2.bmp": 30, "found again.bmp": 0}


def test_of_a_replaced_picture_that_is_kept_elsewhere_the_labels_go_along(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    moves(folder, ("0.bmp", "old/anything.bmp"))
    picture(folder / "0.bmp", 99)
    scan(project, folder)
    assert labels(project) == {"old/anything.bmp": 0, "1.bmp": 10, "2.bmp": 20, "3.bmp": 30}


@pytest.mark.parametrize("scanned_between", [False, True])
def test_of_several_copies_one_takes_the_labels_of_the_picture_that_is_gone(
    pool: tuple[Project, Path], scanned_between: bool
) -> None:
    project, folder = pool
    shutil.copy(folder / "2.bmp", folder / "backup.bmp")
    if scanned_between:
        scan(project, folder)
    shutil.copy(folder / "2.bmp", folder / "0.bmp")
    scan(project, folder)
    copy, replaced = (project.images.by_path(None, name) for name in ("backup.bmp", "0.bmp"))
    assert copy is not None
    assert replaced is not None
    assert not copy.usable
    assert replaced.replaced, "the labels of another picture wait there for a person's word"
    (folder / "2.bmp").unlink()
    for _ in range(3):
        scan(project, folder)
        assert labels(project) == {"backup.bmp": 20, "1.bmp": 10, "3.bmp": 30}
        assert project.images.by_path(None, "0.bmp") == replaced


def test_labels_of_a_replaced_picture_do_not_go_to_copies_of_what_replaced_it(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    picture(folder / "0.bmp", 99)
    shutil.copy(folder / "0.bmp", folder / "backup.bmp")
    scan(project, folder)
    (folder / "0.bmp").unlink()
    for _ in range(2):
        scan(project, folder)
        assert labels(project) == {"1.bmp": 10, "2.bmp": 20, "3.bmp": 30}
        left = project.images.by_path(None, "backup.bmp")
        assert left is not None
        assert (left.state, left.usable, left.replaced) == (ImageState.UNLABELED, True, False)


def test_a_copy_that_was_set_aside_gets_the_labels_when_the_picture_is_replaced(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    shutil.copy(folder / "0.bmp", folder / "backup.bmp")
    scan(project, folder)
    picture(folder / "0.bmp", 99)
    scan(project, folder)
    assert labels(project) == {"backup.bmp": 0, "1.bmp": 10, "2.bmp": 20, "3.bmp": 30}
    new = project.images.by_path(None, "0.bmp")
    assert new is not None
    assert (new.state, new.usable) == (ImageState.UNLABELED, True)


def test_a_picture_that_was_replaced_waits_with_its_labels_until_it_turns_up(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    before = (folder / "0.bmp").read_bytes()
    picture(folder / "0.bmp", 99)
    result = scan(project, folder)
    assert (result.changed_labeled, result.replaced) == (1, ["0.bmp"])
    assert project.files.replaced() == [1]
    assert "0.bmp" not in labels(project)
    (folder / "z.bmp").write_bytes(before)
    scan(project, folder)
    assert labels(project)["z.bmp"] == 0
    assert project.files.replaced() == []
    new = project.images.by_path(None, "0.bmp")
    assert new is not None
    assert new.state is ImageState.UNLABELED


def test_a_replaced_picture_that_is_put_back_is_as_it_was(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    before = (folder / "0.bmp").read_bytes()
    for shade in (99, 98):
        picture(folder / "0.bmp", shade)
        scan(project, folder)
        assert project.files.replaced() == [1]
    (folder / "0.bmp").write_bytes(before)
    scan(project, folder)
    assert (labels(project)["0.bmp"], project.files.replaced()) == (0, [])


def test_a_file_that_cannot_be_read_for_a_while_keeps_its_labels(pool: tuple[Project, Path]) -> None:
    project, folder = pool
    before = (folder / "0.bmp").read_bytes()
    (folder / "0.bmp").write_bytes(b"")
    assert scan(project, folder).unreadable == 1
    (folder / "0.bmp").write_bytes(before)
    scan(project, folder)
    assert (labels(project)["0.bmp"], project.files.replaced()) == (0, [])


def test_a_file_under_another_spelling_of_its_name_is_the_same_file(tmp_path: Path) -> None:
    """As a disk shows it that takes upper and lower case, or composed and taken apart letters, for one."""
    picture(tmp_path / "café.bmp", 1)
    for other in ("CAFÉ.bmp", "cafe\u0301.bmp"):
        os.link(tmp_path / "café.bmp", tmp_path / other)
        assert same_file(tmp_path / "café.bmp", tmp_path / other)
    os.link(tmp_path / "café.bmp", tmp_path / "thé.bmp")
    assert not same_file(tmp_path / "café.bmp", tmp_path / "thé.bmp")
    assert not same_file(tmp_path / "café.bmp", tmp_path / "nothing.bmp")


PLACES = [*NAMES, "a/0.bmp", "a/x.bmp"]
STEPS = st.lists(
    st.tuples(st.sampled_from(["swap", "move", "copy", "delete", "new", "scan"]), *[st.sampled_from(PLACES)] * 2),
    max_size=7,
)


@pytest.mark.slow
@settings(max_examples=60)
@example([("copy", "0.bmp", "1.bmp"), ("scan", "0.bmp", "0.bmp"), ("move", "2.bmp", "0.bmp")])
@example([("copy", "0.bmp", "1.bmp"), ("scan", "0.bmp", "0.bmp"), ("new", "0.bmp", "0.bmp")])
@example([("copy", "2.bmp", "0.bmp"), ("scan", "0.bmp", "0.bmp"), ("move", "2.bmp", "0.bmp")])
@example([("copy", "2.bmp", "0.bmp"), ("scan", "0.bmp", "0.bmp"), ("delete", "2.bmp", "0.bmp")])
@example(
    [("copy", "2.bmp", "0.bmp"), ("copy", "2.bmp", "1.bmp"), ("scan", "0.bmp", "0.bmp"), ("delete", "2.bmp", "0.bmp")]
)
@given(STEPS)
def test_no_label_is_ever_on_another_picture(steps: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as temporary, Project.create(Path(temporary) / "project", ["cat"]) as project:
        folder = filled(project, Path(temporary) / "photos")
        (folder / "a").mkdir()
        for number, (step, one, other) in enumerate([*steps, ("scan", "", "")]):
            do(project, folder, step, folder / one, folder / other, 40 + number)
        for path, shade in labels(project).items():
            assert shade_of(folder / path) == shade, steps
        there = {shade_of(file) for file in folder.rglob("*.bmp")}
        assert set(labels(project).values()) >= there & {0, 10, 20, 30}, steps
        boxes = sum(map(len, project.labels.annotations(project.images.ids(usable=False)).values()))
        assert boxes == 4, "none is lost"


def do(project: Project, folder: Path, step: str, one: Path, other: Path, shade: int) -> None:
    if step == "scan":
        add_folders(project, [folder])
    elif step == "new":
        picture(other, shade)
    elif step == "delete":
        one.unlink(missing_ok=True)
    elif one.is_file() and one != other:
        if step == "swap" and other.is_file():
            moves(
                folder,
                *[(str(a.relative_to(folder)), str(b.relative_to(folder))) for a, b in ((one, other), (other, one))],
            )
        elif step == "move":
            one.replace(other)
        elif step == "copy":
            shutil.copyfile(one, other)
