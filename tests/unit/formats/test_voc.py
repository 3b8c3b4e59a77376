"""Pascal VOC folders as they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetClass, DatasetImage, Problem
from boxwright.formats.voc import Voc

CORNERS = ("10", "20", "30", "40")


def xml(
    *objects: str, name: str = "a.jpg", size: tuple[str, str] | None = ("100", "80"), database: str = "Unknown"
) -> str:
    sides = f"<size><width>{size[0]}</width><height>{size[1]}</height></size>" if size else ""
    return (
        f"<annotation>\n<filename>{name}</filename>\n<source><database>{database}</database></source>\n{sides}\n"
        + "\n".join(objects)
        + "\n</annotation>\n"
    )


def thing(corners: tuple[str, ...] = CORNERS, name: str = "cat", extra: str = "") -> str:
    values = "".join(f"<{t}>{v}</{t}>" for t, v in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=False))
    return f"<object>\n<name>{name}</name>{extra}\n<bndbox>{values}</bndbox>\n</object>"


def put(folder: Path, text: str | bytes, stem: str = "a", image: bool = True) -> None:
    for file, data in ((f"Annotations/{stem}.xml", text), *(((f"JPEGImages/{stem}.jpg", b"x"),) if image else ())):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return Voc().read(path, problems), problems


@pytest.mark.parametrize(
    ("flawed", "kind", "offset", "kept"),
    [
        (thing(("30", "20", "30", "40")), "box without area", 2, 0),
        (thing(("30", "20", "10", "40")), "corners swapped", 2, 1),
        (thing(("x", "20", "10", "40")), "coordinate is no number", 2, 0),
        (thing(("10", "20", "30")), "coordinate is no number", 2, 0),
        (thing(("nan", "20", "30", "40")), "coordinate is no number", 2, 0),
        (thing(("-1e999", "20", "30", "40")), "coordinate is no number", 2, 0),
        (thing(("500", "500", "600", "600")), "box outside the image", 2, 0),
        (thing(("-20", "20", "30", "40")), "box cut at the edge", 2, 1),
        ("<object>\n<name>cat</name>\n</object>", "object without a box", 0, 0),
        (thing(name=""), "object without a class", 0, 0),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, flawed: str, kind: str, offset: int, kept: int) -> None:
    put(tmp_path, xml(thing(), flawed))
    dataset, problems = read(tmp_path)
    # Four lines before the objects, four of the first object, then the flawed one.
    assert [(p.file, p.line, p.kind) for p in problems] == [("Annotations/a.xml", 9 + offset, kind)]
    assert len(dataset.images[0].boxes) == 1 + kept
    assert dataset.images[0].refused == 1 - kept


def test_corners_are_edges_unless_the_file_is_of_the_challenge_itself(tmp_path: Path) -> None:
    put(tmp_path, xml(thing()), "plain")
    put(tmp_path, xml(thing(("10", "20", "10", "20")), database="The VOC2007 Database"), "devkit")
    dataset, problems = read(tmp_path)
    boxes = {image.path: image.boxes[0].box for image in dataset.images}
    assert problems == []
    assert boxes == {"plain.jpg": Box(10, 20, 30, 40), "devkit.jpg": Box(9, 19, 10, 20)}


def test_fractions_and_marks_are_kept(tmp_path: Path) -> None:
    marks = "<truncated>1</truncated><difficult>0</difficult>"
    put(tmp_path, xml(thing(("10.25", "20.5", "30.125", "40"), extra=marks)))
    (item,) = read(tmp_path)[0].images[0].boxes
    assert item.box == Box(10.25, 20.5, 30.125, 40)
    assert item.flags == {"truncated"}


@pytest.mark.parametrize("size", [("0", "0"), ("", "80"), ("abc", "1"), ("-5", "5"), ("1e99", "5")])
def test_a_size_that_is_none_is_told_and_the_boxes_stay(tmp_path: Path, size: tuple[str, str]) -> None:
    put(tmp_path, xml(thing(), size=size))
    dataset, problems = read(tmp_path)
    assert [p.kind for p in problems] == ["size is wrong"]
    assert dataset.box_count == 1
    assert (dataset.images[0].width, dataset.images[0].height) == (0, 0)


def test_no_size_at_all_is_no_flaw(tmp_path: Path) -> None:
    put(tmp_path, xml(thing(), size=None))
    assert read(tmp_path)[1] == []


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i > 1 else "&lol;" * 10}">' for i in range(1, 10))
    + "]><annotation><filename>&l9;</filename></annotation>"
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><annotation><filename>&x;</filename></annotation>'


@pytest.mark.parametrize(
    "text",
    [BOMB, OUTSIDE, "<annotation>\n<object>\n</annotation>", "", "<annotation", "no xml", b"\xff\xfe\0", "<a>" * 5000],
)
def test_a_broken_or_hostile_file_costs_only_itself(tmp_path: Path, text: str | bytes) -> None:
    put(tmp_path, text, "bad")
    put(tmp_path, xml(thing()), "good")
    dataset, problems = read(tmp_path)
    assert [(p.file, p.kind) for p in problems] == [("Annotations/bad.xml", "XML cannot be read")]
    # Its image is there, and nobody takes it for an empty one.
    assert {i.path: (i.labeled, len(i.boxes)) for i in dataset.images} == {"bad.jpg": (False, 0), "good.jpg": (True, 1)}


def test_the_line_where_it_stops_being_xml_is_told(tmp_path: Path) -> None:
    put(tmp_path, "<annotation>\n<object>\n</annotation>")
    assert [p.line for p in read(tmp_path)[1]] == [3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    declared = '<?xml version="1.0" encoding="ISO-8859-1"?>' if encoding == "latin-1" else ""
    put(tmp_path, (declared + xml(thing(name="Zelle ä"))).encode(encoding))
    dataset, problems = read(tmp_path)
    assert problems == []
    assert dataset.classes[0].name == "Zelle ä"


def test_the_lists_give_the_splits_and_trainval_alone_gives_none(tmp_path: Path) -> None:
    for stem in ("a", "b 1", "c", "d", "e"):
        put(tmp_path, xml(thing()), stem)
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("a\ngone\n")
    (lists / "val.txt").write_text("b 1\r\na\r\n")
    (lists / "test.txt").write_text("c\n")
    (lists / "trainval.txt").write_text("a\nb 1\nd\n")
    (lists / "cat_train.txt").write_text("a  1\nb 1 -1\n")
    dataset, problems = read(tmp_path)
    assert {i.path: i.split for i in dataset.images} == {
        "a.jpg": Split.TRAIN, "b 1.jpg": Split.VALIDATION, "c.jpg": Split.TEST, "d.jpg": None, "e.jpg": None,
    }  # fmt: skip
    assert [(p.file, p.line, p.kind) for p in problems] == [
        ("ImageSets/Main/val.txt", 2, "image in two splits"),
        ("ImageSets/Main", None, "listed but missing"),
    ]


def test_annotations_beside_images_in_split_folders(tmp_path: Path) -> None:
    for folder in ("train", "test"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "IMG_1.JPG").write_bytes(folder.encode())
        (tmp_path / folder / "IMG_1.xml").write_text(xml(thing(), name="another_name.jpg"))
    dataset, problems = read(tmp_path)
    assert problems == []
    found = {i.split: i.file.read_bytes() for i in dataset.images if i.file}
    assert found == {Split.TEST: b"test", Split.TRAIN: b"train"}


def test_an_image_without_an_annotation_is_unlabelled_and_one_without_objects_empty(tmp_path: Path) -> None:
    put(tmp_path, xml())
    (tmp_path / "JPEGImages" / "new.jpg").write_bytes(b"x")
    assert {i.path: i.labeled for i in read(tmp_path)[0].images} == {"a.jpg": True, "new.jpg": False}


def test_other_xml_files_are_told_and_left_out(tmp_path: Path) -> None:
    put(tmp_path, xml(thing()))
    put(tmp_path, "<svg/>", "drawing", image=False)
    dataset, problems = read(tmp_path)
    assert [(p.file, p.kind) for p in problems] == [("Annotations/drawing.xml", "not an annotation")]
    assert len(dataset.images) == 1


def test_every_name_in_the_lists_of_a_written_set_has_an_annotation(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"x")
    images = [
        DatasetImage(f"{split} {labeled}.jpg", tmp_path / "x.jpg", 10, 10, split=split, labeled=labeled)
        for split in Split
        for labeled in (True, False)
    ]
    Voc().write(Dataset([DatasetClass(1, "cat")], images), tmp_path / "out")
    for title, count in (("train", 1), ("val", 1), ("test", 1), ("trainval", 2)):
        ids = (tmp_path / "out" / "ImageSets" / "Main" / f"{title}.txt").read_text().splitlines()
        assert len(ids) == count
        assert all((tmp_path / "out" / "Annotations" / f"{item}.xml").is_file() for item in ids)


def test_a_linked_image_folder_is_looked_into_and_a_loop_of_links_ends(tmp_path: Path) -> None:
    put(tmp_path / "set", xml(thing(), name="other.jpg"))
    (tmp_path / "set" / "JPEGImages").rename(tmp_path / "photos")
    (tmp_path / "set" / "JPEGImages").symlink_to(tmp_path / "photos")
    (tmp_path / "set" / "loop").symlink_to(tmp_path / "set")
    dataset, problems = read(tmp_path / "set")
    assert problems == []
    assert [(i.path, i.file is not None) for i in dataset.images] == [("a.jpg", True)]
