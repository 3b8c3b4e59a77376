"""Formats that are only read, from files as their own tools write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.registry import by_name, recognise
from boxwright.formats.table import CsvTable
from boxwright.formats.table_map import parsed_columns

Boxes = dict[str, list[tuple[str, tuple[float, ...]]]]

DOTA = {
    "train/images/P0001.png": "",
    "train/images/P0002.png": "",
    "train/labelTxt/P0001.txt": (
        "imagesource:GoogleEarth\ngsd:0.146343590398\n"
        "10.0 20.0 60.0 20.0 60.0 50.0 10.0 50.0 plane 0\n"
        "40.0 10.0 70.0 40.0 40.0 70.0 10.0 40.0 small-vehicle 1\n"
    ),
    "train/labelTxt/P0002.txt": "imagesource:GoogleEarth\ngsd:null\n",
}
WIDER = {
    "WIDER_train/images/0--Parade/a.jpg": "",
    "WIDER_train/images/0--Parade/b.jpg": "",
    "wider_face_split/wider_face_train_bbx_gt.txt": (
        "0--Parade/a.jpg\n2\n10 20 30 40 0 0 0 0 0 0 \n50 50 4 4 2 0 0 1 2 0 \n"
        "0--Parade/b.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \n"
    ),
}
MOT = {
    "MOT17-02/img1/000001.jpg": "",
    "MOT17-02/img1/000002.jpg": "",
    "MOT17-02/seqinfo.ini": "[Sequence]\nname=MOT17-02\nimDir=img1\nimWidth=100\nimHeight=80\nimExt=.jpg\n",
    "MOT17-02/gt/gt.txt": "1,1,11,21,30,40,1,1,1\n1,2,51,1,20,20,1,3,0.5\n1,3,1,1,5,5,0,8,1\n",
    "MOT17-02/det/det.txt": "1,-1,1,1,9,9,0.9,-1,-1,-1\n",
}
VOTT = {
    "a b.jpg": "",
    "b.jpg": "",
    "vott-json-export/photos-export.json": json.dumps(
        {
            "name": "photos",
            "tags": [{"name": "cat", "color": "#fff"}, {"name": "dog", "color": "#000"}],
            "assets": {
                "1": {
                    "asset": {
                        "id": "1", "name": "a%20b.jpg", "path": "file:/Users/somebody/photos/a%20b.jpg", "state": 2,
                        "size": {"width": 100, "height": 80},
                    },
                    "regions": [
                        {
                            "type": "RECTANGLE", "tags": ["dog"],
                            "boundingBox": {"left": 10, "top": 20, "width": 30, "height": 40},
                        },
                        {
                            "type": "POLYGON", "tags": ["cat"],
                            "points": [{"x": 1, "y": 2}, {"x": 9, "y": 2}, {"x": 5, "y": 8}],
                        },
                    ],
                },
                "2": {"asset": {"id": "2", "name": "b.jpg", "path": "file:/x/b.jpg", "state": 1}, "regions": []},
            },
        }
    ),
}  # fmt: skip
LABELME3 = {
    "Images/street/a.jpg": "",
    "Annotations/street/a.xml": (
        "<annotation><filename>a.jpg</filename><folder>street</folder>"
        "<object><name>car</name><deleted>0</deleted><occluded>yes</occluded><attributes>red</attributes>"
        "<polygon><username>x</username><pt><x>10</x><y>20</y></pt><pt><x>60</x><y>25</y></pt><pt><x>30</x><y>50</y></pt>"
        "</polygon></object>"
        "<object><name>gone</name><deleted>1</deleted><polygon><pt><x>1</x><y>1</y></pt></polygon></object>"
        "<imagesize><nrows>80</nrows><ncols>100</ncols></imagesize></annotation>"
    ),
}
SAMPLES: dict[str, Mapping[str, str]] = {
    "dota": DOTA, "widerface": WIDER, "mot": MOT, "vott": VOTT, "labelme3": LABELME3,
}  # fmt: skip
WANTED: dict[str, Boxes] = {
    "dota": {
        "images/P0001.png": [("plane", (10, 20, 60, 50)), ("small-vehicle", (10, 10, 70, 70))],
        "images/P0002.png": [],
    },
    "widerface": {
        "WIDER_train/images/0--Parade/a.jpg": [("face", (10, 20, 40, 60)), ("face", (50, 50, 54, 54))],
        "WIDER_train/images/0--Parade/b.jpg": [],
    },
    "mot": {
        "MOT17-02/img1/000001.jpg": [("pedestrian", (10, 20, 40, 60)), ("car", (50, 0, 70, 20))],
        "MOT17-02/img1/000002.jpg": [],
    },
    "vott": {"a b.jpg": [("dog", (10, 20, 40, 60)), ("cat", (1, 2, 9, 8))]},
    "labelme3": {"Images/street/a.jpg": [("car", (10, 20, 60, 50))]},
}


def laid_out(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if text or file.suffix == ".txt":
            file.write_text(text)
        else:
            Pillow.new("RGB", (100, 80)).save(file)
    return folder


def read(name: str, folder: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return by_name(name).read(folder, problems), problems


def boxes(dataset: Dataset) -> Boxes:
    return {
        image.path: [(dataset.classes[b.label].name, tuple(map(float, b.box.array()))) for b in image.boxes]
        for image in dataset.images
        if image.labeled
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_recognised_before_all_others_and_read_to_the_pixel(name: str, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, SAMPLES[name])
    guesses = recognise(folder)
    assert guesses[0].format == name and guesses[0].confidence >= 0.9
    assert len(guesses) == 1 or guesses[1].confidence < 0.6, guesses
    dataset, _ = read(name, folder)
    assert boxes(dataset) == WANTED[name]
    assert all(image.file is not None for image in dataset.images)


@pytest.mark.parametrize("name", SAMPLES)
def test_without_its_images_the_labels_are_all_there(name: str, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {file: text for file, text in SAMPLES[name].items() if text})
    dataset, _ = read(name, folder)
    assert dataset.box_count == sum(map(len, WANTED[name].values()))


def test_dota_tells_of_turned_boxes_and_keeps_what_is_difficult(tmp_path: Path) -> None:
    dataset, problems = read("dota", laid_out(tmp_path, DOTA))
    assert [(p.file, p.line, p.kind) for p in problems] == [("train/labelTxt/P0001.txt", 4, "box from outline")]
    first = dataset.images[0]
    assert first.split is Split.TRAIN
    assert [sorted(item.flags) for item in first.boxes] == [[], ["difficult"]]


def test_oriented_boxes_of_roboflow_are_read_from_both_of_its_layouts(tmp_path: Path) -> None:
    text = {
        "train/images/a.png": "", "data.yaml": "names: [plane, ship]\ntrain: ../train/images\n",
        "train/labelTxt/a.txt": "10.5 20 60 20 60 50.5 10.5 50.5 ship 0\n",
    }  # fmt: skip
    folder = laid_out(tmp_path / "pixels", text)
    assert recognise(folder)[0].format == "dota"
    assert boxes(read("dota", folder)[0]) == {"images/a.png": [("ship", (10.5, 20, 60, 50.5))]}
    shares = {
        "train/images/a.png": "", "data.yaml": "names: [plane, ship]\ntrain: train/images\n",
        "train/labels/a.txt": "1 0.4 0.125 0.7 0.5 0.4 0.875 0.1 0.5\n",
    }  # fmt: skip
    folder = laid_out(tmp_path / "shares", shares)
    assert recognise(folder)[0].format == "yolo"
    dataset, problems = read("yolo", folder)
    item = dataset.images[0].pixel_boxes(100, 80)[0]
    assert (dataset.classes[item.label].name, item.box.array().tolist()) == ("ship", pytest.approx([10, 10, 70, 70]))
    assert [problem.kind for problem in problems] == ["box from outline"]


def test_faces_that_nobody_can_judge_are_difficult(tmp_path: Path) -> None:
    dataset, _ = read("widerface", laid_out(tmp_path, WIDER))
    found = dataset.images[0].boxes
    assert [sorted(item.flags) for item in found] == [[], ["difficult", "occluded"]]
    assert dataset.images[0].split is Split.TRAIN


def test_tracks_that_do_not_count_are_left_out_with_a_word_and_a_detector_s_boxes_have_scores(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, MOT)
    dataset, problems = read("mot", folder)
    assert [problem.what for problem in problems] == ["1 boxes that are not to be considered were left out."]
    assert dataset.images[0].boxes[0].attributes == {"track": 1}
    (folder / "MOT17-02/gt/gt.txt").unlink()
    dataset, _ = read("mot", folder)
    assert [item.score for item in dataset.images[0].boxes] == [0.9]
    assert dataset.classes[0].name == "pedestrian"


def test_an_asset_that_was_only_opened_is_not_empty(tmp_path: Path) -> None:
    dataset, _ = read("vott", laid_out(tmp_path, VOTT))
    assert {image.path: image.labeled for image in dataset.images} == {"a b.jpg": True, "b.jpg": False}
    assert [c.name for c in dataset.classes] == ["cat", "dog"]


def test_files_of_single_assets_are_read_where_there_is_no_export(tmp_path: Path) -> None:
    whole = json.loads(VOTT["vott-json-export/photos-export.json"])
    single = {"a b.jpg": "", "1-asset.json": json.dumps({**whole["assets"]["1"], "version": "2.2.0"})}
    dataset, _ = read("vott", laid_out(tmp_path, single))
    assert sorted(label for label, _ in boxes(dataset)["a b.jpg"]) == ["cat", "dog"]


def test_what_labelme_3_says_besides_is_kept_and_what_was_deleted_is_not(tmp_path: Path) -> None:
    dataset, _ = read("labelme3", laid_out(tmp_path, LABELME3))
    (item,) = dataset.images[0].boxes
    assert (sorted(item.flags), item.attributes) == (["occluded"], {"attributes": "red"})
    assert [c.name for c in dataset.classes] == ["car"]


@pytest.mark.parametrize("name", SAMPLES)
@given(
    hits=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from(
                [b"", b"nan", b"-", b"1e999", b"{", b"]", b"<", b"\xff\xfe", b"\0", b"9" * 400, b"\n", b"[[["]
            ),
            st.booleans(),
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_damaged_files_give_a_dataset_or_one_sentence(
    name: str, tmp_path_factory: pytest.TempPathFactory, hits: list[tuple[float, bytes, bool]]
) -> None:
    texts = {file: text for file, text in SAMPLES[name].items() if text}
    folder = laid_out(tmp_path_factory.mktemp("damaged"), texts)
    for where, data, cut in hits:
        for file in texts:
            content = (folder / file).read_bytes()
            at = int(where * len(content))
            (folder / file).write_bytes(content[:at] + data + (b"" if cut else content[at:]))
    recognise(folder)
    try:
        dataset, problems = read(name, folder)
    except FormatError as error:
        assert "\n" not in str(error)
        return
    assert all(item.box.has_area for image in dataset.images for item in image.boxes)
    assert all(problem.what and problem.kind for problem in problems)


BOARDS = {
    "group1/00041/00041000_test.jpg": "",
    "group1/00041/00041000_temp.jpg": "",
    "group1/00041/00041001_test.jpg": "",
    "group1/00041_not/00041000.txt": "10 20 40 60 1\n50 5 60 15 4\n",
    "group1/00041_not/00041001.txt": "",
}


def test_a_text_file_of_boxes_an_image_is_read_by_a_persons_word_on_its_columns(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, BOARDS)
    dataset = CsvTable(parsed_columns(["1=xmin", "2=ymin", "3=xmax", "4=ymax", "5=class"])).read(folder, [])
    assert boxes(dataset) == {
        "group1/00041/00041000_test.jpg": [("1", (10, 20, 40, 60)), ("4", (50, 5, 60, 15))],
        "group1/00041/00041001_test.jpg": [],
    }


@pytest.mark.parametrize("between", [",", ";", "\t", "  ", ", "])
def test_whatever_parts_the_cells_of_a_text_file_is_understood(tmp_path: Path, between: str) -> None:
    row = between.join(["scratch", "10", "20", "30", "40"])
    folder = laid_out(tmp_path, {"a.png": "", "a.txt": f"{row}\n"})
    dataset = CsvTable(parsed_columns(["1=class", "2=x", "3=y", "4=width", "5=height"])).read(folder, [])
    assert boxes(dataset) == {"a.png": [("scratch", (10, 20, 40, 60))]}


def test_other_texts_among_those_of_boxes_are_stepped_over_with_a_word(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {**BOARDS, "trainval.txt": "group1/00041/00041000.jpg group1/00041_not/00041000.txt\n"})
    problems: list[Problem] = []
    dataset = CsvTable(parsed_columns(["1=xmin", "2=ymin", "3=xmax", "4=ymax", "5=class"])).read(folder, problems)
    assert dataset.box_count == 2
    assert [(problem.file, problem.kind) for problem in problems] == [("trainval.txt", "other text")]
