"""YOLO folders as they come: every layout that trainers accept, and every line that they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.labelimg import LabelImg
from boxwright.formats.registry import recognise
from boxwright.formats.staging import ImageMode
from boxwright.formats.yolo import Yolo
from boxwright.formats.yolo_lists import YoloLists

NAMES = "names: [cat, dog]\n"


def put(folder: Path, **files: str | bytes) -> None:
    """Files by path, `/` written as `__` and `.` as `_DOT_`."""
    for name, data in files.items():
        file = folder / name.replace("__", "/").replace("_DOT_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return Yolo().read(path, problems), problems


def one_image(folder: Path, labels: str | bytes, yaml: str = f"train: images/train\n{NAMES}") -> None:
    put(folder, data_DOT_yaml=yaml, images__train__a_DOT_jpg=b"x", labels__train__a_DOT_txt=labels)


@pytest.mark.parametrize(
    ("line", "kind", "kept"),
    [
        ("0 0.5 0.5 0 0.1", "box without area", 0),
        ("0 0.5 0.5 0.1", "line not understood", 0),
        ("0 0.5 0.5 0.1 x", "line not understood", 0),
        ("cat 0.5 0.5 0.1 0.1", "line not understood", 0),
        ("2 0.5 0.5 0.1 0.1", "class index out of range", 0),
        ("-1 0.5 0.5 0.1 0.1", "class index out of range", 0),
        ("0.5 0.5 0.5 0.1 0.1", "class index out of range", 0),
        ("nan 0.5 0.5 0.1 0.1", "class index out of range", 0),
        ("0 nan 0.5 0.1 0.1", "coordinate is no number", 0),
        ("0 0.5 inf 0.1 0.1", "coordinate is no number", 0),
        ("0 0.5 0.5 -0.1 0.1", "corners swapped", 1),
        ("0 320 240 64 48", "not fractions", 0),
        ("0 0.99 0.5 0.1 0.1", "box cut at the edge", 1),
        ("0 1.5 1.5 0.1 0.1", "box outside the image", 0),
        ("0 0.1 0.1 0.9 0.1 0.5 0.8", "box from outline", 1),
        ("1 0.25 0.25 0.1 0.1", "box twice", 0),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, line: str, kind: str, kept: int) -> None:
    one_image(tmp_path, f"1 0.25 0.25 0.1 0.1\n\n{line}\n")
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("labels/train/a.txt", 3, kind)]
    assert len(dataset.images[0].boxes) == 1 + kept


@pytest.mark.parametrize(
    "labels",
    [
        "0 0.5 0.5 0.1 0.1\r\n1 0.25 0.25 0.1 0.1\r\n",
        "\ufeff0 0.5 0.5 0.1 0.1\n1 0.25 0.25 0.1 0.1",
        "0   0.5\t0.5 0.1 0.1  \n\n1.0 0.25 0.25 1e-1 .1\n",
    ],
)
def test_line_ends_marks_and_spacing_do_not_matter(tmp_path: Path, labels: str) -> None:
    one_image(tmp_path, labels)
    dataset, problems = read(tmp_path)
    assert problems == []
    assert [b.label for b in dataset.images[0].boxes] == [0, 1]


def test_a_rounding_beyond_the_edge_is_cut_off_without_a_word(tmp_path: Path) -> None:
    one_image(tmp_path, "0 0.950001 0.5 0.1 0.1\n")
    dataset, problems = read(tmp_path)
    assert problems == []
    assert dataset.images[0].boxes[0].box.x2 == 1.0


def test_an_empty_file_is_an_empty_image_and_no_file_an_unlabelled_one(tmp_path: Path) -> None:
    one_image(tmp_path, "")
    put(tmp_path, images__train__b_DOT_jpg=b"x")
    dataset, _ = read(tmp_path)
    assert {i.path: i.labeled for i in dataset.images} == {"a.jpg": True, "b.jpg": False}


def test_an_image_whose_boxes_were_all_refused_is_told_from_an_empty_one(tmp_path: Path) -> None:
    one_image(tmp_path, "0 0.5 0.5 0 0\n")
    dataset, _ = read(tmp_path)
    assert dataset.images[0].refused == 1


def test_scores_in_a_sixth_column_are_kept(tmp_path: Path) -> None:
    one_image(tmp_path, "0 0.5 0.5 0.1 0.1 0.875\n")
    dataset, problems = read(tmp_path)
    assert problems == []
    assert dataset.images[0].boxes[0].score == 0.875


@pytest.mark.parametrize(
    "yaml",
    [
        "train: images/train\nval: images/val\nnames: {0: cat, 1: dog}\n",
        "train: ../images/train\nval: ../images/val\nnc: 2\nnames: ['cat', 'dog']\n",
        "path: .\ntrain: [images/train]\nval: [images/val]\nnames:\n  - cat\n  - dog\n",
        "train: train.txt\nval: val.txt\nnames: [cat, dog]\n",
        "train: images\\train\nval: images\\val\nnames: [cat, dog]\n",
    ],
)
def test_the_ways_to_write_a_data_yaml(tmp_path: Path, yaml: str) -> None:
    one_image(tmp_path, "0 0.5 0.5 0.1 0.1\n", yaml)
    put(
        tmp_path,
        images__val__b_DOT_jpg=b"x",
        labels__val__b_DOT_txt="1 0.5 0.5 0.1 0.1\n",
        train_DOT_txt="./images/train/a.jpg\n",
        val_DOT_txt="images/val/b.jpg\r\n\n",
    )
    dataset, problems = read(tmp_path)
    assert problems == []
    assert [c.name for c in dataset.classes] == ["cat", "dog"]
    assert [(i.split, len(i.boxes)) for i in dataset.images] == [(Split.TRAIN, 1), (Split.VALIDATION, 1)]
    assert read(tmp_path / "data.yaml")[0].box_count == 2


def test_a_split_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    one_image(tmp_path, "0 0.5 0.5 0.1 0.1\n", f"train: images/train\nval: elsewhere/val\n{NAMES}")
    dataset, problems = read(tmp_path)
    assert dataset.box_count == 1
    assert [p.kind for p in problems] == ["split folder missing"]


def test_an_image_that_a_list_names_and_is_not_there_is_told(tmp_path: Path) -> None:
    put(
        tmp_path,
        data_DOT_yaml=f"train: train.txt\n{NAMES}",
        train_DOT_txt="images/gone.jpg\nimages/a.jpg\n",
        images__a_DOT_jpg=b"x",
        labels__gone_DOT_txt="0 .5 .5 .1 .1",
    )
    dataset, problems = read(tmp_path)
    assert [p.kind for p in problems] == ["image missing"]
    assert dataset.box_count == 1


def test_labels_beside_the_images_with_a_classes_txt(tmp_path: Path) -> None:
    put(
        tmp_path,
        classes_DOT_txt="cat\r\ndog\r\n",
        a_DOT_jpg=b"x",
        a_DOT_txt="1 0.5 0.5 0.1 0.1\n",
        README_DOT_txt="hello",
    )
    for number in range(3):
        # Images confirmed empty say nothing against it.
        empty: dict[str, str | bytes] = {f"e{number}_DOT_jpg": b"x", f"e{number}_DOT_txt": ""}
        put(tmp_path, **empty)
    assert [guess.format for guess in recognise(tmp_path)] == ["labelimg"]
    for known in (Yolo(), LabelImg()):
        problems: list[Problem] = []
        dataset = known.read(tmp_path, problems)
        assert problems == []
        assert [c.name for c in dataset.classes] == ["cat", "dog"]
        assert [(i.path, len(i.boxes)) for i in dataset.images][:2] == [("a.jpg", 1), ("e0.jpg", 0)]


def test_labelimg_can_open_every_folder_that_is_written_for_it(tmp_path: Path) -> None:
    """Text file and class list beside the image, five columns, which is all that it reads."""
    images = []
    for split in (*Split, None):
        file = tmp_path / f"{split}.jpg"
        file.write_bytes(str(split).encode())
        boxes = [DatasetBox(Box(1, 2, 5, 6), 0, score=0.5)]
        images.append(DatasetImage(file.name, file, 10, 10, boxes, split))
    out = tmp_path / "out"
    LabelImg().write(Dataset([DatasetClass(7, "cat"), DatasetClass(8, "dog")], images), out)
    for folder in (out / "train", out / "val", out / "test", out):
        image = next(folder.glob("*.jpg"))
        assert image.with_suffix(".txt").read_text() == "0 0.3 0.4 0.4 0.4\n"
        assert (folder / "classes.txt").read_text() == "cat\ndog\n"


def test_splits_written_as_lists_name_the_images_from_the_folder_of_the_list(tmp_path: Path) -> None:
    images = []
    for split in Split:
        for labeled in (True, False):
            file = tmp_path / f"{split}{labeled}.jpg"
            file.write_bytes(file.name.encode())
            images.append(DatasetImage(file.name, file, 10, 10, split=split, labeled=labeled))
    out = tmp_path / "out"
    YoloLists().write(Dataset([DatasetClass(0, "cat")], images), out)
    described = yaml.safe_load((out / "data.yaml").read_text())
    for key, split in (("train", Split.TRAIN), ("val", Split.VALIDATION), ("test", Split.TEST)):
        assert (out / described[key]).read_text() == f"./images/{split}True.jpg\n"
        assert (out / "images" / f"{split}True.jpg").is_file()
        assert (out / "labels" / f"{split}True.txt").read_text() == ""


def test_labels_without_images_keep_their_name_to_be_found_by(tmp_path: Path) -> None:
    put(tmp_path, data_DOT_yaml=f"train: images/train\n{NAMES}", labels__train__deep__a_DOT_txt="0 0.5 0.5 0.1 0.1\n")
    dataset, _ = read(tmp_path)
    assert [(i.path, i.stem_only, i.file, i.split) for i in dataset.images] == [("deep/a", True, None, Split.TRAIN)]


def test_without_class_names_the_numbers_serve_and_it_is_told(tmp_path: Path) -> None:
    put(tmp_path, images__a_DOT_jpg=b"x", labels__a_DOT_txt="3 0.5 0.5 0.1 0.1\n")
    dataset, problems = read(tmp_path)
    assert [c.name for c in dataset.classes] == ["class 0", "class 1", "class 2", "class 3"]
    assert [p.kind for p in problems] == ["no class names"]


def test_wrong_counts_and_nameless_classes_keep_the_indexes(tmp_path: Path) -> None:
    one_image(tmp_path, "2 0.5 0.5 0.1 0.1\n", "train: images/train\nnc: 9\nnames: [cat, '', cat]\n")
    dataset, problems = read(tmp_path)
    assert [c.name for c in dataset.classes] == ["cat", "class 1", "cat 2"]
    assert [p.kind for p in problems] == ["nc is wrong", "broken class name", "broken class name"]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    "yaml", [BOMB + NAMES, "names: [cat\ntrain: x", "- 1\n- 2\n", "!!python/object/apply:os.system ['true']", "\0"]
)
def test_a_broken_or_hostile_data_yaml_is_one_sentence(tmp_path: Path, yaml: str) -> None:
    one_image(tmp_path, "0 0.5 0.5 0.1 0.1\n", yaml)
    with pytest.raises(FormatError) as raised:
        read(tmp_path / "data.yaml")
    assert "data.yaml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_with_a_broken_data_yaml_does_not_lose_its_class_names_quietly(tmp_path: Path) -> None:
    one_image(tmp_path, "0 .5 .5 .2 .2", yaml="names: [fish\n  bad")
    with pytest.raises(FormatError, match=r"data\.yaml, line 2: this is not YAML"):
        read(tmp_path)


def test_another_programs_data_yaml_is_no_obstacle(tmp_path: Path) -> None:
    one_image(tmp_path, "0 .5 .5 .2 .2", yaml="stages: 3")
    assert read(tmp_path)[0].images


def test_no_trainer_takes_an_unlabelled_image_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"x")
    images = [
        DatasetImage(f"{split}{labeled}.jpg", tmp_path / "x.jpg", 10, 10, split=split, labeled=labeled)
        for split in Split
        for labeled in (True, False)
    ]
    Yolo().write(Dataset([DatasetClass(0, "cat")], images), tmp_path / "out")
    listed = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text())
    for key in ("train", "val", "test"):
        found = [image.stem for image in (tmp_path / "out" / listed[key]).rglob("*.jpg")]
        labels = [label.stem for label in (tmp_path / "out" / listed[key].replace("images", "labels")).rglob("*.txt")]
        assert len(found) == 1
        assert found == labels


def trainers_label(image: Path) -> Path:
    """The rule by which Ultralytics finds a label file, written down on its own."""
    before, mark, after = str(image).rpartition("/images/")
    at = f"{before}/labels/{after}" if mark else str(image)
    return Path(at.rsplit(".", 1)[0] + ".txt")


NESTED = ["images/0.jpg", "a/images/b/1.jpg", "plain/2.jpg", "images/images/3.jpg", "4.jpg", "labels/5.jpg"]


@pytest.mark.parametrize("known", [Yolo(), YoloLists()], ids=lambda known: known.name)
def test_labels_without_images_lie_where_trainers_look_for_them(tmp_path: Path, known: Yolo) -> None:
    box = DatasetBox(Box(1, 2, 5, 6), 0)
    images = [DatasetImage(name, None, 10, 10, [box], Split.TRAIN) for name in NESTED]
    out = tmp_path / "images" / "out"
    known.write(Dataset([DatasetClass(0, "cat")], images), out, ImageMode.NONE)
    folder = out / "images" if known.name == "yolo-lists" else out / "images" / "train"
    for name in NESTED:
        assert trainers_label(folder / name).read_text() == "0 0.3 0.4 0.4 0.4\n"
    problems: list[Problem] = []
    found = known.read(out, problems)
    assert problems == []
    assert sorted(image.path.removesuffix(".jpg") for image in found.images) == sorted(n[:-4] for n in NESTED)
    assert [len(image.boxes) for image in found.images] == [1] * len(NESTED)
    for name in NESTED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    found = known.read(out, problems)
    assert sorted((image.path, len(image.boxes)) for image in found.images) == sorted((name, 1) for name in NESTED)


def test_class_names_below_the_folder_are_read_and_lists_that_differ_are_told(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.jpg").write_bytes(b"x")
        (tmp_path / name / f"{name}.txt").write_text("1 0.5 0.5 0.1 0.1\n")
        (tmp_path / name / "classes.txt").write_text("cat\ndog\n")
    problems: list[Problem] = []
    assert [known.name for known in LabelImg().read(tmp_path, problems).classes] == ["cat", "dog"]
    assert problems == []
    (tmp_path / "two" / "classes.txt").write_text("dog\ncat\n")
    assert [known.name for known in LabelImg().read(tmp_path, problems).classes] == ["cat", "dog"]
    assert [problem.kind for problem in problems] == ["class lists differ"]
    assert "two/classes.txt" in problems[0].what


@pytest.mark.parametrize("before", ["/far/sets/fish/", "D:\\sets\\fish\\", "../", "./"])
def test_paths_of_another_machine_are_found_by_their_end(tmp_path: Path, before: str) -> None:
    put(tmp_path, labels__a_DOT_txt="0 0.5 0.5 0.1 0.1\n", trian__images__b_DOT_jpg="x",
        trian__labels__b_DOT_txt="0 0.5 0.5 0.1 0.1\n", images__a_DOT_jpg="x")  # fmt: skip
    slash = "\\" if "\\" in before else "/"
    (tmp_path / "list.txt").write_text(f"{before}images{slash}a.jpg\n" * 3)
    folder = f"{before}trian{slash}images"
    (tmp_path / "data.yaml").write_text(f"train: '{folder}'\nval: '{before}list.txt'\nnames: [cat]\n")
    problems: list[Problem] = []
    images = Yolo().read(tmp_path, problems).images
    assert [(image.path, len(image.boxes)) for image in images] == [("b.jpg", 1), ("a.jpg", 1)]
    assert problems == []
